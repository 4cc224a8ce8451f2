"""Landfills over HTTP: list, one site, its deposits, its last run, the portfolio."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.access import visible_sites
from trunghoa.portal.core.record.api import ERRORS, LISTS, PageQuery, Problem, cut, figure_out, three
from trunghoa.portal.core.record.models import Figure
from trunghoa.quantities import InputError, parse_number, search_key

from . import outcome, portfolio, series, tasks
from .description import describe
from .models import TOTAL, Fund, Landfill
from .views.access import CHANGE
from .views.changes import Changed, commit

router = Router(tags=["landfills"])
CODE = "{slug:code}"


class Refused(Schema):
    """What is wrong, cell by cell."""

    detail: list[dict[str, Any]]


class ListQuery(PageQuery):
    q: str = Field("", max_length=100, description="part of a name, with or without accents")
    quality: str = ""


class LandfillOut(Schema):
    code: str
    name: dict[str, str]
    place: str | None
    opened: int | None
    closed: int | None
    climate_class: str
    mcf_class: str
    quality: str
    revision: int
    ch4_emitted: int | None = Field(description="figure of the last complete year")


class LandfillPage(Schema):
    count: int
    page: int
    items: list[LandfillOut]


class LandfillDetail(LandfillOut):
    description: dict[str, Any] = Field(description="everything a run is asked for with")


class DepositYear(Schema):
    year: int = Field(ge=1901, le=2200)
    tonnes: dict[str, str] = Field(description="exact wet tonnes by waste type, or total")

    model_config = ConfigDict(extra="forbid")


class DepositsOut(Schema):
    revision: int
    years: list[DepositYear]


class DepositsIn(Schema):
    revision: int = Field(ge=1, le=2**31 - 1, description="the one that was read; another is refused")
    source: str = Field(min_length=1, max_length=2000)
    quality: str = Field("unverified", pattern="^(verified|unverified|illustrative)$")
    years: list[DepositYear] = Field(min_length=1, max_length=300)

    model_config = ConfigDict(extra="forbid")


class ResultOut(Schema):
    run: str
    state: str
    years: list[int]
    waste_types: list[str]
    ch4_emitted_t: dict[str, list[str]] = Field(
        description="by waste type and total, exact, in the order of years"
    )
    lower: list[str | None]
    upper: list[str | None]


class PortfolioQuery(Schema):
    fund: str = Field("", max_length=60)
    cap: str = Field("", max_length=40, description="USD; the fund's own when empty")
    include: list[str] = Field(default_factory=list)
    exclude: list[str] = Field(default_factory=list)

    model_config = ConfigDict(extra="forbid")


class SelectionOut(Schema):
    sites: list[str]
    grant: str
    reduction: str


class PortfolioOut(Schema):
    fund: str | None
    cap: str
    chosen: SelectionOut
    greedy: SelectionOut
    left: str
    marginal_cost: str | None
    candidates: list[dict[str, str]]


def _rows(request: HttpRequest) -> Any:
    rows = Landfill.objects.filter(visible_sites(person(request), "place__"))
    return rows.select_related("place__parent")


def _out(row: Landfill) -> dict[str, Any]:
    return {
        "code": row.place.code,
        "name": three(row.place, "name"),
        "place": str(row.place.parent.key) if row.place.parent else None,
        "opened": row.opened,
        "closed": row.closed,
        "climate_class": row.climate_class,
        "mcf_class": row.current_mcf_class,
        "quality": row.quality,
        "revision": row.revision,
        "ch4_emitted": row.latest_emitted_id,
    }


@router.get("/", response={200: LandfillPage, **LISTS})
def landfills(request: HttpRequest, query: Query[ListQuery]) -> Any:
    """Landfills that you may see."""
    rows = _rows(request).order_by("place__code")
    if wanted := search_key(query.q):
        rows = rows.filter(place__search__contains=wanted)
    if query.quality:
        rows = rows.filter(quality=query.quality)
    return cut(rows, query, _out)


@router.get("/portfolio", response={200: PortfolioOut, **ERRORS})
def best(request: HttpRequest, query: Query[PortfolioQuery]) -> Any:
    """The exact best choice of projects under a grant cap."""
    funds = Fund.objects.all()
    fund = get_object_or_404(funds, code=query.fund) if query.fund else funds.first()
    offers = [offer for offer in portfolio.offers(person(request), fund) if offer.ready]
    try:
        cap = parse_number(query.cap) if query.cap or fund is None else fund.cap
        found = tasks.choose([o.candidate() for o in offers], cap, query.include, query.exclude)
    except InputError as error:
        return Status(422, {"detail": [_problem(p) for p in error.problems]})

    def selection(chosen: Any) -> dict[str, Any]:
        return {
            "sites": list(chosen.keys),
            "grant": f"{chosen.grant:f}",
            "reduction": f"{chosen.reduction:f}",
        }

    return {
        "fund": fund.code if fund else None,
        "cap": f"{cap:f}",
        "chosen": selection(found.chosen),
        "greedy": selection(found.greedy),
        "left": f"{found.left:f}",
        "marginal_cost": None if found.marginal_cost is None else f"{found.marginal_cost:f}",
        "candidates": [{k: str(v) for k, v in o.candidate().items()} for o in offers],
    }


def _problem(problem: Any) -> dict[str, Any]:
    return {
        "row": problem.row,
        "field": problem.field,
        "value": problem.value,
        "limit": problem.limit,
        "source": problem.source,
        "msg": str(problem),
    }


@router.get(f"/{CODE}", response={200: LandfillDetail, **ERRORS})
def landfill(request: HttpRequest, code: str) -> Any:
    """One landfill, with everything its runs are asked for with."""
    row = get_object_or_404(_rows(request), place__code=code)
    return {**_out(row), "description": describe(row)}


@router.get(f"/{CODE}/deposits", response={200: DepositsOut, **ERRORS})
def deposits(request: HttpRequest, code: str) -> Any:
    """What was deposited in which year."""
    return _deposits(get_object_or_404(_rows(request), place__code=code))


def _deposits(row: Landfill) -> dict[str, Any]:
    years: dict[int, dict[str, str]] = {}
    for year, waste, tonnes in row.deposits.order_by("year", "waste").values_list("year", "waste", "tonnes"):
        years.setdefault(year, {})[waste] = f"{tonnes:f}"
    return {"revision": row.revision, "years": [{"year": y, "tonnes": t} for y, t in years.items()]}


@router.put(
    f"/{CODE}/deposits", response={200: DepositsOut, 400: Problem, 409: Problem, **ERRORS, 422: Refused}
)
def put_deposits(request: HttpRequest, code: str, body: DepositsIn) -> Any:
    """Replace the whole series, all of it or nothing; a run follows."""
    row = get_object_or_404(_rows(request), place__code=code)
    if not request.user.has_perm(CHANGE, row.place):
        return Status(403, {"detail": "Your role or organisation may not change this landfill."})
    rows, faults = _read(body)
    problems = [] if faults else tasks.deposit_problems(row, _by_year(rows))
    if faults or problems:
        return Status(422, {"detail": [*faults, *(_problem(p) for p in problems)]})
    try:
        refused = commit(
            request,
            row,
            body.revision,
            lambda: series.replace(row, [series.Entry(*r, body.source, body.quality) for r in rows]),
        )
    except Changed:
        return Status(409, {"detail": "Somebody changed this landfill meanwhile: read it again."})
    if refused:
        return Status(422, {"detail": [_problem(p) for p in refused]})
    row.refresh_from_db()
    return _deposits(row)


def _read(body: DepositsIn) -> tuple[list[series.Row], list[dict[str, Any]]]:
    """Rows, and every cell that is none."""
    rows: list[series.Row] = []
    faults: list[dict[str, Any]] = []
    for line, year in enumerate(body.years, start=1):
        for name, text in year.tonnes.items():
            try:
                waste = TOTAL if name == TOTAL else tasks.waste_type(name)
                rows.append((year.year, waste, parse_number(text)))
            except InputError as error:
                faults += [_problem(p.at(row=line, field=name)) for p in error.problems]
    return rows, faults


def _by_year(rows: list[series.Row]) -> list[tuple[int, int, dict[str, Decimal]]]:
    years: dict[int, dict[str, Decimal]] = {}
    for year, waste, tonnes in rows:
        years.setdefault(year, {})[waste] = tonnes
    return [(line, year, parts) for line, (year, parts) in enumerate(years.items(), start=1)]


@router.get(f"/{CODE}/result", response={200: ResultOut, **ERRORS})
def result(request: HttpRequest, code: str) -> Any:
    """Methane of the last finished run, by year and waste type, as the figures on record say."""
    row = get_object_or_404(_rows(request), place__code=code)
    found = outcome.result_of(row)
    if found is None:
        return Status(404, {"detail": "This landfill has no finished run."})
    figures = Figure.objects.current().filter(place=row.place, kind="landfill.ch4_emitted", scenario="as_is")
    by_type: dict[str, dict[int, Figure]] = {}
    for figure in figures:
        by_type.setdefault(figure.category or "total", {})[figure.period_start.year] = figure
    years = sorted(by_type["total"])
    total = [by_type["total"][y] for y in years]
    return {
        "run": str(found[0].pk),
        "state": found[0].state,
        "years": years,
        "waste_types": sorted(set(by_type) - {"total"}),
        "ch4_emitted_t": {k: [f"{v[y].amount:f}" for y in years] for k, v in by_type.items()},
        "lower": [None if f.lower is None else f"{f.lower:f}" for f in total],
        "upper": [None if f.upper is None else f"{f.upper:f}" for f in total],
    }


@router.get(f"/{CODE}/figures", response={200: list[dict[str, Any]], **ERRORS})
def figures(request: HttpRequest, code: str, kind: str = "landfill.emission_reduction") -> Any:
    """Current figures of one kind at one landfill."""
    row = get_object_or_404(_rows(request), place__code=code)
    found = Figure.objects.current().filter(place=row.place, kind=kind).select_related("place")
    return [figure_out(f) for f in found.order_by("period_start", "category", "scenario")]
