"""A methodology computed with values that anybody types in: an address that can be passed on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trunghoa.portal.core.record.form_fields import full_text, written
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import InputError, TrungHoaError, parse_number
from trunghoa.quantities.numbers import MARKS

from .. import monitoring
from ..forms_parameters import ValuesField
from ..tasks import calculation
from . import access
from .monitoring import tonnes

LONGEST = 6000


class CalculatorForm(forms.Form):
    """One field for each parameter; values with an index one on each line."""

    def __init__(self, methodology: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.methodology = methodology
        for p in methodology.parameters:
            many = p.symbol in methodology.indexed
            bounds = ""
            if p.minimum is not None or p.maximum is not None:
                limits = {"low": written(p.minimum) or "…", "high": written(p.maximum) or "…"}
                bounds = _("From %(low)s to %(high)s.") % limits
            self.fields[p.symbol] = ValuesField(
                many=many,
                label=f"{p.symbol} ({numbers.unit(p.unit) or '–'})",
                help_text=f"{p.label}. {bounds}".strip(),
                max_length=LONGEST,
            )

    def values(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for symbol, listed in self.cleaned_data.items():
            if listed:
                amounts = tuple(Decimal(v) for v in listed)
                found[symbol] = amounts if symbol in self.methodology.indexed else amounts[0]
        return found


@login_not_required
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, and RE, PE, ER of what the address says."""
    row = get_object_or_404(access.methodologies(request), pk=pk)
    methodology = monitoring.equations_of(row)
    if methodology is None:
        raise Http404
    symbols = {p.symbol for p in methodology.parameters}
    asked = {k: str(v) for k, v in request.GET.items() if k in symbols}
    asked = in_own_marks(asked, request.GET.get("marks", ""))
    illustrative = "example" in request.GET and bool(methodology.example)
    data = _example(methodology) if illustrative else asked
    form = CalculatorForm(methodology, data or None)
    outcome, problems = None, []
    if form.is_bound and form.is_valid():
        try:
            outcome = calculation.trial(methodology, form.values())
        except InputError as error:
            for problem in error.problems:
                if problem.field in form.fields:
                    form.add_error(problem.field, full_text(problem))
                else:
                    problems.append(full_text(problem))
        except TrungHoaError as error:
            problems.append(str(error))
    context = {
        "row": row,
        "title": row.title(numbers.language()),
        "methodology": methodology,
        "form": form,
        "problems": problems,
        "illustrative": illustrative,
        "marks": numbers.language(),
        "outcome": [(name, tonnes(text)) for name, text in zip(("RE", "PE", "ER"), outcome, strict=True)]
        if outcome
        else [],
    }
    return render(request, "registry/calculator.html", context)


def in_own_marks(asked: dict[str, str], marks: str) -> dict[str, str]:
    """Values of an address that was made in another language, as the reader writes numbers.

    1.250 is another number in Vietnamese than in English, so the address says how its numbers are written.
    """
    if marks not in MARKS or marks == numbers.language():
        return asked
    return {
        symbol: "\n".join(_again(line, marks) for line in text.splitlines()) for symbol, text in asked.items()
    }


def _again(line: str, marks: str) -> str:
    try:
        return written(parse_number(line, lang=marks))
    except InputError:
        return line


def _example(methodology: Any) -> dict[str, str]:
    return {
        symbol: "\n".join(written(v) for v in (value if isinstance(value, tuple) else (value,)))
        for symbol, value in methodology.example.items()
    }
