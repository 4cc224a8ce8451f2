"""Handing an OSeMOSYS model in, and the pages of what it found."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.document_forms import told
from trunghoa.portal.core.record.form_fields import full_text
from trunghoa.portal.core.record.intake import Accepted, content_of
from trunghoa.portal.core.record.models import Document, Place
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.record.tables import Column, Table, download, paged
from trunghoa.portal.core.record.templatetags.numbers import language
from trunghoa.portal.core.workflow import moves
from trunghoa.quantities import InputError, Problem

from .. import changes, osemosys, osemosys_panels, reading
from ..forms import unit_fields, units_of
from ..models import PathwayModel, Scenario
from .access import ADD, seen
from .scenario import head

MOST_PROBLEMS = 200


class ModelFileField(forms.FileField):
    """A file that may be a model: looked into, not yet read."""

    def __init__(self, **more: Any) -> None:
        super().__init__(allow_empty_file=True, **more)
        self.widget.attrs["accept"] = ",".join(osemosys.TYPES)

    def clean(self, data: Any, initial: Any = None) -> Any:
        handed: UploadedFile | None = super().clean(data, initial)
        if not handed:
            return None
        try:
            return osemosys.accept(content_of(handed), handed.name or "")
        except InputError as error:
            raise ValidationError(told(error)) from error


class ModelForm(forms.Form):
    """A model with its titles, the country it is about, and where it comes from."""

    file = ModelFileField(
        label=gettext_lazy("File of the model"),
        help_text=gettext_lazy(
            "A GMPL data file (OSeMOSYS or MUIO), a workbook with a sheet per parameter, or a zipped folder "
            "of otoole's CSV files."
        ),
    )
    title_vi = forms.CharField(label=gettext_lazy("Title (Vietnamese)"), max_length=200)
    title_ja = forms.CharField(label=gettext_lazy("Title (Japanese)"), max_length=200, required=False)
    title_en = forms.CharField(label=gettext_lazy("Title (English)"), max_length=200, required=False)
    place = forms.ModelChoiceField(
        Place.objects.filter(kind=Place.Kind.COUNTRY), label=gettext_lazy("Country")
    )
    quality = forms.ChoiceField(label=gettext_lazy("Quality"), choices=Quality.choices, initial="unverified")
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        lang = language()
        self.fields |= unit_fields()
        self.fields["place"].label_from_instance = lambda row: row.name(lang)

    def units(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("unit_")]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Hand a model in; with one fault in it nothing is kept and every fault is named."""
    if not request.user.has_perm(ADD):
        raise PermissionDenied
    form = ModelForm(request.POST or None, request.FILES or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            scenario = keep(form.cleaned_data, person(request))
        except InputError as error:
            problems = list(error.problems)
            form.add_error("file", _("The model cannot be read as it is."))
        else:
            messages.success(request, _("The model is on record, with one scenario. Run it."))
            return redirect(scenario)
    context = {"form": form, "problems": problem_table(problems[:MOST_PROBLEMS]) if problems else None}
    status = 422 if form.is_bound else 200
    return render(request, "scenarios/new_model.html", context, status=status)


def keep(given: dict[str, Any], user: User) -> Scenario:
    """The file, its model and its scenario: all of them or none."""
    accepted: Accepted = given["file"]
    told_of = osemosys.read(accepted.content)
    titles = {f"title_{lang}": given[f"title_{lang}"] for lang in ("vi", "ja", "en")}
    said = {"quality": given["quality"], "source": given["source"]}
    settings = {"units": units} if (units := units_of(given)) else {}
    code = changes.free_code(given["title_en"] or given["title_vi"])
    with (
        transaction.atomic(),
        documents.uploaded(accepted, by=user, classification=Document.Classification.ORGANISATION) as kept,
    ):
        model = PathwayModel.objects.create(
            code=changes.free_model_code(code), kind=PathwayModel.Kind.OSEMOSYS, place=given["place"],
            document=kept.document, tables_sha256=told_of["digest"], **titles, **said,
        )  # fmt: skip
        scenario = Scenario.objects.create(
            code=code, model=model, state="own", owner=user.organisation, created_by=user, changed_by=user,
            choices={"method": "simplex"}, settings=settings, **titles, **said,
        )  # fmt: skip
        return moves.began(scenario)


def problem_table(problems: list[Problem]) -> Table:
    columns = [
        Column("file", gettext_lazy("File"), lambda p: p.file),
        Column("row", gettext_lazy("Row"), lambda p: p.row, lambda p: str(p.row or "–"), True),
        Column("field", gettext_lazy("Field"), lambda p: p.field),
        Column("value", gettext_lazy("Value"), lambda p: p.value),
        Column("problem", gettext_lazy("What is wrong and what to do"), full_text),
    ]
    return Table("problems", columns, problems, caption=_("Faults of the model"))


def page(request: HttpRequest, scenario: Scenario) -> HttpResponse:
    """A scenario of a handed-in model: charts by year, and every result table."""
    result = reading.of_scenario(scenario)
    shown, panels, tables = None, [], None
    if result is not None and result.optimal:
        shown = osemosys_panels.Shown(result, language(), request.GET.get("fuel", ""))
        panels = shown.panels()
        tables = osemosys_panels.index(scenario.code, result)
        if answer := download(request, *(panel.table for panel in panels), tables):
            return answer
        for panel in panels:
            panel.table.query = f"fuel={shown.fuel}"
    context = {
        **head(request, scenario, result),
        "panels": panels,
        "shown": shown,
        "tables": tables,
        "left_out": result.data.get("left_out", {}) if result else {},
        "unmet": result.summary.get("unmet_by", [])[:10] if result else [],
        "tab": "emissions",
    }
    return render(request, "scenarios/osemosys.html", context)


@require_safe
def table(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """One result table of the shown run, as it stands in OSeMOSYS."""
    scenario = seen(request, code)
    if scenario.model.kind != osemosys.KIND or scenario.shown_run is None:
        raise Http404
    found = osemosys.table_of(scenario.shown_run, name)
    if found is None:
        raise Http404
    heading, rows = found
    wanted = request.GET.get("q", "").strip().casefold()
    if wanted:
        rows = [row for row in rows if any(wanted in cell.casefold() for cell in row[:-1])]
    columns = [Column(key.lower(), key, _cell(n)) for n, key in enumerate(heading[:-1])]
    columns.append(Column("value", heading[-1], lambda row: float(row[-1]), None, True))
    listing = paged(request, rows, columns, name, caption=name)  # type: ignore[arg-type]
    if answer := download(request, listing):
        return answer
    context = {
        "scenario": scenario,
        "label": scenario.title(language()),
        "name": name,
        "table": listing,
        "q": request.GET.get("q", ""),
    }
    return render(request, "scenarios/result.html", context)


def _cell(n: int) -> Any:
    return lambda row: row[n]
