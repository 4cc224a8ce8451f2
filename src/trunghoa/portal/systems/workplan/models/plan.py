"""Year plans and their activities. An activity's health and current values are computed, never kept here."""

import re
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trunghoa import quantities
from trunghoa.portal.core.accounts.models import Organisation, Side
from trunghoa.portal.core.record.fields import ExactDecimalField
from trunghoa.portal.core.record.models import Document, Figure, Place, System
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.workflow.models import Moving

PARTIES = [(Side.VN.value, Side.VN.label), (Side.JP.value, Side.JP.label)]


class Titled(models.Model):
    """A title in three languages; Vietnamese stands in where another is missing."""

    title_vi = models.CharField(_("Title (Vietnamese)"), max_length=300)
    title_ja = models.CharField(_("Title (Japanese)"), max_length=300, blank=True)
    title_en = models.CharField(_("Title (English)"), max_length=300, blank=True)

    class Meta:
        abstract = True

    def title(self, lang: str) -> str:
        return getattr(self, f"title_{lang}", "") or self.title_vi


class WorkPlan(models.Model):
    """What was agreed for one year, at one meeting of the Joint Working Group."""

    class YearKind(models.TextChoices):
        CALENDAR = "calendar", _("calendar year (January to December)")
        FISCAL = "fiscal", _("Japanese fiscal year (April to March)")

    year = models.PositiveSmallIntegerField(_("Year"), unique=True)
    year_kind = models.CharField(
        _("Kind of year"), max_length=10, choices=YearKind, default=YearKind.CALENDAR
    )
    meeting_no = models.PositiveSmallIntegerField(_("Meeting"), null=True, blank=True)
    source = models.TextField(_("Source"), blank=True)
    quality = models.CharField(_("Quality"), max_length=12, choices=Quality, default=Quality.UNVERIFIED)

    class Meta:
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def first_day(self) -> date:
        return date(self.year, 4 if self.year_kind == self.YearKind.FISCAL else 1, 1)

    @property
    def last_day(self) -> date:
        fiscal = self.year_kind == self.YearKind.FISCAL
        return date(self.year + 1, 3, 31) if fiscal else date(self.year, 12, 31)


class Activity(Titled, Moving):
    """Who does what by when: the promise that both sides sign."""

    plan = models.ForeignKey(
        WorkPlan, verbose_name=_("Plan"), on_delete=models.PROTECT, related_name="activities"
    )
    ref = models.CharField(_("Reference"), max_length=40, unique=True)
    # The reference with its numbers padded, so that 2 comes before 10.
    rank = models.CharField(max_length=120, editable=False)
    system = models.ForeignKey(
        System, verbose_name=_("System"), on_delete=models.PROTECT, related_name="activities"
    )
    also_system = models.ForeignKey(
        System,
        verbose_name=_("Also concerns"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    description_vi = models.TextField(_("Description (Vietnamese)"), max_length=8000, blank=True)
    description_ja = models.TextField(_("Description (Japanese)"), max_length=8000, blank=True)
    description_en = models.TextField(_("Description (English)"), max_length=8000, blank=True)
    lead_vn = models.ForeignKey(
        Organisation,
        verbose_name=_("Lead, Viet Nam"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads_for_vn",
    )
    lead_jp = models.ForeignKey(
        Organisation,
        verbose_name=_("Lead, Japan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads_for_jp",
    )
    # The side that owes it, where a source names the side and no organisation.
    owing = models.CharField(_("Side that owes it"), max_length=5, choices=PARTIES, blank=True)
    start = models.DateField(_("Start"), null=True, blank=True)
    due = models.DateField(_("Due"), null=True, blank=True)
    deferred_to = models.PositiveSmallIntegerField(_("Deferred to"), null=True, blank=True, editable=False)
    carried_from = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="carried_to"
    )
    source = models.TextField(_("Source"))
    quality = models.CharField(_("Quality"), max_length=12, choices=Quality, default=Quality.UNVERIFIED)
    # What was known from elsewhere when it was loaded: its state, and since when.
    known_state = models.CharField(max_length=30, blank=True, editable=False)
    known_on = models.DateField(null=True, blank=True, editable=False)
    # The side at which a draft is written; the other does not see it before it is proposed.
    drafted_at = models.CharField(max_length=5, choices=PARTIES, blank=True, editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT
    )
    # The hash both sides signed when it was agreed; empty where only a source says that it was.
    agreed_revision = models.CharField(max_length=64, blank=True, editable=False)
    search = models.TextField(editable=False, default="")

    class Meta:
        ordering = ["rank", "pk"]
        indexes = [
            models.Index(fields=["plan", "rank"], name="activity_of_plan"),
            models.Index(fields=["rank"]),
            models.Index(fields=["due"]),
            models.Index(fields=["state"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(start__isnull=True)
                | models.Q(due__isnull=True)
                | models.Q(due__gte=models.F("start")),
                name="activity_is_due_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title_vi}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.rank = re.sub(r"[0-9]+", lambda m: m.group().zfill(8), self.ref)[:120]
        texts = (self.ref, self.title_vi, self.title_ja, self.title_en)
        self.search = " ".join(dict.fromkeys(quantities.search_key(t) for t in texts if t))
        super().save(*args, **kwargs)

    def label(self, lang: str) -> str:
        return f"{self.ref} {self.title(lang)}"

    def description(self, lang: str) -> str:
        return getattr(self, f"description_{lang}", "") or self.description_vi

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("workplan:activity", args=[self.ref])


class Milestone(Titled):
    """A dated step that one side owes; done or waived, never both."""

    AUDITED_WITH = "activity"

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="milestones")
    due = models.DateField(_("Due"))
    owing = models.CharField(_("Side that owes it"), max_length=5, choices=PARTIES)
    weight = ExactDecimalField(_("Weight"))
    done_on = models.DateField(_("Done on"), null=True, blank=True)
    waived_reason = models.TextField(_("Waived because"), max_length=2000, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT
    )

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_on__isnull=True) | models.Q(waived_reason=""),
                name="milestone_is_done_or_waived",
            ),
        ]

    def __str__(self) -> str:
        return self.title_vi

    @property
    def is_open(self) -> bool:
        return self.done_on is None and not self.waived_reason


class Indicator(Titled):
    """What success is measured by: a kind of Figure at a place. Its current value is the Figure on record."""

    AUDITED_WITH = "activity"

    class Direction(models.TextChoices):
        UP = "up", _("more is better")
        DOWN = "down", _("less is better")

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="indicators")
    kind = models.CharField(_("Kind of figure"), max_length=60)
    place = models.ForeignKey(
        Place, verbose_name=_("Place"), on_delete=models.PROTECT, related_name="indicators"
    )
    unit = models.CharField(_("Unit"), max_length=12)
    # Tonnes of different status are never one number, so an indicator names the status it counts.
    status = models.CharField(
        _("Status"), max_length=10, choices=[(s.value, s.value) for s in quantities.Status]
    )
    scenario = models.CharField(_("Scenario"), max_length=60, blank=True)
    category = models.CharField(_("Category"), max_length=60, blank=True)
    baseline_figure = models.ForeignKey(
        Figure,
        verbose_name=_("Baseline (figure)"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    baseline = ExactDecimalField(_("Baseline (amount)"), null=True, blank=True)
    baseline_source = models.TextField(_("Source of the baseline"), blank=True)
    target = ExactDecimalField(_("Target"), null=True, blank=True)
    target_date = models.DateField(_("Target date"), null=True, blank=True)
    direction = models.CharField(_("Direction"), max_length=4, choices=Direction, default=Direction.UP)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title_vi


class Budget(models.Model):
    """Money needed, committed or disbursed, exact in its own currency."""

    AUDITED_WITH = "activity"

    class Currency(models.TextChoices):
        JPY = "JPY", _("Japanese yen (JPY)")
        USD = "USD", _("US dollar (USD)")
        VND = "VND", _("Vietnamese dong (VND)")

    class Stage(models.TextChoices):
        NEEDED = "needed", _("needed")
        COMMITTED = "committed", _("committed")
        DISBURSED = "disbursed", _("disbursed")

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="budgets")
    payer = models.ForeignKey(
        Organisation,
        verbose_name=_("Payer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    payer_text = models.CharField(_("Payer, if not in the list"), max_length=200, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, choices=Currency)
    amount = ExactDecimalField(_("Amount"))
    stage = models.CharField(_("Stage"), max_length=10, choices=Stage)
    on = models.DateField(_("On"), null=True, blank=True)
    source = models.TextField(_("Source"))
    quality = models.CharField(_("Quality"), max_length=12, choices=Quality, default=Quality.UNVERIFIED)

    class Meta:
        ordering = ["stage", "currency", "on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(currency__in=("JPY", "USD", "VND")), name="budget_currency_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency} {self.stage}"


class PlanImport(models.Model):
    """A workbook of the plan somebody handed in: kept as it came, with what was found and what was done."""

    class Outcome(models.TextChoices):
        REFUSED = "refused", _("refused")
        CHECKED = "checked", _("checked, waits for confirmation")
        APPLIED = "applied", _("taken over")
        CANCELLED = "cancelled", _("put aside")

    plan = models.ForeignKey(WorkPlan, on_delete=models.PROTECT, related_name="imports")
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT)
    filename = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    on = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    problems = models.JSONField(default=list)
    # What the file says, row by row, as it will be taken over.
    content = models.JSONField(default=dict)

    class Meta:
        ordering = ["-on"]
