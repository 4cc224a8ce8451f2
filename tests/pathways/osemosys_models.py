"""Small OSeMOSYS models that tests write for themselves, and changes of models with known effects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from trunghoa.pathways.osemosys import PARAMETERS, Model, Table, read_model

# One region, two years, two slices of half a year; demand of 10 by day and 6 by night in the first year,
# 5 % more in the second. Gas costs 2 per unit of output, wind costs 9 per unit of capacity of 20 years.
SMALL = """
set REGION := R ;
set TECHNOLOGY := GAS WIND ;
set FUEL := ELC ;
set EMISSION := CO2 ;
set YEAR := 2025 2026 ;
set TIMESLICE := DAY NIGHT ;
set MODE_OF_OPERATION := 1 ;
set SEASON := 1 ;
set DAYTYPE := 1 ;
set DAILYTIMEBRACKET := 1 2 ;
set STORAGE := {storage} ;
param YearSplit default 0.5 := ;
param DiscountRate default {rate} := ;
param OperationalLife default 20 := ;
param OutputActivityRatio default 0 :=
[R,*,ELC,1,*] : 2025 2026 :=
GAS 1 1
WIND 1 1 ;
param VariableCost default 0 :=
[R,GAS,1,*] : 2025 2 2026 2 ;
param CapitalCost default 0 :=
[R,*,*] : 2025 2026 :=
WIND 9 9 ;
param CapacityFactor default 1 :=
[R,WIND,*,*] : 2025 2026 :=
DAY {wind_day} {wind_day}
NIGHT 0.5 0.5 ;
param SpecifiedAnnualDemand default 0 := R ELC 2025 16 R ELC 2026 16.8 ;
param SpecifiedDemandProfile default 0 :=
[R,ELC,*,*] : 2025 2026 :=
DAY 0.625 0.625
NIGHT 0.375 0.375 ;
param EmissionActivityRatio default 0 := R GAS CO2 1 2025 0.5 R GAS CO2 1 2026 0.5 ;
{more}
end;
"""


def small_text(more: str = "", *, rate: float = 0.05, storage: str = "", wind_day: float = 0.3) -> str:
    text = SMALL.replace("[R,GAS,1,*] : 2025 2 2026 2 ;", "[R,GAS,1,*] 2025 2 2026 2 ;")
    return text.format(more=more, rate=rate, storage=storage, wind_day=wind_day)


def small(folder: Path, more: str = "", **choices: object) -> Model:
    """The small model, with further statements; a later value of a parameter must not repeat a cell."""
    path = folder / "small.txt"
    path.write_text(small_text(more, **choices), encoding="utf-8")  # type: ignore[arg-type]
    return read_model(path)


def copies(model: Model, times: int) -> Model:
    """The same model side by side: every region as often as asked, with nothing between them."""
    regions = [f"{name}_{i}" for i in range(times) for name in model.sets["REGION"]]
    size = len(model.sets["REGION"])
    tables = {}
    for name, table in model.tables.items():
        dims = PARAMETERS[name].dims
        if "REGION" not in dims:
            tables[name] = table
            continue
        parts = [
            tuple(
                key + np.int32(i * size) if d == "REGION" else key
                for d, key in zip(dims, table.keys, strict=True)
            )
            for i in range(times)
        ]
        keys = tuple(np.concatenate(found) for found in zip(*parts, strict=True))
        tables[name] = Table(keys, np.tile(table.values, times), table.default)
    return replace(model, sets={**model.sets, "REGION": tuple(regions)}, tables=tables, _dense={})


def scaled(model: Model, factors: dict[str, float]) -> Model:
    """Multiply whole parameters, their defaults too; limits of −1 (none) stay."""
    tables = dict(model.tables)
    for name, factor in factors.items():
        table = tables.get(name)
        if table is None:
            continue
        default = table.default if table.default is None or table.default == -1 else table.default * factor
        tables[name] = Table(table.keys, np.where(table.values == -1, -1.0, table.values * factor), default)
    return replace(model, tables=tables, _dense={})


def with_values(model: Model, name: str, values: dict[tuple[str, ...], float]) -> Model:
    """Set single cells of a parameter by the names of their members; other cells stay."""
    array = np.array(model.dense(name))
    for members, value in values.items():
        place = tuple(model.position(d, m) for d, m in zip(PARAMETERS[name].dims, members, strict=True))
        array[place] = value
    return model.with_table(name, array)
