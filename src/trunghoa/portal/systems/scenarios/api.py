"""Scenarios over HTTP: list, one, its results, asking for a run."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.api import ERRORS, LISTS, PageQuery, Problem, cut, three
from trunghoa.portal.core.record.models import Run
from trunghoa.quantities import InputError, search_key

from . import reading, tasks
from .description import describe
from .models import Scenario
from .views.access import may_run, visible

router = Router(tags=["scenarios"])
CODE = "{slug:code}"


class Refused(Schema):
    """What is wrong, number by number."""

    detail: list[dict[str, Any]]


class ListQuery(PageQuery):
    q: str = Field("", max_length=100, description="part of a title, with or without accents")
    state: str = Field("", max_length=30)
    model: str = Field("", max_length=60)


class ScenarioOut(Schema):
    code: str
    title: dict[str, str]
    state: str
    model: str
    owner: str | None = Field(description="code of the organisation")
    parent: str | None
    analysis: str
    quality: str
    revision: int
    run: str | None = Field(description="the run whose results are shown")
    inputs_sha256: str | None
    status: str | None
    objective: float | None
    objective_kind: str | None


class ScenarioPage(Schema):
    count: int
    page: int
    items: list[ScenarioOut]


class ScenarioDetail(ScenarioOut):
    description: dict[str, str]
    source: str
    asked: dict[str, Any] = Field(description="everything a run is asked for with")


class ResultOut(Schema):
    run: str
    inputs_sha256: str
    version: str
    quality: str
    gwp_set: str
    years: list[int]
    summary: dict[str, Any]
    tables: dict[str, Any] = Field(description="keys, then rows of keys, unit and an amount for each year")


class ResultQuery(Schema):
    table: list[str] = Field(default_factory=list, description="only these tables; all of them when empty")

    model_config = ConfigDict(extra="forbid")


class RunAsked(Schema):
    run: str
    state: str
    progress: int
    ending: str
    log: str


class Nothing(Schema):
    model_config = ConfigDict(extra="forbid")


def _out(row: Scenario) -> dict[str, Any]:
    run = row.shown_run
    summary = run.solve.summary if run is not None and hasattr(run, "solve") else {}
    return {
        "code": row.code,
        "title": three(row, "title"),
        "state": row.state,
        "model": row.model.code,
        "owner": row.owner.code if row.owner else None,
        "parent": row.parent.code if row.parent else None,
        "analysis": row.analysis,
        "quality": row.quality,
        "revision": row.revision,
        "run": str(run.pk) if run else None,
        "inputs_sha256": run.inputs_sha256 if run else None,
        "status": summary.get("status"),
        "objective": summary.get("objective"),
        "objective_kind": summary.get("objective_kind"),
    }


@router.get("/", response={200: ScenarioPage, **LISTS})
def scenarios(request: HttpRequest, query: Query[ListQuery]) -> Any:
    """Scenarios that you may see."""
    rows = visible(request).order_by("code")
    if query.state:
        rows = rows.filter(state=query.state)
    if query.model:
        rows = rows.filter(model__code=query.model)
    if wanted := search_key(query.q):
        found = [
            pk
            for pk, *titles in rows.values_list("pk", "title_vi", "title_ja", "title_en")
            if any(wanted in search_key(title) for title in titles)
        ]
        rows = rows.filter(pk__in=found)
    return cut(rows, query, _out)


@router.get(f"/{CODE}", response={200: ScenarioDetail, **ERRORS})
def scenario(request: HttpRequest, code: str) -> Any:
    """One scenario, with everything its runs are asked for with."""
    row = get_object_or_404(visible(request), code=code)
    return {
        **_out(row),
        "description": three(row, "description"),
        "source": row.source,
        "asked": describe(row),
    }


@router.get(f"/{CODE}/result", response={200: ResultOut, **ERRORS})
def result(request: HttpRequest, code: str, query: Query[ResultQuery]) -> Any:
    """The tables of the run that is shown."""
    row = get_object_or_404(visible(request), code=code)
    found = reading.of_scenario(row)
    run = row.shown_run
    if found is None or run is None:
        return Status(404, {"detail": "This scenario has no finished run."})
    wanted = query.table or found.tables()
    if unknown := set(wanted) - set(found.tables()):
        detail = [{"msg": f"no table {min(unknown)}", "known": found.tables()}]
        return Status(422, {"detail": detail})
    return {
        "run": str(run.pk),
        "inputs_sha256": run.inputs_sha256,
        "version": run.version,
        "quality": found.data["quality"],
        "gwp_set": found.gwp_set,
        "years": found.years,
        "summary": found.summary,
        "tables": {name: found.data["tables"][name] for name in wanted},
    }


@router.post(f"/{CODE}/runs", response={202: RunAsked, 200: RunAsked, 400: Problem, **ERRORS, 422: Refused})
def ask(request: HttpRequest, code: str, body: Nothing) -> Any:
    """Ask for a run; 200 where the run of these inputs has been done already."""
    row = get_object_or_404(visible(request), code=code)
    if not may_run(request, row):
        return Status(403, {"detail": "Your role or organisation may not run this scenario."})
    try:
        tasks.analysis_of({"kind": row.analysis, **row.choices})
        problems = tasks.problems_of(row)
    except InputError as error:
        problems = list(error.problems)
    if problems:
        detail = [
            {"file": p.file, "row": p.row, "field": p.field, "value": p.value, "msg": str(p)}
            for p in problems
        ]
        return Status(422, {"detail": detail})
    found = tasks.enqueue(row, person(request))
    return Status(200 if found.state == Run.State.DONE else 202, _run_out(found))


@router.get(f"/{CODE}/runs/last", response={200: RunAsked, **ERRORS})
def last(request: HttpRequest, code: str) -> Any:
    """How far the last run is, or how it ended."""
    row = get_object_or_404(visible(request), code=code)
    if row.last_run is None:
        return Status(404, {"detail": "This scenario was never run."})
    return _run_out(row.last_run)


@router.delete(f"/{CODE}/runs/last", response={200: RunAsked, 409: Problem, **ERRORS})
def stop(request: HttpRequest, code: str) -> Any:
    """Stop the last run."""
    row = get_object_or_404(visible(request), code=code)
    if not may_run(request, row):
        return Status(403, {"detail": "Your role or organisation may not stop this run."})
    if row.last_run is None:
        return Status(404, {"detail": "This scenario was never run."})
    if not tasks.cancel(row.last_run, person(request)):
        return Status(409, {"detail": "The run has ended already."})
    row.last_run.refresh_from_db()
    return _run_out(row.last_run)


def _run_out(run: Run) -> dict[str, Any]:
    solve = run.solve
    return {
        "run": str(run.pk),
        "state": run.state,
        "progress": run.progress,
        "ending": solve.ending,
        "log": solve.log,
    }
