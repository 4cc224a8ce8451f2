"""The record over HTTP: systems, places, figures, runs."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.forms import BaseForm
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Path, Query, Router, Schema
from pydantic import BeforeValidator, ConfigDict

from trunghoa.portal.core.accounts.people import person
from trunghoa.quantities import PlaceKey

from . import access
from .models import Figure, Place, Run, System

router = Router(tags=["record"])

# What a row number can be in both databases.
FigureNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]


def written_out(value: Any) -> Any:
    """A number is no date, though a lenient reader would take it for seconds since 1970."""
    if isinstance(value, bool | int | float) or (isinstance(value, str) and "-" not in value[1:]):
        raise ValueError("a date is written as 2026-12-31")
    return value


Day = Annotated[date, BeforeValidator(written_out)]


class Problem(Schema):
    detail: str


class Invalid(Schema):
    detail: list[dict[str, Any]]


# Every refusal is part of the contract.
REFUSALS: dict[int, Any] = {401: Problem, 403: Problem, 429: Problem}
ERRORS: dict[int, Any] = {**REFUSALS, 404: Problem, 422: Invalid}
LISTS: dict[int, Any] = {**REFUSALS, 422: Invalid}


class PageQuery(Schema):
    page: int = Field(1, ge=1, le=1_000_000)
    page_size: int = Field(50, ge=1, le=200, description="at most 200; more is refused, never cut silently")

    model_config = ConfigDict(extra="forbid")


class FigureQuery(PageQuery):
    system: str = ""
    kind: str = ""
    place: str = Field("", pattern=r"^$|^[^:\x00]{1,10}:[^:\x00]{1,60}$", description="era:code")
    status: str = ""
    quality: str = ""
    scenario: str = ""
    year: int | None = Field(None, ge=1900, le=2200)


class SystemOut(Schema):
    code: str
    name: dict[str, str]
    sentence: dict[str, str]


class PlaceOut(Schema):
    key: str
    kind: str
    name: dict[str, str]
    valid_from: date | None
    valid_to: date | None
    parent: str | None
    successor: str | None
    iso3166_2: str


class FigureOut(Schema):
    id: int
    system: str
    kind: str
    place: str
    period: str
    amount: str = Field(description="exact decimal")
    unit: str
    gas: str
    gwp_set: str
    status: str
    quality: str
    scenario: str
    category: str
    lower: str | None
    upper: str | None
    method: str
    source: str
    run: str | None
    current: bool
    supersedes: int | None


class FigurePage(Schema):
    count: int
    page: int
    items: list[FigureOut]


class PlacePage(Schema):
    count: int
    page: int
    items: list[PlaceOut]


class RunOut(Schema):
    id: str
    kernel: str
    version: str
    parameters_version: str
    inputs_sha256: str
    seed: int | None
    state: str
    progress: int
    message: dict[str, Any]
    seconds: float | None


def three(row: Any, stem: str) -> dict[str, str]:
    return {lang: getattr(row, f"{stem}_{lang}") for lang in ("vi", "ja", "en")}


def figure_out(f: Figure) -> dict[str, Any]:
    return {
        "id": f.pk,
        "system": f.system_id,
        "kind": f.kind,
        "place": str(f.place.key),
        "period": f.period.code(),
        "amount": f"{f.amount:f}",
        "unit": f.unit,
        "gas": f.gas,
        "gwp_set": f.gwp_set,
        "status": f.status,
        "quality": f.quality,
        "scenario": f.scenario,
        "category": f.category,
        "lower": None if f.lower is None else f"{f.lower:f}",
        "upper": None if f.upper is None else f"{f.upper:f}",
        "method": f.method,
        "source": f.source,
        "run": str(f.run_id) if f.run_id else None,
        "current": f.is_current,
        "supersedes": f.supersedes_id,
    }


@router.get("/systems", response={200: list[SystemOut], **REFUSALS})
def systems(request: HttpRequest) -> Any:
    """The systems the Joint Working Group reviews."""
    return [
        {"code": s.code, "name": three(s, "name"), "sentence": three(s, "sentence")}
        for s in System.objects.all()
    ]


@router.get("/places", response={200: PlacePage, **LISTS})
def places(request: HttpRequest, query: Query[PageQuery], on: Day | None = None) -> Any:
    """Administrative units and countries, on a date when one is given."""
    rows = Place.objects.exclude(kind=Place.Kind.SITE).select_related("parent", "successor")
    if on is not None:
        rows = rows.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        )
    return cut(rows, query, place_out)


def place_out(p: Place) -> dict[str, Any]:
    return {
        "key": str(p.key),
        "kind": p.kind,
        "name": three(p, "name"),
        "valid_from": p.valid_from,
        "valid_to": p.valid_to,
        "parent": str(p.parent.key) if p.parent else None,
        "successor": str(p.successor.key) if p.successor else None,
        "iso3166_2": p.iso3166_2,
    }


def cut(rows: Any, query: PageQuery, out: Any) -> dict[str, Any]:
    start = (query.page - 1) * query.page_size
    return {
        "count": rows.count(),
        "page": query.page,
        "items": [out(r) for r in rows[start : start + query.page_size]],
    }


def faults_of(form: BaseForm) -> list[dict[str, Any]]:
    """What a form refuses, field by field."""
    return [{"field": name, "msg": str(error)} for name, errors in form.errors.items() for error in errors]


@router.get("/figures", response={200: FigurePage, **LISTS})
def figures(request: HttpRequest, query: Query[FigureQuery]) -> Any:
    """Current figures that you may see."""
    rows = (
        Figure.objects.current()
        .filter(access.visible_figures(person(request)))
        .select_related("place")
        .order_by("pk")
    )
    for key in ("system", "kind", "status", "quality", "scenario"):
        if value := getattr(query, key):
            rows = rows.filter(**{"system_id" if key == "system" else key: value})
    if query.place:
        place = PlaceKey.parse(query.place)
        rows = rows.filter(place__era=place.era, place__code=place.code)
    if query.year is not None:
        rows = rows.filter(period_start__year__lte=query.year, period_end__year__gte=query.year)
    return cut(rows, query, figure_out)


@router.get("/figures/{pk}", response={200: FigureOut, **ERRORS})
def figure(request: HttpRequest, pk: FigureNumber) -> Any:
    """One figure, current or corrected."""
    return figure_out(
        get_object_or_404(
            Figure.objects.filter(access.visible_figures(person(request))).select_related("place"), pk=pk
        )
    )


@router.get("/runs/{pk}", response={200: RunOut, **ERRORS})
def run(request: HttpRequest, pk: UUID) -> Any:
    """One run of a kernel and how far it is."""
    row = get_object_or_404(Run.objects.filter(access.visible_runs(person(request))), pk=pk)
    return {
        "id": str(row.pk),
        "kernel": row.kernel,
        "version": row.version,
        "parameters_version": row.parameters_version,
        "inputs_sha256": row.inputs_sha256,
        "seed": row.seed,
        "state": row.state,
        "progress": row.progress,
        "message": row.message,
        "seconds": row.seconds,
    }
