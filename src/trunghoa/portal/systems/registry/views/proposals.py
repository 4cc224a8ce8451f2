"""Proposing a methodology: its definition is read and checked before the secretariat sees it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record import intake
from trunghoa.portal.core.record.form_fields import full_text
from trunghoa.portal.core.record.intake.texts import decoded
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale
from trunghoa.quantities import InputError

from ..models import Methodology
from ..tasks import definitions
from . import access

MOST_BYTES = 256 * 1024


class DefinitionForm(forms.Form):
    """The definition in TOML, as a file or as text; every wrong key and equation is told."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(label=gettext_lazy("Definition (.toml)"), required=False)
    text = forms.CharField(
        label=gettext_lazy("or its text"),
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "cols": 90, "spellcheck": "false"}),
    )
    title_vi = forms.CharField(label=gettext_lazy("Title (Vietnamese)"), max_length=400, required=False)
    title_ja = forms.CharField(label=gettext_lazy("Title (Japanese)"), max_length=400, required=False)

    def __init__(self, row: Methodology | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        if row is not None:
            self.initial.update({"revision": row.revision, "text": row.definition.get("toml", ""),
                                 "title_vi": row.title_vi, "title_ja": row.title_ja})  # fmt: skip

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        names = ("file", "text", "title_vi", "title_ja")
        return [(_("Methodology"), [self[name] for name in names])]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        handed = given.get("file")
        text, name = given.get("text", ""), "text"
        try:
            if handed:
                name = "file"
                if handed.size > MOST_BYTES:
                    raise forms.ValidationError(
                        _("At most %(limit)s KiB are taken.") % {"limit": MOST_BYTES // 1024}
                    )
                text = decoded(intake.content_of(handed))
            if not text.strip():
                raise forms.ValidationError(_("Hand in a file or write the text."))
            # One way of ending lines, so that the same definition is the same text.
            self.toml = "\n".join(text.splitlines()) + "\n"
            self.found = definitions.read(self.toml, handed.name[:100] if handed else "")
        except InputError as error:
            self.add_error(name, [_place(p) for p in error.problems])
            return given
        except forms.ValidationError as error:
            self.add_error(name, error)
            return given
        others = Methodology.objects.filter(code=self.found.id, version=self.found.version)
        if others.exclude(pk=self.row.pk if self.row else None).exists():
            self.add_error(
                name, _("There is already %(code)s ver%(version)s: choose another number or version.")
                % {"code": self.found.id, "version": self.found.version}
            )  # fmt: skip
        for field, limit in (("code", 30), ("version", 10), ("scope", 20)):
            said = getattr(self.found, "id" if field == "code" else field)
            if len(said) > limit:
                self.add_error(
                    name,
                    _("%(field)s is longer than %(limit)s characters.") % {"field": field, "limit": limit},
                )
        return given

    def apply(self, row: Methodology) -> None:
        found = self.found
        row.code, row.version, row.scope = found.id, found.version, found.scope
        row.title_en = found.title[:400]
        row.title_vi, row.title_ja = self.cleaned_data["title_vi"], self.cleaned_data["title_ja"]
        row.proposed_code = found.id if not row.proposed_code else row.proposed_code
        row.definition = {"toml": self.toml}
        row.source, row.checked = found.source, found.checked
        # What a proponent says of its own checking counts when both sides have approved it, not before.
        row.quality = "unverified"


def _place(problem: Any) -> str:
    text = full_text(problem)
    return f"{problem.field}: {text}" if problem.field else text


@require_http_methods(access.GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """Propose a methodology of the own organisation."""
    access.must(request, "registry.add_methodology")
    return _begin(request, None)


@require_http_methods(access.GET_OR_POST)
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a revision of an approved methodology (form 3.11); projects keep the version they have."""
    row = get_object_or_404(access.methodologies(request), pk=pk)
    access.must(request, "registry.add_methodology")
    if row.state != "approved":
        raise PermissionDenied
    return _begin(request, row)


def _begin(request: HttpRequest, revised: Methodology | None) -> HttpResponse:
    posted = request.method == "POST"
    start = {"text": revised.definition.get("toml", ""), "title_vi": revised.title_vi,
             "title_ja": revised.title_ja} if revised else {}  # fmt: skip
    form = DefinitionForm(
        None, request.POST if posted else None, request.FILES if posted else None, initial=start
    )
    if posted and form.is_valid():
        if revised is not None and form.found.id != revised.code:
            form.add_error("text", _("A revision keeps the number %(code)s.") % {"code": revised.code})
        else:
            made = Methodology(proponent=person(request).organisation, revises=revised)
            form.apply(made)
            with transaction.atomic():
                made.save()
                moves.began(made)
            messages.success(request, _("The definition is read without errors and kept as a draft."))
            return redirect(made)
    title = _("Propose a revision (form 3.11)") if revised else _("Propose a methodology")
    return _page(request, form, title, revised)


@require_http_methods(access.GET_OR_POST)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace the definition of a draft."""
    row = get_object_or_404(access.methodologies(request), pk=pk)
    access.must(request, "registry.change_methodology", row)
    if row.state != "draft":
        raise PermissionDenied
    posted = request.method == "POST"
    form = DefinitionForm(row, request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        try:
            moves.edit(row, person(request), revision=form.cleaned_data["revision"] or 0, change=form.apply)
        except Stale as error:
            return _page(request, form, str(row), row, str(error))
        messages.success(request, _("The definition is read without errors and kept as a draft."))
        return redirect(row)
    return _page(request, form, str(row), row)


def _page(
    request: HttpRequest, form: DefinitionForm, title: str, row: Methodology | None, problem: str = ""
) -> HttpResponse:
    return access.form_page(request, form, title, row or "registry:methodologies", problem)
