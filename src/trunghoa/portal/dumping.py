"""One consistent snapshot of a database into a file, and back, by each database's own means."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from trunghoa.quantities import TrungHoaError

COUNT = "SELECT (SELECT count(*) FROM record_figure), seq, hash FROM audit_head WHERE id = 1"
# What a database that is in use holds at least; tables of a fresh one may be there and empty.
TELLING = ("accounts_user", "audit_auditentry", "record_figure", "record_document")


@dataclass(frozen=True)
class Taken:
    """What a snapshot holds."""

    figures: int
    entries: int
    head: str


class DumpError(TrungHoaError):
    """The database's own program failed or is missing."""


def dump(connection: Any, path: Path) -> Taken:
    """Write a snapshot while others go on writing."""
    return (
        _dump_sqlite(connection, path)
        if connection.vendor == "sqlite"
        else _dump_postgresql(connection, path)
    )


def load(connection: Any, path: Path) -> None:
    """Read a snapshot into an empty database."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        source = sqlite3.connect(path)
        source.backup(connection.connection)
        source.close()
    else:
        # Empty tables of a fresh database give way to those of the backup.
        flags = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"]
        connection.close()
        _program(connection, "pg_restore", *flags, "--exit-on-error", str(path))
    connection.close()


def rows_in(connection: Any) -> str:
    """What stands in a database, in words; empty if nothing does."""
    there = set(connection.introspection.table_names())
    found = []
    with connection.cursor() as cursor:
        for table in TELLING:
            if table in there:
                cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of this module
                if count := cursor.fetchone()[0]:
                    found.append(f"{table}: {count}")
    return ", ".join(found)


def _taken(row: Any) -> Taken:
    if row is None:
        raise DumpError("Nothing was ever recorded in this database: there is nothing to back up.")
    return Taken(*row)


def _dump_sqlite(connection: Any, path: Path) -> Taken:
    source = sqlite3.connect(connection.get_connection_params()["database"], timeout=20)
    target = sqlite3.connect(path)
    try:
        # All pages in one step: one moment, during which writers go on in the write-ahead log.
        source.backup(target, pages=-1)
        return _taken(target.execute(COUNT).fetchone())
    finally:
        target.close()
        source.close()


def _dump_postgresql(connection: Any, path: Path) -> Taken:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        cursor.execute(COUNT)
        taken = _taken(cursor.fetchone())
        # The dump sees what this transaction sees, so that the counts are its own.
        _program(connection, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={path}")
    return taken


def _program(connection: Any, name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, not by the process list."""
    program = shutil.which(name)
    if program is None:
        raise DumpError(
            f"{name} is not on the PATH: install PostgreSQL's client programs of the server's version."
        )
    given = connection.settings_dict
    where = {"--host": given["HOST"], "--port": given["PORT"], "--username": given["USER"]}
    options = [f"{flag}={value}" for flag, value in where.items() if value]
    environment = {**os.environ, "PGPASSWORD": given["PASSWORD"]} if given["PASSWORD"] else dict(os.environ)
    done = subprocess.run(  # noqa: S603 - a program found on the PATH, with the settings' own values
        [program, "--no-password", f"--dbname={given['NAME']}", *options, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DumpError(f"{name} failed: {done.stderr.strip()[-500:]}")
