"""The form of a move, made from what its transition asks for."""

from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import Organisation, Side
from trunghoa.portal.core.record.templatetags import numbers

from . import days
from .machine import RESERVED, Input, Transition


class MoveForm(forms.Form):
    """Revision and hash that the person read, and the inputs of the transition."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, transition: Transition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for wanted in transition.inputs:
            self.fields[wanted.name] = field(wanted)

    def inputs(self) -> dict[str, Any]:
        return {k: v for k, v in self.cleaned_data.items() if k not in RESERVED}


class OrganisationField(forms.ModelChoiceField):
    """An organisation by its name in the reader's language."""

    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name(numbers.language())


def standing() -> QuerySet[Organisation]:
    """Organisations that exist today, each on its own side's calendar."""
    exist = []
    for side in Side.values:
        day = days.today(side)
        exist.append(
            Q(side=side)
            & (Q(valid_from=None) | Q(valid_from__lte=day))
            & (Q(valid_to=None) | Q(valid_to__gte=day))
        )
    return Organisation.objects.filter(reduce(or_, exist))


def field(wanted: Input) -> forms.Field:
    shared: dict[str, Any] = {
        "label": _(wanted.label),
        "required": wanted.required,
        "help_text": _(wanted.help) if wanted.help else "",
    }
    match wanted.kind:
        case "date":
            return forms.DateField(
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **shared
            )
        case "year":
            return forms.IntegerField(min_value=2000, max_value=2100, localize=False, **shared)
        case "choice":
            choices = [("", "–"), *((code, _(label)) for code, label in wanted.choices)]
            return forms.ChoiceField(choices=choices, **shared)
        case "organisation":
            return OrganisationField(standing(), **shared)
    return forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), **shared)


class CommentForm(forms.Form):
    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
