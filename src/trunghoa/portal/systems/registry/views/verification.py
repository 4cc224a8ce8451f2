"""Requests of third-party entities (CAR, CL, FAR), and amounts that a verifier confirms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.accounts.rules import is_officer
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale

from ..models import Correction, Issuance, Project
from ..rules import takes_part, validates
from . import access

# While these last, the entity looks at the object and asks.
ASKED_IN = {Project: ("validation",), Issuance: ("verification",)}
ANSWERED_IN = {Project: ("validation", "pin_no_objection"), Issuance: ("verification", "monitoring")}


class AskForm(forms.ModelForm):
    class Meta:
        model = Correction
        fields = ("kind", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class TextForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=8000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AmountsForm(forms.Form):
    """Whole credits by vintage, at most as many as were computed, with the reason where they are fewer."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, issuance: Issuance, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.computed = {y: int(row.get("credits", 0)) for y, row in sorted(issuance.computed.items())}
        self.initial["revision"] = issuance.revision
        for year, most in self.computed.items():
            self.fields[f"v{year}"] = forms.IntegerField(
                label=_("Vintage %(year)s: at most %(amount)s") % {"year": year, "amount": most},
                min_value=0,
                max_value=most,
                initial=issuance.requested.get(year, most),
                localize=False,
            )
        self.fields["reason"] = forms.CharField(
            label=_("Why fewer are confirmed than were computed"),
            max_length=4000,
            required=False,
            initial=issuance.lowered.get("reason", ""),
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def amounts(self) -> dict[str, int]:
        return {year: self.cleaned_data[f"v{year}"] for year in self.computed}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and self.amounts() != self.computed and not given.get("reason", "").strip():
            self.add_error("reason", _("Say why fewer credits are confirmed."))
        return given


@require_POST
def ask_project(request: HttpRequest, code: str) -> HttpResponse:
    return _ask(request, access.project(request, code))


@require_POST
def ask_issuance(request: HttpRequest, code: str, number: int) -> HttpResponse:
    return _ask(request, access.issuance(request, code, number))


def _ask(request: HttpRequest, obj: Any) -> HttpResponse:
    """Open a request; numbers follow each other."""
    access.must(request, "registry.verify", obj)
    if obj.state not in ASKED_IN[type(obj)]:
        raise PermissionDenied
    form = AskForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a kind and write what is asked."))
        return redirect(obj)
    with transaction.atomic():
        type(obj).objects.select_for_update().get(pk=obj.pk)
        last = Correction.objects.about(obj).aggregate(last=Max("number"))["last"] or 0
        row = form.save(commit=False)
        row.object, row.number, row.by = obj, last + 1, person(request)
        row.save()
    messages.success(request, _("The request is open."))
    return redirect(obj)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Participants answer a request while it is open."""
    row, obj = _row(request, pk)
    access.must(request, "registry.add_issuance", obj)
    if row.closed_on or obj.state not in ANSWERED_IN[type(obj)]:
        raise PermissionDenied
    return _write(request, row, obj, "answer", "answered")


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """The entity closes its request and says why."""
    row, obj = _row(request, pk)
    access.must(request, "registry.verify", obj)
    if row.closed_on or obj.state not in ANSWERED_IN[type(obj)]:
        raise PermissionDenied
    return _write(request, row, obj, "closing", "closed")


def _row(request: HttpRequest, pk: int) -> tuple[Correction, Any]:
    """A request, if the person may see what it is about."""
    row = get_object_or_404(Correction, pk=pk)
    seen = access.projects(request) if isinstance(row.object, Project) else access.issuances(request)
    return row, get_object_or_404(seen, pk=row.object_id)


def _write(request: HttpRequest, row: Correction, obj: Any, name: str, done: str) -> HttpResponse:
    form = TextForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write something first, up to 8000 characters."))
        return redirect(obj)
    setattr(row, name, form.cleaned_data["text"])
    setattr(row, f"{done}_by", person(request))
    setattr(row, f"{done}_on", timezone.now())
    row.save()
    messages.success(request, _("Saved."))
    return redirect(obj)


@require_http_methods(access.GET_OR_POST)
def amounts(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The verifier confirms fewer credits than were computed, with the reason; never more."""
    issuance = access.issuance(request, code, number)
    access.must(request, "registry.verify", issuance)
    if issuance.state != "verification":
        raise PermissionDenied
    posted = request.method == "POST"
    form = AmountsForm(issuance, request.POST if posted else None)
    problem = ""
    if posted and form.is_valid():
        wanted, reason = form.amounts(), form.cleaned_data["reason"].strip()

        def change(held: Issuance) -> None:
            held.requested = wanted
            held.lowered = {"reason": reason, "by": str(person(request).organisation)} if reason else {}

        try:
            moves.edit(issuance, person(request), revision=form.cleaned_data["revision"], change=change)
        except Stale as error:
            problem = str(error)
        else:
            messages.success(request, _("Saved. The opinion confirms these amounts."))
            return redirect(issuance)
    return access.form_page(request, form, _("Amounts to be confirmed"), issuance, problem)


def context_of(request: HttpRequest, obj: Any) -> dict[str, Any]:
    """What the page of a project or issuance shows of requests."""
    user = request.user
    if not user.is_authenticated or not (is_officer(user) or takes_part(user, obj) or validates(user, obj)):
        return {}
    asks = obj.state in ASKED_IN[type(obj)] and user.has_perm("registry.verify", obj)
    open_now = obj.state in ANSWERED_IN[type(obj)]
    return {
        "corrections": Correction.objects.about(obj).select_related("by", "answered_by", "closed_by"),
        "may_ask": asks,
        "may_close": open_now and user.has_perm("registry.verify", obj),
        "may_answer": open_now and user.has_perm("registry.add_issuance", obj),
        "ask_form": AskForm() if asks else None,
        "text_form": TextForm(auto_id=False),
    }
