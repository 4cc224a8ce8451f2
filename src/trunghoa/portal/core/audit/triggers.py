"""The statements by which each database refuses to change entries, and the one way round them: ``flush``.

``manage flush`` (and with it the tests that clear their database) empties every table on purpose: it takes
the refusal off and puts it back in the same transaction. Nothing else does.
"""

from collections.abc import Mapping, Sequence

from .sealing import REFUSAL, TABLE

SQLITE = [
    f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE")
]
SQLITE_OFF = [f"DROP TRIGGER IF EXISTS audit_no_{verb}" for verb in ("update", "delete")]
POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END$$",
    f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
]
POSTGRESQL_OFF = [
    f"DROP TRIGGER IF EXISTS audit_no_change ON {TABLE}",
    f"DROP TRIGGER IF EXISTS audit_no_truncate ON {TABLE}",
    "DROP FUNCTION IF EXISTS audit_refuse()",
]
Statements = Mapping[str, Sequence[str]]
ON: Statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
OFF: Statements = {"sqlite": SQLITE_OFF, "postgresql": POSTGRESQL_OFF}
# Tables that refuse changes, each with the statements by vendor that put its refusal on and take it off.
_GUARDS: dict[str, tuple[Statements, Statements]] = {TABLE: (ON, OFF)}


def guard(table: str, on: Statements, off: Statements) -> None:
    """Let a flush know of another table that refuses changes."""
    _GUARDS[table] = (on, off)


def around_flush(vendor: str, tables: Sequence[str], statements: list[str]) -> list[str]:
    """A flush of these tables, with the refusals off while it runs."""
    guarded = [table for table in _GUARDS if table in tables]
    if not guarded or not statements:
        return statements
    off = [line for table in guarded for line in _GUARDS[table][1][vendor]]
    on = [line for table in guarded for line in _GUARDS[table][0][vendor]]
    return [*off, *statements, *on]
