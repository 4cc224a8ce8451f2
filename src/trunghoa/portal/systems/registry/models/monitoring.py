"""Workbooks handed in for a monitoring period, requests of verifiers, changes after registration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.record.about import About
from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.workflow.models import Moving

from .issuance import Issuance
from .projects import Project


class MonitoringImport(models.Model):
    """A monitoring workbook: kept as it came, with what was found and what was done."""

    AUDITED_WITH = "issuance"

    class Outcome(models.TextChoices):
        REFUSED = "refused", _("refused")
        CHECKED = "checked", _("checked, waits for confirmation")
        APPLIED = "applied", _("taken over")
        CANCELLED = "cancelled", _("put aside")
        TAKEN_BACK = "taken_back", _("taken back")

    issuance = models.ForeignKey(Issuance, on_delete=models.CASCADE, related_name="imports")
    document = models.ForeignKey(Document, on_delete=models.PROTECT)
    filename = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    problems = models.JSONField(default=list)
    # As Issuance keeps them: monitoring, computed, requested, basis.
    found = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(help_text="of the issuance when the file was checked")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename


class Correction(About):
    """A corrective action, clarification or forward action request of a third-party entity."""

    class Kind(models.TextChoices):
        CAR = "CAR", _("corrective action request (CAR)")
        CL = "CL", _("clarification request (CL)")
        FAR = "FAR", _("forward action request (FAR)")

    number = models.PositiveSmallIntegerField(editable=False)
    kind = models.CharField(_("Kind of request"), max_length=3, choices=Kind)
    text = models.TextField(_("What is asked"), max_length=8000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(_("Answer"), max_length=8000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_on = models.DateTimeField(null=True, blank=True)
    closing = models.TextField(_("Why it is closed"), max_length=8000, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_on = models.DateTimeField(null=True, blank=True)

    class Meta(About.Meta):
        abstract = False
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "number"], name="registry_correction_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def hinders(self) -> bool:
        """A forward action request waits for the next verification and hinders nothing now."""
        return self.closed_on is None and self.kind != self.Kind.FAR


class Change(Moving):
    """A post-registration change (form 3.12): what is fixed ex ante, after both sides approve it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="changes")
    registration = models.JSONField(default=dict)
    before = models.JSONField(default=dict, editable=False)
    reason = models.TextField(_("Reason of the change"), max_length=4000)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    created_on = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.project}-C{self.pk}"

    def label(self, lang: str) -> str:
        return f"{self} {self.project.title(lang)}"

    def get_absolute_url(self) -> str:
        return reverse("registry:change", args=[self.project.code, self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "submitted"
        super().save(*args, **kwargs)
