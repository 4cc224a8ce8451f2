"""Read methodologies from TOML and check them: every symbol declared and used, every unit right."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from trunghoa.parameters import DATA
from trunghoa.quantities import N_, InputError, ParameterError, Problem, Quality, TrungHoaError

from .dimensions import check_units
from .expression import names, parse
from .model import Criterion, Methodology, Option, Symbol

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
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            Problem(N_("The file is not TOML: %(value)s."), file=path.name, value=str(error))
        ) from None
    if missing := [key for key in _REQUIRED if key not in given]:
        raise InputError(
            Problem(N_("The key %(field)s is missing."), file=path.name, field=m) for m in missing
        )
    try:
        found = _methodology(given)
        _check(found)
    except InputError as error:
        raise error.at(file=path.name) from None
    except (TrungHoaError, KeyError, ValueError) as error:
        text = str(error).replace("%", "%%")
        raise InputError(Problem(text, file=path.name, field=str(given["id"]))) from None
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
        reference=parse(given["reference"]),
        project=parse(given["project"]),
        reference_text=given["reference"],
        project_text=given["project"],
        parameters=tuple(_symbol(p) for p in given["parameters"]),
        criteria=tuple(Criterion(c["number"], c["text"]) for c in given.get("criteria", ())),
        indices={i["name"]: i["label"] for i in given.get("indices", ())},
        optional=frozenset(i["name"] for i in given.get("indices", ()) if i.get("optional", False)),
        approved=date.fromisoformat(given["approved"]) if "approved" in given else None,
        proposed_id=given.get("proposed_id", ""),
        gwp_symbol=given.get("gwp", ""),
    )


def _symbol(given: dict[str, Any]) -> Symbol:
    bounds = {n: Decimal(given[n]) for n in ("minimum", "maximum") if n in given}
    return Symbol(
        symbol=given["symbol"],
        unit=given["unit"],
        label=given["label"],
        monitored={"monitored": True, "ex_ante": False}[given["fixed"]],
        options=tuple(Option(o) for o in given.get("options", ())),
        **bounds,
    )


def _check(found: Methodology) -> None:
    units = {p.symbol: p.unit for p in found.parameters}
    for node, text in ((found.reference, found.reference_text), (found.project, found.project_text)):
        check_units(node, units)
        for name in names(node):
            if name.index and name.index not in found.indices:
                raise InputError(
                    Problem(N_("The index %(value)s of %(field)s is not declared."), field=name.symbol,
                            value=name.index, limit=text)
                )  # fmt: skip
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
