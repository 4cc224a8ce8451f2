"""Recomputing the ledger from its postings: everything that does not fit, in words.

Blocks are compared with postings number by number, without walking along them: each span is a step up at its
first number and a step down after its last. Steps of the postings less steps of the blocks are nought
everywhere in every account, or the two differ, and there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, transaction

from trunghoa.portal.core.audit import chain

from . import merkle, totals
from .models import Block, LedgerTransaction, Posting, Seal
from .sealing import GENESIS, leaves, sha256_of
from .spans import digest
from .triggers import COUNT, STANDING

# So many faults of one sort are told; the queries say the same.
MOST = 20


@dataclass
class Verdict:
    """What was looked at, and what does not fit."""

    transactions: int = 0
    postings: int = 0
    blocks: int = 0
    seals: int = 0
    unsealed: int = 0
    refuses_changes: bool = True
    faults: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.faults

    def as_dict(self) -> dict[str, Any]:
        return {"whole": self.whole, **self.__dict__}


def verify() -> Verdict:
    """Recompute everything from one moment's rows; nobody waits for it."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        sealed = Seal.objects.order_by("number").last()
        found = Verdict(
            transactions=LedgerTransaction.objects.count(),
            postings=Posting.objects.count(),
            blocks=Block.objects.count(),
            seals=Seal.objects.count(),
            unsealed=LedgerTransaction.objects.filter(pk__gt=sealed.last if sealed else 0).count(),
            refuses_changes=refuses_changes(),
        )
        for check in (sums, kinds, overlaps, positions, states, marks, bodies, seals, totals.faults):
            found.faults += islice(check(), MOST)
    if not found.refuses_changes:
        found.faults.append("The database does not refuse changes of the ledger: run migrate.")
    return found


def refuses_changes() -> bool:
    """Whether the database itself refuses what it should."""
    return bool(_rows(STANDING[connection.vendor])[0][0] == COUNT[connection.vendor])


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())


SUMS = """
SELECT transaction_id, series_id, SUM(delta) FROM ledger_posting
GROUP BY transaction_id, series_id HAVING SUM(delta) <> 0 ORDER BY 1 LIMIT 20
"""
EMPTY = """
SELECT t.id FROM ledger_ledgertransaction t
WHERE NOT EXISTS (SELECT 1 FROM ledger_posting p WHERE p.transaction_id = t.id) ORDER BY 1 LIMIT 20
"""


def sums() -> Iterator[str]:
    """Every transaction sums to nought in each series."""
    for number, series, units in _rows(SUMS):
        yield f"Transaction {number} does not sum to nought: {units} in series {series}."
    for (number,) in _rows(EMPTY):
        yield f"Transaction {number} has no postings."


KINDS = """
SELECT p.id, p.transaction_id FROM ledger_posting p JOIN ledger_ledgertransaction t ON t.id = p.transaction_id
JOIN ledger_series s ON s.id = p.series_id
WHERE (p.delta = 0) <> (t.kind IN ('block', 'unblock', 'mark')) AND t.kind <> 'reverse'
OR p.delta < 0 AND (p.account_id = s.issuer_id) <> (t.kind = 'issue')
AND t.kind <> 'reverse' ORDER BY 1 LIMIT 20
"""


def kinds() -> Iterator[str]:
    """Units come from the issuing account where something is issued, and nowhere else."""
    for posting, number in _rows(KINDS):
        yield f"Posting {posting} is none that transaction {number} could have, by its kind."


OVERLAPS = """
SELECT series_id, first, before FROM (
  SELECT series_id, first, LAG(last, 1, 0) OVER (PARTITION BY series_id ORDER BY first) AS before
  FROM ledger_block
) b WHERE first <> before + 1 ORDER BY 1, 2 LIMIT 20
"""


def overlaps() -> Iterator[str]:
    """The blocks of a series follow each other from number 1 on: no number twice, none missing."""
    for series, first, before in _rows(OVERLAPS):
        what = "is held twice" if first <= before else "is missing"
        yield f"Series {series}: number {min(first, before + 1)} {what}."


STEPS = """
SELECT series_id, account_id, at, SUM(step) FROM (
  SELECT series_id, account_id, first AS at, CASE WHEN delta > 0 THEN 1 ELSE -1 END AS step
    FROM ledger_posting WHERE delta <> 0
  UNION ALL SELECT series_id, account_id, last + 1, CASE WHEN delta > 0 THEN -1 ELSE 1 END
    FROM ledger_posting WHERE delta <> 0
  UNION ALL SELECT p.series_id, p.account_id, p.first, 1 FROM ledger_posting p
    JOIN ledger_ledgertransaction t ON t.id = p.transaction_id WHERE t.kind = 'issue' AND p.delta < 0
  UNION ALL SELECT p.series_id, p.account_id, p.last + 1, -1 FROM ledger_posting p
    JOIN ledger_ledgertransaction t ON t.id = p.transaction_id WHERE t.kind = 'issue' AND p.delta < 0
  UNION ALL SELECT series_id, account_id, first, -1 FROM ledger_block
  UNION ALL SELECT series_id, account_id, last + 1, 1 FROM ledger_block
) steps GROUP BY series_id, account_id, at HAVING SUM(step) <> 0 ORDER BY 1, 2, 3 LIMIT 20
"""


def positions() -> Iterator[str]:
    """Every number stands in the account where the postings put it."""
    for series, account, at, _step in _rows(STEPS):
        yield f"Series {series}, account {account}: blocks and postings differ from number {at} on."


STATES = """
SELECT series_id, account_id, at, SUM(step) FROM (
  SELECT p.series_id, p.account_id, p.first AS at,
    CASE WHEN k.kind = 'block' THEN 1 ELSE -1 END * k.sign AS step
    FROM ledger_posting p JOIN k ON k.id = p.transaction_id WHERE p.delta = 0
  UNION ALL
  SELECT p.series_id, p.account_id, p.last + 1, CASE WHEN k.kind = 'block' THEN -1 ELSE 1 END * k.sign
    FROM ledger_posting p JOIN k ON k.id = p.transaction_id WHERE p.delta = 0
  UNION ALL SELECT series_id, account_id, first, -1 FROM ledger_block WHERE state = 'blocked'
  UNION ALL SELECT series_id, account_id, last + 1, 1 FROM ledger_block WHERE state = 'blocked'
) steps GROUP BY series_id, account_id, at HAVING SUM(step) <> 0 ORDER BY 1, 2, 3 LIMIT 20
"""
# Transactions that block or unblock; a reversal does the contrary of what it reverses.
BLOCKING = """
WITH k AS (
  SELECT t.id, COALESCE(o.kind, t.kind) AS kind, CASE WHEN o.id IS NULL THEN 1 ELSE -1 END AS sign
  FROM ledger_ledgertransaction t LEFT JOIN ledger_ledgertransaction o ON o.id = t.reverses_id
  WHERE COALESCE(o.kind, t.kind) IN ('block', 'unblock')
)
"""


def states() -> Iterator[str]:
    """Blocked is what was blocked and not let go."""
    for series, account, at, _step in _rows(BLOCKING + STATES):
        yield f"Series {series}, account {account}: blocks and postings differ in state from {at} on."


def marks() -> Iterator[str]:
    """A block has the marks that its numbers were given and that no reversal took."""
    steps: Counter[tuple[int, str, int, int]] = Counter()
    given = Posting.objects.filter(delta__gte=0).exclude(transaction__mark="")
    names = ("series_id", "transaction__mark", "transaction_id", "first", "last")
    for series, name, by, first, last in given.values_list(*names):
        steps[series, name, by, first] += 1
        steps[series, name, by, last + 1] -= 1
    taken = Posting.objects.filter(delta__gte=0, transaction__reverses__isnull=False)
    taken = taken.exclude(transaction__reverses__mark="")
    names = ("series_id", "transaction__reverses__mark", "transaction__reverses_id", "first", "last")
    for series, name, by, first, last in taken.values_list(*names):
        steps[series, name, by, first] -= 1
        steps[series, name, by, last + 1] += 1
    for block in Block.objects.exclude(marks={}).iterator(chunk_size=2000):
        for name, by in block.marks.items():
            steps[block.series_id, name, by, block.first] -= 1
            steps[block.series_id, name, by, block.last + 1] += 1
    wrong = sorted(key for key, step in steps.items() if step)
    for series, name, by, at in wrong[:MOST]:
        yield f"Series {series}: the mark {name} of transaction {by} differs from number {at} on."


def bodies() -> Iterator[str]:
    """The hash of each transaction is that of its body, and the body says the same as the row."""
    names = ("pk", "kind", "actor_id", "approver_id", "mark", "body", "sha256")
    for row in LedgerTransaction.objects.values(*names).order_by("pk").iterator(chunk_size=2000):
        body, stands = row["body"], (row["kind"], row["actor_id"], row["approver_id"], row["mark"])
        if digest(body) != row["sha256"]:
            yield f"Transaction {row['pk']} was altered: its content does not give its hash."
        elif stands != tuple(body.get(name) for name in ("kind", "by", "approved_by", "mark")):
            yield f"Transaction {row['pk']} was altered: its row does not say what its content says."


def seals() -> Iterator[str]:
    """Each seal follows the one before, stands in the audit chain, and gives the root of its transactions."""
    entered: dict[str, list[str]] = defaultdict(list)
    created = chain.entries().filter(object_type="ledger.seal", verb="created")
    for number, after in created.values_list("object_id", "after"):
        entered[number].append((after or {}).get("sha256", ""))
    standing = {str(number) for number in Seal.objects.values_list("number", flat=True)}
    for number in sorted(entered.keys() - standing, key=int)[:MOST]:
        yield f"Seal {number} stands in the audit chain and is missing."
    last, previous = 0, GENESIS
    for expected, row in enumerate(Seal.objects.order_by("number"), start=1):
        if row.number != expected or row.first != last + 1 or row.previous != previous:
            yield f"Seal {row.number} does not follow seal {expected - 1}."
            return
        bound = leaves(row.first, row.last)
        if len(bound) != row.count or merkle.root(bound) != row.root:
            yield f"Seal {row.number}: transactions {row.first} to {row.last} do not give its root."
        if sha256_of(row) != row.sha256:
            yield f"Seal {row.number} was altered: its content does not give its hash."
        if entered[str(row.number)] != [row.sha256]:
            yield f"Seal {row.number} does not stand in the audit chain as it is."
        last, previous = row.last, row.sha256
