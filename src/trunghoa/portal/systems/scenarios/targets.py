"""What the country has promised, from the figures on record: caps by sector and the contribution's line.

Nothing is typed here: the caps are figures of the decision's report, the line follows from the stated
business as usual and the stated reductions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from trunghoa.portal.core.record.models import Figure, Place
from trunghoa.quantities import Figure as FigureValue
from trunghoa.quantities import Period, PlaceKey, Quality, Status, convert, worst

CAP = "target.sector_emissions"
BAU = "target.bau_emissions"
REDUCTION = "target.reduction_vs_bau"
COMPUTED = "target.total_emissions"
UNIT = "MtCO2e"


@dataclass(frozen=True)
class Line:
    """The level that a stated reduction of a stated business as usual leaves."""

    category: str
    year: int
    level: Decimal
    bau: Figure
    reduction: Figure

    @property
    def quality(self) -> Quality:
        return worst([Quality(self.bau.quality), Quality(self.reduction.quality)])

    @property
    def source(self) -> str:
        return "; ".join(dict.fromkeys([self.bau.source, self.reduction.source]))


@dataclass(frozen=True)
class Targets:
    """Caps by year and category, and the lines of the contribution, all in Mt of CO2e."""

    caps: dict[int, dict[str, Figure]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.caps or self.lines)

    def cap_sum(self, year: int) -> Decimal | None:
        found = self.caps.get(year)
        return sum((megatonnes(f) for f in found.values()), Decimal(0)) if found else None

    def line(self, category: str, year: int) -> Line | None:
        return next((x for x in self.lines if x.category == category and x.year == year), None)

    def mismatches(self) -> list[tuple[int, Decimal, Line, Decimal]]:
        """Years in which the caps add up to something else than the conditional line says."""
        found = []
        for year in sorted(self.caps):
            total, line = self.cap_sum(year), self.line("conditional", year)
            if total is not None and line is not None and total != line.level:
                found.append((year, total, line, total - line.level))
        return found

    def figures(self, place: PlaceKey) -> Iterator[FigureValue]:
        """What the targets add up to, as figures of no scenario: it follows from what the country stated."""
        for line in self.lines:
            yield self._figure(place, line.year, f"{line.category}_reduction", line.level, line)
        for year, total, line, rest in self.mismatches():
            yield self._figure(place, year, "sum_of_sector_caps", total, line)
            yield self._figure(place, year, "mismatch", rest, line)

    def _figure(self, place: PlaceKey, year: int, category: str, amount: Decimal, line: Line) -> FigureValue:
        caps = list(self.caps.get(year, {}).values()) if "reduction" not in category else []
        return FigureValue(
            system="S1",
            kind=COMPUTED,
            place=place,
            period=Period.year(year),
            amount=amount,
            unit=UNIT,
            status=Status.PLANNED,
            quality=worst([line.quality, *(Quality(f.quality) for f in caps)]),
            source="; ".join(dict.fromkeys([*(f.source for f in caps), *line.source.split("; ")])),
            method="computed from stated targets",
            gwp_set=line.bau.gwp_set,
            category=category,
        )

    @property
    def gwp_sets(self) -> set[str]:
        figures = [f for found in self.caps.values() for f in found.values()]
        figures += [line.bau for line in self.lines]
        return {f.gwp_set for f in figures if f.gwp_set}


def megatonnes(figure: Figure) -> Decimal:
    return convert(figure.amount, figure.unit, UNIT)


def of_place(place: Place) -> Targets:
    """The targets on record for a place; one query."""
    rows = Figure.objects.current().filter(place=place, kind__in=(CAP, BAU, REDUCTION)).order_by("pk")
    return of_figures(rows.select_related("report"))


def of_figures(rows: Iterable[Figure]) -> Targets:
    """The targets among figures, as the report freezes them."""
    caps: dict[int, dict[str, Figure]] = {}
    baus: dict[int, Figure] = {}
    reductions: list[Figure] = []
    for figure in rows:
        year = figure.period_start.year
        if figure.kind == CAP:
            caps.setdefault(year, {})[figure.category] = figure
        elif figure.kind == BAU:
            baus[year] = figure
        elif figure.kind == REDUCTION:
            reductions.append(figure)
    lines = [
        Line(f.category, year, megatonnes(baus[year]) * (1 - f.amount / 100), baus[year], f)
        for f in reductions
        if (year := f.period_start.year) in baus
    ]
    return Targets(caps, tuple(sorted(lines, key=lambda x: (x.year, -x.level))))


def interpolated(years: list[int], amounts: list[float], year: int) -> float | None:
    """An amount in a year between solved years, on the straight line between them."""
    if not years or not years[0] <= year <= years[-1]:
        return None
    for n, end in enumerate(years):
        if end == year:
            return amounts[n]
        if end > year:
            start = years[n - 1]
            return amounts[n - 1] + (amounts[n] - amounts[n - 1]) * (year - start) / (end - start)
    return None
