"""What a Party sets for its accounts under Article 6, and what it reports."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.workflow.models import Moving

from ..words_article6 import DENOMINATORS, METHODS, PARTY_NAMES
from .texts import Backed

BY: dict[str, Any] = {"null": True, "editable": False, "on_delete": models.PROTECT, "related_name": "+"}


class PartySettings(Backed):
    """NDC period and method of one Party: one method for the whole period."""

    party = models.CharField(_("Party"), max_length=3, unique=True, choices=list(PARTY_NAMES.items()))
    period_first = models.PositiveSmallIntegerField(_("First year of the NDC period"))
    period_last = models.PositiveSmallIntegerField(_("Last year of the NDC period"))
    method = models.CharField(_("Method of adjustment"), max_length=12, choices=METHODS)
    denominator = models.CharField(
        _("An average is over"), max_length=10, choices=DENOMINATORS, default="elapsed"
    )
    gwp_set = models.CharField(_("GWP values"), max_length=10)
    itmo_registry = models.CharField(
        _("Number of the ITMO registry"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{3}\d{2}$", _("Write it like VNM01."))],
    )
    template = models.CharField(_("Version of the reporting format"), max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(period_last__gte=F("period_first")), name="registry_settings_period"
            )
        ]

    def __str__(self) -> str:
        return self.party

    def get_absolute_url(self) -> str:
        return reverse("registry:article6:party", args=[self.party])


class InventoryYear(Backed):
    """The inventory of one year as far as the NDC covers it; a new value replaces it with its source."""

    party = models.CharField(max_length=3, choices=list(PARTY_NAMES.items()))
    year = models.PositiveSmallIntegerField(_("Year"))
    amount = models.DecimalField(_("Emissions and removals (t CO₂e)"), max_digits=20, decimal_places=3)
    target = models.DecimalField(
        _("Trajectory or budget (t CO₂e)"), max_digits=20, decimal_places=3, null=True, blank=True
    )
    gwp_set = models.CharField(_("GWP values"), max_length=10)

    class Meta:
        ordering = ["party", "year"]
        constraints = [models.UniqueConstraint(fields=["party", "year"], name="registry_inventory_year")]

    def __str__(self) -> str:
        return f"{self.party} {self.year}"


class FinalYear(Moving):
    """The adjustment of a year as it was made final (para 12). It never changes; only a reversal ends it."""

    party = models.CharField(_("Party"), max_length=3, choices=list(PARTY_NAMES.items()))
    year = models.PositiveSmallIntegerField(_("Year"))
    # Exact texts: method, denominator, first_transferred, used, adjustment, inventory, balance, …
    values = models.JSONField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    made_on = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["party", "year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "year"],
                condition=Q(state__in=("proposed", "final", "reversal_proposed")),
                name="registry_one_final_year",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.year}"

    def label(self, lang: str) -> str:
        return f"{self.party} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("registry:article6:final", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            kept = FinalYear.objects.values("values", "sha256", "party", "year").get(pk=self.pk)
            if any(getattr(self, name) != value for name, value in kept.items()):
                raise TypeError("A final year is never changed: reverse it and make another.")
        self.state = self.state or "proposed"
        super().save(*args, **kwargs)


class PartyReport(Moving):
    """An initial report (para 18) or the texts of a regular information (paras 21-23) of a Party."""

    class Kind(models.TextChoices):
        INITIAL = "initial", _("Initial report")
        REGULAR = "regular", _("Regular information")

    kind = models.CharField(max_length=10, choices=Kind)
    party = models.CharField(_("Party"), max_length=3, choices=list(PARTY_NAMES.items()))
    # The year of the biennial transparency report; 0 for an initial report.
    year = models.PositiveSmallIntegerField(_("Year"), default=0)
    # By item: {"18a": {"text": …, "not_applicable": false}}
    answers = models.JSONField(default=dict, blank=True)
    submitted_on = models.DateField(null=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)

    class Meta:
        ordering = ["party", "kind", "year"]
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "year"], name="registry_party_report")
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.kind} {self.year or ''}".strip()

    def label(self, lang: str) -> str:
        return f"{self.get_kind_display()} {self.party} {self.year or ''}".strip()

    def get_absolute_url(self) -> str:
        return reverse("registry:article6:report", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "draft"
        super().save(*args, **kwargs)


class AnnualReport(Moving):
    """Annual information (para 20) of a Party for a year: made from the ledger, frozen when submitted."""

    party = models.CharField(_("Party"), max_length=3, choices=list(PARTY_NAMES.items()))
    year = models.PositiveSmallIntegerField(_("Reported year"))
    version = models.PositiveSmallIntegerField(_("Version"), default=1, editable=False)
    template = models.CharField(_("Version of the reporting format"), max_length=40, blank=True)
    submitted_on = models.DateField(null=True, editable=False)
    # The workbook as it was submitted, byte for byte; none until then.
    document = models.ForeignKey(
        Document, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)

    class Meta:
        ordering = ["party", "-year", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["party", "year", "version"], name="registry_annual_report")
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.year} v{self.version}"

    def label(self, lang: str) -> str:
        return f"AEF {self}"

    def get_absolute_url(self) -> str:
        return reverse("registry:article6:annual", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "draft"
        super().save(*args, **kwargs)


class Handed(models.Model):
    """A file that an officer handed in: blocks of Parties outside the ledger, another Party's report, or
    what other programmes issued."""

    class Kind(models.TextChoices):
        BLOCKS = "blocks", _("Blocks of other Parties")
        REPORT = "report", _("Annual information of another Party")
        ISSUANCES = "issuances", _("Issuances of other programmes")

    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    filename = models.CharField(_("File"), max_length=200)
    # Kept byte for byte and read anew whenever it is used.
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    inventory = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(_("Party"), max_length=3, blank=True)
    year = models.PositiveSmallIntegerField(_("Year"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateTimeField(_("Handed in"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("registry:article6:handed", args=[self.pk])
