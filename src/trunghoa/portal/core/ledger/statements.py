"""The statements of a transaction in plain SQL, given to the driver itself.

Building them as queries, and waiting for the answer of each before the next is sent, took most of the time of
a transfer. Each is prepared once on a connection, and PostgreSQL gets in one statement what belongs together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, models

from .models import Block, LedgerTransaction, Posting, named

Rows = list[tuple[Any, ...]]


class Held(NamedTuple):
    """A block as it was read: the columns of its table."""

    pk: int
    series_id: int
    first: int
    last: int
    account_id: int
    state: str
    marks: dict[str, int]


class Locked(NamedTuple):
    """An account whose units nobody else moves until commit."""

    pk: int
    party: str
    kind: str
    name: str

    def __str__(self) -> str:
        return named(self)


def run(statement: str, values: Sequence[Any]) -> tuple[int, Rows]:
    """How many rows a statement touched, and the rows that it gives; ``%s`` stands where a value goes."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        if database.vendor == "postgresql":
            cursor = _cursor(database.connection)
            cursor.execute(statement, values, prepare=True)
        else:
            cursor = database.connection.cursor().execute(_marked(statement), values)
        return cursor.rowcount, cursor.fetchall() if cursor.description else []


def _cursor(connection: Any) -> Any:
    """One that prepares statements on the server, which Django's own does not."""
    from psycopg import Cursor

    return Cursor(connection)


@cache
def _marked(statement: str) -> str:
    return statement.replace("%s", "?")


@cache
def one_statement() -> bool:
    """Whether the database changes several tables in one statement; the same as long as a process runs."""
    return connections[DEFAULT_DB_ALIAS].vendor == "postgresql"


class Shape(NamedTuple):
    """How rows of a model are inserted, and which of their values no driver takes as they are."""

    names: tuple[str, ...]
    start: str
    slots: str
    prepared: tuple[tuple[int, Callable[[Any], Any]], ...]

    def statement(self, count: int) -> str:
        return f"{self.start}VALUES {', '.join([self.slots] * count)}"

    def values(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """The values of the stored fields of rows, in order."""
        found: list[Any] = []
        for row in rows:
            start = len(found)
            found += row
            for at, prepare in self.prepared:
                found[start + at] = prepare(found[start + at])
        return found


@cache
def shape(model: type[models.Model]) -> Shape:
    database = connections[DEFAULT_DB_ALIAS]
    # Every field that is stored, except the key that the database gives.
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    columns = ", ".join(f.column for f in fields)
    special = (models.JSONField, models.UUIDField, models.DateTimeField)
    prepared = [
        (at, lambda value, f=f: f.get_db_prep_save(value, database))
        for at, f in enumerate(fields)
        if isinstance(f, special)
    ]
    return Shape(
        tuple(f.attname for f in fields),
        f"INSERT INTO {model._meta.db_table} ({columns}) ",
        f"({', '.join(['%s'] * len(fields))})",
        tuple(prepared),
    )


ACCOUNTS = "SELECT id, party, kind, name FROM ledger_account WHERE id IN (%s) "
BEGIN = (
    "WITH t AS (%s) SELECT t.id, a.* FROM t LEFT JOIN LATERAL "
    "(%s AND t.id > 0 ORDER BY id FOR NO KEY UPDATE) a ON TRUE"
)


def begin(values: Sequence[Any], accounts: Sequence[int]) -> tuple[LedgerTransaction, dict[int, Locked]]:
    """Write a transaction's row, then lock accounts in the order of their keys; gives both.

    SQLite has one writer at a time. PostgreSQL does both in one statement: the second part asks for the key
    that the first gives, and so comes after it.

    Parameters
    ----------
    values : of the stored fields in order
    """
    form = shape(LedgerTransaction)
    insert = f"{form.statement(1)} RETURNING id"
    given = form.values([values])
    select = ACCOUNTS % ", ".join(["%s"] * len(accounts))
    if one_statement():
        _, rows = run(BEGIN % (insert, select), [*given, *accounts])
        key, found = rows[0][0], [row[1:] for row in rows if row[1] is not None]
    else:
        _, [(key,)] = run(insert, given)
        _, found = run(select, accounts)
    row = LedgerTransaction.from_db(DEFAULT_DB_ALIAS, ("id", *form.names), (key, *values))
    return row, {account[0]: Locked(*account) for account in found}


BLOCKS = "SELECT id, series_id, first, last, account_id, state, marks FROM ledger_block WHERE "


def blocks(condition: str, *values: Any) -> list[Held]:
    """Blocks by a condition in SQL."""
    _, rows = run(BLOCKS + condition, values)
    return [Held(*row[:-1], marks=json.loads(row[-1])) for row in rows]


def insert_blocks(rows: Sequence[Held]) -> None:
    form = shape(Block)
    run(form.statement(len(rows)), form.values([row[1:] for row in rows]))


def insert_postings(rows: Sequence[tuple[int, int, int, int, int, int]]) -> None:
    """Write rows of transaction, account, series, first, last, delta."""
    form = shape(Posting)
    run(form.statement(len(rows)), form.values(rows))


# A row of blocks with the types that PostgreSQL cannot tell from an INSERT of what is selected.
MADE = "(%s::bigint, %s::bigint, %s::bigint, %s::bigint, %s::varchar, %s::jsonb)"
CARVE = "WITH u AS (%s RETURNING id) %s SELECT v.* FROM u, (VALUES %s) AS v"


def change(block: Held, changes: Mapping[str, Any], made: Sequence[Held]) -> bool:
    """Update a block where it still is as it was read, and write those made of it; says whether it was."""
    form = shape(Block)
    new = ", ".join(f"{name} = %s" for name in changes)
    update = (
        f"UPDATE ledger_block SET {new} "  # noqa: S608 - names of columns only
        "WHERE id = %s AND first = %s AND last = %s AND account_id = %s AND state = %s"
    )
    prepare = dict(form.prepared)
    values = [
        prepare[at](value) if (at := form.names.index(name)) in prepare else value
        for name, value in changes.items()
    ]
    values += [block.pk, block.first, block.last, block.account_id, block.state]
    if made and one_statement():
        # What is made comes of what was changed, and so after it.
        both = CARVE % (update, form.start, ", ".join([MADE] * len(made)))
        count, _ = run(both, [*values, *form.values([row[1:] for row in made])])
        return count == len(made)
    count, _ = run(update, values)
    if count == 1 and made:
        insert_blocks(made)
    return count == 1
