"""The deposits of a site as one series: what a file would change of it, taking it over, taking it back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from trunghoa.portal.core.audit import bulk

from .models import TOTAL, Deposit, DepositImport, Landfill

Row = tuple[int, str, Decimal]


class Entry(NamedTuple):
    """Tonnes of one waste type in one year, and what they rest on."""

    year: int
    waste: str
    tonnes: Decimal
    source: str
    quality: str


def stored(landfill: Landfill) -> list[Entry]:
    """The series as it stands."""
    rows = landfill.deposits.order_by()
    return sorted(Entry(*row) for row in rows.values_list("year", "waste", "tonnes", "source", "quality"))


def replace(landfill: Landfill, entries: Iterable[Entry]) -> None:
    """Put a whole series in the place of the old one; the caller holds the transaction and the revision."""
    bulk.delete(landfill.deposits.all(), about=landfill)
    fresh = [Deposit(landfill=landfill, **entry._asdict()) for entry in entries]
    bulk.create(Deposit.objects, fresh, about=landfill)


def proposed(before: list[Entry], record: DepositImport) -> list[Entry]:
    """The series as a file leaves it.

    A year whose tonnes the file repeats keeps its source and quality, unless the file states another source.
    """
    old = _years(before)
    found: list[Entry] = []
    for year, parts in _parts(record).items():
        kept = {entry.waste: entry for entry in old.get(year, ())}
        same = {waste: entry.tonnes for waste, entry in kept.items()} == parts
        stated = _stated(record).get(year, "")
        for waste, tonnes in parts.items():
            if same and stated in ("", kept[waste].source):
                found.append(kept[waste])
            else:
                found.append(Entry(year, waste, tonnes, stated or record.source, record.quality))
    return sorted(found)


@dataclass(frozen=True)
class Change:
    """A year and what becomes of it; sources and qualities are those of its rows."""

    year: int
    kind: str
    before: Decimal | None
    after: Decimal | None
    sources: tuple[str, str]
    qualities: tuple[str, str]

    @property
    def ratio(self) -> Decimal | None:
        return self.after / self.before if self.before and self.after is not None else None

    @property
    def restates(self) -> tuple[bool, bool]:
        """Whether a year that stays gets another source, and whether another quality."""
        stays = self.kind in ("changed", "restated")
        return stays and self.sources[0] != self.sources[1], stays and self.qualities[0] != self.qualities[1]


def changes(before: list[Entry], after: list[Entry]) -> Iterator[Change]:
    """Years added, changed, removed, or with another source or quality; a file is the whole series."""
    old, new = _years(before), _years(after)
    for year in sorted(old | new):
        was, becomes = old.get(year, []), new.get(year, [])
        if was == becomes:
            continue
        tonnes = [[(entry.waste, entry.tonnes) for entry in entries] for entries in (was, becomes)]
        kind = "changed" if tonnes[0] != tonnes[1] else "restated"
        kind = "added" if not was else "removed" if not becomes else kind
        sources = _said(was, "source"), _said(becomes, "source")
        qualities = _said(was, "quality"), _said(becomes, "quality")
        yield Change(year, kind, _sum(was), _sum(becomes), sources, qualities)


def counted(found: Sequence[Change], before: list[Entry]) -> dict[str, int]:
    """How many years change in tonnes, in source, in quality, and how many stay as they are."""
    return {
        "tonnes": sum(change.kind != "restated" for change in found),
        "sources": sum(change.restates[0] for change in found),
        "qualities": sum(change.restates[1] for change in found),
        "kept": len(_years(before)) - sum(change.kind != "added" for change in found),
    }


def largest(found: Iterable[Change]) -> Change | None:
    """The change by the largest factor, up or down; one to zero before all others."""
    by = [(change.ratio, change) for change in found if change.kind == "changed"]
    factors = [(max(r, 1 / r) if r else Decimal("inf"), c) for r, c in by if r is not None]
    return max(factors, key=lambda pair: (pair[0], -pair[1].year), default=(None, None))[1]


def _years(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    years: dict[int, list[Entry]] = {}
    for entry in sorted(entries):
        years.setdefault(entry.year, []).append(entry)
    return years


def _said(entries: Iterable[Entry], name: str) -> str:
    return "; ".join(sorted({str(getattr(entry, name)) for entry in entries}))


def _sum(entries: list[Entry]) -> Decimal | None:
    parts = {entry.waste: entry.tonnes for entry in entries}
    return parts.get(TOTAL, sum(parts.values(), Decimal(0))) if parts else None


def take_over(record: DepositImport) -> None:
    """Put the series of a file in the place of the one that stands, and keep that one."""
    before = stored(record.landfill)
    replace(record.landfill, proposed(before, record))
    kept = [[*entry[:2], f"{entry.tonnes:f}", *entry[3:]] for entry in before]
    _settle(record, DepositImport.Outcome.APPLIED, before=kept)


def can_be_taken_back(record: DepositImport) -> bool:
    """Whether the series still stands as the file left it, and there was one before."""
    if record.outcome != DepositImport.Outcome.APPLIED or not record.before:
        return False
    return stored(record.landfill) == proposed(_before(record), record)


def take_back(record: DepositImport) -> None:
    """Put the series that stood before a file in its place again."""
    replace(record.landfill, _before(record))
    _settle(record, DepositImport.Outcome.TAKEN_BACK)


def last_taken_over(landfill: Landfill) -> DepositImport | None:
    """The last file on which the series rests."""
    return landfill.imports.filter(outcome=DepositImport.Outcome.APPLIED).select_related("by").first()


def _settle(record: DepositImport, outcome: str, **more: Any) -> None:
    bulk.update(DepositImport.objects.filter(pk=record.pk), outcome=outcome, **more)


def _before(record: DepositImport) -> list[Entry]:
    return sorted(Entry(year, waste, Decimal(t), *more) for year, waste, t, *more in record.before or ())


def rows_as_json(rows: Iterable[Row], sources: dict[int, str]) -> list[list[Any]]:
    """Rows as an import keeps them: year, waste type, exact tonnes, and the source where the file has one."""
    return [
        [year, waste, f"{tonnes:f}", *([sources[year]] if year in sources else [])]
        for year, waste, tonnes in rows
    ]


def _parts(record: DepositImport) -> dict[int, dict[str, Decimal]]:
    years: dict[int, dict[str, Decimal]] = {}
    for year, waste, tonnes, *_source in record.rows:
        years.setdefault(year, {})[waste] = Decimal(tonnes)
    return years


def _stated(record: DepositImport) -> dict[int, str]:
    return {row[0]: row[3] for row in record.rows if len(row) > 3}
