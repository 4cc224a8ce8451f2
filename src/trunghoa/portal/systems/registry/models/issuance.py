"""One monitoring period of a project on its way to credits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.workflow.models import Moving

from .accounts import RegistryAccount
from .projects import Project
from .texts import Backed


class Issuance(Moving, Backed):
    """What was monitored, what of it was verified and decided, and how it is allotted."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="issuances")
    number = models.PositiveSmallIntegerField(_("Number"), editable=False)
    # Empty only where a source does not tell the period.
    start = models.DateField(_("Monitored from"), null=True, blank=True)
    end = models.DateField(_("Monitored until"), null=True, blank=True)
    # One entry for each part of the period with readings of its own:
    # [{"start", "end", "readings": {symbol: {"value", "option", "meter", "calibrated", "evidence"}}}]
    monitoring = models.JSONField(default=list, blank=True)
    # By calendar year: {"2024": {"reference", "project", "reduction": exact text, "credits": whole}}.
    computed = models.JSONField(default=dict, blank=True)
    # What they were computed with: {"registration", "rule", "source", "quality"}.
    basis = models.JSONField(default=dict, blank=True, editable=False)
    # Why a verifier confirms fewer than were computed: {"reason", "by"}.
    lowered = models.JSONField(default=dict, blank=True, editable=False)
    # Whole credits by calendar year.
    requested = models.JSONField(_("Requested"), default=dict, blank=True)
    issued_vn_on = models.DateTimeField(null=True, blank=True, editable=False)
    issued_jp_on = models.DateTimeField(null=True, blank=True, editable=False)
    decided_on = models.DateField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_on = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="registry_issuance_number"),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__gte=F("start")), name="registry_issuance_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}-{self.number}"

    def label(self, lang: str) -> str:
        return f"{self} {self.project.title(lang)}"

    @property
    def amounts(self) -> dict[int, int]:
        """Credits by vintage as they are allotted."""
        found: dict[int, int] = {}
        for row in self.allotments.all():
            found[row.vintage] = found.get(row.vintage, 0) + row.amount
        return found

    @property
    def total(self) -> int:
        return sum(self.amounts.values())

    def has_issued(self, side: str) -> bool:
        return getattr(self, f"issued_{side.lower()}_on") is not None

    def get_absolute_url(self) -> str:
        return reverse("registry:issuance", args=[self.project.code, self.number])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "monitoring"
        super().save(*args, **kwargs)


class Allotment(models.Model):
    """Whole credits of one vintage for one account: the table kept with the decision."""

    issuance = models.ForeignKey(Issuance, on_delete=models.CASCADE, related_name="allotments")
    account = models.ForeignKey(RegistryAccount, on_delete=models.PROTECT, related_name="allotments")
    vintage = models.PositiveSmallIntegerField(_("Vintage"))
    amount = models.PositiveBigIntegerField(_("Credits"))

    class Meta:
        ordering = ["vintage", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issuance", "account", "vintage"], name="registry_allotment_once")
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.vintage} {self.amount}"
