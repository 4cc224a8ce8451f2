"""Read methodologies from TOML and check them: every symbol declared and used, every unit right."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from trunghoa.parameters import DATA
from trunghoa.quantities import N_, InputError, ParameterError, Problem, Quality, TrungHoaError

from .dimensions import check_units, measure
from .expression import Node, check_form, names, parse
from .model import Criterion, Given, Methodology, Option, Symbol

FOLDER = DATA.parent / "methodologies"
_REQUIRED = (
    "id",
    "version",
    "title",
    "scope",
    "status",
    "source",
    "checked",
    "reference",
    "project",
    "parameters",
)
# What each row of a table needs.
_TABLES = {
    "parameters": ("symbol", "unit", "label", "fixed"),
    "criteria": ("number", "text"),
    "indices": ("name", "label"),
}
_NUMBER = (int, Decimal)
_KINDS: dict[str, dict[str, Any]] = {
    "parameters": {"symbol": str, "unit": str, "label": str, "fixed": str, "options": list,
                   "minimum": _NUMBER, "maximum": _NUMBER},
    "criteria": {"number": int, "text": str},
    "indices": {"name": str, "label": str, "optional": bool},
}  # fmt: skip


@cache
def load_methodologies() -> tuple[Methodology, ...]:
    """The methodologies and templates that come with the package, by id."""
    return tuple(read_methodology(path) for path in sorted(FOLDER.glob("*.toml")))


def load_methodology(identifier: str) -> Methodology:
    """One of them.

    Raises
    ------
    ParameterError
        for an id that does not come with the package.
    """
    known = {m.id: m for m in load_methodologies()}
    if identifier not in known:
        raise ParameterError(f"There is no methodology “{identifier}”. Known: {', '.join(known)}.")
    return known[identifier]


def read_methodology(path: Path) -> Methodology:
    """Read one methodology.

    Raises
    ------
    InputError
        for a file that is not TOML, a missing key, an equation that cannot be read or comes out in another
        unit than t CO2e, and a parameter that is undeclared, unused or declared twice.
    """
    return methodology_of(path.read_text(encoding="utf-8"), path.name)


def methodology_of(text: str, file: str = "") -> Methodology:
    """A methodology from the text of its definition, in TOML.

    Raises
    ------
    InputError
        as :func:`read_methodology` does; the problem names the file and the key.
    """
    try:
        given = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(
            Problem(N_("The file is not TOML: %(value)s."), file=file, value=str(error))
        ) from None
    problems = [*_absent(given), *_misshapen(given)]
    if problems:
        raise InputError(problem.at(file=file) for problem in problems)
    try:
        found = _methodology(given)
        _check(found)
    except InputError as error:
        raise error.at(file=file) from None
    except (TrungHoaError, KeyError, ValueError, ArithmeticError) as error:
        text = str(error).replace("%", "%%")
        raise InputError(Problem(text, file=file, field=str(given["id"]))) from None
    return found


def _absent(given: dict[str, Any]) -> list[Problem]:
    found = [Problem(N_("The key %(field)s is missing."), field=key) for key in _REQUIRED if key not in given]
    for name, needed in _TABLES.items():
        rows = given.get(name, ())
        for number, row in enumerate(rows if isinstance(rows, list) else (), start=1):
            missing = needed if not isinstance(row, dict) else [key for key in needed if key not in row]
            found += [
                Problem(N_("The key %(field)s is missing."), field=f"{name} {number}: {key}")
                for key in missing
            ]
    return found


def _misshapen(given: dict[str, Any]) -> list[Problem]:
    """A text where a table is meant, or the other way round."""
    wrong = [key for key in (*_REQUIRED, "approved", "proposed_id", "gwp")
             if key not in _TABLES and key in given and not isinstance(given[key], str)]  # fmt: skip
    wrong += [key for key in _TABLES if not isinstance(given.get(key, []), list)]
    if not isinstance(given.get("example", {}), dict):
        wrong.append("example")
    for name, kinds in _KINDS.items():
        rows = given.get(name, ())
        for number, row in enumerate(rows if isinstance(rows, list) else (), start=1):
            if isinstance(row, dict):
                wrong += [
                    f"{name} {number}: {key}"
                    for key, kind in kinds.items()
                    if key in row
                    and (not isinstance(row[key], kind) or (isinstance(row[key], bool) and kind is not bool))
                ]
    found = [Problem(N_("The key %(field)s holds something of another kind."), field=key) for key in wrong]
    if isinstance(status := given.get("status"), str) and status not in {*Quality}:
        found.append(Problem(N_("“%(value)s” is none of %(limit)s."), field="status", value=status,
                             limit=", ".join(Quality)))  # fmt: skip
    return found


def _methodology(given: dict[str, Any]) -> Methodology:
    return Methodology(
        id=given["id"],
        version=given["version"],
        title=given["title"],
        scope=given["scope"],
        source=given["source"],
        quality=Quality(given["status"]),
        checked=given["checked"],
        reference=_equation(given, "reference"),
        project=_equation(given, "project"),
        reference_text=given["reference"],
        project_text=given["project"],
        parameters=tuple(_symbol(p) for p in given["parameters"]),
        criteria=tuple(Criterion(c["number"], c["text"]) for c in given.get("criteria", ())),
        indices={i["name"]: i["label"] for i in given.get("indices", ())},
        optional=frozenset(i["name"] for i in given.get("indices", ()) if i.get("optional", False)),
        approved=date.fromisoformat(given["approved"]) if "approved" in given else None,
        proposed_id=given.get("proposed_id", ""),
        gwp_symbol=given.get("gwp", ""),
        example={symbol: _example(value) for symbol, value in given.get("example", {}).items()},
    )


def _equation(given: dict[str, Any], key: str) -> Node:
    try:
        node = parse(given[key])
        check_form(node)
    except InputError as error:
        raise InputError(replace(problem, field=key) for problem in error.problems) from None
    except TrungHoaError as error:
        raise InputError(Problem(str(error).replace("%", "%%"), field=key)) from None
    return node


def _example(value: Any) -> Given:
    return tuple(Decimal(v) for v in value) if isinstance(value, list) else Decimal(value)


def _symbol(given: dict[str, Any]) -> Symbol:
    bounds = {n: Decimal(given[n]) for n in ("minimum", "maximum") if n in given}
    if given["fixed"] not in ("monitored", "ex_ante"):
        raise InputError(
            Problem(N_("“%(value)s” is none of %(limit)s."), field=f"{given['symbol']}: fixed",
                    value=str(given["fixed"]), limit="monitored, ex_ante")
        )  # fmt: skip
    return Symbol(
        symbol=given["symbol"],
        unit=given["unit"],
        label=given["label"],
        monitored=given["fixed"] == "monitored",
        options=tuple(Option(o) for o in given.get("options", ())),
        **bounds,
    )


def _at(field: str, check: Callable[..., Any], *given: Any) -> None:
    """A unit that is wrong is told with the key it stands under."""
    try:
        check(*given)
    except TrungHoaError as error:
        raise InputError(Problem(str(error).replace("%", "%%"), field=field)) from None


def _check(found: Methodology) -> None:
    units = {p.symbol: p.unit for p in found.parameters}
    for symbol in found.parameters:
        _at(symbol.symbol, measure, symbol.unit)
    equations = {
        "reference": (found.reference, found.reference_text),
        "project": (found.project, found.project_text),
    }
    for key, (node, text) in equations.items():
        _at(key, check_units, node, units)
        for name in names(node):
            if name.index and name.index not in found.indices:
                raise InputError(
                    Problem(N_("The index %(value)s of %(field)s is not declared."), field=name.symbol,
                            value=name.index, limit=text)
                )  # fmt: skip
    numbers = [c.number for c in found.criteria]
    if twice := sorted({str(n) for n in numbers if numbers.count(n) > 1}):
        raise InputError(
            Problem(N_("The number %(value)s stands twice."), field="criteria", value=", ".join(twice))
        )
    used = [n for node in (found.reference, found.project) for n in names(node)]
    symbols = [p.symbol for p in found.parameters]
    wrong = [s for s in symbols if symbols.count(s) > 1 or s not in {n.symbol for n in used}]
    both = {n.symbol for n in used if n.index} & {n.symbol for n in used if not n.index}
    if wrong or both:
        raise InputError(
            Problem(N_("%(field)s is declared twice, never used, or used with and without an index."),
                    field=symbol)
            for symbol in dict.fromkeys([*wrong, *sorted(both)])
        )  # fmt: skip
