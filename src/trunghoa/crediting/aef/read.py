"""Read templates (JSON in the package) and workbooks (xlsx)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from trunghoa.parameters import DATA
from trunghoa.quantities import N_, InputError, ParameterError, Problem, Quality, parse_number

from .report import Report, Row, Value
from .template import FIRST_ROW, Field, Kind, Table, Template

FOLDER = DATA.parent / "aef"
LATEST = "2026-02-17"


def template_versions() -> tuple[str, ...]:
    """Names of the versions that come with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@cache
def load_template(version: str = LATEST) -> Template:
    """One version of the format.

    Raises
    ------
    ParameterError
        for a version that does not come with the package.
    """
    if version not in template_versions():
        raise ParameterError(
            f"There is no template “{version}” of the format. Known: {', '.join(template_versions())}."
        )
    given = json.loads((FOLDER / f"{version}.json").read_text(encoding="utf-8"))
    changes = given.get("change", {})
    while "base" in given:
        base = json.loads((FOLDER / f"{given['base']}.json").read_text(encoding="utf-8"))
        given = {**base, **{k: v for k, v in given.items() if k not in ("base", "change")}}
    tables = tuple(
        Table(
            t["sheet"],
            tuple(_field({**f, **changes.get(t["sheet"], {}).get(f["name"], {})}) for f in t["fields"]),
        )
        for t in given["tables"]
    )
    return Template(
        version=given["version"],
        title=given["title"],
        source=given["source"],
        quality=Quality(given["status"]),
        note=given["note"],
        summary_sheet=given["summary_sheet"],
        date_format=given["date"],
        carp_text=given["carp_text"],
        itmo_id=given["itmo_id"],
        tables=tables,
        holdings=tuple((h["type"], h.get("subtype", ""), h["effect"]) for h in given["holdings"]),
    )


def _field(given: dict[str, Any]) -> Field:
    when = given.get("when", {})
    return Field(
        name=given["name"],
        label=given["label"],
        kind=Kind(given["type"]),
        required=given.get("required", False),
        carp=given.get("carp", False),
        pattern=given.get("pattern", ""),
        values=tuple(given.get("values", ())),
        several=given.get("several", ""),
        when_field=when.get("field", ""),
        when_values=tuple(when.get("in", ())),
        otherwise=given.get("otherwise", ""),
        needed=given.get("needed", False),
        minimum=given.get("minimum"),
    )


def read_workbook(path: Path, template: Template | None = None) -> Report:
    """Read a workbook of the format.

    Columns are found by technical name, or by label where a sheet has no technical names.

    Raises
    ------
    InputError
        for a file that is no workbook, a missing sheet or column, and one Problem for each cell that cannot
        be read.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    chosen = template or load_template()
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (CalamineError, OSError) as error:
        raise InputError(
            Problem(N_("The file is no workbook: %(value)s."), file=path.name, value=str(error))
        ) from None
    problems: list[Problem] = []
    tables = {
        table.sheet: _table(table, sheets.get(table.sheet), chosen, path.name, problems)
        for table in chosen.tables
    }
    if problems:
        raise InputError(problems)
    return Report(chosen, tables)


def _table(
    table: Table, cells: list[list[Any]] | None, template: Template, file: str, problems: list[Problem]
) -> tuple[Row, ...]:
    where = f"{file}, {table.sheet}"
    if cells is None:
        problems.append(Problem(N_("The sheet is missing."), file=where))
        return ()
    header = [str(c).strip() for c in cells[FIRST_ROW - 2]] if len(cells) >= FIRST_ROW - 1 else []
    if missing := [f.name for f in table.fields if f.name not in header]:
        problems += [
            Problem(N_("The column %(field)s is missing."), file=where, row=FIRST_ROW - 1, field=name)
            for name in missing
        ]
        return ()
    columns = {f.name: header.index(f.name) for f in table.fields}
    found: list[Row] = []
    for number, line in enumerate(cells[FIRST_ROW - 1 :], start=FIRST_ROW):
        if all(c == "" for c in line):
            continue
        found.append(_row(table, line, columns, template, where, number, problems))
    return tuple(found)


def _row(
    table: Table,
    line: Sequence[Any],
    columns: dict[str, int],
    template: Template,
    where: str,
    number: int,
    problems: list[Problem],
) -> Row:
    row: dict[str, Value] = {}
    for field in table.fields:
        cell = line[columns[field.name]]
        try:
            row[field.name] = _value(field, cell, template)
        except InputError as error:
            row[field.name] = None
            problems += error.at(file=where, row=number, field=field.name).problems
        except (TypeError, ValueError):
            row[field.name] = None
            problems.append(
                Problem(
                    N_("“%(value)s” cannot be read as %(limit)s."),
                    file=where,
                    row=number,
                    field=field.name,
                    value=str(cell),
                    limit=field.kind.value,
                )
            )
    return row


def _value(field: Field, cell: Any, template: Template) -> Value:
    text = str(cell).strip() if isinstance(cell, str) else cell
    if text in ("", None) or text == template.carp_text or (field.otherwise and text == field.otherwise):
        return None
    match field.kind:
        case Kind.STRING:
            return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        case Kind.INTEGER:
            number = _number(cell)
            if number != number.to_integral_value():
                raise ValueError
            return int(number)
        case Kind.NUMBER:
            number = _number(cell)
            return int(number) if number == number.to_integral_value() else number
        case Kind.DATE:
            if isinstance(cell, date):
                return cell.date() if isinstance(cell, datetime) else cell
            return datetime.strptime(str(text), template.date_format).replace(tzinfo=UTC).date()
        case Kind.MOMENT:
            return _moment(cell)


def _number(cell: Any) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise TypeError
    return parse_number(cell)


def _moment(cell: Any) -> datetime:
    """A moment needs its zone: a workbook's own date has none, so it is not guessed."""
    if not isinstance(cell, str):
        raise TypeError
    moment = datetime.fromisoformat(cell.strip())
    if moment.tzinfo is None:
        raise InputError(
            Problem(
                N_("“%(value)s” does not say its time zone."),
                N_("Write UTC, like 2025-12-31T16:30:00.000Z."),
                value=cell,
            )
        )
    return moment.astimezone(UTC)
