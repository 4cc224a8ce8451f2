"""A MUIO data set of two seasons, two day types and two brackets, with a battery and pumped hydro; made up.

Everything that MUIO's equations of storage, capacity, balance and money read is in it, so that GNU MathProg
takes the same text. Numbers follow from positions and mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

# Two slices in each bracket: a bracket's rate sums its slices, energy of a year weighs each by itself.
SLICES = tuple((*at, part) for *at, part in product((1, 2), (1, 2), (1, 2), "ab"))
NAMES = tuple(f"L{season}{day}{bracket}{part}" for season, day, bracket, part in SLICES)
YEARS = (2025, 2026, 2027)
TECHNOLOGIES = ("GAS", "WIND", "BAT", "PUMP")


def two_storages(
    *, intraday: Sequence[str] = (), intrayear: Sequence[str] = (), least: float = 0.0, bracket: float = 0.001
) -> str:
    """The data file; storages are DAYS (battery) and SEAS (pumped hydro).

    Parameters
    ----------
    intraday, intrayear : storages of the day and of the year
    least : MinStorageCharge of both
    bracket : half the DaySplit of the first of two brackets and a third of the second
    """
    sets = {
        "REGION": ["R"], "TECHNOLOGY": TECHNOLOGIES, "COMMODITY": ["ELC"], "EMISSION": [],
        "STORAGE": ["DAYS", "SEAS"], "YEAR": YEARS, "SEASON": (1, 2), "DAYTYPE": (1, 2),
        "DAILYTIMEBRACKET": (1, 2), "TIMESLICE": NAMES, "MODE_OF_OPERATION": (1, 2),
        "STORAGEINTRADAY": intraday, "STORAGEINTRAYEAR": intrayear, "UDC": [],
    }  # fmt: skip
    each = list(enumerate(NAMES))
    wind = {name: (0.1, 0.9, 0.7, 0.2, 0.1, 0.3, 0.3, 0.05)[i // 2] * (1 - 0.3 * (i % 2)) for i, name in each}
    split = {
        name: (0.2, 0.15, 0.05, 0.1, 0.15, 0.15, 0.1, 0.1)[i // 2] * (0.25, 0.75)[i % 2] for i, name in each
    }
    profile = {
        name: (0.1, 0.2, 0.05, 0.1, 0.1, 0.25, 0.05, 0.15)[i // 2] * (0.4, 0.6)[i % 2] for i, name in each
    }
    store = ("BAT", "PUMP")
    tables: list[tuple[str, float, Iterable[Sequence[object]]]] = [
        ("DiscountRate", 0.05, ()),
        ("AvailabilityFactor", 1, ()),
        ("CapacityToActivityUnit", 1, ()),
        ("CapacityFactor", 1, [("R", "WIND", n, y, wind[n]) for n in NAMES for y in YEARS]),
        ("CapitalCost", 0, [("R", t, y, 1 + 2 * i) for i, t in enumerate(TECHNOLOGIES) for y in YEARS]),
        ("FixedCost", 0, [("R", "WIND", y, 0.2) for y in YEARS]),
        ("InputActivityRatio", 0, [("R", t, "ELC", 2, y, 1.1) for t in store for y in YEARS]),
        ("OutputActivityRatio", 0, [("R", t, "ELC", 1, y, 1) for t in TECHNOLOGIES for y in YEARS]),
        ("OperationalLife", 1, [("R", t, 2 + 3 * i) for i, t in enumerate(TECHNOLOGIES)]),
        ("ResidualCapacity", 0, [("R", "WIND", y, 9) for y in YEARS]),
        ("SpecifiedAnnualDemand", 0, [("R", "ELC", y, 10 + i) for i, y in enumerate(YEARS)]),
        ("SpecifiedDemandProfile", 0, [("R", "ELC", n, y, profile[n]) for n in NAMES for y in YEARS]),
        ("TotalAnnualMaxCapacity", 99999, [("R", "GAS", y, 12) for y in YEARS]),
        ("VariableCost", 0, [("R", "GAS", 1, y, 9) for y in YEARS]),
        ("YearSplit", 0, [(n, y, split[n]) for n in NAMES for y in YEARS]),
        ("CapitalRecoveryFactor", 0.1, [("R", "WIND", 0.15)]),
        ("PvAnnuity", 9, [("R", "WIND", 8)]),
        ("OperationalLifeStorage", 1, [("R", "DAYS", 2), ("R", "SEAS", 5)]),
        ("CapitalCostStorage", 0, [("R", s, y, c) for s, c in (("DAYS", 0.2), ("SEAS", 60)) for y in YEARS]),
        ("ResidualStorageCapacity", 0, [("R", "SEAS", 2026, 0.0 if least else 0.25)]),
        ("TechnologyToStorage", 0, [("R", "BAT", "DAYS", 2, 0.95), ("R", "PUMP", "SEAS", 2, 0.9)]),
        ("TechnologyFromStorage", 0, [("R", "BAT", "DAYS", 1, 1.05), ("R", "PUMP", "SEAS", 1, 1)]),
        ("StorageLevelStart", 5, ()),
        ("MinStorageCharge", least, ()),
        ("Conversionls", 0, [(n, at[0], 1) for n, at in zip(NAMES, SLICES, strict=True)]),
        ("Conversionld", 0, [(n, at[1], 1) for n, at in zip(NAMES, SLICES, strict=True)]),
        ("Conversionlh", 0, [(n, at[2], 1) for n, at in zip(NAMES, SLICES, strict=True)]),
        ("DaySplit", 0, [(h, y, bracket * (1 + h)) for h in (1, 2) for y in YEARS]),
        ("DaysInDayType", 7, [(s, 2, y, 2) for s in (1, 2) for y in YEARS]),
    ]
    lines = [f"set {name} := {' '.join(map(str, members))} ;" for name, members in sets.items()]
    for name, default, rows in tables:
        cells = "\n".join(" ".join(map(str, row)) for row in rows)
        lines.append(f"param {name} default {default} :=\n{cells} ;")
    return "\n".join([*lines, "end;", ""])
