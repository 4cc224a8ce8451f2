"""Seals: batches of transactions under one Merkle root, each bound to the seal before.

Each is entered in the audit chain, and so are the transactions by it. A chain through every transaction would
let them pass one at a time; sealing in batches costs them nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from . import merkle, totals
from .errors import Refused
from .models import LedgerTransaction, Posting, Seal
from .spans import digest, encoded

GENESIS = "0" * 64
# Transactions under one seal at most.
MOST = 10_000
FIELDS = ("number", "first", "last", "count", "root", "previous", "at")


@dataclass(frozen=True, slots=True)
class Proof:
    """That a transaction stands under a seal: its content, the path to the root, and the seal."""

    content: bytes
    steps: list[merkle.Step]
    seal: Seal

    @property
    def holds(self) -> bool:
        return merkle.leads_to(self.content, self.steps, self.seal.root)


def seal() -> list[Seal]:
    """Seal every transaction that is committed and not yet sealed; gives the new seals.

    One at a time: where two try at once, the second leaves it to the first.
    """
    upto = _settled()
    made: list[Seal] = []
    while (row := _next(upto)) is not None:
        try:
            # A transaction of its own, and so an entry in the audit chain of its own.
            with transaction.atomic():
                row.save(force_insert=True)
                totals.carry(row)
        except IntegrityError:
            break
        made.append(row)
    return made


def _settled() -> int:
    """The highest number of a transaction below which none is still under way.

    Numbers are drawn before commit, so a lower one may be committed after a higher one. The lock waits for
    those who write now; who comes later gets a higher number.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE ledger_ledgertransaction IN SHARE ROW EXCLUSIVE MODE")
        return LedgerTransaction.objects.aggregate(last=Max("pk"))["last"] or 0


def _next(upto: int) -> Seal | None:
    before = Seal.objects.order_by("number").last()
    first = before.last + 1 if before else 1
    batch = LedgerTransaction.objects.filter(pk__gte=first, pk__lte=upto).order_by("pk")
    pks = list(batch.values_list("pk", flat=True)[:MOST])
    if not pks:
        return None
    row = Seal(
        number=before.number + 1 if before else 1,
        first=first,
        last=pks[-1],
        count=len(pks),
        root=merkle.root(leaves(first, pks[-1])),
        previous=before.sha256 if before else GENESIS,
        at=timezone.now(),
    )
    row.sha256 = sha256_of(row)
    return row


def sha256_of(row: Seal) -> str:
    """SHA-256 of everything a seal says."""
    said = {name: getattr(row, name) for name in FIELDS}
    return digest({**said, "at": _utc(row.at)})


def leaves(first: int, last: int) -> list[bytes]:
    """The hashed leaves of a span of transactions, in the order of their numbers."""
    return [merkle.leaf(content) for content in contents(first, last).values()]


def contents(first: int, last: int) -> dict[int, bytes]:
    """What is bound of each transaction: its row with the hash of its body, and its postings in order."""
    postings: dict[int, list[list[int]]] = defaultdict(list)
    names = ("account_id", "series_id", "first", "last", "delta")
    moved = Posting.objects.filter(transaction__gte=first, transaction__lte=last).order_by("pk")
    for pk, *posting in moved.values_list("transaction_id", *names):
        postings[pk].append(posting)
    rows = LedgerTransaction.objects.filter(pk__gte=first, pk__lte=last).order_by("pk")
    return {row["pk"]: encoded(_bound(row, postings[row["pk"]])) for row in rows.values("pk", *_BOUND)}


_BOUND = ("key", "kind", "actor_id", "approver_id", "at", "mark", "reverses_id", "sha256")


def _bound(row: dict[str, Any], postings: list[list[int]]) -> dict[str, Any]:
    return {**row, "key": str(row["key"]), "at": _utc(row["at"]), "postings": postings}


def _utc(at: Any) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def proof(row: LedgerTransaction) -> Proof:
    """The proof that a transaction stands under a seal.

    Raises
    ------
    Refused
        where it is not sealed yet.
    """
    over = Seal.objects.filter(first__lte=row.pk, last__gte=row.pk).first()
    if over is None:
        raise Refused(_("Transaction %(number)s is not sealed yet: try again later.") % {"number": row.pk})
    found = contents(over.first, over.last)
    at = list(found).index(row.pk)
    return Proof(found[row.pk], merkle.path([merkle.leaf(c) for c in found.values()], at), over)
