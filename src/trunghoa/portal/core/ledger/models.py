"""Accounts, series and their blocks; transactions, postings and seals, which never change.

What the postings add up to is kept for quick answers: ``Block`` by ``writing``, sums by ``totals``.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation

from .errors import Refused

PARTY = re.compile(r"[A-Z]{3}")


class Unchanging(models.Model):
    """Written once; the database itself refuses the rest."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{self._meta.label} is never updated: write a new transaction.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{self._meta.label} is never deleted: write a new transaction.")


def named(account: Any) -> str:
    """What an account is called in a message."""
    return account.name or f"{account.party} {account.kind} {account.pk}"


class Account(models.Model):
    """Where units stand: of an organisation, or of a party itself."""

    class Kind(models.TextChoices):
        ISSUING = "issuing", _("Issuing account")
        HOLDING = "holding", _("Holding account")
        RETIREMENT = "retirement", _("Retirement")
        CANCELLATION = "cancellation", _("Cancellation")

    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    # ISO 3166-1 alpha-3 code of the party to which the account belongs.
    party = models.CharField(max_length=3, validators=[RegexValidator(f"^{PARTY.pattern}$")])
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("Ledger account")

    def __str__(self) -> str:
        return named(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        # A country typed freely would give balances of nought for the country that was meant.
        if not PARTY.fullmatch(self.party):
            raise Refused(
                _("“%(party)s” is no party: write the three capital letters of ISO 3166, such as VNM.")
                % {"party": self.party}
            )
        super().save(*args, **kwargs)


class Series(Unchanging):
    """What is conserved: a unit, and attributes that hold for every number of the series."""

    code = models.CharField(max_length=80, unique=True)
    unit = models.CharField(max_length=20)
    # Whatever the issuing system says of all units alike: project, vintage, authorisation, substance.
    attributes = models.JSONField(default=dict, blank=True)
    # Its balance is less than nought by what was issued.
    issuer = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="issues")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("Ledger series")

    def __str__(self) -> str:
        return self.code


class Block(models.Model):
    """Neighbouring numbers of a series in one account, alike in everything."""

    class State(models.TextChoices):
        HELD = "held", _("held")
        BLOCKED = "blocked", _("blocked")

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="blocks", db_index=False)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="blocks", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    # What may happen to a unit once only, each with the transaction in which it did.
    marks = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["series", "first"]
        constraints = [
            models.CheckConstraint(condition=Q(first__gte=1, last__gte=F("first")), name="ledger_block_span"),
            models.UniqueConstraint(fields=["series", "first"], name="ledger_block_first"),
            models.UniqueConstraint(fields=["series", "last"], name="ledger_block_last"),
        ]
        indexes = [models.Index(fields=["account", "series", "first"], name="ledger_block_held")]

    def __str__(self) -> str:
        return f"{self.series_id}:{self.first}-{self.last}"

    @property
    def size(self) -> int:
        return self.last - self.first + 1


class LedgerTransaction(Unchanging):
    """One act: who did it, who approved it, what was asked for, and the hash of that."""

    class Kind(models.TextChoices):
        ISSUE = "issue", _("Issuance")
        TRANSFER = "transfer", _("Transfer of units")
        RETIRE = "retire", _("Retirement")
        CANCEL = "cancel", _("Cancellation")
        BLOCK = "block", _("Blocking")
        UNBLOCK = "unblock", _("Unblocking")
        MARK = "mark", _("Marking")
        REVERSE = "reverse", _("Reversal")

    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    # A mark that the units got by this.
    mark = models.CharField(max_length=40, blank=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class Posting(Unchanging):
    """A span that came to an account (delta > 0), left it (< 0), or changed there (0)."""

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="postings", db_index=False)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    delta = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first"))
                & (Q(delta=0) | Q(delta=F("last") - F("first") + 1) | Q(delta=F("first") - F("last") - 1)),
                name="ledger_posting_delta",
            )
        ]
        indexes = [models.Index(fields=["series", "last"], name="ledger_posting_last")]


class Seal(Unchanging):
    """Transactions ``first`` to ``last`` under one Merkle root, bound to the seal before."""

    number = models.PositiveBigIntegerField(primary_key=True)
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    count = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        verbose_name = _("Ledger seal")

    def __str__(self) -> str:
        return f"{self.number} {self.root}"


class Total(models.Model):
    """Units of a series in an account, and how many of them are blocked, up to the last seal."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    units = models.BigIntegerField()
    blocked = models.BigIntegerField()

    class Meta:
        ordering = ["account", "series"]
        constraints = [models.UniqueConstraint(fields=["account", "series"], name="ledger_total_once")]

    def __str__(self) -> str:
        return f"{self.account_id}:{self.series_id}"


class Turnover(models.Model):
    """Transactions of a year that moved units of one sort, by kind, up to the last seal."""

    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=LedgerTransaction.Kind)
    unit = models.CharField(max_length=20)
    transactions = models.BigIntegerField()
    units = models.BigIntegerField()

    class Meta:
        ordering = ["year", "kind", "unit"]
        constraints = [models.UniqueConstraint(fields=["year", "kind", "unit"], name="ledger_turnover_once")]

    def __str__(self) -> str:
        return f"{self.year} {self.kind} {self.unit}"
