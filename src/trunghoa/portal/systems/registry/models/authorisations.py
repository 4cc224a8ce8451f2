"""Cooperative approaches, who is authorised in them, and authorisations with their versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.ledger.models import Series
from trunghoa.portal.core.workflow.models import Moving

from ..words_article6 import AUTHORISED, DEFINITIONS, METRICS, MITIGATION, PARTY_NAMES, PURPOSES, for_oimp
from .projects import Project
from .texts import Backed, Titled


def same(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Choices that are stored and shown alike: words of the nomenclature are not translated."""
    return [(word, word) for word in words]


class CooperativeApproach(Titled, Backed):
    """An approach of two or more Parties under the number that the platform gave it."""

    code = models.CharField(
        _("Number of the cooperative approach"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^CA\d{4}$", _("Write it like CA0003."))],
    )
    # ISO 3166-1 alpha-3 codes, separated by blanks.
    parties = models.CharField(
        _("Parties"),
        max_length=200,
        validators=[RegexValidator(r"^[A-Z]{3}( [A-Z]{3})+$", _("Write codes of ISO 3166: VNM JPN."))],
        help_text=_("Codes of ISO 3166 with a blank between them: VNM JPN"),
    )
    description = models.TextField(_("Description"), blank=True, max_length=8000)
    started_on = models.DateField(_("From"), null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("registry:article6:approach", args=[self.code])


class AuthorisedEntity(models.Model):
    """An entity that may take part in a cooperative approach: table 5 of the annual information."""

    approach = models.ForeignKey(CooperativeApproach, on_delete=models.PROTECT, related_name="entities")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("Name"), max_length=200)
    identifier = models.CharField(
        _("Identifier"), max_length=60, help_text=_("Tax code or number in the company register")
    )
    country = models.CharField(
        _("Country of incorporation"),
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Write the code of ISO 3166: VNM."))],
    )
    party = models.CharField(_("Authorised by"), max_length=3, choices=list(PARTY_NAMES.items()))
    authorised_on = models.DateField(_("Authorised on"))
    conditions = models.TextField(_("Conditions"), blank=True, max_length=4000)
    change_conditions = models.TextField(_("Conditions of change"), blank=True, max_length=4000)

    class Meta:
        ordering = ["approach", "name"]
        constraints = [
            models.UniqueConstraint(fields=["approach", "party", "identifier"], name="registry_entity_once")
        ]

    def __str__(self) -> str:
        return self.name


class Authorisation(Moving, Backed):
    """What a Party authorises, under one number; what it says stands in its versions."""

    party = models.CharField(_("Party"), max_length=3, choices=list(PARTY_NAMES.items()))
    approach = models.ForeignKey(
        CooperativeApproach,
        verbose_name=_("Cooperative approach"),
        on_delete=models.PROTECT,
        related_name="authorisations",
    )
    # Units bear it in the ledger as a mark, so it is no longer than a mark leaves room for.
    code = models.CharField(
        _("Number of the authorisation"),
        max_length=29,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9 -]+$", _("Letters, digits, blanks and hyphens only."))],
    )
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def mark(self) -> str:
        return f"{AUTHORISED}{self.code}"

    def label(self, lang: str) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("registry:article6:authorisation", args=[self.pk])

    def issued(self) -> list[Terms]:
        """Versions that were issued, oldest first; each asked of the database once for a row at hand."""
        if not hasattr(self, "_issued"):
            self._issued = [row for row in self.versions.all() if row.issued_at is not None]
        return self._issued

    def in_force(self, at: datetime) -> Terms | None:
        """The version that holds at a moment; none before the first and from the revocation on."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return None
        return next((t for t in reversed(self.issued()) if t.issued_at and t.issued_at <= at), None)

    def version(self, number: int) -> Terms | None:
        return next((t for t in self.issued() if t.version == number), None)

    @property
    def draft(self) -> Terms | None:
        return self.versions.filter(issued_at=None).order_by("version").last()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "draft"
        super().save(*args, **kwargs)


class Terms(models.Model):
    """One version of an authorisation. Once issued it never changes: a change is the next version."""

    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField(editable=False)
    purpose = models.CharField(
        _("Purposes for authorization"), max_length=20, choices=same(PURPOSES), blank=True
    )
    definition = models.CharField(
        _("First transfer for OIMP"),
        max_length=20,
        choices=same(DEFINITIONS),
        blank=True,
        help_text=_("Of this authorisation, where it is for other international mitigation purposes"),
    )
    oimp = models.CharField(_("OIMP authorized by the Party"), max_length=200, blank=True)
    quantity = models.PositiveBigIntegerField(_("Authorised quantity (t CO₂e)"), null=True, blank=True)
    projects = models.ManyToManyField(
        Project, verbose_name=_("Projects"), blank=True, related_name="authorised"
    )
    entities = models.ManyToManyField(AuthorisedEntity, verbose_name=_("Authorised entities"), blank=True)
    # Codes of ISO 3166 with blanks between them.
    parties = models.CharField(
        _("Authorised Parties"),
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{3}( [A-Z]{3})*$", _("Write codes of ISO 3166: VNM JPN."))],
    )
    occurs_from = models.PositiveSmallIntegerField(_("Mitigation occurs from the year"), null=True)
    occurs_to = models.PositiveSmallIntegerField(_("Mitigation occurs until the year"), null=True)
    use_from = models.PositiveSmallIntegerField(_("Use from the year"), null=True, blank=True)
    use_to = models.PositiveSmallIntegerField(_("Use until the year"), null=True, blank=True)
    metric = models.CharField(_("Metric"), max_length=10, choices=same(METRICS), default="GHG")
    other_metric = models.CharField(_("Non-GHG metric"), max_length=60, blank=True)
    gwp_set = models.CharField(_("GWP values"), max_length=10, blank=True)
    sectors = models.CharField(
        _("Sectors"), max_length=200, blank=True, help_text=_("Words of the nomenclature, with ; between")
    )
    activity_type = models.CharField(_("Activity type"), max_length=80, blank=True)
    mitigation = models.CharField(
        _("Type of mitigation"), max_length=40, choices=same(MITIGATION), default=MITIGATION[0]
    )
    conditions = models.TextField(_("Terms and conditions"), blank=True, max_length=8000)
    information = models.TextField(_("Additional information"), blank=True, max_length=8000)
    issued_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["authorisation", "version"]
        constraints = [
            models.UniqueConstraint(fields=["authorisation", "version"], name="registry_terms_version"),
            models.CheckConstraint(condition=Q(occurs_to__gte=F("occurs_from")), name="registry_terms_span"),
        ]

    def __str__(self) -> str:
        return f"{self.authorisation} v{self.version}"

    @property
    def is_defined(self) -> bool:
        """Whether it can be told when units are first transferred."""
        return bool(self.purpose) and bool(self.definition or not for_oimp(self.purpose))

    @property
    def project_keys(self) -> frozenset[int]:
        if not hasattr(self, "_projects"):
            self._projects = frozenset(project.pk for project in self.projects.all())
        return self._projects

    def covers(self, project: int, vintage: int) -> bool:
        within = (self.occurs_from or 0) <= vintage <= (self.occurs_to or 0)
        return within and project in self.project_keys

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and Terms.objects.filter(pk=self.pk, issued_at__isnull=False).exists():
            raise TypeError("An issued version is never updated: write the next one.")
        super().save(*args, **kwargs)


class ItmoRange(models.Model):
    """Numbers of ITMO identifiers that units of a series got with their authorisation, in the same order.

    A number is unique in its approach, issuing side, first transferring Party and vintage, and never given
    again. How the side's registry is numbered stands in the settings of its Party.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="itmos")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    number = models.BigIntegerField()
    approach = models.CharField(max_length=6)
    side = models.CharField(max_length=2)
    party = models.CharField(max_length=3)
    vintage = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "first"], name="registry_itmo_units"),
            models.UniqueConstraint(
                fields=["approach", "side", "party", "vintage", "number"], name="registry_itmo_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.approach}-{self.side}-{self.party}-{self.number}-{self.vintage}"
