"""The form that opens the plan of a year."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import health
from .models import WorkPlan


def open_years() -> list[int]:
    """Years without a plan, from the first plan to the year after this one."""
    taken = set(WorkPlan.objects.values_list("year", flat=True))
    now = max(health.todays().values()).year
    return [year for year in range(min(taken, default=now), now + 2) if year not in taken]


class YearForm(forms.ModelForm):
    """Which year, and from when to when it runs."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    class Meta:
        model = WorkPlan
        fields = ("year", "year_kind", "source", "quality")
        widgets = {"source": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in open_years()]
