"""Editing a landfill: nobody overwrites what they have not seen, and every change is followed by a run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.audit import bulk

from .. import tasks
from ..forms import ConversionForm, DepositsForm, ProjectForm, RecordForm, SiteForm
from ..models import Conversion, Deposit, Landfill, Project
from .access import changeable

GET_OR_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed meanwhile: what stands and what was typed here."""

    label: str
    stored: str
    typed: str


class Changed(Exception):
    """The landfill has another revision than the one the writer saw."""


def commit(request: HttpRequest, landfill: Landfill, revision: int, apply: Callable[[], Any]) -> list[Any]:
    """Apply a change to the revision its writer saw; what the kernel would refuse is taken back and returned.

    Raises
    ------
    Changed
        when somebody else was first.
    """
    with transaction.atomic():
        row = Landfill.objects.select_for_update(of=("self",)).get(pk=landfill.pk)
        if row.revision != revision:
            raise Changed
        apply()
        fresh = Landfill.objects.select_related("place__parent").get(pk=landfill.pk)
        problems = tasks.problems_of(fresh)
        if problems:
            transaction.set_rollback(True)
            return problems
        bulk.update(
            Landfill.objects.filter(pk=landfill.pk),
            revision=F("revision") + 1,
            changed_by=person(request),
            changed_on=timezone.now(),
        )
        fresh.refresh_from_db()
        tasks.enqueue(fresh, person(request))
    return []


def _form_page(
    request: HttpRequest,
    landfill: Landfill,
    title: str,
    form: Any,
    differences: list[Difference],
    **more: Any,
) -> HttpResponse:
    status = 409 if differences else 422 if form.is_bound else 200
    context = {"landfill": landfill, "title": title, "form": form, "differences": differences, **more}
    return render(request, "landfills/form.html", context, status=status)


def _edit(
    request: HttpRequest,
    landfill: Landfill,
    title: str,
    make: Callable[..., Any],
    fresh: Callable[[], dict[str, Any]],
    apply: Callable[[Any], Any],
    **more: Any,
) -> HttpResponse:
    """One form from first sight to commit. ``fresh`` gives what stands now, by field."""
    if request.method != "POST":
        return _form_page(request, landfill, title, make(initial={"revision": landfill.revision}), [], **more)
    form = make(request.POST)
    if form.is_valid():
        try:
            problems = commit(request, landfill, form.cleaned_data["revision"], lambda: apply(form))
        except Changed:
            return _conflict(request, landfill, title, make, fresh(), form, **more)
        if not problems:
            messages.success(request, _("Saved. The figures are computed anew."))
            return redirect("landfills:site", landfill.place.code)
        form.refuse(problems)
    return _form_page(request, landfill, title, form, [], **more)


def _conflict(
    request: HttpRequest,
    landfill: Landfill,
    title: str,
    make: Callable[..., Any],
    stored: dict[str, Any],
    form: Any,
    **more: Any,
) -> HttpResponse:
    """Show both versions; nothing typed is lost, and saving again is a decision."""
    landfill.refresh_from_db()
    data = request.POST.copy()
    data["revision"] = str(landfill.revision)
    again = make(data)
    differences = []
    for name, field in again.fields.items():
        if name == "revision":
            continue
        there, here = _shown(field, stored.get(name)), _shown(field, form.cleaned_data.get(name))
        if there != here:
            differences.append(Difference(str(field.label), there, here))
    if not differences:
        messages.info(request, _("Somebody saved the same meanwhile."))
        return redirect("landfills:site", landfill.place.code)
    return _form_page(request, landfill, title, again, differences, **more)


def _shown(field: forms.Field, value: Any) -> str:
    value = field.prepare_value(value)
    if value is None or value == "":
        return "–"
    if isinstance(field, forms.ChoiceField):
        words = {str(code): str(label) for code, label in field.choices}
        return words.get(str(value), str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _stored(form_class: type[RecordForm], instance: Any, place: Any = None) -> dict[str, Any]:
    found = {name: getattr(instance, name) for name in form_class._meta.fields if hasattr(instance, name)}
    if place is not None:
        found |= {n: getattr(place, n) for n in ("name_vi", "name_ja", "name_en", "latitude", "longitude")}
    return found


@require_http_methods(GET_OR_POST)
def site(request: HttpRequest, code: str) -> HttpResponse:
    """Attributes, checklist and choices."""
    landfill = changeable(request, code)

    def make(*args: Any, **more: Any) -> SiteForm:
        # A form of its own row: what a refused form set must not reach the page.
        row = Landfill.objects.select_related("place").get(pk=landfill.pk)
        return SiteForm(*args, instance=row, gwp_sets=tasks.gwp_sets(), **more)

    def fresh() -> dict[str, Any]:
        row = Landfill.objects.select_related("place").get(pk=landfill.pk)
        return _stored(SiteForm, row, row.place)

    return _edit(request, landfill, _("Correct the site"), make, fresh, lambda form: form.save())


@require_http_methods(GET_OR_POST)
def conversion(request: HttpRequest, code: str, pk: int | None = None) -> HttpResponse:
    landfill = changeable(request, code)
    row = get_object_or_404(Conversion, pk=pk, landfill=landfill) if pk else None

    def make(*args: Any, **more: Any) -> ConversionForm:
        instance = Conversion.objects.filter(pk=pk).first() if pk else None
        return ConversionForm(*args, instance=instance or Conversion(landfill=landfill), **more)

    def fresh() -> dict[str, Any]:
        now = Conversion.objects.filter(pk=pk).first() if pk else None
        return _stored(ConversionForm, now) if now else {}

    def apply(form: ConversionForm) -> None:
        form.instance.landfill = landfill
        form.save()

    title = _("Correct the conversion") if row else _("Add a conversion")
    return _edit(request, landfill, title, make, fresh, apply, remove=row)


@require_POST
def remove_conversion(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    landfill = changeable(request, code)
    row = get_object_or_404(Conversion, pk=pk, landfill=landfill)
    try:
        problems = commit(request, landfill, int(request.POST.get("revision") or 0), row.delete)
    except (Changed, ValueError):
        messages.error(
            request, _("Somebody changed this landfill meanwhile. Look at it again before removing.")
        )
        return redirect("landfills:conversion", code, pk)
    for problem in problems:
        messages.error(request, str(problem))
    if not problems:
        messages.success(request, _("Removed. The figures are computed anew."))
    return redirect("landfills:site", code)


@require_http_methods(GET_OR_POST)
def project(request: HttpRequest, code: str) -> HttpResponse:
    landfill = changeable(request, code)

    def make(*args: Any, **more: Any) -> ProjectForm:
        instance = Project.objects.filter(landfill=landfill).first()
        return ProjectForm(*args, instance=instance or Project(landfill=landfill), **more)

    def fresh() -> dict[str, Any]:
        now = Project.objects.filter(landfill=landfill).first()
        return _stored(ProjectForm, now) | {"fund": now.fund_id} if now else {}

    def apply(form: ProjectForm) -> None:
        form.instance.landfill = landfill
        form.save()

    return _edit(request, landfill, _("Semi-aerobic project"), make, fresh, apply)


@require_http_methods(GET_OR_POST)
def year(request: HttpRequest, code: str, year: int | None = None) -> HttpResponse:
    """Deposits of one year."""
    landfill = changeable(request, code)

    def stored() -> dict[str, Any]:
        rows = list(landfill.deposits.filter(year=year)) if year else []
        found: dict[str, Any] = {row.waste: row.tonnes for row in rows}
        if rows:
            found |= {"quality": rows[0].quality, "source": rows[0].source}
        return found

    def make(*args: Any, **more: Any) -> DepositsForm:
        now = stored()
        initial = {"year": year, **now, **more.pop("initial", {})}
        taken = set(landfill.deposits.exclude(year=year or 0).values_list("year", flat=True))
        return DepositsForm(*args, stored=now, taken=taken, initial=initial, **more)

    def apply(form: DepositsForm) -> None:
        wanted = form.cleaned_data["year"]
        replaced = landfill.deposits.filter(year__in=[y for y in (year, wanted) if y])
        bulk.delete(replaced, about=landfill)
        rows = [
            Deposit(
                landfill=landfill,
                year=wanted,
                waste=waste,
                tonnes=tonnes,
                quality=form.cleaned_data["quality"],
                source=form.cleaned_data["source"],
            )
            for waste, tonnes in form.amounts().items()
        ]
        bulk.create(Deposit.objects, rows, about=landfill)

    title = _("Deposits of %(year)s") % {"year": year} if year else _("Add a year of deposits")
    return _edit(request, landfill, title, make, lambda: {"year": year, **stored()}, apply)


@require_POST
def run(request: HttpRequest, code: str) -> HttpResponse:
    """Run again; with nothing changed since, the run that stands is the answer."""
    landfill = changeable(request, code)
    with transaction.atomic():
        found = tasks.enqueue(landfill, person(request))
    if found is None:
        messages.error(
            request, _("The site cannot be modelled yet: give its year of opening and its deposits.")
        )
    elif found.state == found.State.DONE:
        messages.info(request, _("Nothing changed since the last run; its figures stand."))
    else:
        messages.success(request, _("The run is in the queue."))
    return redirect("landfills:site", code)
