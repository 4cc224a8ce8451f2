"""Writes a made-up model as an otoole CSV folder that every reader takes: one region, one fuel, no storage.

python _made_up.py FOLDER TECHNOLOGIES SLICES YEARS    Numbers are illustrative and mean nothing.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

SETS = {
    "r": "REGION", "t": "TECHNOLOGY", "f": "FUEL", "e": "EMISSION", "m": "MODE_OF_OPERATION",
    "l": "TIMESLICE", "y": "YEAR", "s": "SEASON", "d": "DAYTYPE", "h": "DAILYTIMEBRACKET",
}  # fmt: skip


def write(folder: Path, technologies: int, slices: int, years: int) -> None:
    """Every table that the readers insist on; what is left out has its default in all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    members = {
        "r": ["R"], "t": [f"T{i:03d}" for i in range(technologies)], "f": ["ELC"], "e": ["CO2"], "m": ["1"],
        "l": [f"L{i:02d}" for i in range(slices)], "y": [str(2025 + i) for i in range(years)],
        "s": ["1"], "d": ["1"], "h": ["1"],
    }  # fmt: skip
    for short, name in SETS.items():
        _table(folder / f"{name}.csv", [], [[member] for member in members[short]])
    _table(folder / "STORAGE.csv", [], [])
    share = 1 / slices
    # Dimensions and the value by position in each of them.
    tables = {
        "YearSplit": ("ly", lambda *_: share),
        "DaysInDayType": ("sdy", lambda *_: 7),
        "DaySplit": ("hy", lambda *_: 1 / 365),
        "Conversionls": ("ls", lambda *_: 1),
        "Conversionld": ("ld", lambda *_: 1),
        "Conversionlh": ("lh", lambda *_: 1),
        "DiscountRate": ("r", lambda *_: 0.05),
        "DepreciationMethod": ("r", lambda *_: 1),
        "OperationalLife": ("rt", lambda r, t: 10 + t % 7),
        "OutputActivityRatio": ("rtfmy", lambda *_: 1),
        "CapitalCost": ("rty", lambda r, t, y: 5 + 3 * t % 11),
        "FixedCost": ("rty", lambda *_: 0.1),
        "VariableCost": ("rtmy", lambda r, t, m, y: 1 + 5 * t % 7),
        "CapacityFactor": ("rtly", lambda r, t, l, y: 0.3 + 0.6 * ((7 * t + 3 * l) % 11) / 11),  # noqa: E741
        "SpecifiedAnnualDemand": ("rfy", lambda r, f, y: 100 + 5 * y),
        "SpecifiedDemandProfile": ("rfly", lambda *_: share),
        "EmissionActivityRatio": ("rtemy", lambda r, t, e, m, y: t % 3 / 10),
        "EmissionsPenalty": ("rey", lambda *_: 2),
    }
    for name, (dims, value) in tables.items():
        places = product(*(range(len(members[d])) for d in dims))
        rows = ([*(members[d][i] for d, i in zip(dims, at, strict=True)), value(*at)] for at in places)
        _table(folder / f"{name}.csv", [SETS[d] for d in dims], rows)


def _table(path: Path, dims: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*dims, "VALUE"])
        writer.writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
