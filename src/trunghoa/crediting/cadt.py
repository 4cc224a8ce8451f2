"""Export to the Climate Action Data Trust (data model v2): tables of plain values, JSON and xlsx."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from trunghoa.quantities import N_, InputError, Problem

from .aef import Report
from .aef.report import Value

Tables = Mapping[str, Sequence[Mapping[str, Value]]]
Plain = str | int | None


@dataclass(frozen=True, slots=True)
class CadtField:
    """A key of a table; ``refers`` names the table whose first key it points to."""

    key: str
    required: bool = False
    refers: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CadtTable:
    """A table; ``aef`` is the number of the AEF table whose fields it carries in order, 0 for none."""

    name: str
    fields: tuple[CadtField, ...]
    aef: int = 0

    @property
    def key(self) -> str:
        return self.fields[0].key


@dataclass(frozen=True, slots=True)
class CadtModel:
    """One version of the data model, see :func:`load_cadt_model`."""

    version: str
    source: str
    tables: tuple[CadtTable, ...]


def cadt_export(
    tables: Tables, model: CadtModel, report: Report | None = None
) -> dict[str, list[dict[str, Plain]]]:
    """Rows of every table, keys in the model's order, values as JSON holds them.

    Parameters
    ----------
    tables : rows of program, project, methodology, validation, verification, issuance and unit
    report : annual information to carry along in the five AEF tables

    Raises
    ------
    InputError
        with one Problem for each key that is missing or unknown, each value outside its picklist, each
        reference to a row that is not there, and each row whose own key stands twice.
    """
    given: dict[str, Sequence[Mapping[str, Value]]] = {**tables}
    if report is not None:
        given |= {t.name: _aef_rows(t, report) for t in model.tables if t.aef}
    problems = list(_problems(given, model))
    if problems:
        raise InputError(problems)
    return {
        table.name: [
            {f.key: _plain(row.get(f.key)) for f in table.fields} for row in given.get(table.name, ())
        ]
        for table in model.tables
    }


def _aef_rows(table: CadtTable, report: Report) -> list[Mapping[str, Value]]:
    """Rows of an AEF table under the model's keys, which stand in the same order."""
    names = [f.name for f in report.template.table(table.aef).fields]
    keys = [f.key for f in table.fields[1:]]
    rows: list[Mapping[str, Value]] = []
    for number, row in enumerate(report.rows(table.aef), start=1):
        values = {key: row.get(name) for key, name in zip(keys, names, strict=True)}
        rows.append({table.key: f"{report.party}-{report.year}-{number}", **values})
    return rows


def _problems(given: Tables, model: CadtModel) -> Iterator[Problem]:
    known = {t.name: t for t in model.tables}
    for name in given:
        if name not in known:
            yield Problem(
                N_("The data model has no table “%(value)s”."),
                value=name,
                limit=", ".join(known),
                source=model.source,
            )
    held = {t.name: {str(r.get(t.key)) for r in given.get(t.name, ())} for t in model.tables}
    for table in model.tables:
        seen: set[str] = set()
        for number, row in enumerate(given.get(table.name, ()), start=1):
            key = str(row.get(table.key))
            if key in seen:
                yield Problem(
                    N_("The key %(value)s stands twice."),
                    file=table.name,
                    row=number,
                    field=table.key,
                    value=key,
                )
            seen.add(key)
            for problem in _row(table, row, held):
                yield problem.at(file=table.name, row=number)


def _row(table: CadtTable, row: Mapping[str, Value], held: Mapping[str, set[str]]) -> Iterator[Problem]:
    for key in row.keys() - {f.key for f in table.fields}:
        yield Problem(N_("The table has no key %(field)s."), field=key, value=str(row[key]))
    for field in table.fields:
        value = row.get(field.key)
        if value is None:
            if field.required:
                yield Problem(N_("The cell is empty."), N_("%(field)s must be filled."), field=field.key)
        elif field.values and value not in field.values:
            yield Problem(
                N_("“%(value)s” is not one of: %(limit)s."),
                field=field.key,
                value=str(value),
                limit=", ".join(field.values),
            )
        elif field.refers and str(value) not in held.get(field.refers, set()):
            yield Problem(
                N_("The table %(limit)s has no row %(value)s."),
                field=field.key,
                value=str(value),
                limit=field.refers,
            )


def _plain(value: Value) -> Plain:
    """Exact values as JSON: a decimal and a date are texts, a moment is in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value
