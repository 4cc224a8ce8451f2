"""Form fields for amounts as people of three languages write them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from trunghoa.quantities import InputError, Problem, format_number, parse_number

from .templatetags.numbers import language, problem


def written(amount: Decimal | None) -> str:
    """An amount with all its digits, in the reader's way of writing."""
    if amount is None:
        return ""
    exponent = amount.normalize().as_tuple().exponent
    return format_number(amount, language(), max(0, -int(exponent)))


def full_text(fault: Problem) -> str:
    """What is wrong, what to do, and the source of the limit."""
    text = problem(fault)
    return f"{text} [{fault.source}]" if fault.source else text


def refused(error: InputError) -> ValidationError:
    return ValidationError([full_text(p) for p in error.problems])


class AmountField(forms.CharField):
    """A number in the reader's locale, kept exactly; with limits that name themselves."""

    def __init__(self, *, low: str = "", high: str = "", **more: Any) -> None:
        self.low, self.high = low, high
        more.setdefault("max_length", 60)
        super().__init__(**more)
        self.widget.attrs.update({"inputmode": "decimal", "size": "16", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        try:
            amount = parse_number(str(value), lang=language())
        except InputError as error:
            raise refused(error) from error
        if (self.low and amount < Decimal(self.low)) or (self.high and amount > Decimal(self.high)):
            limit = f"{self.low or '…'} – {self.high or '…'}"
            raise ValidationError(
                _("%(value)s is outside %(limit)s.") % {"value": value, "limit": limit}, code="range"
            )
        return amount

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(_("Write a number; 0 if it is zero."), code="required")

    def run_validators(self, value: Any) -> None:
        return

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True
