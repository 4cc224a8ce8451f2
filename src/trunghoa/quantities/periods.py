"""Periods: calendar years, fiscal years of Japan (April to March), half-years, quarters, months, days."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from .errors import PeriodError

# What a record of activity may be of. 1900 is left out: a spreadsheet shows it for an empty date.
FIRST_YEAR, LAST_YEAR = 1901, 2200
# What a period may span: from the pre-industrial baseline to the end of long climate runs.
_EARLIEST, _LATEST = 1750, 2500
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def check_year(year: int) -> int:
    """Return the year, or raise PeriodError if no record of ours can be of it."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodError(f"The year {year} is outside {FIRST_YEAR} to {LAST_YEAR}.")
    return year


def _day(year: int, month: int, day: int) -> date:
    if not _EARLIEST <= year <= _LATEST:
        raise PeriodError(f"The year {year} is outside {_EARLIEST} to {_LATEST}.")
    return date(year, month, day)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of days, both ends included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        for day in (self.start, self.end):
            _day(day.year, day.month, day.day)
        if self.end < self.start:
            raise PeriodError(f"The period ends on {self.end}, before it begins on {self.start}.")

    @classmethod
    def year(cls, year: int) -> Period:
        return cls(_day(year, 1, 1), _day(year, 12, 31))

    @classmethod
    def years(cls, first: int, last: int) -> Period:
        return cls(_day(first, 1, 1), _day(last, 12, 31))

    @classmethod
    def japan_fiscal_year(cls, year: int) -> Period:
        """年度: 1 April of ``year`` to 31 March of the next."""
        return cls(_day(year, 4, 1), _day(year + 1, 3, 31))

    @classmethod
    def half(cls, year: int, half: int) -> Period:
        return cls.months(year, 6 * half - 5, 6)

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Period:
        return cls.months(year, 3 * quarter - 2, 3)

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        return cls.months(year, month, 1)

    @classmethod
    def months(cls, year: int, first: int, count: int) -> Period:
        if not 1 <= first <= 13 - count:
            raise PeriodError(f"No {count} months from month {first} on lie in the year {year}.")
        start = _day(year, first, 1)
        last = first + count - 1
        return cls(start, _day(year, last, calendar.monthrange(year, last)[1]))

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2024``, ``2024-03``, ``2024-Q1``, ``2024-H2``, ``2021/2024``, ``FY2024``, ``2024年度``,
        ``令和6年`` (also ``元年``, full-width digits), ``令和6年度``, ``R6年度``, ``2024-01-01/2024-06-30``.
        """
        raw = unicodedata.normalize("NFKC", text).strip()
        try:
            period = cls._parse_japanese(raw) or cls._parse_iso(raw)
        except ValueError as error:  # 2024-02-30
            raise PeriodError(f"“{text}” is not a period: {error}.") from None
        if period is None:
            raise PeriodError(
                f"“{text}” is not a period. Write it like 2024, FY2024, 2024-Q1 or 2024-01-01/2024-06-30."
            )
        return period

    @classmethod
    def _parse_japanese(cls, raw: str) -> Period | None:
        if m := re.fullmatch(r"FY\s?(\d{4})|(\d{4})年度", raw):
            return cls.japan_fiscal_year(int(m[1] or m[2]))
        if m := re.fullmatch(r"(\d{4})年(?:(\d{1,2})月)?", raw):
            return cls.month(int(m[1]), int(m[2])) if m[2] else cls.year(int(m[1]))
        # A bare H2 could as well be the second half-year, so letters need their 年.
        if m := re.fullmatch(r"(?:(令和|平成|昭和)\s?|([RHS]))([1-9]\d?|元)(年度|年)", raw):
            year = _ERAS[m[1] or m[2]] + (1 if m[3] == "元" else int(m[3]))
            return cls.japan_fiscal_year(year) if m[4] == "年度" else cls.year(year)
        return None

    @classmethod
    def _parse_iso(cls, raw: str) -> Period | None:
        if m := re.fullmatch(r"(\d{4})", raw):
            return cls.year(int(m[1]))
        if m := re.fullmatch(r"(\d{4})-Q([1-4])", raw):
            return cls.quarter(int(m[1]), int(m[2]))
        if m := re.fullmatch(r"(\d{4})-H([12])", raw):
            return cls.half(int(m[1]), int(m[2]))
        if m := re.fullmatch(r"(\d{4})-(\d{2})", raw):
            return cls.month(int(m[1]), int(m[2]))
        if m := re.fullmatch(r"(\d{4})[/-](\d{4})", raw):
            return cls.years(int(m[1]), int(m[2]))
        if m := re.fullmatch(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})", raw):
            return cls(date.fromisoformat(m[1]), date.fromisoformat(m[2]))
        return None

    @property
    def kind(self) -> str:
        """``year``, ``fiscal_year``, ``half``, ``quarter``, ``month``, ``years`` or ``days``."""
        whole_months = self.start.day == 1 and (self.end + timedelta(days=1)).day == 1
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        if not whole_months:
            return "days"
        if months == 12 and self.start.month in (1, 4):
            return "year" if self.start.month == 1 else "fiscal_year"
        if months in (1, 3, 6) and (self.start.month - 1) % months == 0:
            return {1: "month", 3: "quarter", 6: "half"}[months]
        return "years" if months % 12 == 0 and self.start.month == 1 else "days"

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def code(self) -> str:
        """The text that ``parse`` reads back."""
        y = self.start.year
        match self.kind:
            case "year":
                return f"{y:04d}"
            case "fiscal_year":
                return f"FY{y:04d}"
            case "half":
                return f"{y:04d}-H{(self.start.month + 5) // 6}"
            case "quarter":
                return f"{y:04d}-Q{(self.start.month + 2) // 3}"
            case "month":
                return f"{y:04d}-{self.start.month:02d}"
            case "years":
                return f"{y:04d}/{self.end.year:04d}"
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    def label(self, lang: str) -> str:
        """The period as officials write it in ``vi``, ``ja`` or ``en``."""
        y, n = self.start.year, self.start.month
        part = (n + 2) // 3 if self.kind == "quarter" else (n + 5) // 6
        texts = {
            "year": (f"{y}", f"{y}年", f"{y}"),
            "years": (f"{y}–{self.end.year}", f"{y}–{self.end.year}年", f"{y}–{self.end.year}"),
            "fiscal_year": (
                f"năm tài khóa {y} (4/{y}–3/{y + 1})",
                f"{y}年度",
                f"FY{y} (Apr {y}–Mar {y + 1})",
            ),
            "month": (f"tháng {n}/{y}", f"{y}年{n}月", f"{_MONTHS[n - 1]} {y}"),
            "quarter": (f"quý {part}/{y}", f"{y}年第{part}四半期", f"Q{part} {y}"),
            "half": (
                f"6 tháng {'đầu' if part == 1 else 'cuối'} năm {y}",
                f"{y}年{'上' if part == 1 else '下'}半期",
                f"H{part} {y}",
            ),
        }
        if self.kind in texts:
            return texts[self.kind][{"vi": 0, "ja": 1}.get(lang, 2)]
        return f"{format_date(self.start, lang)} – {format_date(self.end, lang)}"

    def __str__(self) -> str:
        return self.code()


def format_date(day: date, lang: str) -> str:
    """31/12/2024, 2024年12月31日, 31 Dec 2024."""
    if lang == "vi":
        return f"{day.day:02d}/{day.month:02d}/{day.year}"
    if lang == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
