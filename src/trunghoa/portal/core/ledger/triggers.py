"""The statements by which each database refuses to change what was written, and two blocks for one number.

A block may be updated, never deleted: its numbers are never free again. The check for overlap looks at one
neighbour: where blocks do not overlap, the one that begins last before this one's end also ends last.
"""

from trunghoa.portal.core.audit.triggers import guard

TABLES = ("ledgertransaction", "posting", "seal", "series")
REFUSAL = "Rows of the ledger are never changed or deleted."
OVERLAP = "Two blocks of the ledger may not hold the same number."

_NEIGHBOUR = (
    "(SELECT b.last FROM ledger_block b WHERE b.series_id = NEW.series_id AND b.id <> NEW.id "
    "AND b.first <= NEW.last ORDER BY b.first DESC LIMIT 1) >= NEW.first"
)
# Functions of PostgreSQL, made once; the triggers call them.
FUNCTIONS = [
    "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END$$",
    "CREATE OR REPLACE FUNCTION ledger_overlap() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$BEGIN IF {_NEIGHBOUR} THEN RAISE EXCEPTION '{OVERLAP}' "
    "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END$$",
]
NO_FUNCTIONS = ["DROP FUNCTION ledger_refuse()", "DROP FUNCTION ledger_overlap()"]


def _sqlite(table: str, *verbs: str) -> list[str]:
    return [
        f"CREATE TRIGGER ledger_no_{verb.lower()}_{table} BEFORE {verb} ON ledger_{table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for verb in verbs
    ]


def _postgresql(table: str, verbs: str) -> list[str]:
    return [
        f"CREATE TRIGGER ledger_no_change_{table} BEFORE {verbs} ON ledger_{table} "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
        f"CREATE TRIGGER ledger_no_truncate_{table} BEFORE TRUNCATE ON ledger_{table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    ]


ON: dict[str, dict[str, list[str]]] = {
    table: {
        "sqlite": _sqlite(table, "UPDATE", "DELETE"),
        "postgresql": _postgresql(table, "UPDATE OR DELETE"),
    }
    for table in TABLES
}
ON["block"] = {
    "sqlite": [
        *_sqlite("block", "DELETE"),
        *(
            f"CREATE TRIGGER ledger_overlap_{name} AFTER {verb} ON ledger_block WHEN {_NEIGHBOUR} "
            f"BEGIN SELECT RAISE(ABORT, '{OVERLAP}'); END"
            for name, verb in (("insert", "INSERT"), ("update", "UPDATE OF series_id, first, last"))
        ),
    ],
    "postgresql": [
        *_postgresql("block", "DELETE"),
        "CREATE TRIGGER ledger_overlap AFTER INSERT OR UPDATE OF series_id, first, last ON ledger_block "
        "FOR EACH ROW EXECUTE FUNCTION ledger_overlap()",
    ],
}
# What stands in an account was put there because of its kind.
_OTHER = "NEW.kind <> OLD.kind OR NEW.party <> OLD.party"
ON["account"] = {
    "sqlite": [
        "CREATE TRIGGER ledger_same_kind BEFORE UPDATE OF kind, party ON ledger_account "
        f"WHEN {_OTHER} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ],
    "postgresql": [
        "CREATE TRIGGER ledger_same_kind BEFORE UPDATE OF kind, party ON ledger_account FOR EACH ROW "
        f"WHEN ({_OTHER}) EXECUTE FUNCTION ledger_refuse()"
    ],
}
# The third word of each statement is the trigger's name.
OFF = {
    table: {
        "sqlite": [f"DROP TRIGGER IF EXISTS {line.split()[2]}" for line in on["sqlite"]],
        "postgresql": [
            f"DROP TRIGGER IF EXISTS {line.split()[2]} ON ledger_{table}" for line in on["postgresql"]
        ],
    }
    for table, on in ON.items()
}
# So many stand in a database that refuses everything it should.
COUNT = {vendor: sum(len(on[vendor]) for on in ON.values()) for vendor in ("sqlite", "postgresql")}
STANDING = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' "
    "AND name LIKE 'ledger\\_%' ESCAPE '\\'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'ledger\\_%' AND tgenabled <> 'D'",
}


def connect() -> None:
    """Let a flush know how to empty these tables."""
    for table in ON:
        guard(f"ledger_{table}", ON[table], OFF[table])
