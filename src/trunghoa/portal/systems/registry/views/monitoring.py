"""The monitoring workbook: download, hand in, check, take over, take back; the calculation line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record.document_forms import DocumentField
from trunghoa.portal.core.record.form_fields import refused, written
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow.errors import Stale
from trunghoa.quantities import InputError

from .. import monitoring, workbook
from ..models import Issuance, MonitoringImport
from ..workbook_cells import CellProblem
from . import access

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def form_class() -> Any:
    from django import forms

    class UploadForm(forms.Form):
        file = DocumentField(label=gettext_lazy("Monitoring workbook (.xlsx)"), types=(XLSX,))

    return UploadForm


def writable(request: HttpRequest, code: str, number: int) -> tuple[Issuance, Any]:
    """An issuance whose report is being written, and the equations it is computed with."""
    issuance = access.issuance(request, code, number)
    access.must(request, "registry.add_issuance", issuance)
    methodology = monitoring.equations(issuance.project)
    if methodology is None or issuance.start is None:
        raise Http404
    return issuance, methodology


@require_safe
def template(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The workbook of this period, with what is on record."""
    issuance, methodology = writable(request, code, number)
    content = workbook.workbook(issuance, methodology, by_year=request.GET.get("by") == "year")
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = (
        f'attachment; filename="{issuance.project.code}-{number}-monitoring.xlsx"'
    )
    return response


@require_http_methods(access.GET_OR_POST)
def upload(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Hand a workbook in; with one wrong cell nothing is taken over and every wrong cell is named."""
    issuance, methodology = writable(request, code, number)
    posted = request.method == "POST"
    if posted and issuance.state != "monitoring":
        raise PermissionDenied
    form = form_class()(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        try:
            record = monitoring.keep(issuance, form.cleaned_data["file"], person(request))
        except InputError as error:
            form.add_error("file", refused(error))
        else:
            return redirect("registry:monitoring_file", code, number, record.pk)
    context = {
        "issuance": issuance,
        "project": issuance.project,
        "methodology": methodology,
        "form": form,
        "history": issuance.imports.select_related("by")[:20],
        "crosses": issuance.start is not None
        and issuance.end is not None
        and issuance.start.year != issuance.end.year,
        "open": issuance.state == "monitoring",
    }
    return render(request, "registry/monitoring.html", context, status=422 if posted and form.errors else 200)


@require_safe
def checked(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    """What was found in a file: problems by cell, or what would be taken over."""
    issuance, _methodology = writable(request, code, number)
    record = get_object_or_404(issuance.imports.select_related("by", "document"), pk=pk)
    problems = problem_table(record)
    vintages = vintage_rows(record.found.get("computed", {}))
    if answer := download(request, problems, vintages):
        return answer
    context = {
        "issuance": issuance,
        "project": issuance.project,
        "record": record,
        "problems": problems,
        "vintages": vintages,
        "basis": record.found.get("basis", {}),
        "stale": record.revision != issuance.revision,
        "open": issuance.state == "monitoring",
        "can_take_back": monitoring.can_be_taken_back(record),
    }
    return render(request, "registry/monitoring_file.html", context)


@require_POST
def confirm(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    """Take the file over, all or nothing; a second click changes nothing."""
    issuance, _methodology = writable(request, code, number)
    record = get_object_or_404(issuance.imports, pk=pk)
    if record.outcome != MonitoringImport.Outcome.CHECKED:
        messages.info(request, _("This file was dealt with already."))
        return redirect("registry:monitoring_file", code, number, pk)
    if "cancel" in request.POST:
        bulk.update(issuance.imports.filter(pk=pk), outcome=MonitoringImport.Outcome.CANCELLED)
        return redirect("registry:monitoring", code, number)
    return _settled(
        request, issuance, record, monitoring.take_over,
        _("The readings are taken over and the credits computed."),
    )  # fmt: skip


@require_POST
def take_back(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    """Put what stood before this file in its place again, while the report is still being written."""
    issuance, _methodology = writable(request, code, number)
    record = get_object_or_404(issuance.imports, pk=pk)
    return _settled(
        request,
        issuance,
        record,
        monitoring.take_back,
        _("The file is taken back: the report stands as before it."),
    )


def _settled(
    request: HttpRequest, issuance: Issuance, record: MonitoringImport,
    act: Callable[[MonitoringImport, Any], None], done: str,
) -> HttpResponse:  # fmt: skip
    try:
        act(record, person(request))
    except Stale as error:
        messages.error(request, str(error))
        return redirect("registry:monitoring_file", issuance.project.code, issuance.number, record.pk)
    messages.success(request, done)
    return redirect(issuance)


def problem_table(record: MonitoringImport) -> Table:
    """Each wrong cell: where, what stands there, the limit, its source, what to do."""
    rows = [CellProblem.from_json(p) for p in record.problems]
    columns = [
        Column("sheet", gettext_lazy("Sheet"), lambda p: workbook.INPUT if p.cell else ""),
        Column("cell", gettext_lazy("Cell"), lambda p: p.cell),
        Column("value", gettext_lazy("Value"), lambda p: p.problem.value),
        Column("wrong", gettext_lazy("What is wrong"), lambda p: _(p.problem.message) % p.problem.params),
        Column("limit", gettext_lazy("Limit"), lambda p: p.problem.limit),
        Column("source", gettext_lazy("Source"), lambda p: p.problem.source),
        Column(
            "mend",
            gettext_lazy("What to do"),
            lambda p: _(p.problem.hint) % p.problem.params if p.problem.hint else "",
        ),
    ]
    return Table("problems", columns, rows, caption=_("Cells to mend"))


def tonnes(text: str | None) -> str:
    """An exact text as a number with all its digits, or with so many that the rest does not matter."""
    if not text:
        return "–"
    if "/" not in text:
        return written(Decimal(text))
    return "≈ " + numbers.number(Decimal(str(float(Fraction(text)))), 6)


def vintage_rows(computed: dict[str, Any]) -> Table:
    columns = [
        Column("vintage", gettext_lazy("Vintage"), lambda r: r[0]),
        Column("reference", gettext_lazy("RE (t CO₂e)"), lambda r: r[1]["reference"],
               lambda r: tonnes(r[1]["reference"]), True),
        Column("project", gettext_lazy("PE (t CO₂e)"), lambda r: r[1]["project"],
               lambda r: tonnes(r[1]["project"]), True),
        Column("reduction", gettext_lazy("ER (t CO₂e)"), lambda r: r[1]["reduction"],
               lambda r: tonnes(r[1]["reduction"]), True),
        Column("credits", gettext_lazy("Whole credits"), lambda r: r[1]["credits"], None, True),
    ]  # fmt: skip
    return Table("computed", columns, sorted(computed.items()), caption=_("Credits by vintage"))


class Line(NamedTuple):
    """One value that went into a calculation."""

    part: str
    symbol: str
    label: str
    element: str
    value: str
    unit: str
    option: str
    basis: str
    quality: str


def input_lines(issuance: Issuance, methodology: Any) -> Iterator[Line]:
    """Every value with unit, option and where it comes from: readings first, then what was fixed."""
    kept = issuance.basis.get("registration", issuance.project.registration)
    named = workbook.elements(methodology, kept)
    for number, part in enumerate(issuance.monitoring, start=1):
        for symbol, reading in part["readings"].items():
            known = methodology.parameter(symbol)
            index = workbook.index_of(methodology, symbol)
            many = isinstance(reading["value"], list)
            values = reading["value"] if many else [reading["value"]]
            said = reading.get("elements") or [reading]
            for at, value in enumerate(values):
                one = said[min(at, len(said) - 1)]
                basis = ", ".join(
                    text
                    for text in (one["meter"], one["calibrated"], f"sha256 {one['evidence'][:16]}…")
                    if text
                )
                element = named[index][at] if index else ""
                yield Line(
                    str(number), symbol, known.label, element, value, known.unit, one["option"], basis, ""
                )
    for symbol, value in kept.get("fixed", {}).items():
        known = methodology.parameter(symbol)
        index = workbook.index_of(methodology, symbol)
        for at, one in enumerate(value if isinstance(value, list) else [value]):
            yield Line("", symbol, known.label, named[index][at] if index else "", one, known.unit, "",
                       kept.get("sources", {}).get(symbol, ""),
                       kept.get("quality", {}).get(symbol, "unverified"))  # fmt: skip


def calculation_tables(issuance: Issuance) -> list[Table]:
    """Inputs, then terms and sums, then vintages: what a verifier reads down."""
    methodology = monitoring.equations(issuance.project)
    if methodology is None or not issuance.monitoring:
        return []
    columns = [
        Column("part", gettext_lazy("Part of the period"), lambda r: r.part),
        Column("symbol", gettext_lazy("Symbol"), lambda r: r.symbol,
               lambda r: format_html('<code title="{}">{}</code>', r.label, r.symbol)),
        Column("element", gettext_lazy("Element"), lambda r: r.element),
        Column("value", gettext_lazy("Value"), lambda r: r.value, lambda r: written(Decimal(r.value)), True),
        Column("unit", gettext_lazy("Unit"), lambda r: r.unit, lambda r: numbers.unit(r.unit)),
        Column("option", gettext_lazy("Option"), lambda r: r.option),
        Column("basis", gettext_lazy("Meter, calibration, evidence; source"), lambda r: r.basis),
        Column("quality", gettext_lazy("Quality"), lambda r: r.quality,
               lambda r: numbers.quality(r.quality) if r.quality else "–"),
    ]  # fmt: skip
    inputs = Table("inputs", columns, list(input_lines(issuance, methodology)), caption=_("What went in"))
    whole = {"RE": methodology.reference_text, "PE": methodology.project_text}
    columns = [
        Column("part", gettext_lazy("Part of the period"), lambda t: t.part),
        Column("side", gettext_lazy("RE or PE"), lambda t: t.side if not t.text else ""),
        Column("text", gettext_lazy("Equation"), lambda t: t.text or whole[t.side],
               lambda t: format_html("<code>{}</code>", t.text) if t.text
               else format_html("<strong>{} =</strong> <code>{}</code>", t.side, whole[t.side])),
        Column("amount", gettext_lazy("t CO₂e"), lambda t: str(t.amount),
               lambda t: tonnes(str(t.amount) if t.amount.denominator == 1 else as_exact(t.amount)), True),
    ]  # fmt: skip
    terms = Table("terms", columns, monitoring.lines(issuance), caption=_("Line by line"))
    return [inputs, terms]


def as_exact(amount: Fraction) -> str:
    from ..tasks.methods import exact

    return exact(amount)
