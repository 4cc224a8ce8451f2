"""Recomputing the chain: the first entry that does not fit, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from .chain import FIELDS, GENESIS, hash_of, settle
from .models import AuditEntry, Head


@dataclass(frozen=True)
class Verdict:
    """How far the chain was followed, and where it breaks, if it does."""

    entries: int
    head: str
    broken: int | None = None
    why: str = ""

    @property
    def whole(self) -> bool:
        return not self.why

    def as_dict(self) -> dict[str, Any]:
        return {
            "whole": self.whole,
            "entries": self.entries,
            "head": self.head,
            "broken": self.broken,
            "why": self.why,
        }


class Broken(Exception):
    """An entry that does not fit."""

    def __init__(self, seq: int | None, why: str) -> None:
        super().__init__(why)
        self.seq, self.why = seq, why


@dataclass
class _Walk:
    """Where the walk along the chain stands."""

    seq: int = 0
    hash: str = GENESIS

    def along(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self._step(row)

    def _step(self, row: dict[str, Any]) -> None:
        seq = row["seq"]
        if seq != self.seq + 1:
            raise Broken(self.seq + 1, f"Entry {self.seq + 1} is missing; the next one is {seq}.")
        if row["prev_hash"] != self.hash:
            raise Broken(seq, f"Entry {seq} does not follow entry {self.seq}: it names another hash.")
        if hash_of({name: row[name] for name in FIELDS}) != row["hash"]:
            raise Broken(seq, f"Entry {seq} was altered: its content does not give its hash.")
        self.seq, self.hash = seq, row["hash"]


def verify() -> Verdict:
    """Follow the chain from the first entry to its head. Writers wait only while its end is compared."""
    settle()
    walk = _Walk()
    try:
        upto = Head.objects.values_list("seq", flat=True).first() or 0
        walk.along(_rows(after=0, upto=upto))
        with transaction.atomic():
            head = Head.objects.select_for_update().filter(pk=1).first()
            walk.along(_rows(after=walk.seq))
            _compare(walk, head)
    except Broken as error:
        return Verdict(walk.seq, walk.hash, error.seq, error.why)
    return Verdict(walk.seq, walk.hash)


def _rows(after: int, upto: int | None = None) -> Iterable[dict[str, Any]]:
    rows = AuditEntry.objects.filter(seq__gt=after).order_by("seq")
    if upto is not None:
        rows = rows.filter(seq__lte=upto)
    # A server-side cursor needs a transaction that stays open; chunks by key need none.
    last = after
    while chunk := list(rows.filter(seq__gt=last).values(*FIELDS, "hash")[:2000]):
        yield from chunk
        last = chunk[-1]["seq"]


def _compare(walk: _Walk, head: Head | None) -> None:
    if head is None:
        if walk.seq:
            raise Broken(walk.seq, f"The head is missing, but there are {walk.seq} entries.")
        return
    if head.seq > walk.seq:
        raise Broken(
            walk.seq + 1, f"The end is missing: the head is at entry {head.seq}, the last is {walk.seq}."
        )
    if head.seq < walk.seq:
        raise Broken(head.seq + 1, f"There are entries after the head, which is at {head.seq}.")
    if head.hash != walk.hash:
        raise Broken(walk.seq, f"The head names another hash than entry {walk.seq}.")


REFUSALS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_no_%'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'audit_no_%' "
    "AND tgrelid = 'audit_auditentry'::regclass AND tgenabled <> 'D'",
}


def refuses_changes() -> bool:
    """Whether the database itself still refuses to change entries."""
    with connection.cursor() as cursor:
        cursor.execute(REFUSALS[connection.vendor])
        return cursor.fetchone()[0] == 2
