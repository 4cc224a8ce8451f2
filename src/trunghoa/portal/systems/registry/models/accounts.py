"""Accounts of the registry: what an account of the ledger is for, by whose law, under which number."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.ledger.models import Account, Series

from ..words import ACCOUNT_KINDS, LEDGER_KIND, PARTY, SUB_ACCOUNTS, UNTOLD_PARTY, UNTOLD_SIDE
from .texts import Backed

UNIT = "tCO2e"


class RegistryAccount(Backed):
    """One account, or one sub-account of an organisation's account."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="registry")
    number = models.CharField(_("Number"), max_length=30, unique=True)
    kind = models.CharField(_("Kind of account"), max_length=20, choices=ACCOUNT_KINDS)
    sub = models.CharField(_("Sub-account"), max_length=12, choices=SUB_ACCOUNTS, blank=True)
    name_vi = models.CharField(_("Name (Vietnamese)"), max_length=200, blank=True)
    name_ja = models.CharField(_("Name (Japanese)"), max_length=200, blank=True)
    name_en = models.CharField(_("Name (English)"), max_length=200, blank=True)
    opened_on = models.DateField(_("Opened on"), null=True, blank=True)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number

    def label(self, lang: str) -> str:
        return f"{self.number} {self.name(lang)}"

    def name(self, lang: str) -> str:
        found = (getattr(self, f"name_{code}") for code in (lang, "vi", "en", "ja"))
        own = next((text for text in found if text), "")
        holder = self.account.organisation
        return own or (holder.name(lang) if holder else str(self.get_kind_display()))

    @property
    def side(self) -> str:
        """Whose registry keeps it; empty for an account of neither side."""
        return next((side for side, party in PARTY.items() if party == self.account.party), "")

    @property
    def organisation(self) -> Organisation | None:
        return self.account.organisation

    def get_absolute_url(self) -> str:
        return reverse("registry:account", args=[self.number])


@transaction.atomic
def open_account(
    party: str, kind: str, *, organisation: Organisation | None = None, sub: str = "", **stated: Any
) -> RegistryAccount:
    """Open an account under the next number of its party and kind; numbers are never used again."""
    account = Account.objects.create(
        organisation=organisation,
        party=party,
        kind=LEDGER_KIND.get(kind, Account.Kind.HOLDING),
        name=stated.get("name_en", "")[:200],
    )
    # The key of the ledger's account is never given again, so neither is a number made of it.
    number = f"{party}-{kind.replace('_', '-')}-{account.pk:05d}"
    return RegistryAccount.objects.create(account=account, number=number, kind=kind, sub=sub, **stated)


def account_of_party(party: str, kind: str) -> RegistryAccount:
    """The one account of this kind that a party has for itself, opened where it has none yet."""
    found = RegistryAccount.objects.filter(
        account__party=party, account__organisation=None, kind=kind, closed_on=None
    ).first()
    return found or open_account(party, kind)


def series_for(project: Any, side: str, vintage: int) -> Series:
    """The series of a project's credits of one vintage that one side issues.

    The side that issues is named first. Numbers begin at 1 in each series.
    """
    others = {"VN": "JP", "JP": "VN", UNTOLD_SIDE: "VN"}
    code = f"JCM-{side}-{others[side]}-{project.reference or project.code}-{vintage:04d}"
    known = Series.objects.filter(code=code).first()
    if known is not None:
        return known
    issuer = account_of_party(PARTY.get(side, UNTOLD_PARTY), "issuing")
    return Series.objects.create(
        code=code,
        unit=UNIT,
        issuer=issuer.account,
        attributes={
            "programme": "JCM",
            "project": project.pk,
            "host": PARTY["VN"],
            "side": side,
            "vintage": vintage,
            "gwp_set": project.registration.get("gwp_set", ""),
        },
    )
