"""Sweeps, draws, foresight and the relations that every right model has."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trunghoa.pathways.bottom_up import Measure, bottom_up
from trunghoa.pathways.osemosys import (
    Foresight,
    Model,
    Options,
    Uncertain,
    build,
    cap_sweep,
    carbon_price,
    drawn,
    monte_carlo,
    parse_prices,
    price_sweep,
    read_model,
    solve_model,
)
from trunghoa.quantities import ModelError

from .osemosys_models import copies, scaled, small, with_values

MONEY = ("CapitalCost", "VariableCost", "FixedCost", "CapitalCostStorage", "EmissionsPenalty")


@pytest.fixture(scope="module")
def utopia(cases: Path) -> Model:
    return read_model(cases / "pathways" / "utopia" / "utopia.txt")


@pytest.fixture(scope="module")
def simplicity(cases: Path) -> Model:
    return read_model(cases / "pathways" / "simplicity_v1_1")


def objective(model: Model, **choices: object) -> float:
    outcome = solve_model(model, Options(**choices))  # type: ignore[arg-type]
    assert outcome.solution.optimal
    return outcome.solution.objective


# ---------------------------------------------------------------------- relations


def test_money_in_other_units_scales_the_objective(simplicity: Model) -> None:
    assert objective(scaled(simplicity, dict.fromkeys(MONEY, 1000.0))) == pytest.approx(
        1000 * objective(simplicity), rel=1e-7
    )


def test_energy_in_other_units_leaves_the_objective(utopia: Model) -> None:
    """PJ to TJ: what is counted in energy times 1000, what is given per energy through 1000."""
    k = 1000.0
    times = (
        "SpecifiedAnnualDemand", "AccumulatedAnnualDemand", "CapacityToActivityUnit", "StorageLevelStart",
        "ResidualStorageCapacity", "StorageMaxChargeRate", "StorageMaxDischargeRate",
        "TotalTechnologyAnnualActivityUpperLimit", "TotalTechnologyAnnualActivityLowerLimit",
    )  # fmt: skip
    through = ("VariableCost", "EmissionActivityRatio", "CapitalCostStorage")
    changed = scaled(utopia, {**dict.fromkeys(times, k), **dict.fromkeys(through, 1 / k)})
    assert objective(changed) == pytest.approx(objective(utopia), rel=1e-7)


def test_regions_side_by_side_do_not_see_each_other(utopia: Model) -> None:
    assert objective(copies(utopia, 2), tie_break=False) == pytest.approx(2 * objective(utopia), rel=1e-9)


def test_a_tighter_limit_never_costs_less(utopia: Model) -> None:
    steps = cap_sweep(utopia, [170.0, 160.0, 150.0, 140.0]).steps
    costs = [s.objective for s in steps]
    assert costs == sorted(costs)
    prices = [s.price for s in steps]
    assert prices == sorted(prices)
    assert prices[0] == 0


def test_a_price_path_from_a_budget_s_dual_gives_the_budget_s_emissions(utopia: Model) -> None:
    """Hotelling: one budget is one price that rises at the discount rate."""
    budget = 150.0
    limited = with_values(utopia, "ModelPeriodEmissionLimit", {("UTOPIA", "CO2"): budget})
    outcome = solve_model(limited)
    price = carbon_price(outcome.built, outcome.solution)[0, utopia.position("EMISSION", "CO2")]
    assert price[0] > 0
    assert price[1:] / price[:-1] == pytest.approx(np.full(price.size - 1, 1.05))
    path = {("UTOPIA", "CO2", y): p for y, p in zip(utopia.sets["YEAR"], price.tolist(), strict=True)}
    taxed = solve_model(with_values(utopia, "EmissionsPenalty", path))
    paid = budget * price[0] / 1.05**0.5
    assert taxed.solution.objective == pytest.approx(outcome.solution.objective + paid, rel=1e-8)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.floats(0.0, 0.2),
    wind=st.floats(0.0, 1.0),
    capital=st.floats(0.1, 50.0),
    fuel=st.floats(0.0, 10.0),
    life=st.integers(1, 40),
)
def test_simplex_and_interior_point_agree_and_tables_add_up(
    tmp_path: Path, rate: float, wind: float, capital: float, fuel: float, life: int
) -> None:
    model = small(tmp_path, rate=rate, wind_day=wind)
    years = model.sets["YEAR"]
    model = with_values(model, "CapitalCost", {("R", "WIND", y): capital for y in years})
    model = with_values(model, "VariableCost", {("R", "GAS", "1", y): fuel for y in years})
    model = with_values(model, "OperationalLife", {("R", "WIND"): float(life)})
    simplex, interior = (solve_model(model, Options(method=m)) for m in ("simplex", "ipm"))
    found = simplex.solution.objective
    assert interior.solution.objective == pytest.approx(found, rel=1e-7, abs=1e-7)
    assert simplex.results.table("TotalDiscountedCost").total() == pytest.approx(found, abs=1e-7)
    made = simplex.results.table("ProductionByTechnologyAnnual").by(model, "YEAR")
    assert all(made[(y,)] >= d - 1e-6 for y, d in zip(years, (16.0, 16.8), strict=True))
    assert np.allclose(simplex.solution.x, interior.solution.x, atol=1e-5)


def test_a_run_again_gives_the_same_tables_by_either_method(simplicity: Model) -> None:
    outcomes = [solve_model(simplicity, Options(method=m)) for m in ("simplex", "ipm", "simplex")]
    first, second, third = ({t.name: t.values for t in outcome.results} for outcome in outcomes)
    for name, values in first.items():
        assert np.array_equal(values, third[name]), name
        assert values == pytest.approx(second[name], abs=1e-6), name


# ---------------------------------------------------------------------- sweeps and draws


def test_a_warm_price_sweep_equals_cold_solves(utopia: Model) -> None:
    prices = parse_prices("0:100:20")
    warm, cold = price_sweep(utopia, prices), price_sweep(utopia, prices, warm=False)
    assert [s.objective for s in warm.steps] == pytest.approx([s.objective for s in cold.steps], rel=1e-9)
    emitted = [s.emission for s in warm.steps]
    assert emitted == sorted(emitted, reverse=True)
    assert emitted[-1] < emitted[0]
    costs = [s.cost for s in warm.steps]
    assert costs == sorted(costs)
    assert sum(s.iterations for s in warm.steps[1:]) < sum(s.iterations for s in cold.steps[1:]) / 5


def test_the_price_of_a_cap_reproduces_the_cap(utopia: Model) -> None:
    (step,) = cap_sweep(utopia, [140.0]).steps
    assert step.emission == pytest.approx(140.0)
    assert step.price > 0


@pytest.mark.parametrize(
    ("text", "first", "count"), [("0:200:5", 0.0, 41), ("10:10:1", 10.0, 1), ("5,7", 5.0, 2)]
)
def test_prices_are_read(text: str, first: float, count: int) -> None:
    found = parse_prices(text)
    assert (found[0], len(found)) == (first, count)


@pytest.mark.parametrize("text", ["", "0:200", "a:b:c", "0:1:0", "0:1:-1", "0:1e9:1"])
def test_prices_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ModelError):
        parse_prices(text)


def test_it_asks_which_emission_if_none_is_named_like_co2(tmp_path: Path) -> None:
    path = tmp_path / "gases.txt"
    from .osemosys_models import small_text

    path.write_text(small_text().replace("set EMISSION := CO2", "set EMISSION := NOX SOX"), encoding="utf-8")
    text = path.read_text(encoding="utf-8").replace("R GAS CO2", "R GAS NOX")
    path.write_text(text, encoding="utf-8")
    model = read_model(path)
    with pytest.raises(ModelError, match="NOX, SOX"):
        price_sweep(model, [0.0])
    assert price_sweep(model, [0.0], "NOX").emission == "NOX"
    with pytest.raises(ModelError, match="not a member"):
        price_sweep(model, [0.0], "CO2")


UNCERTAIN = (
    Uncertain("CapitalCost", 0.8, 1.3, each=("TECHNOLOGY",)),
    Uncertain("VariableCost", 0.7, 1.5, members={"TECHNOLOGY": ["GAS"]}),
    Uncertain("SpecifiedAnnualDemand", 0.9, 1.1),
)


def test_draws_equal_models_solved_by_themselves(tmp_path: Path) -> None:
    model = small(tmp_path)
    found = monte_carlo(model, UNCERTAIN, 6, seed=3)
    alone = [objective(drawn(model, UNCERTAIN, 3, i)) for i in range(6)]
    assert found.objective == pytest.approx(alone, rel=1e-9)
    assert len(set(found.objective.tolist())) == 6
    fan = found.fan("CO2")
    assert fan.shape == (5, 2)
    assert (np.diff(fan, axis=0) >= 0).all()


def test_draws_do_not_depend_on_how_many_workers_there_are(tmp_path: Path) -> None:
    model = small(tmp_path)
    one = monte_carlo(model, UNCERTAIN, 8, seed=1)
    with ThreadPoolExecutor(2) as pool:
        two = monte_carlo(model, UNCERTAIN, 8, seed=1, mapper=pool.map)
    assert np.array_equal(one.objective, two.objective)
    assert np.array_equal(one.emissions, two.emissions)
    assert not np.array_equal(one.objective, monte_carlo(model, UNCERTAIN, 8, seed=2).objective)


def test_a_factor_moves_its_group_only(tmp_path: Path) -> None:
    model = small(tmp_path)
    one = Uncertain("VariableCost", 2.0, 2.0, members={"TECHNOLOGY": ["GAS"]})
    with pytest.raises(ModelError, match="must hold 1"):
        one.check(model)
    moved = drawn(model, [Uncertain("CapacityFactor", 0.5, 1.5, members={"TIMESLICE": ["DAY"]})], 0, 0)
    ratio = moved.dense("CapacityFactor") / model.dense("CapacityFactor")
    assert (ratio[:, :, 1, :] == 1).all()
    assert np.ptp(ratio[:, :, 0, :]) == pytest.approx(0)
    assert ratio[0, 0, 0, 0] != 1


@pytest.mark.parametrize(
    "one",
    [
        Uncertain("NoSuch", 0.9, 1.1),
        Uncertain("CapitalCost", 0.9, 1.1, each=("FUEL",)),
        Uncertain("CapitalCost", 0.9, 1.1, members={"TECHNOLOGY": ["SOLAR"]}),
    ],
)
def test_a_draw_over_what_is_not_there_is_refused(tmp_path: Path, one: Uncertain) -> None:
    with pytest.raises(ModelError):
        monte_carlo(small(tmp_path), [one], 1)


# ---------------------------------------------------------------------- foresight


def test_seeing_less_never_costs_less(simplicity: Model) -> None:
    found = {
        kind: objective(simplicity, foresight=Foresight.parse(kind))
        for kind in ("perfect", "rolling:10:5", "recursive")
    }
    assert found["perfect"] < found["rolling:10:5"] < found["recursive"]


def test_a_window_over_all_years_is_perfect_foresight(simplicity: Model) -> None:
    years = simplicity.size("YEAR")
    whole = objective(simplicity, foresight=Foresight(years, years))
    assert whole == pytest.approx(objective(simplicity), rel=1e-9)


def test_recursive_foresight_does_not_prepare_for_what_it_cannot_see(tmp_path: Path) -> None:
    """A carbon price from the second year on, and wind that can only be built in the first."""
    model = small(tmp_path, "param TotalAnnualMaxCapacityInvestment default -1 := R WIND 2026 0 ;")
    cost = {("R", "WIND", y): 30.0 for y in ("2025", "2026")}
    model = with_values(model, "CapitalCost", cost)
    model = with_values(model, "FixedCost", {("R", "WIND", y): 1.0 for y in ("2025", "2026")})
    model = with_values(model, "EmissionsPenalty", {("R", "CO2", "2026"): 100.0})
    perfect, recursive = (
        solve_model(model, Options(foresight=Foresight.parse(kind))) for kind in ("perfect", "recursive")
    )
    built = [
        o.results.table("NewCapacity").by(model, "TECHNOLOGY").get(("WIND",), 0.0)
        for o in (perfect, recursive)
    ]
    assert built[0] > built[1] + 1
    assert recursive.solution.objective > perfect.solution.objective + 1
    assert recursive.results.table("TotalDiscountedCost").total() == pytest.approx(
        recursive.solution.objective
    )
    with pytest.raises(ModelError, match="no duals"):
        carbon_price(recursive.built, recursive.solution)


def test_recursive_investment_is_charged_as_the_annuity_of_its_year(tmp_path: Path) -> None:
    model = small(tmp_path)
    one_year = build(model)
    from trunghoa.pathways.osemosys.foresight import _window
    from trunghoa.pathways.osemosys.results import Results

    start = solve_model(model, Options(foresight=Foresight.parse("recursive")))
    window = build(_window(Results(start.built, start.solution), 0, 1, True), 2025)
    wind = model.position("TECHNOLOGY", "WIND")
    annuity = 9 * 0.05 / (1 - 1.05**-20) / 1.05
    assert window.money.capacity_cost[0, wind, 0] == pytest.approx(annuity)
    assert one_year.money.capacity_cost[0, wind, 0] > annuity


@pytest.mark.parametrize("kind", ["recursive", "rolling:1:1"])
def test_what_was_built_before_a_window_stands_in_it(tmp_path: Path, kind: str) -> None:
    """Wind alone: by day 10 in half a year at a factor of 0.3 take 66.7 of it, and the next year 5 % more."""
    model = small(tmp_path, "param TotalAnnualMaxCapacity default -1 := R GAS 2025 0 R GAS 2026 0 ;")
    outcome = solve_model(model, Options(foresight=Foresight.parse(kind)))
    new = outcome.results.table("NewCapacity").by(model, "TECHNOLOGY", "YEAR")
    assert new == pytest.approx({("WIND", "2025"): 20 / 0.3, ("WIND", "2026"): 1 / 0.3})
    total = outcome.results.table("TotalDiscountedCost").total()
    assert total == pytest.approx(outcome.solution.objective)


@pytest.mark.parametrize(
    "text", ["", "blind", "rolling:5", "rolling:5:6", "rolling:0:0", "perfect:1", "rolling:a:b"]
)
def test_a_foresight_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match="not a foresight"):
        Foresight.parse(text)


# ---------------------------------------------------------------------- expert curve


def test_the_expert_curve_orders_measures_by_their_cost_per_tonne() -> None:
    bars = bottom_up([Measure("CCS", 10, 600, "a"), Measure("LED", 5, -50, "b"), Measure("Rail", 5, 0, "c")])
    assert [b.measure.name for b in bars] == ["LED", "Rail", "CCS"]
    assert [(b.per_tonne, b.begins, b.ends) for b in bars] == [(-10, 0, 5), (0, 5, 10), (60, 10, 20)]


@pytest.mark.parametrize("measure", [Measure("nothing", 0, 1, "a"), Measure("rumour", 1, 1, " ")])
def test_a_measure_without_saving_or_source_is_refused(measure: Measure) -> None:
    with pytest.raises(ModelError):
        bottom_up([measure])
