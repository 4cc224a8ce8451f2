"""The statements of a transaction in plain SQL: building them as queries took half of a transfer's time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from .models import Account, Block


def run(statement: str, values: Sequence[Any]) -> tuple[int, list[tuple[Any, ...]]]:
    """How many rows a statement touched, and the rows that it gives."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount, list(cursor.fetchall()) if cursor.description else []


@cache
def _fields(model: type[models.Model]) -> list[Any]:
    """Every field that is stored, except the key that the database gives."""
    return [f for f in model._meta.concrete_fields if not f.primary_key]


@cache
def _inserting(model: type[models.Model], count: int) -> str:
    fields = _fields(model)
    names = ", ".join(f.column for f in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    rows = ", ".join([row] * count)
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES {rows} RETURNING id"  # noqa: S608


def insert(rows: Sequence[models.Model]) -> list[int]:
    """Write rows of one model; gives their keys."""
    model = type(rows[0])
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for row in rows for f in _fields(model)]
    return [pk for (pk,) in run(_inserting(model, len(rows)), values)[1]]


@cache
def _selecting(model: type[models.Model]) -> str:
    columns = ", ".join(f.column for f in model._meta.concrete_fields)
    return f"SELECT {columns} FROM {model._meta.db_table} WHERE "  # noqa: S608


def lock(accounts: Sequence[int]) -> list[Account]:
    """Accounts in the order of their ids, locked on PostgreSQL; SQLite has one writer at a time."""
    slots = ", ".join(["%s"] * len(accounts))
    locked = " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    _, rows = run(f"{_selecting(Account)}id IN ({slots}) ORDER BY id{locked}", accounts)
    return [Account(*row) for row in rows]


def blocks(condition: str, *values: Any) -> list[Block]:
    """Blocks by a condition in SQL."""
    _, rows = run(_selecting(Block) + condition, values)
    found = [Block(*row) for row in rows]
    for block in found:
        if isinstance(block.marks, str):
            block.marks = json.loads(block.marks)
        block._state.adding = False
    return found


def change(block: Block, changes: dict[str, Any]) -> bool:
    """Update a block where it still is as it was read; says whether it was."""
    fields = {f.attname: f for f in _fields(Block)}
    new = ", ".join(f"{fields[name].column} = %s" for name in changes)
    read = ("id", "first", "last", "account_id", "state")
    same = " AND ".join(f"{name} = %s" for name in read)
    values = [fields[name].get_db_prep_save(value, connection) for name, value in changes.items()]
    statement = f"UPDATE ledger_block SET {new} WHERE {same}"  # noqa: S608 - names of fields only
    count, _ = run(statement, [*values, *(getattr(block, name) for name in read)])
    return count == 1
