"""Writing a model's tables as a folder that is read back to the same, and a result's tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from trunghoa.quantities import N_, InputError, Problem

from .accounts import account
from .read import SETTINGS_FILE
from .schema import GROUPS, LAST_COLUMNS, MEMBERS, NAMES, VALUES
from .solution import Result
from .tables import Record, Tables


def write_folder(tables: Tables, folder: Path) -> list[Path]:
    """Write a model's tables into a new folder; :func:`read_folder` reads them back to the same hash.

    Raises
    ------
    InputError
        when the folder holds anything already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError(
            Problem(
                N_("The folder %(value)s is not empty."), N_("Write into a new folder."), value=str(folder)
            )
        )
    texts = {SETTINGS_FILE: _csv(["item", "value"], tables.settings.items())}
    for name, found in tables.members.items():
        if found:
            own = MEMBERS[name].own
            rows = [
                [m.code, *(m.names.get(c.removeprefix("name_"), "") for c in NAMES),
                 *(m.own.get(c, "") for c in own)]
                for m in found.values()
            ]  # fmt: skip
            texts[f"{name}.csv"] = _csv([MEMBERS[name].code, *NAMES, *own], rows)
    for name, groups in tables.groups.items():
        if groups:
            texts[f"{name}.csv"] = _groups(tables, name)
    for name, records in tables.values.items():
        if records:
            texts[f"{name}.csv"] = _records(name, records)
    return _write(folder, texts)


def _groups(tables: Tables, name: str) -> str:
    table = GROUPS[name]
    own = [c for c in table.columns if c != "gwp_set"]
    more = ["gwp_set", "weight"] if table.weighted else []
    rows = []
    for group, members in tables.groups[name].items():
        for row in members:
            weight = "" if row.gwp_set else f"{row.weight!r}"
            cells = [group, *row.cells, *([row.gwp_set, weight] if more else [])]
            rows.append([*cells, row.quality.value, "" if row.gwp_set else row.source])
    return _csv(["group", *own, *more, "quality", "source"], rows)


def _records(name: str, records: Sequence[Record]) -> str:
    table = VALUES[name]
    bounded, yearly = bool(table.bounds), any(r.year is not None for r in records)
    header = [
        *table.keys,
        *(["bound"] if bounded else []),
        *(["year"] if yearly else []),
        "value",
        *LAST_COLUMNS,
    ]
    rows = [
        [
            *r.keys,
            *([r.bound.value if r.bound else ""] if bounded else []),
            *(["" if r.year is None else str(r.year)] if yearly else []),
            repr(r.value) if r.value != float("inf") else "inf",
            r.quality.value,
            r.source,
            r.note,
        ]
        for r in records
    ]
    return _csv(header, rows)


def write_result(result: Result, folder: Path) -> list[Path]:
    """Write every table of a solved model as a long CSV: keys, unit, year, value.

    Files of an earlier result in the same folder are overwritten.
    """
    texts = {}
    data = account(result)
    for name, table in data["tables"].items():
        size = len(table["keys"])
        rows = [
            [*row[:size], row[size], str(year), repr(value)]
            for row in table["rows"]
            for year, value in zip(data["years"], row[size + 1], strict=True)
            if value is not None
        ]
        texts[f"{name}.csv"] = _csv([*table["keys"], "unit", "year", "value"], rows)
    return _write(folder, texts)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def _write(folder: Path, texts: dict[str, str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in texts]
