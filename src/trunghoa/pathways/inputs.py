"""What kind of model a path holds, seen from its content; AIM/Enduse models solved for the command line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trunghoa.quantities import ModelError

from .enduse.read import is_enduse_folder
from .enduse.read_json import is_enduse_json

if TYPE_CHECKING:
    from .enduse import Options, Tables


def kind_of(path: Path) -> str:
    """``enduse`` for AIM/Enduse tables or JSON, else ``osemosys``, whose reader names what it misses."""
    return "enduse" if is_enduse_folder(path) or is_enduse_json(path) else "osemosys"


def _cases(path: Path, scenario: str | None = None) -> dict[str, Tables]:
    """The models of a path: cases of a file, a folder as it stands, one of its scenarios, or all of them."""
    from .enduse import apply_scenario, read_folder, read_scenarios
    from .enduse.read_json import read_json

    if path.is_file():
        cases = read_json(path)
        if scenario is not None and scenario not in cases:
            raise ModelError(f"{path.name} has no case “{scenario}”. Known: {', '.join(cases)}.")
        return cases if scenario is None else {scenario: cases[scenario]}
    tables = read_folder(path)
    if scenario is None:
        return {path.name: tables}
    book = read_scenarios(path)
    chosen = list(book.scenarios) if scenario == "all" else [scenario]
    return {code: apply_scenario(tables, book, code) for code in chosen}


def solve_enduse(
    path: Path,
    *,
    method: str,
    foresight: str | None,
    time_limit: float | None = None,
    scenario: str | None = None,
    out: Path | None = None,
) -> dict[str, Any]:
    """Solve an AIM/Enduse model; several cases or scenarios give one summary each under ``cases``.

    Parameters
    ----------
    foresight : also ``rolling:WINDOW:STEP``, counted in solved years
    scenario : a case of a file, a scenario of a folder, or ``all`` scenarios
    out : folder for the result tables; several cases each get a folder of their own in it

    Raises
    ------
    InputError, ModelError
        as reading, compiling and solving do.
    """
    from .enduse import compile_model, solve_model
    from .enduse.write import write_result

    began = time.perf_counter()
    cases = _cases(path, scenario)
    read = (time.perf_counter() - began) / max(len(cases), 1)
    options = _options(method, foresight, time_limit)
    found: dict[str, dict[str, Any]] = {}
    for name, tables in cases.items():
        result = solve_model(compile_model(tables), options)
        began = time.perf_counter()
        files = write_result(result, out / name if len(cases) > 1 else out) if out is not None else []
        summary: dict[str, Any] = result.summary()
        spent = round(time.perf_counter() - began, 4)
        summary["seconds"] = {"read": round(read, 4), **summary["seconds"], "results": spent}
        found[name] = {**summary, **({"files": len(files)} if out is not None else {})}
    return next(iter(found.values())) if len(found) == 1 else {"cases": found}


def _options(method: str, foresight: str | None, time_limit: float | None) -> Options:
    from .enduse import Options

    name, *sizes = (foresight or "").split(":")
    if sizes and (name != "rolling" or len(sizes) != 2 or not all(s.isdecimal() for s in sizes)):
        raise ModelError(f"“{foresight}” is not a foresight; write rolling:WINDOW:STEP in solved years.")
    window, step = (int(size) for size in sizes) if sizes else (None, None)
    return Options(foresight=name or None, window=window, step=step, method=method, time_limit=time_limit)


def sweep_enduse(path: Path, prices: Sequence[float]) -> dict[str, Any]:
    """Solve an AIM/Enduse model at each carbon price.

    Raises
    ------
    ModelError
        The file holds several cases.
    """
    from .enduse import compile_model, solve_model
    from .enduse.job import taxed

    cases = _cases(path)
    if len(cases) != 1:
        raise ModelError(f"{path.name} holds {len(cases)} cases; a sweep of prices takes one model.")
    (tables,) = cases.values()
    steps: list[dict[str, Any]] = []
    for price in prices:
        result = solve_model(compile_model(taxed(tables, price)))
        if not result.optimal:
            raise ModelError(f"The model has no solution at a price of {price:g}: {result.status}.")
        payments = float(result.cost()["emission_payment"].sum())
        emitted = float(result.co2e.sum())
        steps.append(
            {
                "price": price,
                "emission": emitted,
                "abated": (steps[0]["emission"] if steps else emitted) - emitted,
                "cost": float(result.yearly_cost().sum()) - payments,
                "objective": result.objective,
            }
        )
    return {"emission": "all gases", "steps": steps}
