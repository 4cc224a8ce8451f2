"""Forms of a landfill. What the kernel refuses comes back at the field it concerns."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.record.document_forms import DocumentField
from trunghoa.portal.core.record.models import Place
from trunghoa.portal.core.record.quality import Quality
from trunghoa.quantities import Problem

from .fields import AmountField, SeriesField, YearField, full_text
from .models import CHECKLIST, TOTAL, Conversion, Landfill, Project
from .uploads import CSV, XLSX
from .words import WASTE_TEXT, WASTE_TYPES

# The kernel's names of what a person gave, where they differ from the form's.
KERNEL_FIELDS = {
    "mat_c": "mat",
    "map_mm": "map",
    "pet_mm": "pet",
    "class": "climate_given",
    "climate.reason": "climate_reason",
    "recovery": "recovery_tonnes",
    "semi_aerobic_reason": "recovery_reason",
    "end_year": "end_year",
    "grants": "grants",
    "first_year": "works_year",
}


class RecordForm(forms.ModelForm):
    """A form over part of a landfill, with the revision its writer saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def groups(self) -> Iterable[tuple[str, list[forms.BoundField]]]:
        """Fields by heading, in the order of ``layout``."""
        for title, names in self.layout:
            yield str(title), [self[name] for name in names]

    layout: tuple[tuple[Any, tuple[str, ...]], ...] = ()

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Put each problem at its field, or on top where no field of this form has that name."""
        for problem in problems:
            self.add_error(self.field_for(problem.field), full_text(problem))

    def field_for(self, name: str) -> str | None:
        tail = re.sub(r"[\[\s].*$", "", name.rpartition(".")[2])
        for candidate in (KERNEL_FIELDS.get(name, ""), KERNEL_FIELDS.get(tail, ""), tail):
            if candidate in self.fields:
                return candidate
        stem = name.split(".")[1] if name.count(".") > 1 else ""
        return stem if stem in self.fields else None


class SiteForm(RecordForm):
    """Attributes of the site: from them follow its climate class, its MCF class and its methane."""

    name_vi = forms.CharField(label=_("Name (Vietnamese)"), max_length=200)
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, required=False)
    latitude = AmountField(label=_("Latitude (°)"), low="-90", high="90", required=False)
    longitude = AmountField(label=_("Longitude (°)"), low="-180", high="180", required=False)
    opened = YearField(label=_("First year of deposits"), required=False)
    closed = YearField(
        label=_("Last year of deposits"), required=False, help_text=_("Empty while it is open.")
    )
    mat = AmountField(label=_("Mean annual temperature (°C)"), required=False)
    map = AmountField(label=_("Mean annual precipitation (mm)"), required=False)
    pet = AmountField(
        label=_("Potential evapotranspiration (mm)"),
        required=False,
        help_text=_("Needed only where the site is not tropical."),
    )
    depth = AmountField(label=_("Depth of waste (m)"), low="0", required=False)
    water_table = AmountField(label=_("Water table within the waste (m)"), low="0", required=False)
    mcf = AmountField(label=_("MCF set by hand"), low="0", high="1", required=False)
    oxidation = AmountField(label=_("Oxidation factor (OX) set by hand"), low="0", high="1", required=False)
    reaction_start_month = AmountField(
        label=_("Month in which decay starts (M)"),
        required=False,
        help_text=_("Empty takes the guideline's."),
    )
    horizon = YearField(label=_("Last year of the series"), required=False)
    recovery_tonnes = SeriesField(label=_("Methane recovered (t CH₄ a year)"), required=False)
    recovery_fraction = SeriesField(label=_("Share of methane recovered"), required=False)

    layout = (
        (_("Name and place"), ("name_vi", "name_ja", "name_en", "latitude", "longitude", "opened", "closed")),
        (_("Climate"), ("mat", "map", "pet", "climate_given", "climate_reason", "climate_source")),
        (
            _("Management"),
            (
                "managed",
                "depth",
                "water_table",
                "high_water_table",
                "cover",
                "mcf_class",
                "mcf",
                "mcf_reason",
            ),
        ),
        (_("Checklist of a well managed semi-aerobic site"), CHECKLIST),
        (
            _("Model"),
            (
                "guideline",
                "gwp_set",
                "as_of",
                "horizon",
                "reaction_start_month",
                "oxidation_class",
                "oxidation",
                "oxidation_reason",
            ),
        ),
        (
            _("Methane recovery"),
            (
                "recovery_tonnes",
                "recovery_fraction",
                "recovery_metered",
                "recovery_reason",
                "recovery_source",
            ),
        ),
        (_("Source"), ("quality", "source", "note")),
    )

    class Meta:
        model = Landfill
        fields = (
            "opened", "closed", "mat", "map", "pet", "climate_given", "climate_reason", "climate_source",
            "managed", "depth", "water_table", "high_water_table", "cover", "mcf_class", "mcf", "mcf_reason",
            *CHECKLIST, "guideline", "gwp_set", "as_of", "horizon", "reaction_start_month",
            "oxidation_class", "oxidation", "oxidation_reason", "recovery_tonnes", "recovery_fraction",
            "recovery_metered", "recovery_reason", "recovery_source", "quality", "source", "note",
        )  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 2, "cols": 40})
            for name in (
                "climate_reason", "climate_source", "mcf_reason", "oxidation_reason", "recovery_reason",
                "recovery_source", "source", "note",
            )
        }  # fmt: skip

    def __init__(self, *args: Any, gwp_sets: Iterable[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        sets = sorted({*gwp_sets, self.instance.gwp_set})
        self.fields["gwp_set"] = forms.ChoiceField(label=_("GWP set"), choices=[(s, s) for s in sets])
        place = self.instance.place
        for name in ("name_vi", "name_ja", "name_en", "latitude", "longitude"):
            self.fields[name].initial = getattr(place, name)

    def save(self, commit: bool = True) -> Landfill:
        landfill: Landfill = super().save(commit)
        place = Place.objects.get(pk=landfill.place_id)
        for name in ("name_vi", "name_ja", "name_en", "latitude", "longitude"):
            setattr(place, name, self.cleaned_data[name])
        place.save()
        landfill.place = place
        return landfill


class ConversionForm(RecordForm):
    """A dated change of how new waste is laid down."""

    layout = (
        (_("Conversion"), ("on", "to")),
        (_("Checklist of a well managed semi-aerobic site"), CHECKLIST),
        (_("Source"), ("quality", "source")),
    )

    class Meta:
        model = Conversion
        fields = ("on", "to", *CHECKLIST, "quality", "source")
        widgets = {"source": forms.Textarea(attrs={"rows": 2, "cols": 40})}


class ProjectForm(RecordForm):
    """A semi-aerobic project: works, money, energy."""

    works_year = YearField(label=_("Year of works"), required=False)
    start_year = YearField(label=_("First year of reductions"))
    end_year = YearField(label=_("Last year of reductions"), required=False)
    capex = SeriesField(label=_("Capital cost (USD)"), required=False)
    opex = SeriesField(label=_("Operating cost (USD a year)"), required=False)
    other_income = SeriesField(label=_("Other income (USD a year)"), required=False)
    grants = SeriesField(label=_("Grant asked (USD)"), required=False)
    price = AmountField(label=_("Price of a credit (USD/tCO₂e)"), low="0", required=False)
    share = AmountField(label=_("Share of credits sold (0 to 1)"), low="0", high="1", required=False)
    discount_rate = AmountField(
        label=_("Discount rate (1/yr)"), low="-0.99", high="10", required=False, help_text=_("0.08 is 8 %.")
    )
    electricity = SeriesField(label=_("Grid electricity (MWh a year)"), required=False)
    grid_ef = AmountField(label=_("Grid emission factor (tCO₂/MWh)"), low="0", required=False)
    fuel_tonnes = SeriesField(label=_("Fuel burnt (t a year)"), required=False)
    fuel_ncv = AmountField(label=_("Net calorific value (TJ/Gg)"), low="0", required=False)
    fuel_ef = AmountField(label=_("Emission factor (tCO₂/TJ)"), low="0", required=False)

    layout = (
        (
            _("Project"),
            ("state", "fund", "to", "works_year", "start_year", "end_year", "template", "version"),
        ),
        (_("Checklist of a well managed semi-aerobic site"), CHECKLIST),
        (
            _("Money"),
            ("capex", "opex", "other_income", "grants", "price", "share", "discount_rate"),
        ),
        (
            _("Energy"),
            (
                "electricity",
                "grid_ef",
                "grid_ef_source",
                "fuel_name",
                "fuel_tonnes",
                "fuel_ncv",
                "fuel_ef",
                "fuel_source",
            ),
        ),
        (_("Source"), ("quality", "source", "note")),
    )

    class Meta:
        model = Project
        fields = (
            "state", "fund", "to", "works_year", "start_year", "end_year", "template", "version", *CHECKLIST,
            "capex", "opex", "other_income", "grants", "price", "share", "discount_rate",
            "electricity", "grid_ef", "grid_ef_source", "fuel_name", "fuel_tonnes", "fuel_ncv", "fuel_ef",
            "fuel_source", "quality", "source", "note",
        )  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 2, "cols": 40})
            for name in ("grid_ef_source", "fuel_source", "source", "note")
        }


class DepositsForm(forms.Form):
    """The deposits of one year, by waste type or as a total."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    year = YearField(label=_("Year"))

    def __init__(
        self, *args: Any, stored: Mapping[str, Any] | None = None, taken: Iterable[int] = (), **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.taken = set(taken)
        for waste, label in [*WASTE_TYPES, (TOTAL, WASTE_TEXT[TOTAL])]:
            self.fields[waste] = AmountField(
                label=label, low="0", required=False, initial=(stored or {}).get(waste)
            )
        self.fields["quality"] = forms.ChoiceField(
            label=_("Quality"), choices=Quality.choices, initial="unverified"
        )
        self.fields["source"] = forms.CharField(
            label=_("Source"), widget=forms.Textarea(attrs={"rows": 2, "cols": 40})
        )

    @property
    def groups(self) -> Iterable[tuple[str, list[forms.BoundField]]]:
        yield "", [self["year"]]
        yield str(_("Wet tonnes by waste type, or the total")), [self[w] for w in (*dict(WASTE_TYPES), TOTAL)]
        yield "", [self["quality"], self["source"]]

    def clean_year(self) -> int:
        year = int(self.cleaned_data["year"])
        if year in self.taken:
            raise forms.ValidationError(
                gettext("The year %(year)s has deposits already; correct them there.") % {"year": year}
            )
        return year

    def amounts(self) -> dict[str, Any]:
        return {w: v for w in (*dict(WASTE_TYPES), TOTAL) if (v := self.cleaned_data.get(w)) is not None}

    def refuse(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            tail = problem.field.rpartition(".")[2]
            name = TOTAL if tail == "total_t" else tail
            self.add_error(name if name in self.fields else None, full_text(problem))


class UploadForm(forms.Form):
    """A file of deposits."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    file = DocumentField(label=_("File (.xlsx or .csv)"), types=(XLSX, CSV))
    source = forms.CharField(
        label=_("Source of these tonnes"),
        help_text=_(
            "Weighbridge records, report, estimate: what a reader can go back to. Source and quality hold "
            "for years whose tonnes change or whose source the file states in a column; others keep theirs."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "cols": 40}),
    )
    quality = forms.ChoiceField(label=_("Quality"), choices=Quality.choices, initial="unverified")
