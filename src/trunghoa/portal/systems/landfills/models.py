"""Landfills as people describe them. A landfill is one place record; what follows from it is Figures."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.record.fields import ExactDecimalField
from trunghoa.portal.core.record.models import Document, Figure, Place, Run
from trunghoa.portal.core.record.quality import Quality

from .words import CLIMATE_CLASSES, CONVERSION_TARGETS, WASTE_TYPES

TOTAL = "total"


class Checklist(models.Model):
    """What a well managed semi-aerobic site has; empty means not known."""

    permeable_cover = models.BooleanField(_("Permeable cover material"), null=True, blank=True)
    leachate_drainage_not_sunk = models.BooleanField(
        _("Leachate drainage, its outlet not under water"), null=True, blank=True
    )
    regulated_pondage = models.BooleanField(_("Regulated pondage"), null=True, blank=True)
    gas_vents = models.BooleanField(_("Gas ventilation system"), null=True, blank=True)

    class Meta:
        abstract = True


CHECKLIST = ("permeable_cover", "leachate_drainage_not_sunk", "regulated_pondage", "gas_vents")


class Landfill(Checklist):
    """One landfill: the attributes from which its classes and its methane follow."""

    AUDITED_WITH = "place"

    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="landfill")
    # Without it, or without deposits, a site is on the list and is not modelled.
    opened = models.PositiveSmallIntegerField(_("First year of deposits"), null=True, blank=True)
    closed = models.PositiveSmallIntegerField(_("Last year of deposits"), null=True, blank=True)
    mat = ExactDecimalField(_("Mean annual temperature (°C)"), null=True, blank=True)
    map = ExactDecimalField(_("Mean annual precipitation (mm)"), null=True, blank=True)
    pet = ExactDecimalField(_("Potential evapotranspiration (mm)"), null=True, blank=True)
    climate_given = models.CharField(
        _("Climate class set by hand"), max_length=20, blank=True, choices=CLIMATE_CLASSES
    )
    climate_reason = models.TextField(_("Reason for the climate class"), blank=True)
    climate_source = models.TextField(_("Source of the climate means"), blank=True)
    managed = models.BooleanField(_("Managed: placed, levelled, compacted, covered"), null=True, blank=True)
    depth = ExactDecimalField(_("Depth of waste (m)"), null=True, blank=True)
    water_table = ExactDecimalField(_("Water table within the waste (m)"), null=True, blank=True)
    high_water_table = models.BooleanField(_("High water table"), null=True, blank=True)
    cover = models.CharField(_("Cover"), max_length=200, blank=True)
    mcf_class = models.CharField(
        _("MCF class set by hand"), max_length=40, blank=True, choices=CONVERSION_TARGETS
    )
    mcf = ExactDecimalField(_("MCF set by hand"), null=True, blank=True)
    mcf_reason = models.TextField(_("Reason for the MCF"), blank=True)
    # Shares by waste type, as exact text, for years of which only the total is known.
    composition = models.JSONField(default=dict, blank=True)
    composition_source = models.TextField(blank=True)
    gap_years = models.JSONField(default=list, blank=True)
    deposits_source = models.TextField(_("Source of the deposits"), blank=True)
    guideline = models.CharField(
        _("Guideline"),
        max_length=10,
        default="IPCC2019",
        choices=[("IPCC2006", "IPCC 2006"), ("IPCC2019", "IPCC 2019")],
    )
    reaction_start_month = ExactDecimalField(_("Month in which decay starts (M)"), null=True, blank=True)
    oxidation = ExactDecimalField(_("Oxidation factor (OX)"), null=True, blank=True)
    oxidation_class = models.CharField(
        _("Oxidation class"),
        max_length=30,
        default="none",
        choices=[("none", _("none")), ("well_managed_cover", _("well managed cover"))],
    )
    oxidation_reason = models.TextField(_("Reason for the oxidation factor"), blank=True)
    horizon = models.PositiveSmallIntegerField(_("Last year of the series"), null=True, blank=True)
    gwp_set = models.CharField(_("GWP set"), max_length=20, default="AR5")
    methods = models.JSONField(default=list, blank=True)
    # What CDM TOOL04 and LandGEM ask for, where they are among the methods.
    tool04 = models.JSONField(default=dict, blank=True)
    landgem = models.JSONField(default=dict, blank=True)
    # By year, as exact text: {"2024": "12.5"}.
    recovery_tonnes = models.JSONField(_("Methane recovered (t CH₄ a year)"), default=dict, blank=True)
    recovery_fraction = models.JSONField(_("Share of methane recovered"), default=dict, blank=True)
    recovery_metered = models.BooleanField(_("Recovery is metered"), default=False)
    recovery_reason = models.TextField(_("Why gas is recovered at a semi-aerobic site"), blank=True)
    recovery_source = models.TextField(_("Source of the recovery"), blank=True)
    # {"k.food": {"value": "0.51", "source": "…", …}}
    overrides = models.JSONField(default=dict, blank=True)
    quality = models.CharField(
        _("Quality"), max_length=12, choices=Quality, default=Quality.UNVERIFIED, db_index=True
    )
    source = models.TextField(_("Source"))
    note = models.TextField(_("Note"), blank=True)
    as_of = models.DateField(_("Parameters as of"), default=timezone.localdate)
    revision = models.PositiveIntegerField(default=1, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT
    )
    changed_on = models.DateTimeField(auto_now=True)

    # What the last finished run found, kept here so that a list of ten thousand needs no second look.
    climate_class = models.CharField(max_length=20, blank=True, editable=False)
    current_mcf_class = models.CharField(max_length=40, blank=True, editable=False, db_index=True)
    latest_deposited = models.ForeignKey(
        Figure, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    latest_emitted = models.ForeignKey(
        Figure, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    last_run = models.ForeignKey(
        Run, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["place__search", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed__isnull=True)
                | models.Q(opened__isnull=True)
                | models.Q(closed__gte=models.F("opened")),
                name="landfill_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=models.Q(quality__in=Quality.values), name="landfill_quality_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.place.name_vi

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("landfills:site", args=[self.place.code])


class Deposit(models.Model):
    """Tonnes of one waste type laid down in one year; ``total`` is all types together, inert included."""

    AUDITED_WITH = "landfill"

    landfill = models.ForeignKey(Landfill, on_delete=models.CASCADE, related_name="deposits")
    year = models.PositiveSmallIntegerField()
    waste = models.CharField(max_length=20, choices=[*WASTE_TYPES, (TOTAL, _("total, inert included"))])
    tonnes = ExactDecimalField()
    quality = models.CharField(max_length=12, choices=Quality, default=Quality.UNVERIFIED)
    source = models.TextField(blank=True)

    class Meta:
        ordering = ["year", "waste"]
        constraints = [
            models.UniqueConstraint(fields=["landfill", "year", "waste"], name="one_deposit_a_year_and_type"),
            models.CheckConstraint(condition=models.Q(tonnes__gte=0), name="deposit_is_not_negative"),
            models.CheckConstraint(
                condition=models.Q(year__gte=1901, year__lte=2200), name="deposit_year_is_possible"
            ),
        ]


class Conversion(Checklist):
    """A dated change of how new waste is laid down."""

    AUDITED_WITH = "landfill"

    landfill = models.ForeignKey(Landfill, on_delete=models.CASCADE, related_name="conversions")
    on = models.DateField(_("First day under the new management"))
    to = models.CharField(
        _("Converted to"), max_length=40, choices=CONVERSION_TARGETS, default="semi_aerobic"
    )
    quality = models.CharField(_("Quality"), max_length=12, choices=Quality, default=Quality.UNVERIFIED)
    source = models.TextField(_("Source"))

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["landfill", "on"], name="one_conversion_a_day"),
        ]


class Fund(models.Model):
    """A grant fund whose cap the portfolio is chosen under; loaded with the workspace."""

    code = models.SlugField(unique=True, max_length=60)
    name_vi = models.CharField(max_length=200)
    name_ja = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    cap = ExactDecimalField(help_text="USD")
    quality = models.CharField(max_length=12, choices=Quality, default=Quality.UNVERIFIED)
    source = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name_vi

    def name(self, lang: str) -> str:
        return getattr(self, f"name_{lang}", "") or self.name_vi


class Project(Checklist):
    """A semi-aerobic landfill project: what is built when, what it costs and what it earns."""

    AUDITED_WITH = "landfill"

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        BUILDING = "building", _("under construction")
        OPERATING = "operating", _("operating")
        WITHDRAWN = "withdrawn", _("withdrawn")

    landfill = models.OneToOneField(Landfill, on_delete=models.CASCADE, related_name="project")
    fund = models.ForeignKey(
        Fund,
        verbose_name=_("Fund asked"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="projects",
    )
    code = models.SlugField(max_length=80, blank=True)
    title_vi = models.CharField(max_length=200, blank=True)
    title_ja = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    start_year = models.PositiveSmallIntegerField(_("First year of reductions"))
    end_year = models.PositiveSmallIntegerField(_("Last year of reductions"), null=True, blank=True)
    template = models.CharField(_("Methodology template"), max_length=40, default="JCM_SEMI_AEROBIC")
    version = models.CharField(_("Version"), max_length=10, default="1")
    to = models.CharField(
        _("Converted to"), max_length=40, choices=CONVERSION_TARGETS, default="semi_aerobic", blank=True
    )
    # Amounts by year, as exact text; "every" holds for each year of the project.
    capex = models.JSONField(_("Capital cost (USD)"), default=dict)
    opex = models.JSONField(_("Operating cost (USD a year)"), default=dict, blank=True)
    other_income = models.JSONField(_("Other income (USD a year)"), default=dict, blank=True)
    grants = models.JSONField(_("Grant asked (USD)"), default=dict, blank=True)
    price = ExactDecimalField(_("Price of a credit (USD/tCO₂e)"), null=True, blank=True)
    share = ExactDecimalField(_("Share of credits sold"), null=True, blank=True)
    discount_rate = ExactDecimalField(_("Discount rate"), null=True, blank=True)
    works_year = models.PositiveSmallIntegerField(_("Year of works"), null=True, blank=True)
    electricity = models.JSONField(_("Grid electricity (MWh a year)"), default=dict, blank=True)
    grid_ef = ExactDecimalField(_("Grid emission factor (tCO₂/MWh)"), null=True, blank=True)
    grid_ef_source = models.TextField(_("Source of the grid emission factor"), blank=True)
    fuel_name = models.CharField(_("Fuel"), max_length=60, blank=True)
    fuel_tonnes = models.JSONField(_("Fuel burnt (t a year)"), default=dict, blank=True)
    fuel_ncv = ExactDecimalField(_("Net calorific value (TJ/Gg)"), null=True, blank=True)
    fuel_ef = ExactDecimalField(_("Emission factor (tCO₂/TJ)"), null=True, blank=True)
    fuel_source = models.TextField(_("Source of the fuel factors"), blank=True)
    # What the methodology lets differ between reference and project.
    departure = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("State"), max_length=12, choices=State, default=State.PROPOSED)
    quality = models.CharField(_("Quality"), max_length=12, choices=Quality, default=Quality.UNVERIFIED)
    source = models.TextField(_("Source"))
    note = models.TextField(_("Note"), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_year__isnull=True) | models.Q(end_year__gte=models.F("start_year")),
                name="project_ends_after_it_starts",
            ),
        ]


class DepositImport(models.Model):
    """A file of deposits somebody handed in: kept as it came, with what was found and what was done."""

    AUDITED_WITH = "landfill"

    class Outcome(models.TextChoices):
        REFUSED = "refused", _("refused")
        CHECKED = "checked", _("checked, waits for confirmation")
        APPLIED = "applied", _("taken over")
        CANCELLED = "cancelled", _("put aside")
        TAKEN_BACK = "taken_back", _("taken back")

    landfill = models.ForeignKey(Landfill, on_delete=models.CASCADE, related_name="imports")
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT)
    filename = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    on = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    problems = models.JSONField(default=list)
    # [[year, waste, tonnes as exact text, source where the file states one], …]
    rows = models.JSONField(default=list)
    # The series as it stood when the file was taken over, so that this can be taken back:
    # [[year, waste, tonnes as exact text, source, quality], …]. Null: taken over before that was kept.
    before = models.JSONField(null=True, blank=True, editable=False)
    source = models.TextField(blank=True)
    quality = models.CharField(max_length=12, choices=Quality, default=Quality.UNVERIFIED)
    revision = models.PositiveIntegerField(help_text="of the landfill when the file was checked")

    class Meta:
        ordering = ["-on"]
