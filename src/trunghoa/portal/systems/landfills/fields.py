"""Form fields for amounts as people of three languages write them."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.record.form_fields import AmountField, full_text, refused, written
from trunghoa.portal.core.record.templatetags.numbers import language
from trunghoa.quantities import InputError, check_year, parse_number
from trunghoa.quantities.errors import PeriodError

from .description import EVERY

__all__ = ["AmountField", "SeriesField", "YearField", "full_text", "refused", "written"]


class YearField(forms.CharField):
    """A year of the Gregorian calendar with four digits."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("max_length", 10)
        super().__init__(**more)
        self.widget.attrs.update({"inputmode": "numeric", "size": "6", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        text = str(value).strip()
        try:
            if not re.fullmatch(r"[0-9]{1,4}", text):
                raise PeriodError(text)
            return check_year(int(text))
        except PeriodError as error:
            raise ValidationError(
                _("“%(value)s” is not a year. Write the year with four digits.") % {"value": value}
            ) from error

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(_("Write the year with four digits."), code="required")

    def run_validators(self, value: Any) -> None:
        return


class SeriesField(forms.CharField):
    """Amounts by year, one line each (2026: 12,5); a line without a year holds for every year."""

    widget = forms.Textarea

    def __init__(self, **more: Any) -> None:
        more.setdefault(
            "help_text",
            gettext_lazy("One line per year, as 2026: 1000. A number alone holds for every year."),
        )
        super().__init__(**more)
        self.widget.attrs.update({"rows": "2", "cols": "24"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(
            written(Decimal(amount)) if year == EVERY else f"{year}: {written(Decimal(amount))}"
            for year, amount in sorted(value.items(), key=lambda item: (item[0] != EVERY, item[0]))
        )

    def to_python(self, value: Any) -> Any:
        found: dict[str, str] = {}
        for number, line in enumerate(str(value or "").splitlines(), start=1):
            if not line.strip():
                continue
            year, mark, amount = line.partition(":")
            year, amount = (year.strip(), amount) if mark else (EVERY, line)
            if year != EVERY and not re.fullmatch(r"(19|20|21)[0-9]{2}", year):
                raise ValidationError(
                    _("Line %(line)s: “%(value)s” is not a year. Write the year with four digits.")
                    % {"line": number, "value": year}
                )
            if year in found:
                raise ValidationError(
                    _("Line %(line)s: %(value)s stands twice.") % {"line": number, "value": year}
                )
            try:
                found[year] = f"{parse_number(amount, lang=language()):f}"
            except InputError as error:
                raise refused(error) from error
        return found

    def validate(self, value: Any) -> None:
        if not value and self.required:
            raise ValidationError(_("Write at least one amount."), code="required")

    def run_validators(self, value: Any) -> None:
        return
