"""Making and changing a scenario in the browser."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import download, paged
from trunghoa.portal.core.record.templatetags.numbers import language
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale
from trunghoa.quantities import search_key

from .. import changes, tables, tasks
from ..changes import Difference
from ..forms import LeversForm, NewForm, RowForm, ScenarioForm, initial_of
from ..models import Scenario
from .access import ADD, changeable, may_change, seen, tabled

GET_OR_POST = ["GET", "HEAD", "POST"]


def form_page(
    request: HttpRequest, template: str, form: Any, differences: list[Difference], **context: Any
) -> HttpResponse:
    status = 409 if differences else 422 if form.is_bound else 200
    return render(request, template, {"form": form, "differences": differences, **context}, status=status)


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(ADD):
        raise PermissionDenied
    user = person(request)
    start = {"revision": 0, "analysis": "single", "quality": "illustrative", "method": "simplex"}
    form = NewForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        title = given["title_en"] or given["title_vi"]
        scenario = Scenario(
            code=changes.free_code(title), state="own", model=given["model"], owner=user.organisation,
            created_by=user, changed_by=user,
        )  # fmt: skip
        form.apply(scenario)
        with transaction.atomic():
            scenario.save()
            problems = tasks.problems_of(scenario)
            if problems:
                transaction.set_rollback(True)
            else:
                moves.began(scenario)
        if not problems:
            messages.success(request, _("The scenario is made. Pull its levers, then run it."))
            return redirect("scenarios:levers", scenario.code)
        form.refuse(problems)
    return form_page(request, "scenarios/form.html", form, [], title=_("Make a scenario"), scenario=None)


@require_POST
def fork(request: HttpRequest, code: str) -> HttpResponse:
    scenario = seen(request, code)
    if not request.user.has_perm(ADD):
        raise PermissionDenied
    copy = changes.fork(scenario, person(request))
    messages.success(request, _("This scenario is yours now; the one it comes from stays as it is."))
    return redirect("scenarios:edit", copy.code)


@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Titles, how it is solved, what is run."""
    scenario = changeable(request, code, seen)

    def make(*args: Any, **more: Any) -> ScenarioForm:
        return ScenarioForm(*args, kind=scenario.model.kind, **more)

    return changed(
        request, scenario, "scenarios/form.html", make, initial_of, lambda form, held: form.apply(held),
        title=_("Correct the scenario"),
    )  # fmt: skip


@require_http_methods(GET_OR_POST)
def levers(request: HttpRequest, code: str) -> HttpResponse:
    """How far each lever of the model is pulled."""
    scenario = changeable(request, code)
    known = tasks.base_levers(scenario.model.document_id)

    def make(*args: Any, **more: Any) -> LeversForm:
        return LeversForm(*args, levers=known, **more)

    def fresh(row: Scenario) -> dict[str, Any]:
        from decimal import Decimal

        pulled = {f"lever-{code}": Decimal(strength) for code, strength in row.levers}
        return {**pulled, "revision": row.revision}

    def apply(form: LeversForm, held: Scenario) -> None:
        held.levers = form.pulled(held.levers)

    return changed(
        request,
        scenario,
        "scenarios/levers.html",
        make,
        fresh,
        apply,
        title=_("Levers"),
        any_lever=bool(known),
    )


def changed(
    request: HttpRequest,
    scenario: Scenario,
    template: str,
    make: Any,
    fresh: Any,
    apply: Any,
    **context: Any,
) -> HttpResponse:
    """One form from first sight to commit; ``fresh`` gives what stands now, by field."""
    context = {"scenario": scenario, "label": scenario.title(language()), **context}
    if request.method != "POST":
        return form_page(request, template, make(initial=fresh(scenario)), [], **context)
    form = make(request.POST)
    if form.is_valid():
        try:
            problems = changes.commit(
                scenario, person(request), form.cleaned_data["revision"], lambda held: apply(form, held)
            )
        except Stale:
            return conflict(request, scenario, template, make, fresh, form, context)
        if not problems:
            messages.success(request, _("Saved. Run it to see what changes."))
            return redirect(scenario)
        form.refuse(problems)
    return form_page(request, template, form, [], **context)


def conflict(
    request: HttpRequest, scenario: Scenario, template: str, make: Any, fresh: Any, form: Any, context: Any
) -> HttpResponse:
    """Show both versions; nothing typed is lost, and saving again is a decision."""
    scenario.refresh_from_db()
    stored = fresh(scenario)
    data = request.POST.copy()
    data["revision"] = str(scenario.revision)
    again = make(data)
    differences = []
    for name, field in again.fields.items():
        there = shown(field, stored.get(name))
        here = shown(field, form.cleaned_data.get(name))
        if name != "revision" and there != here:
            differences.append(Difference(str(field.label), there, here))
    if not differences:
        messages.info(request, _("Somebody saved the same meanwhile."))
        return redirect(scenario)
    return form_page(request, template, again, differences, **context)


def shown(field: Any, value: Any) -> str:
    value = field.prepare_value(value)
    if value is None or value == "":
        return "–"
    words = {str(code): str(label) for code, label in getattr(field, "choices", ())}
    return words.get(str(value), str(value))


@require_safe
def all_tables(request: HttpRequest, code: str) -> HttpResponse:
    """The model's tables, and every change of a number with who made it."""
    scenario = tabled(request, code)
    may = may_change(request, scenario)
    edits = tables.edit_table(scenario, may)
    if answer := download(request, edits):
        return answer
    context = {
        "scenario": scenario,
        "label": scenario.title(language()),
        "groups": tables.overview(scenario),
        "edits": edits,
        "may_change": may,
    }
    return render(request, "scenarios/tables.html", context)


def value_table(name: str) -> Any:
    if name not in tasks.VALUES:
        raise Http404
    return tasks.VALUES[name]


@require_safe
def table(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """One table with what the scenario makes of it."""
    scenario = tabled(request, code)
    value_table(name)
    sheet = tables.Sheet(scenario, name, language())
    wanted = search_key(request.GET.get("q", ""))
    lines = [
        line
        for line in sheet.lines()
        if not wanted
        or any(
            wanted in search_key(f"{cell} {sheet.name(key, cell)}")
            for key, cell in zip(sheet.table.keys, line.keys, strict=True)
        )
    ]
    may = may_change(request, scenario)
    listing = sheet.listing(lines, may)
    found = paged(request, lines, listing.columns, name, caption=listing.caption)  # type: ignore[arg-type]
    if answer := download(request, found):
        return answer
    context = {
        "scenario": scenario,
        "label": scenario.title(language()),
        "name": name,
        "about": _(sheet.table.about),
        "table": found,
        "q": request.GET.get("q", ""),
        "may_change": may,
    }
    return render(request, "scenarios/table.html", context)


@require_http_methods(GET_OR_POST)
def row(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Change one number, add a row, or take one out."""
    scenario = changeable(request, code)
    sheet = tables.Sheet(scenario, value_table(name).name, language())
    asked = request.POST if request.method == "POST" else request.GET
    target = asked_target(asked, sheet.table)
    line = sheet.line(target) if target is not None else None
    fixed = line is not None

    def make(*args: Any, **more: Any) -> RowForm:
        return RowForm(*args, table=sheet.table, known=sheet.known(), fixed=fixed, **more)

    def fresh(held: Scenario) -> dict[str, Any]:
        now = tables.Sheet(held, name, language())
        found = now.line(target) if target is not None else None
        start: dict[str, Any] = {"revision": held.revision, "quality": "unverified"}
        if found is not None:
            start |= dict(zip(sheet.table.keys, found.keys, strict=True))
            start |= {
                "bound": found.bound, "year": found.year or "", "quality": found.quality,
                "value": typed(found.value),
                "source": found.source,
            }  # fmt: skip
        return start

    def apply(form: RowForm, held: Scenario) -> None:
        changes.put_edits(held, [form.row()], person(request))

    if request.method == "POST" and "remove" in request.POST and line is not None:
        return removed(request, scenario, name, line)
    context = {
        "title": _("Change a number") if fixed else _("Add a row"),
        "name": name,
        "about": _(sheet.table.about),
        "line": line,
        "words": [sheet.name(k, c) for k, c in zip(sheet.table.keys, line.keys, strict=True)] if line else [],
    }
    return changed(request, scenario, "scenarios/row.html", make, fresh, apply, **context)


def typed(value: float | None) -> str:
    """A value with all its digits, as the reader would type it."""
    from decimal import Decimal

    from trunghoa.portal.core.record.form_fields import written

    if value is None:
        return ""
    return "inf" if value == float("inf") else written(Decimal(repr(value)))


def asked_target(asked: Any, table: Any) -> tuple[Any, ...] | None:
    """The record that an address or a form names."""
    keys = tuple(asked.getlist("k") or [asked.get(key, "") for key in table.keys])
    if len(keys) != len(table.keys) or not all(keys):
        return None
    year = asked.get("year", "")
    return keys, asked.get("bound", ""), int(year) if year.isdecimal() and len(year) < 6 else None


def removed(request: HttpRequest, scenario: Scenario, name: str, line: Any) -> HttpResponse:
    """Take a record out of this scenario; the model keeps it."""
    edit = {
        "table": name, "keys": list(line.keys), "bound": line.bound, "year": line.year, "value": "",
        "quality": line.quality, "source": _("taken out"),
    }  # fmt: skip
    user = person(request)
    try:
        problems = changes.commit(
            scenario, user, posted_revision(request), lambda held: changes.put_edits(held, [edit], user)
        )
    except Stale as error:
        messages.error(request, str(error))
        return redirect("scenarios:table", scenario.code, name)
    tell(request, problems, _("Taken out. Run it to see what changes."))
    return redirect("scenarios:table", scenario.code, name)


def posted_revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def tell(request: HttpRequest, problems: Any, done: str) -> None:
    from trunghoa.portal.core.record.form_fields import full_text

    for problem in problems:
        messages.error(request, f"{problem.where}: {full_text(problem)}")
    if not problems:
        messages.success(request, done)


@require_http_methods(GET_OR_POST)
def undo(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take a change back: the number that stood before it stands again."""
    scenario = changeable(request, code)
    edit = get_object_or_404(scenario.edits.select_related("by"), pk=pk, undone_on__isnull=True)
    if request.method != "POST":
        context = {"scenario": scenario, "edit": edit, "label": scenario.title(language())}
        return render(request, "scenarios/undo.html", context)
    user = person(request)
    try:
        problems = changes.commit(
            scenario, user, posted_revision(request), lambda held: changes.undo(edit, user)
        )
    except Stale as error:
        messages.error(request, str(error))
        return redirect("scenarios:tables", code)
    tell(request, problems, _("Undone. Run it to see what changes."))
    return redirect("scenarios:tables", code)
