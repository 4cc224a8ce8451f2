"""Sums over landfills, for each unit as it stood in the year and for the country; the funds' portfolios."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from trunghoa import __version__
from trunghoa.portal.core.publication.sections import Progress
from trunghoa.portal.core.record import runs
from trunghoa.portal.core.record.models import Figure, Place, Run
from trunghoa.quantities import Figure as FigureValue
from trunghoa.quantities import Period, Quality, Status, TrungHoaError, from_float, worst

from . import portfolio
from .models import Fund, Landfill
from .units import Units

KERNEL = "landfill.total"
ADDED = ("landfill.deposited", "landfill.ch4_generated", "landfill.ch4_emitted", "landfill.carbon_stored")
EMITTED = "landfill.ch4_emitted"
Key = tuple[str, str, date]


@dataclass(frozen=True)
class Member:
    """A landfill that counts in a sum, with the run its figures come from."""

    landfill: Landfill
    run: Run


def run_all(progress: Progress) -> None:
    """Every sum that changed; what did not is left as it stands."""
    members = [
        Member(row, run)
        for row in Landfill.objects.select_related("place__parent", "last_run").order_by("place__code")
        if (run := finished(row)) is not None
    ]
    groups = groups_of(members, Units("vi"))
    places = Place.objects.in_bulk(list(groups))
    funds = list(Fund.objects.all())
    steps = len(groups) + len(funds) or 1
    for index, (pk, parts) in enumerate(sorted(groups.items())):
        progress(100 * index // steps, places[pk].name_vi)
        _sum(places[pk], parts, members)
    for index, fund in enumerate(funds, start=len(groups)):
        progress(100 * index // steps, fund.name_vi)
        portfolio.run_fund(fund)
    progress(100, "")


def finished(landfill: Landfill) -> Run | None:
    """The run whose figures stand for a landfill."""
    last = landfill.last_run
    if last is not None and last.state == Run.State.DONE:
        return last
    return (
        Run.objects.filter(place_id=landfill.place_id, kernel="landfill.site", state=Run.State.DONE)
        .order_by("-finished_on")
        .first()
    )


def groups_of(members: Sequence[Member], units: Units) -> dict[int, dict[Key, list[Figure]]]:
    """Figures of sites by the unit that stood on the last day of their year, and by country.

    By waste type they are added up for the country only.
    """
    by_place = {m.landfill.place_id: m.landfill.place for m in members}
    rows = Figure.objects.current().filter(place_id__in=by_place, kind__in=ADDED, scenario="as_is")
    groups: dict[int, dict[Key, list[Figure]]] = {}
    for figure in rows.select_related("place").order_by("place__code", "pk"):
        parent = by_place[figure.place_id].parent
        if parent is None or (figure.category and figure.kind != EMITTED):
            continue
        key = (figure.kind, figure.category, figure.period_start)
        unit = units.on(parent.pk, figure.period_end)
        if unit is not None and not figure.category:
            groups.setdefault(unit.pk, {}).setdefault(key, []).append(figure)
        if parent.parent_id is not None:
            groups.setdefault(parent.parent_id, {}).setdefault(key, []).append(figure)
    return groups


def _sum(place: Place, parts: Mapping[Key, Sequence[Figure]], members: Sequence[Member]) -> None:
    from . import tasks

    sites = {f.place_id for figures in parts.values() for f in figures}
    counted = [m for m in members if m.landfill.place_id in sites]
    run, needed = runs.request(
        KERNEL,
        version=__version__,
        parameters_version=tasks.parameters().version,
        inputs={
            "place": str(place.key),
            "runs": sorted(m.run.inputs_sha256 for m in counted),
            "years": [parts_key[2].year for parts_key in (min(parts, key=_year), max(parts, key=_year))],
        },
        place=place,
        seed=tasks.SEED,
    )
    if not needed:
        return

    def kernel(progress: runs.Progress) -> tuple[list[FigureValue], list[dict[str, Any]]]:
        band = tasks.national_band([m.run.inputs for m in counted], tasks.SEED)
        return list(sums(place, parts, band)), _parameters(counted)

    try:
        runs.execute(run, kernel)
    except TrungHoaError:
        return


def _year(key: Key) -> date:
    return key[2]


def _parameters(members: Iterable[Member]) -> list[dict[str, Any]]:
    found = {(p["label"], p["value"], p["source"]): p for m in members for p in m.run.parameters}
    return [found[key] for key in sorted(found)]


def sums(place: Place, parts: Mapping[Key, Sequence[Figure]], band: Any) -> Iterator[FigureValue]:
    """Exact sums of the figures on record: of the modelled sites, not of all waste of the country."""
    index = {year: i for i, year in enumerate(band.years)}
    for (kind, category, start), figures in sorted(parts.items()):
        with localcontext() as context:
            context.prec = 60
            amount = sum((f.amount for f in figures), Decimal(0))
        at = index[start.year] if kind == EMITTED and not category else None
        codes = ", ".join(sorted({f.place.code for f in figures}))
        yield FigureValue(
            system="S8",
            kind=kind,
            place=place.key,
            period=Period.year(start.year),
            amount=amount,
            unit="t",
            status=Status.PROJECTED,
            quality=worst(Quality(f.quality) for f in figures),
            source=f"Sum over the modelled landfills: {codes}",
            method=figures[0].method,
            gas=figures[0].gas,
            scenario="as_is",
            category=category,
            lower=None if at is None else from_float(band.lower[at]),
            upper=None if at is None else from_float(band.upper[at]),
        )
