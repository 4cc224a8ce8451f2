"""Registries of partner countries: what each states that it has, and what officers settled about it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Side
from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.record.quality import Quality

from .texts import Backed

BY: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+", "editable": False}
PLACES = [("held", _("held")), ("used", _("used")), ("cancelled", _("cancelled"))]


class PartnerRegistry(Backed):
    """A registry of another party, as one side of this one deals with it."""

    # Whose administrators deal with it.
    side = models.CharField(_("Side"), max_length=5, choices=Side, editable=False)
    party = models.CharField(
        _("Party"),
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}$")],
        help_text=_("Three letters of ISO 3166, such as JPN."),
    )
    name_vi = models.CharField(_("Name (Vietnamese)"), max_length=200, blank=True)
    name_ja = models.CharField(_("Name (Japanese)"), max_length=200, blank=True)
    name_en = models.CharField(_("Name (English)"), max_length=200)

    class Meta:
        ordering = ["party", "name_en"]
        constraints = [
            models.UniqueConstraint(fields=["side", "party", "name_en"], name="registry_partner_name")
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.name_en}"

    def name(self, lang: str) -> str:
        found = (getattr(self, f"name_{code}") for code in (lang, "en", "vi", "ja"))
        return next((text for text in found if text), "")

    def get_absolute_url(self) -> str:
        return reverse("registry:partners:partner", args=[self.pk])


class Statement(models.Model):
    """What a partner states that it has at the end of a day: kept as it came, and by block."""

    registry = models.ForeignKey(PartnerRegistry, on_delete=models.PROTECT, related_name="statements")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(_("File"), max_length=200)
    day = models.DateField(_("As at the end of"))
    illustrative = models.BooleanField(_("An illustration, and no statement of the partner"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    on = models.DateTimeField(_("Handed in"), auto_now_add=True)

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_illustrative(self) -> bool:
        return self.illustrative or self.registry.quality == Quality.ILLUSTRATIVE

    def get_absolute_url(self) -> str:
        return reverse("registry:partners:statement", args=[self.pk])


class StatedBlock(models.Model):
    """One row of a statement."""

    AUDITED_WITH = "statement"

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="blocks")
    row = models.PositiveIntegerField()
    serial = models.CharField(_("Serial"), max_length=120)
    # As the ledger writes the series of its own units; of others, the format and the parts.
    series = models.CharField(max_length=120)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    place = models.CharField(_("How they stand"), max_length=10, choices=PLACES)
    holder = models.CharField(_("Holder"), max_length=200, blank=True)
    purpose = models.CharField(_("Purpose"), max_length=200, blank=True)

    class Meta:
        ordering = ["series", "first"]

    def __str__(self) -> str:
        return self.serial


class SettlementNote(models.Model):
    """What an officer says about one mismatch: of these numbers, while both books say this of them."""

    AUDITED_WITH = "statement"

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="notes")
    series = models.CharField(max_length=120)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    here = models.CharField(max_length=10, blank=True)
    there = models.CharField(max_length=10, blank=True)
    text = models.TextField(_("How it is settled"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, **BY)
    on = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.series}-{self.first}-{self.last}"
