"""The library: which scenarios there are, whose, in which state, and what their last run found."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.models import Run
from trunghoa.portal.core.record.tables import Column, Table, address_of, download, paged
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow.machine import Machine
from trunghoa.quantities import search_key

from ..machine import SCENARIO
from ..models import PathwayModel, Scenario
from ..rules import visible_models
from ..words import ENDINGS, KINDS, STATUSES
from .access import ADD, visible

FILTERS = ("q", "state", "model")


def state_label(machine: Machine, code: str) -> str:
    return _(machine.state(code).label)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    lang = numbers.language()
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    table = listing(request, asked, lang)
    if answer := download(request, table):
        return answer
    models = list(PathwayModel.objects.filter(visible_models(person(request))))
    context = {
        "table": table,
        "asked": asked,
        "states": [(s.code, _(s.label), s.code == asked["state"]) for s in SCENARIO.states],
        "models": [(m.code, m.title(lang), m.code == asked["model"]) for m in models],
        "filtered": any(asked.values()),
        "may_add": request.user.has_perm(ADD) and any(m.kind == "enduse" for m in models),
        "may_hand_in": request.user.has_perm(ADD),
        "any_model": bool(models),
    }
    return render(request, "scenarios/library.html", context)


def listing(request: HttpRequest, asked: dict[str, str], lang: str) -> Table:
    rows = visible(request)
    if asked["state"]:
        rows = rows.filter(state=asked["state"])
    if asked["model"]:
        rows = rows.filter(model__code=asked["model"])
    if wanted := search_key(asked["q"]):
        found = [
            pk
            for pk, *texts in rows.values_list("pk", "code", "title_vi", "title_ja", "title_en")
            if any(wanted in search_key(text) for text in texts)
        ]
        rows = rows.filter(pk__in=found)
    address = address_of("scenarios:scenario", "CODE")
    return paged(request, rows.order_by("code"), columns(address, lang), "scenarios", caption=_("Scenarios"))


def columns(address: Any, lang: str) -> list[Column]:
    def title(row: Scenario) -> SafeString:
        kind = "" if row.analysis == "single" else f" <small>{row.get_analysis_display()}</small>"
        return format_html(
            '<a href="{}">{}</a>{}{}',
            address(row.code),
            row.title(lang),
            SafeString(kind),
            numbers.mark(row.quality),
        )

    def run_of(row: Scenario) -> Run | None:
        return row.shown_run or row.last_run

    def summary(row: Scenario) -> dict[str, Any]:
        run = run_of(row)
        return run.solve.summary if run is not None and hasattr(run, "solve") else {}

    def day(row: Scenario) -> str:
        return numbers.day(row.changed_on.date())

    return [
        Column("title", gettext_lazy("Scenario"), lambda r: r.title(lang), title, order="code"),
        Column("code", gettext_lazy("Code"), lambda r: r.code, lambda r: f"<code>{r.code}</code>"),
        Column("state", gettext_lazy("State"), lambda r: state_label(SCENARIO, r.state), order="state"),
        Column(
            "owner", gettext_lazy("Owner"), lambda r: r.owner.name(lang) if r.owner else who(r.created_by)
        ),
        Column("model", gettext_lazy("Model"), lambda r: r.model.title(lang)),
        Column("run", gettext_lazy("Last run"), lambda r: run_state(r.last_run)),
        Column("method", gettext_lazy("Solver and method"), lambda r: solver_of(summary(r))),
        Column(
            "objective",
            gettext_lazy("Objective"),
            lambda r: summary(r).get("objective"),
            lambda r: objective(summary(r)),
            numeric=True,
        ),
        Column("changed", gettext_lazy("Changed on"), lambda r: r.changed_on, day, order="changed_on"),
        Column("changed_by", gettext_lazy("Changed by"), lambda r: who(r.changed_by or r.created_by)),
        Column(
            "inputs",
            gettext_lazy("Inputs"),
            lambda r: run.inputs_sha256 if (run := run_of(r)) else "",
            lambda r: f"<code>{run.inputs_sha256[:10]}</code>" if (run := run_of(r)) else "–",
        ),
    ]


def who(user: Any) -> str:
    return user.shown_name if user is not None else _("from the workspace")


def run_state(run: Run | None) -> str:
    """How the last run stands, in words."""
    if run is None:
        return _("not run yet")
    if run.state == Run.State.DONE and hasattr(run, "solve"):
        status = run.solve.summary.get("status", "")
        return str(STATUSES.get(status, status))
    if run.state == Run.State.FAILED and hasattr(run, "solve") and run.solve.ending:
        return str(ENDINGS.get(run.solve.ending, run.solve.ending))
    return str(run.get_state_display())


def solver_of(summary: dict[str, Any]) -> str:
    if not summary.get("method"):
        return ""
    return ", ".join(str(summary[key]) for key in ("solver", "method", "foresight") if summary.get(key))


def objective(summary: dict[str, Any]) -> str:
    if summary.get("objective") is None:
        return "–"
    kind = summary.get("objective_kind", "")
    text = format_html(
        '<data value="{}">{}</data><br><small>{}</small>',
        summary["objective"],
        numbers.number(summary["objective"]),
        KINDS.get(kind, kind),
    )
    return str(text)
