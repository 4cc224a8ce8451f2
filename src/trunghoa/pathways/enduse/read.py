"""Reading an AIM/Enduse model from a folder of CSV tables: all that is wrong is said, or all is read."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from pathlib import Path

from trunghoa.parameters import Cells, Parameters, gwp_set, read_cells
from trunghoa.quantities import N_, InputError, Problem, Quality, TrungHoaError, parse_number

from .schema import (
    GROUPS,
    LAST_COLUMNS,
    MEMBERS,
    NAMES,
    REQUIRED,
    SETTINGS,
    VALUES,
    Bound,
    Groups,
    Members,
    Values,
)
from .tables import Member, Membership, Record, Tables

SETTINGS_FILE = "settings.csv"
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def is_enduse_folder(path: Path) -> bool:
    """Whether a folder holds an AIM/Enduse model: its settings and its table of services given."""
    return path.is_dir() and (path / SETTINGS_FILE).is_file() and (path / "output.csv").is_file()


def read_folder(
    folder: Path, *, parameters: Parameters | None = None, as_of: date | None = None, sourced: bool = False
) -> Tables:
    """Read a model folder.

    Parameters
    ----------
    folder : holds ``settings.csv`` and the tables of :mod:`trunghoa.pathways.enduse.schema`
    parameters, as_of : where and as of when the weights of a GWP set named in ``gas_groups.csv`` are looked
        up; by default the package's tables, today
    sourced : refuse a number without quality and source

    Raises
    ------
    InputError
        with one Problem for each thing wrong in any file.
    """
    problems: list[Problem] = []
    settings = _settings(folder, problems)
    members = {name: _members(folder, table, problems) for name, table in MEMBERS.items()}
    weights = _Weights(parameters, as_of)
    groups = {name: _groups(folder, table, weights, problems) for name, table in GROUPS.items()}
    values = {name: _values(folder, table, sourced, problems) for name, table in VALUES.items()}
    known = {*MEMBERS, *GROUPS, *VALUES, "settings", "scenarios", "levers", "lever_rows", "scenario_levers"}
    known |= {"balance", "targets", "measures"}
    problems += [
        Problem(
            N_("“%(value)s” is not a table of an AIM/Enduse model."),
            N_("Known: %(limit)s."),
            path.name,
            value=path.stem,
            limit=", ".join(sorted(known)),
        )
        for path in sorted(folder.glob("*.csv"))
        if path.stem not in known
    ]
    if problems:
        raise InputError(problems)
    return Tables(settings, members, groups, values, name=folder.name)


def _settings(folder: Path, problems: list[Problem]) -> dict[str, str]:
    _, rows, found = read_cells(
        folder / SETTINGS_FILE, required=["item", "value"], optional=["unit", *LAST_COLUMNS]
    )
    settings: dict[str, str] = {}
    for cells in rows:
        item, value = cells.text("item", required=True), cells.text("value", required=True)
        if item and item not in SETTINGS:
            cells.refuse("item", N_("“%(value)s” is not one of: %(limit)s."), limit=", ".join(SETTINGS))
        elif item in settings:
            cells.refuse("item", N_("“%(value)s” stands twice."))
        settings[item] = value
    problems += found
    return settings


def _members(folder: Path, table: Members, problems: list[Problem]) -> dict[str, Member]:
    path = folder / f"{table.name}.csv"
    if not path.is_file() and table.name not in REQUIRED:
        return {}
    _, rows, found = read_cells(path, required=[table.code], optional=[*NAMES, *table.own, *LAST_COLUMNS])
    members: dict[str, Member] = {}
    for cells in rows:
        code = cells.text(table.code, required=True)
        if code in members:
            cells.refuse(table.code, N_("“%(value)s” stands twice."))
        elif code:
            names = {c.removeprefix("name_"): cells.text(c) for c in NAMES if cells.text(c)}
            members[code] = Member(code, names, {c: cells.text(c) for c in table.own if cells.text(c)})
    if not found and not members:
        found.append(Problem(N_("The table is empty."), N_("Add at least one row."), path.name))
    problems += found
    return members


class _Weights:
    """Weights of a named GWP set."""

    def __init__(self, parameters: Parameters | None, as_of: date | None) -> None:
        self.parameters, self.as_of = parameters, as_of or datetime.now(tz=UTC).date()

    def of(self, name: str, gas: str) -> tuple[float, Quality, str]:
        found = gwp_set(self.parameters or Parameters.load(), name, as_of=self.as_of)
        key = found.name_in_set(gas)
        quality = Quality.UNVERIFIED if key in found.unverified else Quality.VERIFIED
        return float(found.values[key]), quality, found.source


def _groups(
    folder: Path, table: Groups, weights: _Weights, problems: list[Problem]
) -> dict[str, tuple[Membership, ...]]:
    path = folder / f"{table.name}.csv"
    if not path.is_file():
        return {}
    own = [c for c in table.columns if c != "gwp_set"]
    optional = [*LAST_COLUMNS, *(["weight", "gwp_set"] if table.weighted else [])]
    _, rows, found = read_cells(path, required=["group", *own], optional=optional)
    groups: dict[str, list[Membership]] = {}
    for cells in rows:
        group = cells.text("group", required=True)
        inside = tuple(cells.text(c, required=True) for c in own)
        weight, quality, source = 1.0, _quality(cells, sourced=False), cells.text("source")
        if table.weighted and (named := cells.text("gwp_set")):
            try:
                weight, quality, source = weights.of(named, inside[0])
            except TrungHoaError as error:
                cells.refuse("gwp_set", str(error).replace("%", "%%"))
        elif table.weighted and (given := cells.number("weight")) is not None:
            weight = float(given)
        if any(m.cells == inside for m in groups.get(group, ())):
            cells.refuse(own[-1], N_("“%(value)s” stands twice in the group."))
        groups.setdefault(group, []).append(
            Membership(inside, weight, path.name, cells.row, quality, source, cells.text("gwp_set"))
        )
    problems += found
    return {group: tuple(found_rows) for group, found_rows in groups.items()}


def _quality(cells: Cells, *, sourced: bool) -> Quality:
    if not sourced and not cells.text("quality"):
        return Quality.UNVERIFIED
    return cells.choice("quality", Quality) or Quality.UNVERIFIED


def _values(folder: Path, table: Values, sourced: bool, problems: list[Problem]) -> tuple[Record, ...]:
    path = folder / f"{table.name}.csv"
    if not path.is_file():
        if table.name in REQUIRED:
            problems.append(Problem(N_("The file is missing."), file=path.name))
        return ()
    required = [*table.keys, *(["bound"] if table.bounds else []), "value"]
    required += ["quality", "source"] if sourced else []
    optional = [*(["year"] if table.yearly else []), *LAST_COLUMNS, "unit"]
    _, rows, found = read_cells(path, required=required, optional=optional)
    records: list[Record] = []
    for cells in rows:
        faults = len(found)
        record = _record(cells, table, sourced)
        if len(found) == faults and record is not None:
            records.append(record)
    problems += found
    return tuple(records)


def _record(cells: Cells, table: Values, sourced: bool) -> Record | None:
    keys = tuple(cells.text(key, required=True) for key in table.keys)
    value = cells.read("value", lambda text: parse_value(text, table), required=True)
    bound = None
    if table.bounds:
        text = cells.text("bound", required=True)
        if text and text not in {b.value for b in table.bounds}:
            limit = ", ".join(b.value for b in table.bounds)
            cells.refuse("bound", N_("“%(value)s” is not one of: %(limit)s."), limit=limit)
        elif text:
            bound = Bound(text)
    year = cells.read("year", parse_year) if table.yearly else None
    if "vintage" in table.keys:
        cells.read("vintage", parse_year)
    quality, source = _quality(cells, sourced=sourced), cells.text("source", required=sourced)
    if value is None:
        return None
    return Record(keys, value, year, bound, quality, source, cells.text("note"), cells.file, cells.row)


def parse_value(text: str, table: Values) -> float:
    """Read a number of a table; ``inf`` where the table allows it.

    Raises
    ------
    InputError
        for what is not a number, or lies outside the table's limits.
    """
    if text.strip().lower() in ("inf", "+inf") and table.infinite:
        return math.inf
    value = float(parse_number(text))
    if not table.lower <= value <= table.upper:
        limit = f"{table.lower:g}" if math.isinf(table.upper) else f"{table.lower:g} to {table.upper:g}"
        raise InputError(
            Problem(
                N_("%(value)s is outside %(limit)s."),
                value=text,
                limit=limit if math.isfinite(table.lower) else f"≤ {table.upper:g}",
            )
        )
    return value


def parse_year(text: str) -> int:
    """Read a year.

    Raises
    ------
    InputError
        for what is not a whole number between 1900 and 2200.
    """
    number = parse_number(text)
    if number != number.to_integral_value() or not _FIRST_YEAR <= number <= _LAST_YEAR:
        raise InputError(
            Problem(
                N_("“%(value)s” is not a year between %(limit)s."),
                value=text,
                limit=f"{_FIRST_YEAR} and {_LAST_YEAR}",
            )
        )
    return int(number)
