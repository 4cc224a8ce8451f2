"""Orders to the ledger: one person prepares, another approves, and only then anything moves."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Side
from trunghoa.portal.core.ledger.models import LedgerTransaction
from trunghoa.portal.core.workflow.models import Moving

from .accounts import RegistryAccount
from .issuance import Issuance


class Order(Moving):
    """What is to be entered in the ledger, by whom it was prepared, and what came of it."""

    class Kind(models.TextChoices):
        ISSUE = "issue", _("Issuance")
        TRANSFER = "transfer", _("Transfer")
        USE = "use", _("Use")
        CANCEL = "cancel", _("Cancellation")
        BLOCK = "block", _("Blocking")
        UNBLOCK = "unblock", _("Unblocking")
        REVERSE = "reverse", _("Reversal")

    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    # Whose registry is asked: its administrators approve.
    side = models.CharField(_("Side"), max_length=5, choices=Side)
    issuance = models.ForeignKey(
        Issuance, null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    source = models.ForeignKey(
        RegistryAccount,
        verbose_name=_("From"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="orders_out",
    )
    target = models.ForeignKey(
        RegistryAccount,
        verbose_name=_("To"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="orders_in",
    )
    reverses = models.ForeignKey(
        LedgerTransaction, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Exact units: [[series, first, last]].
    units = models.JSONField(default=list, blank=True)
    quantity = models.PositiveBigIntegerField(_("Units"), default=0)
    beneficiary = models.CharField(_("Beneficiary"), max_length=200, blank=True)
    # The year of the NDC towards which units are used.
    year = models.PositiveSmallIntegerField(_("Year of use"), null=True, blank=True)
    reason = models.TextField(_("Reason"), blank=True, max_length=2000)
    # Drawn when the order is prepared, so that approving twice is approving once.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders_prepared", editable=False
    )
    prepared_on = models.DateTimeField(auto_now_add=True)
    transactions = models.ManyToManyField(LedgerTransaction, blank=True, related_name="orders")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk}"

    def label(self, lang: str) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("registry:order", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "prepared"
        super().save(*args, **kwargs)
