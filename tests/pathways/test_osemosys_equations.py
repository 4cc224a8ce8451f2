"""Each part of the formulation on a model small enough to be reckoned by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trunghoa.pathways.osemosys import Model, Options, Outcome, carbon_price, read_model, solve_model

from .osemosys_models import small, small_text, with_values

GAS_ONLY = "param TotalAnnualMaxCapacity default -1 := R WIND 2025 0 R WIND 2026 0 ;"
MID = [1.05**0.5, 1.05**1.5]
DEMAND = [16.0, 16.8]


def solved(model: Model, **choices: object) -> Outcome:
    outcome = solve_model(model, Options(**choices))  # type: ignore[arg-type]
    assert outcome.solution.optimal, [str(lack) for lack in outcome.lacks]
    return outcome


def values(outcome: Outcome, table: str, *dims: str) -> dict[tuple[str, ...], float]:
    return outcome.results.table(table).by(outcome.model, *dims)


def test_operating_cost_is_paid_in_the_middle_of_the_year(tmp_path: Path) -> None:
    outcome = solved(small(tmp_path, GAS_ONLY))
    assert outcome.solution.objective == pytest.approx(
        sum(2 * d / m for d, m in zip(DEMAND, MID, strict=True))
    )
    made = values(outcome, "ProductionByTechnologyAnnual", "TECHNOLOGY", "YEAR")
    assert made == pytest.approx({("GAS", "2025"): 16.0, ("GAS", "2026"): 16.8})


def test_a_slice_s_capacity_and_not_the_year_s_average_limits_output(tmp_path: Path) -> None:
    outcome = solved(small(tmp_path, wind_day=0.0))
    made = values(outcome, "ProductionByTechnology", "TECHNOLOGY", "TIMESLICE", "YEAR")
    assert ("WIND", "DAY", "2025") not in made
    assert made[("GAS", "DAY", "2025")] == pytest.approx(10.0)


def test_availability_below_one_limits_the_year(tmp_path: Path) -> None:
    more = (
        "param ResidualCapacity default 0 := R WIND 2025 20 R WIND 2026 20 ;"
        "param TotalAnnualMaxCapacityInvestment default -1 := R WIND 2025 0 R WIND 2026 0 ;"
        "param AvailabilityFactor default 1 := R WIND 2025 0.5 R WIND 2026 0.5 ;"
    )
    made = values(solved(small(tmp_path, more)), "ProductionByTechnologyAnnual", "TECHNOLOGY", "YEAR")
    # Capacity 20 would give 20·(0.3+0.5)/2 = 8 in a year; half of it is left.
    assert made[("WIND", "2025")] == pytest.approx(4.0)


@pytest.mark.parametrize("method", [1, 2])
def test_salvage_follows_the_depreciation_method(tmp_path: Path, method: int) -> None:
    more = (
        f"param DepreciationMethod default {method} := ;"
        "param TotalAnnualMinCapacityInvestment default 0 := R WIND 2025 3 ;"
    )
    model = with_values(
        small(tmp_path, more), "VariableCost", {("R", "GAS", "1", y): 0.0 for y in ("2025", "2026")}
    )
    left = 1 - 2 / 20 if method == 2 else 1 - (1.05**2 - 1) / (1.05**20 - 1)
    expected = 3 * 9 * (1 - left / 1.05**2)
    outcome = solved(model)
    assert outcome.solution.objective == pytest.approx(expected)
    assert values(outcome, "SalvageValue", "TECHNOLOGY") == pytest.approx({("WIND",): 27 * left})


@pytest.mark.parametrize("rate", [0.0, 1e-300, 1e-17, 1e-10])
def test_no_discounting_divides_by_nothing(tmp_path: Path, rate: float) -> None:
    model = small(tmp_path, "param TotalAnnualMinCapacityInvestment default 0 := R WIND 2025 3 ;", rate=rate)
    model = with_values(model, "VariableCost", {("R", "GAS", "1", y): 0.0 for y in ("2025", "2026")})
    assert solved(model).solution.objective == pytest.approx(27 * 2 / 20)


def test_a_life_of_one_year_is_bought_again_each_year(tmp_path: Path) -> None:
    model = small(tmp_path, "param TotalAnnualMinCapacity default 0 := R WIND 2025 4 R WIND 2026 4 ;")
    model = with_values(model, "OperationalLife", {("R", "WIND"): 1.0})
    new = values(solved(model), "NewCapacity", "TECHNOLOGY", "YEAR")
    assert [new[("WIND", y)] for y in ("2025", "2026")] == pytest.approx([4.0, 4.0])


def test_an_own_discount_rate_makes_capital_dearer_by_its_annuity(tmp_path: Path) -> None:
    more = (
        "param TotalAnnualMinCapacityInvestment default 0 := R WIND 2025 3 ;"
        "param DiscountRateIdv default 0.05 := R WIND 0.12 ;"
    )
    model = with_values(
        small(tmp_path, more), "VariableCost", {("R", "GAS", "1", y): 0.0 for y in ("2025", "2026")}
    )
    recovery = (1 - 1 / 1.12) / (1 - 1.12**-20)
    annuity = recovery * (1 - 1.05**-20) * 1.05 / 0.05
    left = 1 - (1.05**2 - 1) / (1.05**20 - 1)
    outcome = solved(model)
    assert outcome.solution.objective == pytest.approx(27 * annuity * (1 - left / 1.05**2))
    assert values(outcome, "CapitalInvestment", "TECHNOLOGY")[("WIND",)] == pytest.approx(27 * annuity)


def test_zero_as_an_upper_limit_forbids(tmp_path: Path) -> None:
    more = "param TotalTechnologyAnnualActivityUpperLimit default -1 := R GAS 2025 0 ;"
    made = values(solved(small(tmp_path, more)), "ProductionByTechnologyAnnual", "TECHNOLOGY", "YEAR")
    assert ("GAS", "2025") not in made
    assert made[("WIND", "2025")] >= 16


def test_annual_demand_may_be_met_in_any_slice(tmp_path: Path) -> None:
    more = "param AccumulatedAnnualDemand default 0 := R ELC 2025 20 ;"
    model = small(tmp_path, more + GAS_ONLY)
    model = with_values(model, "SpecifiedAnnualDemand", {("R", "ELC", "2025"): 0.0})
    outcome = solved(model)
    assert values(outcome, "ProductionByTechnologyAnnual", "YEAR")[("2025",)] == pytest.approx(20.0)


def test_an_emission_limit_counts_exogenous_emissions_and_its_price_is_undiscounted(tmp_path: Path) -> None:
    more = (
        "param AnnualEmissionLimit default -1 := R CO2 2025 3 R CO2 2026 3 ;"
        "param AnnualExogenousEmission default 0 := R CO2 2025 1 R CO2 2026 1 ;"
    )
    outcome = solved(small(tmp_path, more))
    assert values(outcome, "AnnualEmissions", "YEAR") == pytest.approx({("2025",): 2.0, ("2026",): 2.0})
    price = carbon_price(outcome.built, outcome.solution)[0, 0]
    dual = outcome.solution.dual("E8")
    assert price == pytest.approx(-dual * np.array(MID))
    assert (price > 0).all()


def test_a_price_equal_to_the_dual_does_what_the_limit_does(tmp_path: Path) -> None:
    limit = "param AnnualEmissionLimit default -1 := R CO2 2025 2 R CO2 2026 2 ;"
    limited = solved(small(tmp_path, limit))
    price = carbon_price(limited.built, limited.solution)[0, 0]
    taxed_model = with_values(
        small(tmp_path),
        "EmissionsPenalty",
        {("R", "CO2", y): p for y, p in zip(("2025", "2026"), price, strict=True)},
    )
    taxed = solved(taxed_model)
    paid = sum(p * 2 / m for p, m in zip(price, MID, strict=True))
    assert taxed.solution.objective == pytest.approx(limited.solution.objective + paid)


def test_exogenous_emissions_are_not_charged(tmp_path: Path) -> None:
    price = "param EmissionsPenalty default 3 := ;"
    plain = solved(small(tmp_path, GAS_ONLY + price))
    exogenous = solved(small(tmp_path, GAS_ONLY + price + "param AnnualExogenousEmission default 100 := ;"))
    assert exogenous.solution.objective == pytest.approx(plain.solution.objective)
    paid = sum(3 * 0.5 * d / m for d, m in zip(DEMAND, MID, strict=True))
    assert plain.results.table("DiscountedTechnologyEmissionsPenalty").total() == pytest.approx(paid)


def test_a_budget_over_all_years_has_one_price_that_rises_with_the_discount_rate(tmp_path: Path) -> None:
    outcome = solved(small(tmp_path, "param ModelPeriodEmissionLimit default -1 := R CO2 5 ;"))
    assert outcome.results.table("AnnualEmissions").total() == pytest.approx(5.0)
    first, second = carbon_price(outcome.built, outcome.solution)[0, 0]
    assert first > 0
    assert second == pytest.approx(first * 1.05)


def test_the_reserve_margin_is_of_capacity_without_its_factor(tmp_path: Path) -> None:
    more = (
        GAS_ONLY
        + "param ReserveMargin default 1.5 := ;"
        + "param ReserveMarginTagFuel default 0 := R ELC 2025 1 R ELC 2026 1 ;"
        + "param ReserveMarginTagTechnology default 0 := R GAS 2025 1 R GAS 2026 1 ;"
    )
    capacity = values(solved(small(tmp_path, more)), "TotalCapacityAnnual", "TECHNOLOGY", "YEAR")
    # By day 10 in half a year: a rate of 20; by half as much again.
    assert capacity[("GAS", "2025")] == pytest.approx(30.0)


def test_the_renewable_target_compares_energy(tmp_path: Path) -> None:
    more = (
        "param REMinProductionTarget default 0.25 := ;"
        "param RETagFuel default 0 := R ELC 2025 1 R ELC 2026 1 ;"
        "param RETagTechnology default 0 := R WIND 2025 1 R WIND 2026 1 ;"
        "param FixedCost default 0 := R WIND 2025 50 R WIND 2026 50 ;"
    )
    made = values(solved(small(tmp_path, more)), "ProductionByTechnologyAnnual", "TECHNOLOGY", "YEAR")
    assert made[("WIND", "2025")] == pytest.approx(4.0)


def test_capacity_comes_in_whole_units(tmp_path: Path) -> None:
    model = small(tmp_path, "param CapacityOfOneTechnologyUnit default 0 := R WIND 2025 7 R WIND 2026 7 ;")
    model = with_values(model, "TotalAnnualMinCapacity", {("R", "WIND", y): 8.0 for y in ("2025", "2026")})
    outcome = solved(model)
    assert outcome.solution.method == "branch and bound"
    new = values(outcome, "NewCapacity", "TECHNOLOGY", "YEAR")
    units = values(outcome, "NumberOfNewTechnologyUnits", "TECHNOLOGY", "YEAR")
    assert new[("WIND", "2025")] >= 14 - 1e-6
    assert {k: 7 * v for k, v in units.items()} == pytest.approx(
        {k: v for k, v in new.items() if k[0] == "WIND"}
    )


def test_storage_carries_the_night_s_wind_into_the_day(tmp_path: Path) -> None:
    more = (
        "param Conversionls default 1 := ; param Conversionld default 1 := ;"
        "param Conversionlh default 0 := DAY 2 1 NIGHT 1 1 ;"
        "param DaySplit default 0.00137 := ; param DaysInDayType default 7 := ;"
        "param TechnologyToStorage default 0 := R BAT S 2 1 ;"
        "param TechnologyFromStorage default 0 := R BAT S 1 1 ;"
        "param StorageMaxChargeRate default 999 := ; param StorageMaxDischargeRate default 999 := ;"
        "param OperationalLifeStorage default 10 := ; param CapitalCostStorage default 0.001 := ;"
        "param ResidualStorageCapacity default 0 := ; param MinStorageCharge default 0 := ;"
        "param StorageLevelStart default 0 := ;"
        "param InputActivityRatio default 0 := R BAT ELC 2 2025 1 R BAT ELC 2 2026 1 ;"
        "param ResidualCapacity default 0 := R BAT 2025 100 R BAT 2026 100 ;"
        "param TotalTechnologyAnnualActivityUpperLimit default -1 := R GAS 2025 0 R GAS 2026 0 ;"
    )
    text = (
        small_text(more, storage="S", wind_day=0.0)
        .replace("set TECHNOLOGY := GAS WIND ;", "set TECHNOLOGY := GAS WIND BAT ;")
        .replace("set MODE_OF_OPERATION := 1 ;", "set MODE_OF_OPERATION := 1 2 ;")
        .replace("WIND 1 1 ;\nparam VariableCost", "WIND 1 1\nBAT 1 1 ;\nparam VariableCost", 1)
    )
    path = tmp_path / "storage.txt"
    path.write_text(text, encoding="utf-8")
    outcome = solved(read_model(path))
    made = values(outcome, "ProductionByTechnology", "TECHNOLOGY", "TIMESLICE", "YEAR")
    assert made[("BAT", "DAY", "2025")] == pytest.approx(10.0)
    assert made[("WIND", "NIGHT", "2025")] == pytest.approx(16.0)
    # Within a day it discharges at a rate of 10.5 in half a year for a bracket of 0.00137 of the year.
    stored = values(outcome, "NewStorageCapacity", "STORAGE")
    assert stored[("S",)] == pytest.approx(10.5 / 0.5 * 0.00137)
    start = values(outcome, "StorageLevelYearStart", "YEAR")
    assert start.get(("2025",), 0.0) == 0.0


def test_storage_level_limits_bind_what_may_be_stored(tmp_path: Path) -> None:
    """Without room for energy nothing can be carried over, and the day's demand cannot be met."""
    more = (
        "param Conversionls default 1 := ; param Conversionld default 1 := ;"
        "param Conversionlh default 0 := DAY 2 1 NIGHT 1 1 ;"
        "param TechnologyToStorage default 0 := R WIND S 1 1 ;"
        "param StorageMaxChargeRate default 0 := ;"
        "param ResidualStorageCapacity default 5 := ;"
    )
    path = tmp_path / "closed.txt"
    path.write_text(small_text(more, storage="S"), encoding="utf-8")
    made = values(solved(read_model(path)), "ProductionByTechnologyAnnual", "TECHNOLOGY")
    assert ("WIND",) not in made, "wind charges the storage when it runs, and the rate of charge is zero"


def test_trade_moves_cheap_energy_to_where_it_is_dear(tmp_path: Path) -> None:
    text = """
    set REGION := A B ; set TECHNOLOGY := GAS ; set FUEL := ELC ; set EMISSION := ; set STORAGE := ;
    set YEAR := 2025 ; set TIMESLICE := X ; set MODE_OF_OPERATION := 1 ;
    set SEASON := ; set DAYTYPE := ; set DAILYTIMEBRACKET := ;
    param YearSplit default 1 := ; param DiscountRate default 0 := ;
    param OutputActivityRatio default 0 := A GAS ELC 1 2025 1 B GAS ELC 1 2025 1 ;
    param VariableCost default 0 := A GAS 1 2025 1 B GAS 1 2025 5 ;
    param SpecifiedAnnualDemand default 0 := A ELC 2025 2 B ELC 2025 3 ;
    param SpecifiedDemandProfile default 1 := ;
    param TradeRoute default 0 := A B ELC 2025 1 B A ELC 2025 1 ;
    end;
    """
    path = tmp_path / "trade.txt"
    path.write_text(text, encoding="utf-8")
    outcome = solved(read_model(path))
    assert outcome.solution.objective == pytest.approx(5.0)
    trade = outcome.results.table("Trade")
    named = dict(zip(zip(*trade.labels(outcome.model), strict=True), trade.values.tolist(), strict=True))
    assert named == pytest.approx({("A", "B", "X", "ELC", "2025"): 3.0, ("B", "A", "X", "ELC", "2025"): -3.0})


def test_year_weights_of_one_change_nothing_and_others_multiply_the_year(tmp_path: Path) -> None:
    plain = solved(small(tmp_path, GAS_ONLY)).solution.objective
    ones = solved(small(tmp_path, GAS_ONLY + "param YearWeight default 1 := ;")).solution.objective
    fives = solved(small(tmp_path, GAS_ONLY + "param YearWeight default 5 := ;")).solution.objective
    assert ones == pytest.approx(plain)
    assert fives == pytest.approx(5 * plain)
