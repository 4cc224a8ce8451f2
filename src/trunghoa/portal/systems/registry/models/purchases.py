"""Purchase of credits: funds, offers, agreements, deliveries, payments. No cash moves here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.ledger.models import Account
from trunghoa.portal.core.record.fields import ExactDecimalField
from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.core.workflow.models import Moving

from .orders import Order
from .projects import Project
from .texts import Backed, Titled

YEARS = [MinValueValidator(2000)]


class Currency(models.TextChoices):
    JPY = "JPY", _("Japanese yen (JPY)")
    USD = "USD", _("US dollar (USD)")
    VND = "VND", _("Vietnamese dong (VND)")


class GrantFund(Titled, Backed):
    """Public money for projects. The ledger holds it by hundredths, so that none is committed twice."""

    code = models.SlugField(_("Code"), max_length=60, unique=True)
    payer = models.ForeignKey(
        Organisation,
        verbose_name=_("Payer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    currency = models.CharField(_("Currency"), max_length=3, choices=Currency)
    amount = ExactDecimalField(_("Amount"))
    # The figure that tells of it, where one does.
    figure = models.ForeignKey(Figure, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="+", editable=False)
    paid = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("Grant fund")

    def __str__(self) -> str:
        return self.code


class Bargain(models.Model):
    """What offers and agreements both say."""

    project = models.ForeignKey(
        Project, verbose_name=_("Project"), on_delete=models.PROTECT, related_name="%(class)ss"
    )
    vintage_from = models.PositiveSmallIntegerField(_("Vintages from"), validators=YEARS)
    vintage_to = models.PositiveSmallIntegerField(_("Vintages to"), validators=YEARS)
    volume = models.PositiveBigIntegerField(_("Volume (t)"), validators=[MinValueValidator(1)])
    price = ExactDecimalField(_("Price per credit"))
    currency = models.CharField(_("Currency"), max_length=3, choices=Currency)
    conditions = models.TextField(_("Conditions"), blank=True, max_length=4000)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def value(self) -> Decimal:
        return self.price * self.volume


class Offer(Bargain, Backed, Moving):
    """Credits that somebody would sell; nobody is bound by it."""

    seller = models.ForeignKey(
        Organisation, verbose_name=_("Seller"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    valid_until = models.DateField(
        _("Valid until"), help_text=_("Until the end of this day where the seller is")
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("Offer of credits")

    def __str__(self) -> str:
        return f"{self.pk}"

    def label(self, lang: str) -> str:
        return f"{_('Offer')} {self.pk}: {self.project}"

    def get_absolute_url(self) -> str:
        return reverse("registry:offer", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "draft"
        super().save(*args, **kwargs)


class Agreement(Bargain, Backed, Moving):
    """What seller and buyer have agreed; in force once both have signed the same revision."""

    class Shortfall(models.TextChoices):
        CARRY = "carry", _("missing units are added to the next delivery")
        DAMAGES = "damages", _("missing units are paid for and owed no more")
        LAPSE = "lapse", _("missing units are owed no more")

    seller = models.ForeignKey(
        Organisation, verbose_name=_("Seller"), on_delete=models.PROTECT, related_name="sales"
    )
    buyer = models.ForeignKey(
        Organisation, verbose_name=_("Buyer"), on_delete=models.PROTECT, related_name="purchases"
    )
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements", editable=False
    )
    shortfall = models.CharField(_("On a shortfall"), max_length=10, choices=Shortfall)
    damages = ExactDecimalField(_("Damages per missing credit"), null=True, blank=True)
    fund = models.ForeignKey(
        GrantFund, verbose_name=_("Grant fund"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="agreements",
    )  # fmt: skip
    grant = ExactDecimalField(_("Grant"), null=True, blank=True)
    # Where the grant stands once it is committed.
    committed = models.OneToOneField(
        Account, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    # Figures that the volume was taken from, where it was.
    figures = models.ManyToManyField(Figure, blank=True, related_name="+", editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("Purchase agreement")

    def __str__(self) -> str:
        return f"{self.pk}"

    def label(self, lang: str) -> str:
        return f"{_('Purchase agreement')} {self.pk}: {self.project}"

    def get_absolute_url(self) -> str:
        return reverse("registry:agreement", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "draft"
        super().save(*args, **kwargs)

    def other(self, organisation: Organisation | None) -> Organisation:
        """The other party to it."""
        return self.buyer if organisation == self.seller else self.seller


class Instalment(models.Model):
    """Units to be delivered by the end of a day, where the seller is."""

    AUDITED_WITH = "agreement"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="schedule")
    due = models.DateField(_("Due"))
    volume = models.PositiveBigIntegerField(_("Volume (t)"))

    class Meta:
        ordering = ["due"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "due"], name="registry_instalment_day"),
            models.CheckConstraint(condition=models.Q(volume__gte=1), name="registry_instalment_some"),
        ]

    def __str__(self) -> str:
        return f"{self.due} {self.volume}"


class Delivery(models.Model):
    """An order that was carried out counts toward an agreement; toward one only."""

    AUDITED_WITH = "agreement"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="deliveries")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="delivery")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_on = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("Delivery")

    def __str__(self) -> str:
        return f"{self.agreement} {self.order}"


class Payment(Moving):
    """That money went from one party to the other, as one says and the other confirms."""

    class Purpose(models.TextChoices):
        PRICE = "price", _("for credits delivered")
        DAMAGES = "damages", _("damages for a shortfall")
        GRANT = "grant", _("grant")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="payments")
    purpose = models.CharField(_("What it is for"), max_length=10, choices=Purpose)
    paid_on = models.DateField(_("Paid on"))
    amount = ExactDecimalField(_("Amount"))
    reference = models.CharField(_("Reference of the bank or the treasury"), max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["paid_on", "pk"]
        verbose_name = _("Payment")

    def __str__(self) -> str:
        return f"{self.pk}"

    def label(self, lang: str) -> str:
        return f"{_('Payment')} {self.pk}: {self.agreement.label(lang)}"

    def get_absolute_url(self) -> str:
        return reverse("registry:payment", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "recorded"
        super().save(*args, **kwargs)
