"""The joint report as a language-independent document.

Words are message ids with named slots; numbers, dates, periods, official identifiers and names stand only
in slots and only come from data. So one document renders in every language with the same numbers, and a
number that nobody can trace has nowhere to hide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import TYPE_CHECKING, Any, Literal

from trunghoa.quantities import Period, TrungHoaError, convert

if TYPE_CHECKING:
    from trunghoa.portal.core.record.models import Figure


class BlockError(TrungHoaError):
    """A block was put together wrongly: an unknown slot, an identifier without a letter, a ragged table."""


@dataclass(frozen=True, slots=True)
class Number:
    """A Figure's amount or bound, rounded to ``decimals``, in its own unit or exactly converted to another.

    ``unit`` is ``after`` (12.3 t), or ``none`` where a column header or the sentence already says it.
    """

    figure: Figure
    decimals: int = 0
    unit: Literal["after", "none"] = "after"
    part: Literal["amount", "lower", "upper"] = "amount"
    shown_in: str = ""

    def __post_init__(self) -> None:
        if getattr(self.figure, self.part) is None:
            raise BlockError(f"{self.figure} has no {self.part} bound to print.")

    @property
    def shown_unit(self) -> str:
        return self.shown_in or self.figure.unit

    @property
    def value(self) -> Decimal:
        amount: Decimal = getattr(self.figure, self.part)
        return convert(amount, self.figure.unit, self.shown_unit) if self.shown_in else amount


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the frozen figures, or of the distinct places, runs or sources they name."""

    figures: tuple[int, ...]
    of: Literal["figures", "places", "runs", "sources"] = "figures"

    @classmethod
    def over(
        cls, figures: Iterable[Figure], of: Literal["figures", "places", "runs", "sources"] = "figures"
    ) -> Count:
        return cls(tuple(f.pk for f in figures), of)


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of frozen figures in one unit and, where they are CO2e, of one GWP set."""

    figures: tuple[Figure, ...]
    decimals: int = 0
    unit: Literal["after", "none"] = "after"

    def __post_init__(self) -> None:
        if len({(f.unit, f.gwp_set) for f in self.figures}) != 1:
            raise BlockError("A total is of at least one figure, all in one unit and of one GWP set.")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many things a system keeps beside its figures, such as proposals: each by its identifier."""

    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Age:
    """Whole years from the end of a period to the day of the freeze."""

    period: Period


Reckoned = Count | Total | Tally | Age


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A parameter that a run of a frozen figure used: entry ``index`` of the run's ``parameters``."""

    run: str
    index: int


@dataclass(frozen=True, slots=True)
class DateValue:
    day: date

    @classmethod
    def of(cls, iso: str) -> DateValue:
        return cls(date.fromisoformat(iso))


@dataclass(frozen=True, slots=True)
class PeriodValue:
    period: Period


@dataclass(frozen=True, slots=True)
class Reference:
    """An identifier or a source as it is written: “Decision 896/QĐ-TTg”, “S8”. From data."""

    text: str
    url: str = ""
    lang: str = ""

    def __post_init__(self) -> None:
        if not any(c.isalpha() for c in self.text):
            raise BlockError(f"“{self.text}” is a bare number, not an identifier; print it as a Number.")

    @classmethod
    def source(cls, figure: Figure) -> Reference:
        return cls(figure.source)

    @classmethod
    def method(cls, figure: Figure) -> Reference:
        return cls(figure.method)


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a place, site, organisation or system, which may contain digits. From data."""

    vi: str
    ja: str = ""
    en: str = ""

    @classmethod
    def of(cls, row: Any, field_name: str = "name") -> Name:
        """From a row with ``name_vi``, ``name_ja`` and ``name_en`` (or ``title_…``)."""
        return cls(*(getattr(row, f"{field_name}_{lang}") for lang in ("vi", "ja", "en")))

    def in_(self, lang: str) -> tuple[str, str]:
        """The name and the language it is in: a missing one falls back on Vietnamese, the official one."""
        own = getattr(self, lang)
        return (own, lang) if own else (self.vi, "vi")


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit or gas by its symbol, such as ``tCO2e`` or ``CH4``; printed with proper subscripts."""

    symbol: str


class Text:
    """Words to translate, with typed slots: ``Text(N_("Emitted in {period}: {ch4}"), period=…, ch4=…)``.

    With ``plural`` and ``by`` (the name of a slot that counts) the count chooses between the two.
    """

    __slots__ = ("by", "msgid", "plural", "slots")

    def __init__(self, msgid: str, /, *, plural: str = "", by: str = "", **slots: Inline) -> None:
        for message in filter(None, (msgid, plural)):
            if set(slots_in(message)) != set(slots):
                raise BlockError(
                    f"“{message}” names the slots {sorted(slots_in(message))}; given: {sorted(slots)}."
                )
        for name, slot in slots.items():
            if not isinstance(slot, INLINE):
                raise BlockError(
                    f"“{msgid}”: the slot {name} is a {type(slot).__name__}, which carries no source."
                )
        if bool(plural) != isinstance(slots.get(by), Count | Tally | Age):
            raise BlockError(f"“{msgid}”: a plural is chosen by a slot that counts.")
        self.msgid, self.plural, self.by, self.slots = msgid, plural, by, slots

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.msgid!r})"


Inline = Number | Reckoned | ParameterValue | DateValue | PeriodValue | Reference | Name | UnitName | Text
INLINE = (
    Number, Count, Total, Tally, Age, ParameterValue, DateValue, PeriodValue, Reference, Name, UnitName, Text
)  # fmt: skip


def slots_in(message: str) -> list[str]:
    """The slot names of a message; ``{{`` is a brace."""
    return [name for _, name, _, _ in Formatter().parse(message) if name is not None]


class Paragraph(Text):
    __slots__ = ()


class Heading(Text):
    """A heading inside a section; level 2 is the first below the section's own title."""

    __slots__ = ("level",)

    def __init__(self, msgid: str, /, *, level: int = 2, **slots: Inline) -> None:
        super().__init__(msgid, plural="", by="", **slots)
        if level not in (2, 3, 4):
            raise BlockError(f"“{msgid}”: a heading inside a section has level 2, 3 or 4, not {level}.")
        self.level = level


class Note(Text):
    """A remark set apart, such as what a mark means."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class List:
    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something the report should hold and does not: what it is, and who owes it."""

    what: Text
    owner: Inline | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """``unit`` is a symbol shown after the header; ``width`` a share of the line, 0 for as wide as needed."""

    header: Inline
    unit: str = ""
    numeric: bool = False
    width: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column names its rows. Past ``limit`` rows it points to the xlsx of all figures."""

    caption: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Inline | None, ...], ...]
    limit: int = 60
    small: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise BlockError(
                    f"{self.caption}: a row has {len(row)} cells, the table {len(self.columns)} columns."
                )
            for cell in row:
                if cell is not None and not isinstance(cell, INLINE):
                    raise BlockError(
                        f"{self.caption}: a cell is a {type(cell).__name__}, which carries no source."
                    )

    @property
    def shown(self) -> tuple[tuple[Inline | None, ...], ...]:
        return self.rows[: self.limit]

    @property
    def is_cut(self) -> bool:
        return len(self.rows) > self.limit


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart, what it shows in words, and the table of the numbers it is drawn from.

    ``chart`` is called with the language and returns what ``core.charts`` draws. It is a function of a
    module, or a ``functools.partial`` of one over figures and plain values, so that it can be frozen.
    """

    chart: Callable[[str], Any]
    title: Text
    description: Text
    table: Table


Block = Paragraph | Heading | Note | List | Missing | Table | ChartBlock


@dataclass(frozen=True, slots=True)
class Part:
    """A numberless chapter of the document: a system's section, the overview, an annex."""

    key: str
    title: Inline
    blocks: tuple[Block, ...]
    wide: bool = False
    new_page: bool = True


@dataclass(frozen=True, slots=True)
class Edition:
    """The whole document before it is put into a language."""

    title: Name
    official: bool
    frozen_on: date
    manifest_sha256: str
    cover: tuple[tuple[Text, Inline], ...]
    parts: tuple[Part, ...]


def figures_in(block: Any) -> list[Figure]:
    """Every figure a block prints, in order, repeated where it is printed twice."""
    match block:
        case Number():
            return [block.figure]
        case Total():
            return list(block.figures)
        case Text():
            return [f for slot in block.slots.values() for f in figures_in(slot)]
        case List():
            return [f for item in block.items for f in figures_in(item)]
        case Missing():
            return figures_in(block.what) + figures_in(block.owner)
        case Column():
            return figures_in(block.header)
        case Table():
            cells = [cell for row in block.shown for cell in row]
            return [f for x in (block.caption, *block.columns, *cells) for f in figures_in(x)]
        case ChartBlock():
            return [f for x in (block.title, block.description, block.table) for f in figures_in(x)]
        case Part():
            return [f for x in (block.title, *block.blocks) for f in figures_in(x)]
    return []
