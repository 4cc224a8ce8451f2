"""Two people edited one record: what stands and what was typed, side by side; nothing is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed meanwhile: what stands and what was typed here."""

    label: str
    stored: str
    typed: str


def differences(form: forms.BaseForm, stored: Mapping[str, Any]) -> list[Difference]:
    """Fields of a valid form that say something else than the record does now."""
    return list(_differing(form, stored))


def _differing(form: forms.BaseForm, stored: Mapping[str, Any]) -> Iterator[Difference]:
    for name, field in form.fields.items():
        if name == "revision":
            continue
        there, here = shown(field, stored.get(name)), shown(field, form.cleaned_data.get(name))
        if there != here:
            yield Difference(str(field.label), there, here)


def shown(field: forms.Field, value: Any) -> str:
    """A value as the form would show it."""
    value = field.prepare_value(value)
    if value is None or value == "":
        return "–"
    if isinstance(field, forms.ChoiceField):
        words = {str(code): str(label) for code, label in field.choices}
        return words.get(str(value), str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
