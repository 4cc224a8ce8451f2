from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.quantities import Period, PeriodError, check_year, format_date

days = st.dates(date(1750, 1, 1), date(2500, 12, 31))
years = st.integers(1750, 2499)


@given(days, days)
def test_any_stretch_of_days_reads_back_from_its_code(a, b):
    period = Period(min(a, b), max(a, b))
    assert Period.parse(period.code()) == period


@given(
    years.flatmap(
        lambda y: st.one_of(
            st.just(Period.year(y)),
            st.just(Period.japan_fiscal_year(y)),
            st.integers(1, 12).map(lambda m: Period.month(y, m)),
            st.integers(1, 4).map(lambda q: Period.quarter(y, q)),
            st.integers(1, 2).map(lambda h: Period.half(y, h)),
            st.integers(y, 2500).map(lambda last: Period.years(y, last)),
        )
    )
)
def test_named_periods_read_back_from_their_code(period):
    assert period.kind != "days"
    assert Period.parse(period.code()) == period


@given(years)
def test_quarters_halves_and_months_fill_the_year(year):
    whole = Period.year(year).days
    assert sum(Period.quarter(year, q).days for q in range(1, 5)) == whole
    assert sum(Period.half(year, h).days for h in (1, 2)) == whole
    assert sum(Period.month(year, m).days for m in range(1, 13)) == whole
    assert Period.month(year, 12).end + timedelta(days=1) == date(year + 1, 1, 1)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-Q2", date(2024, 4, 1), date(2024, 6, 30)),
        ("2024-H2", date(2024, 7, 1), date(2024, 12, 31)),
        ("2021/2024", date(2021, 1, 1), date(2024, 12, 31)),
        ("1850-1900", date(1850, 1, 1), date(1900, 12, 31)),
        ("FY2024", date(2024, 4, 1), date(2025, 3, 31)),
        ("2024年度", date(2024, 4, 1), date(2025, 3, 31)),
        ("2024年", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024年3月", date(2024, 3, 1), date(2024, 3, 31)),
        ("令和6年", date(2024, 1, 1), date(2024, 12, 31)),
        ("令和６年", date(2024, 1, 1), date(2024, 12, 31)),
        ("令和6年度", date(2024, 4, 1), date(2025, 3, 31)),
        ("令和元年度", date(2019, 4, 1), date(2020, 3, 31)),
        ("R6年度", date(2024, 4, 1), date(2025, 3, 31)),
        ("平成31年", date(2019, 1, 1), date(2019, 12, 31)),
        ("昭和64年", date(1989, 1, 1), date(1989, 12, 31)),
        ("2024-01-15/2024-01-15", date(2024, 1, 15), date(2024, 1, 15)),
    ],
)
def test_what_people_write_is_read(text, start, end):
    assert Period.parse(text) == Period(start, end)


@pytest.mark.parametrize(
    "text",
    ["", "24", "2024-13", "2024-Q5", "2024-H3", "H2", "R6", "令和0年", "令和6", "FY24",
     "2024-02-30/2024-03-01", "2024-06-30/2024-01-01", "2024/2021", "9999", "2024年13月", "last year"],
)  # fmt: skip
def test_what_is_no_period_is_refused(text):
    with pytest.raises(PeriodError):
        Period.parse(text)


@pytest.mark.parametrize("year", [-1, 0, 24, 1899, 1900, 2201, 20244])
def test_a_year_no_record_can_be_of_is_refused(year):
    with pytest.raises(PeriodError, match="outside 1901 to 2200"):
        check_year(year)


def test_a_year_of_a_record_is_returned():
    assert [check_year(y) for y in (1901, 2024, 2200)] == [1901, 2024, 2200]


@pytest.mark.parametrize(
    ("code", "vi", "ja", "en"),
    [
        ("2024", "2024", "2024年", "2024"),
        ("FY2024", "năm tài khóa 2024 (4/2024–3/2025)", "2024年度", "FY2024 (Apr 2024–Mar 2025)"),
        ("2024-03", "tháng 3/2024", "2024年3月", "Mar 2024"),
        ("2024-Q1", "quý 1/2024", "2024年第1四半期", "Q1 2024"),
        ("2024-H2", "6 tháng cuối năm 2024", "2024年下半期", "H2 2024"),
        ("2021/2024", "2021–2024", "2021–2024年", "2021–2024"),
        ("2024-01-11/2024-01-12", "11/01/2024 – 12/01/2024", "2024年1月11日 – 2024年1月12日",
         "11 Jan 2024 – 12 Jan 2024"),
    ],
)  # fmt: skip
def test_labels_are_written_as_officials_write_them(code, vi, ja, en):
    period = Period.parse(code)
    assert [period.label(lang) for lang in ("vi", "ja", "en")] == [vi, ja, en]


def test_dates_are_written_as_officials_write_them():
    day = date(2025, 7, 1)
    assert [format_date(day, lang) for lang in ("vi", "ja", "en")] == [
        "01/07/2025",
        "2025年7月1日",
        "1 Jul 2025",
    ]
