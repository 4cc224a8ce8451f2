"""Transfer approvals of the host's ministry, after issuance (Decree 112/2026 art. 5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.models import Moving

from .projects import Project


class TransferApproval(Moving):
    """So many issued units of a project may go abroad until a day."""

    project = models.ForeignKey(
        Project, verbose_name=_("Project"), on_delete=models.PROTECT, related_name="approvals"
    )
    quantity = models.PositiveBigIntegerField(_("Units"))
    until = models.DateField(_("Valid until"), help_text=_("Until the end of this day in Viet Nam"))
    basis = models.TextField(_("Legal basis and number of the decision"), max_length=2000)
    approved_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.project} {self.pk}"

    def label(self, lang: str) -> str:
        return f"{_('Transfer approval')} {self.pk}: {self.project}"

    def get_absolute_url(self) -> str:
        return reverse("registry:article6:approval", args=[self.pk])

    def stands_at(self, at: datetime) -> bool:
        """Approved by then, not revoked by then, and not expired on the host's calendar."""
        if self.approved_at is None or self.approved_at > at:
            return False
        if self.revoked_at is not None and self.revoked_at <= at:
            return False
        return days.today("VN", at) <= self.until

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "draft"
        super().save(*args, **kwargs)
