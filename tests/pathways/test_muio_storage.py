"""Storage of MUIO 5.4: every year starts empty, a day's or a year's storage ends as it began, no rate limits.

Small model: two slices of half a year, NIGHT the first bracket of the day and DAY the second, wind by night
only: what the day needs (10, next year 10.5) comes out of the store. Answers of the larger model are those of
GLPK 5.0 on MUIO's own equations, written out in GNU MathProg.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trunghoa.pathways.osemosys import Model, Options, Outcome, build, read_model, solve_model
from trunghoa.quantities import InputError

from .muio_models import NAMES, YEARS, two_storages
from .osemosys_models import copies, scaled, small_text, with_values

DAY_SPLIT = {"1": 0.001, "2": 0.002}
NO_GAS = "param TotalTechnologyAnnualActivityUpperLimit default -1 := R GAS 2025 0 R GAS 2026 0 ;"


def text(more: str = NO_GAS, *, tag: str = "INTRADAY", season: bool = False) -> str:
    """A battery BAT on a storage S; ``season`` makes the slices two seasons of one bracket instead."""
    slices = ("Conversionls", "Conversionlh") if season else ("Conversionlh", "Conversionls")
    chain = (
        f"param {slices[0]} default 0 := NIGHT 1 1 DAY 2 1 ;"
        f"param {slices[1]} default 0 := NIGHT 1 1 DAY 1 1 ;"
        "param Conversionld default 1 := ; param DaysInDayType default 7 := ;"
        f"param DaySplit default 0 := 1 2025 {DAY_SPLIT['1']} 1 2026 {DAY_SPLIT['1']}"
        + ("" if season else f" 2 2025 {DAY_SPLIT['2']} 2 2026 {DAY_SPLIT['2']}")
        + " ;"
        "param TechnologyToStorage default 0 := R BAT S 2 1 ;"
        "param TechnologyFromStorage default 0 := R BAT S 1 1 ;"
        "param OperationalLifeStorage default 4 := ; param CapitalCostStorage default 100 := ;"
        "param InputActivityRatio default 0 := R BAT ELC 2 2025 1 R BAT ELC 2 2026 1 ;"
        "param ResidualCapacity default 0 := R BAT 2025 100 R BAT 2026 100 ;"
    )
    written = small_text(chain + more, storage="S", wind_day=0.0)
    changes = [
        ("set TECHNOLOGY := GAS WIND ;", "set TECHNOLOGY := GAS WIND BAT ;"),
        ("set MODE_OF_OPERATION := 1 ;", "set MODE_OF_OPERATION := 1 2 ;"),
        ("WIND 1 1 ;\nparam VariableCost", "WIND 1 1\nBAT 1 1 ;\nparam VariableCost"),
        ("set FUEL := ELC ;", f"set COMMODITY := ELC ; {f'set STORAGE{tag} := S ;' if tag else ''}"),
    ]
    if season:
        changes += [("set SEASON := 1 ;", "set SEASON := 1 2 ;")]
        changes += [("set DAILYTIMEBRACKET := 1 2 ;", "set DAILYTIMEBRACKET := 1 ;")]
    for old, new in changes:
        assert old in written
        written = written.replace(old, new)
    return written


def model_of(folder: Path, written: str) -> Model:
    path = folder / "muio.txt"
    path.write_text(written, encoding="utf-8")
    model = read_model(path)
    assert model.dialect == "muio"
    return model


def solved(model: Model, **choices: object) -> Outcome:
    outcome = solve_model(model, Options(**choices))  # type: ignore[arg-type]
    assert outcome.solution.optimal, [str(lack) for lack in outcome.lacks]
    return outcome


def values(outcome: Outcome, table: str, *dims: str) -> dict[tuple[str, ...], float]:
    return outcome.results.table(table).by(outcome.model, *dims)


# ---------------------------------------------------------------------- reckoned by hand


def test_a_day_s_storage_takes_in_a_day_what_it_gives_in_it(tmp_path: Path) -> None:
    """By day it gives at a rate of 20 in a bracket twice as long as the night's: it takes at 40."""
    outcome = solved(model_of(tmp_path, text()))
    rate = values(outcome, "RateOfActivity", "TECHNOLOGY", "TIMESLICE", "MODE_OF_OPERATION", "YEAR")
    assert rate[("BAT", "DAY", "1", "2025")] == pytest.approx(20.0)
    assert rate[("BAT", "NIGHT", "2", "2025")] == pytest.approx(40.0)
    made = values(outcome, "ProductionByTechnology", "TECHNOLOGY", "TIMESLICE", "YEAR")
    assert made[("WIND", "NIGHT", "2025")] == pytest.approx(6 + 40 / 2)
    assert made[("WIND", "NIGHT", "2026")] == pytest.approx(6.3 + 42 / 2)


def test_its_capacity_holds_what_the_first_bracket_took(tmp_path: Path) -> None:
    outcome = solved(model_of(tmp_path, text()))
    built = values(outcome, "NewStorageCapacity", "STORAGE", "YEAR")
    assert built == pytest.approx({("S", "2025"): 40 * 0.001, ("S", "2026"): 2 * 0.001})


def test_storage_is_written_off_in_a_straight_line_and_discounted_at_the_general_rate(tmp_path: Path) -> None:
    """Of a life of 4 years half is left of what the first of two years built, 3/4 of the second."""
    free = text(NO_GAS + "param DiscountRateStorage default 0.5 := ;")
    outcome = solved(model_of(tmp_path, free.replace("WIND 9 9", "WIND 0 0")))
    first, second = 0.04 * 100 * (1 - 0.5 / 1.05**2), 0.002 * 100 * (1 / 1.05 - 0.75 / 1.05**2)
    # A tie between years is broken by cost: building later is cheaper, so only what is needed is built first.
    assert outcome.solution.objective == pytest.approx(first + second)


def test_a_year_s_storage_carries_from_season_to_season(tmp_path: Path) -> None:
    outcome = solved(model_of(tmp_path, text(tag="INTRAYEAR", season=True)))
    made = values(outcome, "ProductionByTechnology", "TECHNOLOGY", "TIMESLICE", "YEAR")
    assert made[("WIND", "NIGHT", "2025")] == pytest.approx(6 + 10)
    level = values(outcome, "StorageLevelSeasonStart", "SEASON", "YEAR")
    assert level == pytest.approx({("2", "2025"): 10.0, ("2", "2026"): 10.5})
    assert values(outcome, "NewStorageCapacity", "STORAGE")[("S",)] == pytest.approx(10.5)


def test_nothing_is_carried_into_the_next_year(tmp_path: Path) -> None:
    """The wind blows in the second season, the store is empty in the first: gas must run there."""
    backwards = text("", tag="INTRAYEAR", season=True)
    backwards = backwards.replace("DAY 0.0 0.0\nNIGHT 0.5 0.5", "DAY 0.5 0.5\nNIGHT 0 0")
    free = backwards.replace("WIND 9 9", "WIND 0 0").replace(
        "CapitalCostStorage default 100", "CapitalCostStorage default 0"
    )
    made = values(
        solved(model_of(tmp_path, free)), "ProductionByTechnology", "TECHNOLOGY", "TIMESLICE", "YEAR"
    )
    assert made[("GAS", "NIGHT", "2025")] == pytest.approx(6.0)
    assert made[("GAS", "NIGHT", "2026")] == pytest.approx(6.3), "OSeMOSYS would carry over, MUIO does not"
    path = tmp_path / "osemosys.txt"
    path.write_text(
        free.replace("set STORAGEINTRAYEAR := S ;", "").replace("COMMODITY", "FUEL"), encoding="utf-8"
    )
    carried = read_model(path)
    assert carried.dialect == "osemosys"
    rates = {("R", "S"): 999.0}
    for name in ("StorageMaxChargeRate", "StorageMaxDischargeRate"):
        carried = with_values(carried, name, rates)
    made = values(solved(carried), "ProductionByTechnology", "TECHNOLOGY", "TIMESLICE", "YEAR")
    assert ("GAS", "NIGHT", "2026") not in made


def test_rates_of_charge_play_no_part(tmp_path: Path) -> None:
    closed = NO_GAS + "param StorageMaxChargeRate default 0 := ; param StorageMaxDischargeRate default 0 := ;"
    found = solved(model_of(tmp_path, text(closed))).solution.objective
    assert found == pytest.approx(solved(model_of(tmp_path, text())).solution.objective, rel=1e-9)


# ---------------------------------------------------------------------- what the reader is told


def test_storage_that_nothing_ties_gives_what_it_never_took_and_says_so(tmp_path: Path) -> None:
    model = model_of(tmp_path, text(tag=""))
    (notice,) = [n for n in model.notices if "STORAGEINTRADAY" in n]
    assert notice.startswith("Storage S is in neither")
    outcome = solved(model)
    made = values(outcome, "ProductionByTechnology", "TECHNOLOGY", "TIMESLICE", "YEAR")
    assert made[("BAT", "DAY", "2025")] == pytest.approx(10.0)
    assert made[("WIND", "NIGHT", "2025")] == pytest.approx(6.0)
    # Only the last week's limits (SC3) ask for room: what a bracket of the day gives.
    assert values(outcome, "NewStorageCapacity", "STORAGE") == pytest.approx({("S",): 21 * 0.002})
    assert not [n for n in model_of(tmp_path, text()).notices if "STORAGEINTRADAY" in n]


def test_a_least_charge_bars_the_storage_and_says_so(tmp_path: Path) -> None:
    model = model_of(tmp_path, text("param MinStorageCharge default 0.1 := ;"))
    assert [n for n in model.notices if n.startswith("MinStorageCharge of S")]
    outcome = solved(model)
    assert values(outcome, "NewStorageCapacity", "STORAGE") == {}
    assert values(outcome, "ProductionByTechnology", "TECHNOLOGY", "TIMESLICE")[
        ("GAS", "DAY")
    ] == pytest.approx(20.5)
    standing = with_values(model, "ResidualStorageCapacity", {("R", "S", "2025"): 1.0})
    assert not solve_model(standing).solution.optimal


def test_shares_between_slices_and_seasons_are_noted(tmp_path: Path) -> None:
    written = text().replace("param Conversionld default 1", "param Conversionld default 0.5")
    assert [n for n in model_of(tmp_path, written).notices if n.startswith("Conversionld has shares")]


@pytest.mark.parametrize("tag", ["INTRADAY", "INTRAYEAR"])
def test_a_storage_that_is_none_is_refused(tmp_path: Path, tag: str) -> None:
    with pytest.raises(InputError) as caught:
        model_of(tmp_path, text(tag=tag).replace(f"set STORAGE{tag} := S ;", f"set STORAGE{tag} := S PUMP ;"))
    (problem,) = caught.value.problems
    assert (problem.field, problem.value, problem.limit) == (f"STORAGE{tag}", "PUMP", "STORAGE")


# ---------------------------------------------------------------------- another program, and relations

BOTH = {"intraday": ["DAYS"], "intrayear": ["SEAS"]}


@pytest.mark.parametrize(
    ("choices", "answer"),
    [
        ({}, 134.8226904),
        (BOTH, 208.3953934),
        ({"intraday": ["DAYS", "SEAS"]}, 239.2215123),
        ({"bracket": 0.03}, 201.4968311),
        ({"intraday": ["DAYS"], "bracket": 0.03}, 237.4102542),
        ({**BOTH, "bracket": 0.03}, 237.4102542),
        ({"intrayear": ["DAYS", "SEAS"], "bracket": 0.03}, 201.5620249),
        ({**BOTH, "least": 0.1}, 582.5526686),
    ],
)
@pytest.mark.parametrize("method", ["simplex", "ipm"])
def test_it_finds_what_glpk_finds_on_muio_s_equations(
    tmp_path: Path, choices: dict[str, Any], answer: float, method: str
) -> None:
    outcome = solved(model_of(tmp_path, two_storages(**choices)), method=method)
    assert outcome.solution.objective == pytest.approx(answer, rel=1e-8)
    assert outcome.results.table("TotalDiscountedCost").total() == pytest.approx(answer, rel=1e-7)


@pytest.mark.parametrize(
    ("row", "level", "bracket", "sign"),
    [
        ("SC1", "StorageLevelDayTypeStart(R,DAYS,1,2,2025)", 1, 1.0),
        ("SC2", "StorageLevelDayTypeStart(R,DAYS,1,2,2025)", 2, -1.0),
        ("SC3", "StorageLevelDayTypeFinish(R,DAYS,1,2,2025)", 2, -1.0),
        ("SC4", "StorageLevelDayTypeFinish(R,DAYS,1,1,2025)", 1, 1.0),
    ],
)
def test_limits_of_a_level_are_muio_s(
    tmp_path: Path, row: str, level: str, bracket: int, sign: float
) -> None:
    """Of the second day type: before its second bracket (SC1, SC4), or after its first (SC2, SC3)."""
    program = build(model_of(tmp_path, two_storages(least=0.1))).program
    a, names = program.arrays(), program.column_names()
    columns = np.repeat(np.arange(a.cost.size), np.diff(a.starts))
    at = 2 if sign > 0 else 1
    moved = {
        f"RateOfActivity(R,L12{bracket}{part},BAT,{mode},2025)": sign * rate * 0.001 * (1 + bracket)
        for part in "ab"
        for mode, rate in (("2", 0.95), ("1", -1.05))
    }
    for side, share in (("upper", 1.0), ("lower", 0.1)):
        number = program.row_names().index(f"{row} {side}(R,DAYS,1,2,{at},2025)")
        inside = a.indices == number
        found = dict(zip((names[c] for c in columns[inside]), a.values[inside].tolist(), strict=True))
        assert found == pytest.approx({level: 1.0, "NewStorageCapacity(R,DAYS,2025)": -share, **moved})


def test_what_a_storage_gives_balances_what_it_took(tmp_path: Path) -> None:
    """Over each day by the day's brackets for the one, over each year by the slices for the other."""
    model = model_of(tmp_path, two_storages(**BOTH))
    outcome = solved(model)
    rate = values(outcome, "RateOfActivity", "TECHNOLOGY", "TIMESLICE", "MODE_OF_OPERATION", "YEAR")
    split = dict(zip(NAMES, model.dense("YearSplit")[:, 0].tolist(), strict=True))

    def net(technology: str, name: str, year: int, took: float, gave: float) -> float:
        return took * rate.get((technology, name, "2", str(year)), 0.0) - gave * rate.get(
            (technology, name, "1", str(year)), 0.0
        )

    assert any(technology == "BAT" for technology, *_ in rate)
    assert any(technology == "PUMP" for technology, *_ in rate)
    for year in YEARS:
        for season, day in product((1, 2), repeat=2):
            parts = list(product((1, 2), "ab"))
            took = [net("BAT", f"L{season}{day}{h}{p}", year, 0.95, 1.05) * 0.001 * (1 + h) for h, p in parts]
            assert sum(took) == pytest.approx(0.0, abs=1e-9)
        assert sum(net("PUMP", n, year, 0.9, 1.0) * split[n] for n in NAMES) == pytest.approx(0.0, abs=1e-9)


def test_tying_a_storage_never_makes_it_cheaper_and_a_larger_one_never_dearer(tmp_path: Path) -> None:
    free, tied = (model_of(tmp_path, two_storages(**c)) for c in ({}, BOTH))
    found = solved(tied).solution.objective
    assert solved(free).solution.objective < found
    more = {("R", s, str(y)): 1.0 for s in ("DAYS", "SEAS") for y in YEARS}
    assert solved(with_values(tied, "ResidualStorageCapacity", more)).solution.objective < found


def test_energy_in_other_units_and_regions_side_by_side_behave_with_storage(tmp_path: Path) -> None:
    model = model_of(tmp_path, two_storages(**BOTH))
    found, k = solved(model).solution.objective, 1000.0
    times = ("SpecifiedAnnualDemand", "CapacityToActivityUnit", "ResidualStorageCapacity")
    changed = scaled(model, {**dict.fromkeys(times, k), "VariableCost": 1 / k, "CapitalCostStorage": 1 / k})
    assert solved(changed).solution.objective == pytest.approx(found, rel=1e-7)
    assert solved(copies(model, 2)).solution.objective == pytest.approx(2 * found, rel=1e-8)
