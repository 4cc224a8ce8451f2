"""A model's tables as plain data: what a database keeps, what goes to another process, what JSON holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from trunghoa.quantities import Quality

from .scenarios import Action, Change, Lever
from .schema import Bound
from .tables import Member, Membership, Record, Tables


def to_plain(tables: Tables) -> dict[str, Any]:
    """Everything the tables say, as dictionaries, lists, texts and numbers; ``from_plain`` reads it back."""
    return {
        "name": tables.name,
        "settings": dict(tables.settings),
        "members": {
            name: [[m.code, dict(m.names), dict(m.own)] for m in found.values()]
            for name, found in tables.members.items()
        },
        "groups": {
            name: {group: [_membership(row) for row in rows] for group, rows in found.items()}
            for name, found in tables.groups.items()
        },
        "values": {name: [record_to_plain(r) for r in rows] for name, rows in tables.values.items() if rows},
    }


def _membership(row: Membership) -> dict[str, Any]:
    return {**asdict(row), "cells": list(row.cells), "quality": row.quality.value}


def record_to_plain(record: Record) -> list[Any]:
    """A record as a list; infinity, which JSON has not, as the text ``inf``."""
    value = "inf" if record.value == float("inf") else record.value
    return [
        list(record.keys), record.bound.value if record.bound else "", record.year, value,
        record.quality.value, record.source, record.note, record.file, record.row,
    ]  # fmt: skip


def record_from_plain(row: list[Any]) -> Record:
    keys, bound, year, value, quality, source, note, file, line = row
    return Record(
        tuple(keys),
        float(value),
        year,
        Bound(bound) if bound else None,
        Quality(quality),
        source,
        note,
        file,
        line,
    )


def from_plain(data: Mapping[str, Any]) -> Tables:
    """Tables from what :func:`to_plain` gave."""
    members = {
        name: {code: Member(code, names, own) for code, names, own in rows}
        for name, rows in data["members"].items()
    }
    groups = {
        name: {
            group: tuple(
                Membership(**{**row, "cells": tuple(row["cells"]), "quality": Quality(row["quality"])})
                for row in rows
            )
            for group, rows in found.items()
        }
        for name, found in data["groups"].items()
    }
    values = {name: tuple(record_from_plain(r) for r in rows) for name, rows in data["values"].items()}
    return Tables(data["settings"], members, groups, values, data.get("name", ""))


def levers_to_plain(levers: Mapping[str, Lever]) -> list[dict[str, Any]]:
    """Levers as plain data, in their order."""
    return [
        {
            "code": lever.code,
            "names": dict(lever.names),
            "unit": lever.unit,
            "changes": [[c.table, c.action.value, record_to_plain(c.record)] for c in lever.changes],
        }
        for lever in levers.values()
    ]


def levers_from_plain(data: Iterable[Mapping[str, Any]]) -> dict[str, Lever]:
    """Levers from what :func:`levers_to_plain` gave."""
    return {
        row["code"]: Lever(
            row["code"],
            row["names"],
            row["unit"],
            tuple(Change(table, Action(action), record_from_plain(r)) for table, action, r in row["changes"]),
        )
        for row in data
    }
