"""Forms of an activity and of what belongs to it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation, Side, User
from trunghoa.portal.core.publication import sections
from trunghoa.portal.core.record import words
from trunghoa.portal.core.record.access import visible_figures, visible_sites
from trunghoa.portal.core.record.form_fields import AmountField, refused
from trunghoa.portal.core.record.models import Figure, Place, System
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow.forms import standing
from trunghoa.quantities import InputError, PlaceKey, TrungHoaError, unit

from . import health, money
from .models import Activity, Budget, Indicator, Milestone, WorkPlan

TITLES = ("title_vi", "title_ja", "title_en")
TEXTS = ("description_vi", "description_ja", "description_en")


def day_field(label: Any, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text, localize=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%Y年%m月%d日"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class PlanForm(forms.ModelForm):
    """A form over part of the plan, with the revision of the activity that its writer saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput, localize=False)
    layout: tuple[tuple[Any, tuple[str, ...]], ...] = ()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        for name in self.fields:
            if name[-3:] in ("_vi", "_ja", "_en"):
                self.fields[name].widget.attrs["lang"] = name[-2:]

    @property
    def groups(self) -> Iterable[tuple[str, list[forms.BoundField]]]:
        for heading, names in self.layout:
            yield str(heading), [self[name] for name in names if name in self.fields]

    def attributes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}


class NamedField(forms.ModelChoiceField):
    """A choice of rows by their names in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        lang = numbers.language()
        if isinstance(obj, WorkPlan):
            return str(obj.year)
        name = obj.name(lang) if hasattr(obj, "name") else getattr(obj, f"name_{lang}")
        return f"{obj.pk} {name}" if isinstance(obj, System) else name


class ActivityForm(PlanForm):
    """What is promised: by whom, from when to when."""

    plan = NamedField(label=_("Plan"), queryset=WorkPlan.objects.all())
    system = NamedField(label=_("System"), queryset=System.objects.all())
    also_system = NamedField(label=_("Also concerns"), queryset=System.objects.all(), required=False)
    lead_vn = NamedField(label=_("Lead, Viet Nam"), queryset=Organisation.objects.none(), required=False)
    lead_jp = NamedField(label=_("Lead, Japan"), queryset=Organisation.objects.none(), required=False)
    start = day_field(_("Start"))
    due = day_field(_("Due"))

    layout = (
        (gettext_lazy("Title"), TITLES),
        (gettext_lazy("Description"), TEXTS),
        (gettext_lazy("Where it belongs"), ("plan", "system", "also_system")),
        (gettext_lazy("Who and when"), ("lead_vn", "lead_jp", "start", "due")),
        (gettext_lazy("Where it comes from"), ("source", "quality")),
    )

    class Meta:
        model = Activity
        fields = (
            "plan", "system", "also_system", *TITLES, *TEXTS, "lead_vn", "lead_jp", "start", "due",
            "source", "quality",
        )  # fmt: skip
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 3}) for name in TEXTS},
            "source": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        for name, side in (("lead_vn", Side.VN), ("lead_jp", Side.JP)):
            kept = getattr(self.instance, f"{name}_id")
            rows = standing().filter(side=side) | Organisation.objects.filter(pk=kept)
            self.fields[name].queryset = rows.order_by("code")
        if self.instance.pk is not None:
            # The reference names both, so they stay.
            del self.fields["plan"], self.fields["system"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, due = given.get("start"), given.get("due")
        if start and due and due < start:
            self.add_error("due", gettext("It would be due before it starts; check both dates."))
        return given


class MilestoneForm(PlanForm):
    """A dated step and what it weighs."""

    due = day_field(_("Due"), required=True)
    weight = AmountField(
        label=_("Weight"),
        low="0",
        help_text=_("In proportion to the other milestones; 1 if all weigh the same."),
    )
    layout = (("", (*TITLES, "due", "owing", "weight")),)

    class Meta:
        model = Milestone
        fields = (*TITLES, "due", "owing", "weight")

    def clean_weight(self) -> Any:
        weight = self.cleaned_data["weight"]
        if weight is not None and weight == 0:
            raise ValidationError(gettext("A milestone that weighs nothing is none: write more than 0."))
        return weight


class SettleForm(forms.Form):
    """Done on a day, or waived with a reason."""

    revision = forms.IntegerField(widget=forms.HiddenInput, localize=False)
    done_on = day_field(_("Done on"))
    waived_reason = forms.CharField(
        label=_("Or waived because"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, milestone: Milestone, *args: Any, **kwargs: Any) -> None:
        self.milestone = milestone
        super().__init__(*args, **kwargs)

    def clean_done_on(self) -> date | None:
        day = self.cleaned_data["done_on"]
        if day and day > health.todays()[self.milestone.owing]:
            raise ValidationError(gettext("That day is still to come where it is owed."))
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given.get("done_on")) == bool(given.get("waived_reason")):
            raise ValidationError(
                gettext("Give the day on which it was done, or the reason why it is waived.")
            )
        return given


class PlaceField(forms.CharField):
    """A place by its key, as 2025:01 or country:VN."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("help_text", _("Era and code, as country:VN, 2025:01 or site:name-of-the-site."))
        super().__init__(max_length=75, **more)
        self.user: User | None = None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = Place.objects.filter(pk=value).first() or value
        return str(value.key) if isinstance(value, Place) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            key = PlaceKey.parse(text)
        except TrungHoaError as error:
            raise ValidationError(gettext("Write the era and the code with a colon between.")) from error
        place = Place.objects.filter(era=key.era, code=key.code).first()
        hidden = (
            place is not None
            and self.user is not None
            and place.kind == Place.Kind.SITE
            and not Place.objects.filter(visible_sites(self.user), pk=place.pk).exists()
        )
        if place is None or hidden:
            raise ValidationError(gettext("There is no place “%(value)s” on record.") % {"value": text})
        return place


class IndicatorForm(PlanForm):
    """Which figures count, from where to where."""

    kind = forms.ChoiceField(label=_("Kind of figure"))
    place = PlaceField(label=_("Place"))
    status = forms.ChoiceField(label=_("Status"), choices=numbers.STATUS_TEXT.items)
    baseline_figure = forms.IntegerField(
        label=_("Baseline: number of a figure"), required=False, min_value=1, localize=False
    )
    baseline = AmountField(label=_("Or baseline: amount"), required=False)
    target = AmountField(label=_("Target"), required=False)
    target_date = day_field(_("Target date"))
    layout = (
        (gettext_lazy("Indicator"), TITLES),
        (gettext_lazy("The figures that count"), ("kind", "place", "unit", "status", "scenario", "category")),
        (gettext_lazy("Baseline"), ("baseline_figure", "baseline", "baseline_source")),
        (gettext_lazy("Target"), ("target", "target_date", "direction")),
    )

    class Meta:
        model = Indicator
        fields = (
            *TITLES, "kind", "place", "unit", "status", "scenario", "category", "baseline_figure", "baseline",
            "baseline_source", "target", "target_date", "direction",
        )  # fmt: skip
        widgets = {"baseline_source": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["kind"].choices = kinds()
        self.fields["place"].user = user

    def clean_unit(self) -> str:
        try:
            return unit(self.cleaned_data["unit"]).symbol
        except TrungHoaError as error:
            raise ValidationError(
                gettext("“%(value)s” is no unit of the record.") % {"value": self.data.get("unit")}
            ) from error

    def clean_baseline_figure(self) -> Figure | None:
        number = self.cleaned_data["baseline_figure"]
        if number is None:
            return None
        found = Figure.objects.filter(visible_figures(self.user), pk=min(number, 2**63 - 1)).first()
        if found is None:
            raise ValidationError(
                gettext("There is no figure with the number %(value)s.") % {"value": number}
            )
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        figure, amount = given.get("baseline_figure"), given.get("baseline")
        if figure is not None and amount is not None:
            self.add_error("baseline", gettext("Give a figure or an amount, not both."))
        if amount is not None and not given.get("baseline_source"):
            self.add_error("baseline_source", gettext("An amount that is no figure needs its source."))
        if figure is not None and given.get("unit") and figure.unit != given["unit"]:
            self.add_error(
                "baseline_figure",
                gettext("That figure is in %(value)s, the indicator in %(limit)s.")
                % {"value": figure.unit, "limit": given["unit"]},
            )
        return given


def kinds() -> list[tuple[str, str]]:
    """Kinds of figures that somebody on the platform can put on record, in words."""
    known = {**words.KINDS}
    for section in sections.all_sections():
        known |= section.kinds
    return sorted(((code, gettext(text)) for code, text in known.items()), key=lambda pair: pair[1])


class BudgetForm(PlanForm):
    """Money in its own currency."""

    payer = NamedField(label=_("Payer"), queryset=Organisation.objects.order_by("code"), required=False)
    amount = AmountField(label=_("Amount"))
    on = day_field(_("On"), help_text=_("The day from which it counts; the exchange rate is of that day."))
    layout = (
        (gettext_lazy("Who pays"), ("payer", "payer_text")),
        (gettext_lazy("How much"), ("currency", "amount", "stage", "on")),
        (gettext_lazy("Where it comes from"), ("source", "quality")),
    )

    class Meta:
        model = Budget
        fields = ("payer", "payer_text", "currency", "amount", "stage", "on", "source", "quality")
        widgets = {"source": forms.Textarea(attrs={"rows": 2})}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("payer")) == bool(given.get("payer_text")) and "payer" in given:
            self.add_error("payer", gettext("Choose who pays from the list, or write it beside; not both."))
        amount, currency = given.get("amount"), given.get("currency")
        if amount is not None and currency:
            try:
                money.exact(amount, currency)
            except InputError as error:
                self.add_error("amount", refused(error))
        if given.get("stage") == Budget.Stage.DISBURSED and not given.get("on"):
            self.add_error("on", gettext("What was disbursed has its day."))
        return given
