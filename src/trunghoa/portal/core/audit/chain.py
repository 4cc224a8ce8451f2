"""Writing entries: collected while a transaction runs, numbered and sealed as the last thing before commit.

The head is locked only then. Were it locked at the first change, every writer would hold it for as long as
its transaction takes, and two of them could wait for each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from . import context
from .models import AuditEntry, Head

GENESIS = "0" * 64
FIELDS = (
    "seq", "at", "actor_id", "origin", "verb", "object_type", "object_id", "label", "parent", "before",
    "after", "request_id", "prev_hash",
)  # fmt: skip
BATCH = 200


@dataclass(frozen=True, slots=True)
class Pending:
    """An entry of a transaction that is still open, and the savepoints it stands in."""

    savepoints: frozenset[str]
    entry: AuditEntry


def record(
    verb: str,
    *,
    object_type: str = "",
    object_id: str = "",
    label: str = "",
    parent: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    actor_id: int | None = None,
) -> None:
    """Enter one change; it is committed together with the change or not at all."""
    now = context.current()
    entry = AuditEntry(
        at=timezone.now(),
        actor_id=actor_id if actor_id is not None else now.actor_id(),
        origin=now.origin[:80],
        verb=verb,
        object_type=object_type,
        object_id=clean(object_id)[:80],
        label=clean(label)[:200],
        parent=parent[:160],
        before=before,
        after=after,
        request_id=now.request_id,
    )
    with transaction.atomic(savepoint=False):
        connection: Any = transaction.get_connection()
        savepoints = frozenset(s for s in connection.savepoint_ids if s)
        connection.pending.append(Pending(savepoints, entry))


def clean(text: str) -> str:
    """Text that both databases keep exactly: without NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def settle() -> None:
    """Write what this transaction has entered so far, so that it can be read inside it."""
    connection: Any = transaction.get_connection()
    if getattr(connection, "pending", None):
        seal(connection)


def entries() -> models.QuerySet[AuditEntry]:
    """All entries, those of the open transaction included."""
    settle()
    return AuditEntry.objects.all()


def head() -> tuple[int, str]:
    """Number and hash of the last entry; with any change it becomes another."""
    settle()
    # In plain SQL: every list page asks, and building the query would cost more than its answer.
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM audit_head WHERE id = 1")
        return cursor.fetchone() or (0, GENESIS)


def seal(connection: Any) -> None:
    """Number the open transaction's entries, bind each to the one before, and write them."""
    waiting, connection.pending = connection.pending, []
    last = locked_head()
    rows = []
    for held in waiting:
        row = held.entry
        row.seq, row.prev_hash = last.seq + 1, last.hash
        row.hash = hash_of({name: getattr(row, name) for name in FIELDS})
        last.seq, last.hash = row.seq, row.hash
        rows.append(row)
    AuditEntry.objects.bulk_create(rows, batch_size=BATCH)
    Head.objects.filter(pk=1).update(seq=last.seq, hash=last.hash)


def locked_head() -> Head:
    """The head, locked until the transaction ends; made where a fresh database has none."""
    found = Head.objects.select_for_update().filter(pk=1).first()
    if found is None:
        Head.objects.bulk_create([Head(pk=1, seq=0, hash=GENESIS)], ignore_conflicts=True)
        found = Head.objects.select_for_update().get(pk=1)
    return found


def hash_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of an entry: sorted keys, no spaces, UTF-8, times in UTC."""
    content = {**values, "at": values["at"].astimezone(UTC).isoformat(timespec="microseconds")}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
