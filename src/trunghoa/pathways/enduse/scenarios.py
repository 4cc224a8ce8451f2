"""Scenarios as data: named levers that change the tables of a model.

``levers.csv`` names the levers, ``lever_rows.csv`` says what each does to which table, ``scenarios.csv``
names the scenarios and ``scenario_levers.csv`` says which levers a scenario pulls and how far
(``strength``). A scenario starts from its ``base`` scenario, or else from the model as it stands.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from trunghoa.parameters import Cells, read_cells
from trunghoa.quantities import N_, InputError, ModelError, Problem, Quality, worst

from .checking import FORESIGHTS
from .expand import interpolate
from .read import parse_value, parse_year
from .schema import LAST_COLUMNS, NAMES, VALUES, Before, Bound
from .tables import ALL, Record, Tables

KEY_COLUMNS = tuple(dict.fromkeys(key for table in VALUES.values() for key in table.keys))


class Action(StrEnum):
    """What a lever does: puts values in place of the model's, or changes those that match."""

    SET = "set"
    MULTIPLY = "multiply"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of ``lever_rows.csv``; in a change the keys may be ``*`` for whatever the model has there."""

    table: str
    action: Action
    record: Record


@dataclass(frozen=True, slots=True)
class Lever:
    """A named change of the model."""

    code: str
    names: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A set of levers and how far each is pulled; ``base`` is another scenario it starts from."""

    code: str
    names: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    foresight: str = ""
    pulled: tuple[tuple[str, float], ...] = ()
    quality: Quality = Quality.UNVERIFIED
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """The scenarios and levers of a model."""

    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    levers: Mapping[str, Lever] = field(default_factory=dict)

    def pulled(self, code: str) -> tuple[tuple[Lever, float], ...]:
        """The levers of a scenario with those of its bases, bases first.

        Raises
        ------
        ModelError
            for a scenario that is not there, or bases that go round in a circle.
        """
        chain: list[Scenario] = []
        while code:
            if code not in self.scenarios:
                raise ModelError(f"No scenario “{code}”. Known: {', '.join(self.scenarios)}.")
            if any(s.code == code for s in chain):
                raise ModelError(f"The scenario “{code}” is its own base.")
            chain.append(self.scenarios[code])
            code = chain[-1].base
        strengths: dict[str, float] = {}
        for scenario in reversed(chain):
            strengths.update(scenario.pulled)
        return tuple((self.levers[lever], strength) for lever, strength in strengths.items())


def apply_scenario(tables: Tables, book: Book, code: str) -> Tables:
    """The model as a scenario has it.

    Raises
    ------
    ModelError
        for an unknown scenario.
    """
    scenario = book.scenarios.get(code)
    changed = pull(tables, book.pulled(code))
    if scenario is not None and scenario.foresight:
        changed = changed.with_settings(foresight=scenario.foresight)
    return replace(changed, name=f"{tables.name}: {code}")


def pull(tables: Tables, levers: Iterable[tuple[Lever, float]]) -> Tables:
    """The model with levers pulled, one after another.

    Parameters
    ----------
    levers : each with its strength: what is set or added is multiplied by it, a factor f becomes
        1 + strength × (f − 1)
    """
    for lever, strength in levers:
        groups: dict[tuple[str, Action, tuple[str, ...], Bound | None], list[Record]] = {}
        for change in lever.changes:
            key = (change.table, change.action, change.record.keys, change.record.bound)
            groups.setdefault(key, []).append(change.record)
        for (table, action, keys, bound), rows in groups.items():
            records = tables.records(table)
            if action is Action.SET:
                kept = [r for r in records if (r.keys, r.bound) != (keys, bound)]
                made: Sequence[Record] = [_scaled(r, strength) for r in rows]
                tables = tables.with_values({table: [*kept, *made]})
            else:
                tables = tables.with_values(
                    {table: _changed(tables, table, action, keys, bound, rows, strength)}
                )
    return tables


def _scaled(record: Record, strength: float) -> Record:
    return record if math.isinf(record.value) else replace(record, value=record.value * strength)


def _changed(
    tables: Tables,
    table: str,
    action: Action,
    keys: tuple[str, ...],
    bound: Bound | None,
    rows: Sequence[Record],
    strength: float,
) -> list[Record]:
    """Records of a table, those that match multiplied or raised along the lever's path over the years."""
    years = [int(word) for word in tables.settings.get("years", "").replace(",", " ").split()]
    neutral = 1.0 if action is Action.MULTIPLY else 0.0
    path = _path(rows, years, neutral)
    if action is Action.MULTIPLY:
        path = [1 + strength * (factor - 1) for factor in path]
    else:
        path = [strength * amount for amount in path]
    kept: list[Record] = []
    matched: dict[tuple[str, ...], list[Record]] = {}
    for record in tables.records(table):
        same = record.bound is bound and all(a in (ALL, b) for a, b in zip(keys, record.keys, strict=True))
        if same:
            matched.setdefault(record.keys, []).append(record)
        else:
            kept.append(record)
    if not matched:
        raise InputError(
            rows[0].problem(N_("The lever changes nothing: no row of %(limit)s matches."), limit=table)
        )
    for found in matched.values():
        base = _path(found, years, None, VALUES[table].before, bound)
        kept += [
            replace(
                found[0],
                value=value * change if action is Action.MULTIPLY else value + change,
                year=year if VALUES[table].yearly else None,
                quality=worst([*(r.quality for r in found), *(r.quality for r in rows)]),
                source="; ".join(dict.fromkeys(r.source for r in (*found, *rows) if r.source)),
            )
            for year, value, change in zip(years, base, path, strict=True)
            if math.isfinite(value)
        ][: None if VALUES[table].yearly else 1]
    return kept


def _path(
    rows: Sequence[Record],
    years: Sequence[int],
    ahead: float | None,
    before: Before = Before.SAME,
    bound: Bound | None = None,
) -> list[float]:
    steady = [r.value for r in rows if r.year is None]
    if steady:
        return [steady[-1]] * len(years)
    if ahead is None and before is not Before.SAME:
        least = before is Before.NONE and bound is Bound.MIN
        ahead = 0.0 if before is Before.ZERO else -math.inf if least else math.inf
    found = interpolate({r.year: r.value for r in rows if r.year is not None}, years, ahead)
    return [float(value) for value in found]


def read_scenarios(folder: Path, *, sourced: bool = False) -> Book:
    """Read the scenarios of a model folder; a folder without them has none.

    Raises
    ------
    InputError
        with one Problem for each thing wrong.
    """
    if not (folder / "scenarios.csv").is_file():
        return Book()
    problems: list[Problem] = []
    levers = _levers(folder, sourced, problems)
    scenarios = _scenarios(folder, levers, sourced, problems)
    if problems:
        raise InputError(problems)
    return Book(scenarios, levers)


def _names(cells: Cells) -> dict[str, str]:
    return {c.removeprefix("name_"): cells.text(c) for c in NAMES if cells.text(c)}


def _levers(folder: Path, sourced: bool, problems: list[Problem]) -> dict[str, Lever]:
    _, rows, found = read_cells(
        folder / "levers.csv", required=["lever"], optional=[*NAMES, "unit", *LAST_COLUMNS]
    )
    levers: dict[str, Lever] = {}
    for cells in rows:
        code = cells.text("lever", required=True)
        if code in levers:
            cells.refuse("lever", N_("“%(value)s” stands twice."))
        levers[code] = Lever(code, _names(cells), cells.text("unit"))
    problems += found
    columns = ["lever", "table", "action", "value"]
    columns += ["quality", "source"] if sourced else []
    optional = [*KEY_COLUMNS, "bound", "year", "unit", *LAST_COLUMNS]
    _, rows, found = read_cells(folder / "lever_rows.csv", required=columns, optional=optional)
    changes: dict[str, list[Change]] = {code: [] for code in levers}
    for cells in rows:
        code = cells.text("lever", required=True)
        if code not in changes:
            cells.refuse("lever", N_("“%(value)s” does not stand in %(limit)s."), limit="levers.csv")
            continue
        change = _change(cells, sourced)
        if change is not None:
            changes[code].append(change)
    problems += found
    return {code: replace(lever, changes=tuple(changes[code])) for code, lever in levers.items()}


def _change(cells: Cells, sourced: bool) -> Change | None:
    faults = len(cells.problems)
    name = cells.text("table", required=True)
    if name and name not in VALUES:
        cells.refuse("table", N_("“%(value)s” is not one of: %(limit)s."), limit=", ".join(VALUES))
    action = cells.choice("action", Action)
    if name not in VALUES or action is None:
        return None
    table = VALUES[name]
    keys = tuple(cells.text(key) or (ALL if action is not Action.SET else "") for key in table.keys)
    for key, cell in zip(table.keys, keys, strict=True):
        if not cell:
            cells.refuse(key, N_("The cell is empty."), hint=N_("%(field)s is required."))
    for key in KEY_COLUMNS:
        if key not in table.keys and cells.text(key):
            cells.refuse(key, N_("The table %(limit)s has no such key."), limit=name)
    free = replace(table, lower=-math.inf, upper=math.inf) if action is not Action.SET else table
    value = cells.read("value", lambda text: parse_value(text, free), required=True)
    bound = None
    if table.bounds:
        text = cells.text("bound", required=True)
        if text and text not in {b.value for b in table.bounds}:
            cells.refuse(
                "bound",
                N_("“%(value)s” is not one of: %(limit)s."),
                limit=", ".join(b.value for b in table.bounds),
            )
        elif text:
            bound = Bound(text)
    year = cells.read("year", parse_year)
    quality = (
        cells.choice("quality", Quality) if sourced or cells.text("quality") else None
    ) or Quality.UNVERIFIED
    source = cells.text("source", required=sourced)
    if value is None or len(cells.problems) > faults:
        return None
    record = Record(keys, value, year, bound, quality, source, cells.text("note"), cells.file, cells.row)
    return Change(name, action, record)


def _scenarios(
    folder: Path, levers: Mapping[str, Lever], sourced: bool, problems: list[Problem]
) -> dict[str, Scenario]:
    required = ["scenario", *(["quality", "source"] if sourced else [])]
    _, rows, found = read_cells(
        folder / "scenarios.csv", required=required, optional=[*NAMES, "base", "foresight", *LAST_COLUMNS]
    )
    scenarios: dict[str, Scenario] = {}
    for cells in rows:
        code = cells.text("scenario", required=True)
        if code in scenarios:
            cells.refuse("scenario", N_("“%(value)s” stands twice."))
        base, foresight = cells.text("base"), cells.text("foresight")
        if base and base not in scenarios:
            cells.refuse("base", N_("“%(value)s” does not stand above."))
        if foresight and foresight not in FORESIGHTS:
            cells.refuse(
                "foresight", N_("“%(value)s” is not one of: %(limit)s."), limit=", ".join(FORESIGHTS)
            )
        quality = (
            cells.choice("quality", Quality) if sourced or cells.text("quality") else None
        ) or Quality.UNVERIFIED
        source = cells.text("source", required=sourced)
        scenarios[code] = Scenario(
            code, _names(cells), base, foresight, (), quality, source, cells.text("note")
        )
    problems += found
    if not (folder / "scenario_levers.csv").is_file():
        return scenarios
    _, rows, found = read_cells(
        folder / "scenario_levers.csv", required=["scenario", "lever"], optional=["strength", *LAST_COLUMNS]
    )
    for cells in rows:
        code, lever = cells.text("scenario", required=True), cells.text("lever", required=True)
        strength = cells.number("strength")
        for field_name, value, known in (("scenario", code, scenarios), ("lever", lever, levers)):
            if value and value not in known:
                limit = f"{field_name}s.csv"
                cells.refuse(field_name, N_("“%(value)s” does not stand in %(limit)s."), limit=limit)
        if code in scenarios and lever in levers:
            old = scenarios[code]
            if any(lever == known for known, _ in old.pulled):
                cells.refuse("lever", N_("“%(value)s” stands twice."))
            pulled = (*old.pulled, (lever, 1.0 if strength is None else float(strength)))
            scenarios[code] = replace(old, pulled=pulled)
    problems += found
    return scenarios
