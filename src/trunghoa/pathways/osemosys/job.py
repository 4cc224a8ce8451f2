"""Reading or solving an OSeMOSYS model as a process of its own.

``python -m trunghoa.pathways.osemosys.job`` serves an order as :mod:`trunghoa.pathways.serving` says.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from trunghoa.quantities import ModelError

from ..serving import Say, run
from .carbon import price_sweep
from .foresight import Foresight
from .iamc import iamc
from .model import Model
from .read import read_model
from .results import Results, ResultTable
from .run import Options, Outcome, solve_model
from .schema import SETS, Y
from .write import write_tables, write_workbook

# What pages draw: tables by year that stay small, whatever the number of slices.
YEARLY = (
    "TotalCapacityAnnual", "NewCapacity", "ProductionByTechnologyAnnual", "AnnualEmissions",
    "AnnualTechnologyEmission", "CapitalInvestment", "AnnualFixedOperatingCost",
    "AnnualVariableOperatingCost", "TotalDiscountedCost",
)  # fmt: skip
TABLES, WORKBOOK = "tables", "results.xlsx"


def serve(order: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Read a model, and solve it where the order says where to put its tables.

    Parameters
    ----------
    order : ``path`` of a file or folder that :func:`read_model` reads, ``units`` by measure over those that
        the data state; with ``out``, a folder, also ``method``, ``foresight`` and ``prices`` of a sweep
    say : called with what is going on

    Returns
    -------
    without ``out`` what :func:`described` says; with it also summary, index of tables, yearly tables and
    IAMC rows

    Raises
    ------
    InputError, ModelError
        as reading and solving do.
    """
    model = read_model(Path(order["path"]))
    model = replace(model, units={**model.units, **(order.get("units") or {})})
    found = described(model)
    if not order.get("out"):
        return found
    say({"done": 1, "of": 10})
    options = Options(
        method=order.get("method") or "simplex",
        foresight=Foresight.parse(order.get("foresight") or "perfect"),
        log=lambda line: say({"log": line}),
        progress=lambda done, of: say({"done": 1 + 7 * done / of, "of": 10}),
    )
    outcome = solve_model(model, options)
    found |= _outcome(outcome)
    if outcome.solution.optimal:
        say({"done": 8, "of": 10})
        found |= _tables(outcome.results)
        found["left_out"] = left_out = _files(outcome.results, Path(order["out"]))
        found["iamc"] = _iamc(outcome.results, left_out)
        if prices := order.get("prices"):
            say({"log": f"{len(prices)} prices, over all years at once"})
            found |= _sweep(model, prices, left_out)
    return found


def described(model: Model) -> dict[str, Any]:
    """What a model is, apart from its numbers."""
    return {
        "digest": model.digest,
        "dialect": model.dialect,
        "sizes": {name: model.size(name) for name in SETS if model.size(name)},
        "years": [int(y) for y in model.sets[Y]],
        "units": dict(model.units),
        "notices": [{"message": text.replace("%", "%%")} for text in model.notices],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    told = outcome.as_dict()
    kept = (
        "status", "objective", "method", "foresight", "unmet", "unmet_by", "rows", "cols", "nnz",
        "iterations", "objective_constant", "dialect", "seconds",
    )  # fmt: skip
    summary = {name: told[name] for name in kept}
    summary |= {"objective_kind": "discounted system cost", "solver": f"HiGHS (highspy {version('highspy')})"}
    return {
        "summary": summary,
        "lacks": [{"message": str(lack).replace("%", "%%")} for lack in outcome.lacks],
        "tables": {},
        "index": [],
    }


def _tables(results: Results) -> dict[str, Any]:
    model = results.model
    return {
        "tables": {name: yearly(results.table(name), model) for name in YEARLY},
        "index": [
            {"name": t.name, "dims": list(t.dims), "unit": unit_of(t, model), "rows": int(t.values.size)}
            for t in results
        ],
    }


def unit_of(table: ResultTable, model: Model) -> str:
    """The unit where the data say it; else nothing, for a guess would be taken for a fact."""
    parts = [model.units.get(measure, "") for measure in table.measure.split("/")]
    return "/".join(parts) if all(parts) else ""


def yearly(table: ResultTable, model: Model) -> dict[str, Any]:
    """A table as keys, unit and an amount for each year, as the tables of AIM/Enduse are."""
    dims = [d for d in table.dims if d != Y]
    years = {year: n for n, year in enumerate(model.sets[Y])}
    unit = unit_of(table, model)
    rows: dict[tuple[str, ...], list[float]] = {}
    for key, value in table.by(model, *dims, Y).items():
        rows.setdefault(key[:-1], [0.0] * len(years))[years[key[-1]]] = value
    return {
        "keys": [d.lower() for d in dims],
        "rows": [[*key, unit, amounts] for key, amounts in rows.items()],
    }


def _files(results: Results, out: Path) -> dict[str, str]:
    """Write all tables; what cannot be written, and why."""
    write_tables(results, out / TABLES)
    try:
        write_workbook(results, out / WORKBOOK)
    except ModelError as error:
        (out / WORKBOOK).unlink(missing_ok=True)
        return {"xlsx": str(error)}
    return {}


def _sweep(model: Model, prices: list[float], left_out: dict[str, str]) -> dict[str, Any]:
    """The course of emissions and cost over rising prices, each solve begun where the one before ended."""
    try:
        return {"price_sweep": price_sweep(model, prices).as_dict()}
    except ModelError as error:
        left_out["sweep"] = str(error)
        return {}


def _iamc(results: Results, left_out: dict[str, str]) -> list[list[Any]]:
    """Region, variable, unit, and an amount for each year; what a model without units lacks is said."""
    years = {year: n for n, year in enumerate(results.model.sets[Y])}
    found: dict[tuple[str, str, str], list[float | None]] = {}
    try:
        for row in iamc(results):
            amounts = found.setdefault((row.region, row.variable, row.unit), [None] * len(years))
            amounts[years[row.year]] = row.value
    except ModelError as error:
        left_out["iamc"] = str(error)
        return []
    return [[*key, amounts] for key, amounts in found.items()]


if __name__ == "__main__":
    sys.exit(run(serve))
