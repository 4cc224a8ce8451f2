"""What kind of model a path holds, seen from its content; AIM/Enduse models solved for the command line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trunghoa.quantities import ModelError

from .enduse.read import is_enduse_folder
from .enduse.read_json import is_enduse_json


def kind_of(path: Path) -> str:
    """``enduse`` for AIM/Enduse tables or JSON, else ``osemosys``, whose reader names what it misses."""
    return "enduse" if is_enduse_folder(path) or is_enduse_json(path) else "osemosys"


def _cases(path: Path) -> dict[str, Any]:
    from .enduse.read import read_folder
    from .enduse.read_json import read_json

    return read_json(path) if path.is_file() else {path.name: read_folder(path)}


def solve_enduse(
    path: Path, *, method: str, foresight: str | None, time_limit: float | None = None
) -> dict[str, Any]:
    """Solve an AIM/Enduse model; a file with several cases gives one summary each under ``cases``.

    Raises
    ------
    InputError, ModelError
        as reading, compiling and solving do.
    """
    from .enduse import Options, compile_model, solve_model

    began = time.perf_counter()
    cases = _cases(path)
    read = (time.perf_counter() - began) / max(len(cases), 1)
    options = Options(foresight=foresight, method=method, time_limit=time_limit)
    found: dict[str, dict[str, Any]] = {}
    for name, tables in cases.items():
        summary: dict[str, Any] = solve_model(compile_model(tables), options).summary()
        summary["seconds"] = {"read": round(read, 4), "results": 0.0, **summary["seconds"]}
        found[name] = summary
    return next(iter(found.values())) if len(found) == 1 else {"cases": found}


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
