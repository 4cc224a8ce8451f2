"""AIM/Enduse: the known answer, and what must hold whatever the numbers are."""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trunghoa.pathways import enduse
from trunghoa.pathways.enduse import cost
from trunghoa.pathways.enduse.read_json import is_enduse_json, read_json
from trunghoa.pathways.enduse.schema import Bound
from trunghoa.quantities import InputError, ModelError

from .enduse_cases import PLACE, rows, tables_of
from .enduse_reference import Case, Device

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "pathways"
MINI = CASES / "aim_mini" / "expected.json"
QUICK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def solve(tables, **options):
    return enduse.solve_model(enduse.compile_model(tables), enduse.Options(**options))


def heat(years=(2020, 2025, 2030, 2040), **more) -> Case:
    """Heat from coal, gas or electricity, with an old stock of coal boilers."""
    return Case(
        years=list(years),
        devices={
            "COAL": Device(15, 0.1, 100.0, 4.0, "heat", 1.0, {"coal": 10.0}),
            "GOOD": Device(15, 0.1, 180.0, 4.0, "heat", 1.0, {"coal": 6.0}),
            "ELE": Device(20, 0.1, 420.0, 6.0, "heat", 1.0, {"ele": 3.0}),
        },
        price={"coal": 3.0, "ele": 15.0},
        factor={"coal": 0.09, "ele": 0.02},
        demand={"heat": {y: 1000 * 1.03 ** (y - years[0]) for y in years}},
        stock={("COAL", v): 1000 / 15 for v in range(years[0] - 15, years[0])},
        **more,
    )


def tables(case=None, **settings_):
    return tables_of(case or heat(), **{"discount_rate": "0.05", **settings_})


# The known answer


@pytest.mark.skipif(not MINI.is_file(), reason="the shared cases are not beside the project")
@pytest.mark.parametrize("case", ["tax0", "tax50", "tax100"])
@pytest.mark.parametrize("method", ["simplex", "ipm"])
def test_the_small_case_gives_the_known_costs_operation_and_emissions(case, method):
    assert is_enduse_json(MINI)
    expected = json.loads(MINI.read_text())["expected"][case]["years"]
    result = solve(read_json(MINI)[case], method=method)
    model = result.model
    assert result.objective == pytest.approx(sum(y["VTC"] for y in expected), rel=1e-6)
    assert result.objective_kind == "sum of yearly costs"
    assert result.yearly_cost() == pytest.approx([y["VTC"] for y in expected], rel=1e-6)
    assert result.emissions.sum(axis=1) == pytest.approx([y["emis"] for y in expected], rel=1e-4)
    for n, (_, _, device) in enumerate(model.devices):
        assert result.operation[:, n] == pytest.approx([y["X"][device] for y in expected], rel=1e-4, abs=1e-4)
        assert result.new[:, n] == pytest.approx([y["R"][device] for y in expected], rel=1e-4, abs=1e-4)


@pytest.mark.skipif(not MINI.is_file(), reason="the shared cases are not beside the project")
def test_the_annualised_costs_of_the_small_case_are_those_of_the_equation():
    expected = json.loads(MINI.read_text())["expected"]["tax0"]["cn"]
    model = enduse.compile_model(read_json(MINI)["tax0"])
    found = cost.annuity(model.hurdle, model.life) * model.capital[0]
    assert dict(zip((d for _, _, d in model.devices), found, strict=True)) == pytest.approx(
        expected, rel=1e-9
    )


# Money


@given(st.floats(0.001, 0.5), st.integers(1, 60))
def test_an_annuity_pays_the_investment_back(rate, life):
    payment = float(cost.annuity(rate, life))
    assert payment * sum((1 + rate) ** -year for year in range(1, life + 1)) == pytest.approx(1, rel=1e-9)


@given(st.floats(0.0, 0.3), st.integers(1, 40), st.integers(0, 30))
def test_what_an_investment_is_charged_is_its_annuity_inside_the_horizon(rate, life, years):
    """At a hurdle equal to the discount rate the sinking fund leaves exactly the annuities up to the end."""
    charged = float(cost.investment_weight(rate, rate, life, 2020, 2020 + years, 2020))
    inside = sum((1 + rate) ** -year for year in range(min(life, years + 1)))
    assert charged == pytest.approx(float(cost.annuity_due(rate, life)) * inside, rel=1e-9)


def test_a_rate_of_nothing_spreads_the_cost_evenly():
    assert float(cost.annuity(0.0, 8)) == 1 / 8
    assert float(cost.investment_weight(0.0, 0.0, 10, 2020, 2023, 2020)) == pytest.approx(0.4)


# What must hold whatever the numbers are

numbers = st.floats(0.2, 5.0)


@QUICK
@given(st.permutations(["COAL", "GOOD", "ELE"]), st.sampled_from(["recursive", "perfect"]))
def test_names_and_order_of_devices_do_not_change_the_cost(order, foresight):
    case = heat(tax={2030: 40.0})
    again = replace(case, devices={name: case.devices[name] for name in order})
    assert solve(tables(again), foresight=foresight).objective == pytest.approx(
        solve(tables(case), foresight=foresight).objective, rel=1e-9
    )


@QUICK
@given(numbers, numbers, st.sampled_from(["recursive", "perfect"]))
def test_units_of_money_and_service_scale_the_cost_and_nothing_else(money, service, foresight):
    case = heat(cap={2030: 600.0})
    scaled = replace(
        case,
        devices={
            name: replace(d, capital=d.capital * money / service, operating=d.operating * money / service,
                          inputs={k: e / service for k, e in d.inputs.items()})
            for name, d in case.devices.items()
        },
        price={k: p * money for k, p in case.price.items()},
        demand={"heat": {y: d * service for y, d in case.demand["heat"].items()}},
        stock={key: units * service for key, units in case.stock.items()},
    )  # fmt: skip
    one, other = solve(tables(case), foresight=foresight), solve(tables(scaled), foresight=foresight)
    assert other.objective == pytest.approx(one.objective * money, rel=1e-7)
    assert other.emissions == pytest.approx(one.emissions, rel=1e-5, abs=1e-5)
    assert other.marginal[0] == pytest.approx(one.marginal[0] * money, rel=1e-5, abs=1e-6, nan_ok=True)


@QUICK
@given(st.lists(st.floats(200.0, 900.0), min_size=2, max_size=4))
def test_a_tighter_cap_is_never_cheaper(caps):
    costs = [
        solve(tables(heat(cap={2030: cap})), foresight="perfect").objective
        for cap in sorted(caps, reverse=True)
    ]
    assert all(b >= a * (1 - 1e-9) for a, b in itertools.pairwise(costs))


@QUICK
@given(st.lists(st.floats(0.0, 300.0), min_size=2, max_size=4))
def test_a_higher_price_never_raises_emissions_in_one_year_or_with_foresight(prices):
    for years in ((2030,), (2020, 2030)):
        case = heat(years)
        found = [
            solve(tables(replace(case, tax=dict.fromkeys(years, p))), foresight="perfect").emissions
            for p in sorted(prices)
        ]
        weight = np.array([1, 10])[: len(years)]
        discounted = [float((e.sum(axis=1) * weight).sum()) for e in found]
        assert all(b <= a + 1e-6 * a for a, b in itertools.pairwise(discounted))


def test_the_price_of_a_cap_reproduces_the_cap_as_a_tax():
    capped = solve(tables(heat((2030,), cap={2030: 400.0})))
    price = float(capped.marginal[0][0])
    assert price > 0
    below = solve(tables(heat((2030,), tax={2030: price * 0.999})))
    above = solve(tables(heat((2030,), tax={2030: price * 1.001})))
    assert below.emissions.sum() >= 400.0 - 1e-6 >= above.emissions.sum() - 1e-6


def test_the_marginal_cost_is_what_one_tonne_less_costs():
    case = heat(cap={2040: 500.0})
    for foresight in ("recursive", "perfect"):
        model = enduse.compile_model(tables(case))
        result = enduse.solve_model(model, enduse.Options(foresight=foresight))
        less = solve(tables(replace(case, cap={2040: 499.0})), foresight=foresight)
        more = less.objective - result.objective
        price = float(result.marginal[0][3])
        weight = 1.0 if foresight == "recursive" else cost.operating_weight(0.05, 2040, 10, 2020)
        assert more == pytest.approx(price * weight, rel=1e-3)


def test_one_budget_over_all_years_has_a_price_that_rises_at_the_discount_rate():
    """Hotelling: with one budget the price of a tonne rises at the rate at which years are compared."""
    budget = rows((("*", "CO2"), 9000.0), bound=Bound.TOTAL)
    case = heat(tuple(range(2020, 2036)))
    model = tables(case).with_values({"emission_limit": budget})
    prices = solve(model, foresight="perfect").marginal[0]
    assert prices[0] > 0
    assert prices[1:] / prices[:-1] == pytest.approx(1.05, rel=1e-6)


def test_a_tax_that_rises_like_the_price_of_a_budget_gives_its_emissions():
    years = tuple(range(2020, 2031))
    budget = rows((("*", "CO2"), 7000.0), bound=Bound.TOTAL)
    free = tables(heat(years)).with_values({"emission_limit": budget})
    limited = solve(free, foresight="perfect")
    price = dict(zip(years, limited.marginal[0], strict=True))
    above = solve(tables(heat(years, tax={y: p * 1.0001 for y, p in price.items()})), foresight="perfect")
    below = solve(tables(heat(years, tax={y: p * 0.9999 for y, p in price.items()})), foresight="perfect")
    assert limited.emissions.sum() == pytest.approx(7000.0)
    assert above.emissions.sum() <= 7000.0 + 1e-6 <= below.emissions.sum() + 2e-6


def test_two_equal_regions_cost_twice_as_much():
    one = tables(heat(cap={}))
    members = {**one.members, "regions": {"R": enduse.Member("R"), "S": enduse.Member("S")}}
    values = {
        name: tuple(
            replace(r, keys=("*", *r.keys[1:])) if r.keys[0] == "R" and name != "stock" else r
            for r in records
        )
        for name, records in one.values.items()
    }
    for name in ("stock", "demand"):
        own = one.values[name]
        values[name] = own + tuple(replace(r, keys=("S", *r.keys[1:])) for r in own)
    two = replace(one, members=members, values=values)
    for foresight in ("recursive", "perfect"):
        assert solve(two, foresight=foresight).objective == pytest.approx(
            2 * solve(one, foresight=foresight).objective, rel=1e-9
        )


# Foresight


def test_seeing_all_years_is_never_dearer_than_seeing_one_at_a_time():
    case = heat(tuple(range(2020, 2041, 5)), tax={2020: 0.0, 2040: 120.0})
    perfect = solve(tables(case), foresight="perfect")
    recursive = solve(tables(case), foresight="recursive")
    rolling = solve(tables(case, window="3", step="1"), foresight="rolling")
    best = perfect.objective
    assert enduse.discounted_cost(perfect) == pytest.approx(best, rel=1e-9)
    assert best <= rolling.objective * (1 + 1e-9)
    assert rolling.objective <= enduse.discounted_cost(recursive) * (1 + 1e-9)
    assert perfect.objective_kind != recursive.objective_kind


def test_a_window_over_all_years_is_perfect_foresight():
    case = heat(tax={2030: 60.0})
    rolling = solve(tables(case, window="4", step="4"), foresight="rolling")
    perfect = solve(tables(case), foresight="perfect")
    assert rolling.objective == pytest.approx(perfect.objective, rel=1e-9)
    assert rolling.emissions == pytest.approx(perfect.emissions)


def test_comparing_years_needs_a_discount_rate():
    with pytest.raises(ModelError, match="discount_rate"):
        solve(tables_of(heat()), foresight="perfect")
    with pytest.raises(ModelError, match="choose recursive, perfect, rolling"):
        solve(tables(), foresight="clairvoyant")


def test_a_price_is_kept_from_the_year_it_was_found_in():
    case = heat((2020, 2025, 2030, 2035, 2040), cap={2030: 450.0})
    limit = rows((("*", "CO2"), 450.0, 2030), (("*", "CO2"), np.inf, 2031), bound=Bound.MAX)
    kept = tables(case).with_values({"emission_limit": limit, "kept_price": rows((("*", "CO2"), 2030))})
    result = solve(kept)
    price = float(result.marginal[0][2])
    assert price > 0
    assert result.gas_price[:, 0] == pytest.approx([0, 0, 0, price, price])
    with pytest.raises(ModelError, match="keeps the price found in a year"):
        solve(kept, foresight="perfect")


# Stocks


def stock_of(result, device):
    return result.stock[:, [d for _, _, d in result.model.devices].index(device)]


def test_a_device_stands_as_long_as_its_life_and_no_longer():
    case = heat((2020, 2021, 2034, 2035), recruit_max={"COAL": 0.0})
    case.stock = {("COAL", 2019): 600.0, ("COAL", 2006): 300.0}
    assert stock_of(solve(tables(case)), "COAL").tolist() == [900.0, 600.0, 0.0, 0.0]


def test_weibull_retirement_takes_the_power_of_age_over_life():
    case = heat((2020, 2025), recruit_max={"COAL": 0.0})
    case.devices["COAL"].shape = 3.0
    case.stock = {("COAL", 2010): 100.0}
    standing = 100 * np.exp(-((15 / 15) ** 3) + (10 / 15) ** 3)
    for foresight in ("recursive", "perfect"):
        assert stock_of(solve(tables(case), foresight=foresight), "COAL") == pytest.approx([100.0, standing])


def test_recruitment_of_a_solved_year_fills_the_years_it_stands_for():
    case = heat((2020, 2025), recruit_max={"GOOD": 10.0, "ELE": 0.0})
    case.stock = {("COAL", 2019): 2000.0}
    case.share_min = {"GOOD": 0.0}
    values = rows(((*PLACE, "GOOD"), 10.0), bound=Bound.MIN)
    made = tables(case)
    forced = made.with_values({"recruitment": [*made.records("recruitment"), *values]})
    for foresight in ("recursive", "perfect"):
        assert stock_of(solve(forced, foresight=foresight), "GOOD") == pytest.approx([10.0, 60.0])


def test_a_retrofit_keeps_the_year_of_building():
    """A boiler of 2015 turned into a good one in 2020 stands until 2030, not for fifteen years more."""
    case = heat((2020, 2025, 2029, 2030), retrofit={("COAL", "GOOD"): 1.0}, recruit_max={"GOOD": 0.0})
    case.stock = {("COAL", 2015): 1500.0}
    for foresight in ("recursive", "perfect"):
        result = solve(tables(case), foresight=foresight)
        assert result.retrofitted.vintage.tolist() == [2015] * result.retrofitted.units.size
        good = stock_of(result, "GOOD")
        assert good == pytest.approx([1000.0, 1000 * 1.03**5, 1000 * 1.03**9, 0.0])


@pytest.mark.parametrize("foresight", ["recursive", "perfect"])
def test_a_retrofit_that_never_pays_changes_nothing_even_for_lives_shorter_than_an_interval(foresight):
    case = heat((2020, 2025, 2030))
    for device in case.devices.values():
        device.life = 4
    dear = replace(case, retrofit={("COAL", "GOOD"): 1e6, ("GOOD", "ELE"): 1e6})
    one, other = solve(tables(case), foresight=foresight), solve(tables(dear), foresight=foresight)
    assert other.objective == pytest.approx(one.objective, rel=1e-9)
    assert other.stock == pytest.approx(one.stock)


def test_a_replacement_needs_a_retired_unit_and_no_recruitment():
    case = heat((2020, 2021), recruit_max={"COAL": 0.0, "GOOD": 0.0}, replacement={"COAL": 10.0})
    case.stock = {("COAL", 2006): 100.0, ("COAL", 2019): 2000.0}
    case.demand = {"heat": {2020: 2100.0, 2021: 2100.0}}
    for foresight in ("recursive", "perfect"):
        result = solve(tables(case), foresight=foresight)
        again = result.replaced[:, [d for _, _, d in result.model.devices].index("COAL")]
        assert again.tolist() == pytest.approx([0.0, 100.0])
    dear = solve(tables(replace(case, recruit_max={"GOOD": 0.0, "ELE": 0.0, "COAL": 0.0}, replacement={})))
    assert dear.status == "infeasible"


def test_energy_that_runs_out_is_shared_over_the_years():
    case = heat((2020, 2021, 2022), exhaustible={"ele": 1500.0}, tax=dict.fromkeys((2020, 2021, 2022), 500.0))
    result = solve(tables(case), foresight="perfect")
    used = result.energy[:, [k for _, _, k in result.model.uses].index("ele")]
    assert used.sum() == pytest.approx(1500.0)
    one_at_a_time = solve(tables(case))
    greedy = one_at_a_time.energy[:, [k for _, _, k in result.model.uses].index("ele")]
    assert greedy.sum() == pytest.approx(1500.0)
    assert greedy[0] == pytest.approx(1500.0)


def test_energy_that_runs_out_counts_all_the_years_a_solved_year_stands_for():
    years = (2020, 2025, 2030)
    case = heat(years, exhaustible={"ele": 9000.0}, tax=dict.fromkeys(years, 900.0))
    result = solve(tables(case))
    used = result.energy[:, [k for _, _, k in result.model.uses].index("ele")]
    # 3000 in the first year; of the 6000 left a fifth a year in the next five; then nothing.
    assert used == pytest.approx([3000.0, 1200.0, 0.0])


def test_stock_that_must_run_does():
    case = heat((2020, 2021))
    case.stock = {("COAL", 2019): 500.0, ("ELE", 2019): 300.0}
    idle = solve(tables(replace(case, price={"coal": 0.1, "ele": 90.0})))
    full = solve(
        tables(replace(case, price={"coal": 0.1, "ele": 90.0})).with_values(
            {"fully_operated": rows(((*PLACE, "ELE"), 1))}
        )
    )
    column = [d for _, _, d in idle.model.devices].index("ELE")
    assert idle.operation[0, column] == 0
    assert full.operation[0, column] == pytest.approx(300.0)


def test_what_cannot_be_met_is_said_in_the_models_own_words():
    case = heat((2020, 2030), recruit_max={"COAL": 0.0, "GOOD": 0.0, "ELE": 10.0})
    result = solve(tables(case))
    assert result.status == "infeasible"
    (lack,) = result.lacks
    assert (lack.table, lack.keys, lack.year) == ("demand", ("R", "I", "heat"), 2020)
    assert lack.amount == pytest.approx(1000 / 15 - 10)
    assert "recruitment.csv: R I ELE" in lack.because
    assert "Demand for R I heat (2020) lacks" in str(lack)
    assert result.summary()["objective"] is None


def test_a_cap_that_cannot_be_kept_is_said_with_what_is_above_it():
    result = solve(tables(heat((2020,), cap={2020: 10.0})))
    (lack,) = result.lacks
    assert (lack.table, lack.year) == ("emission_limit", 2020)
    assert lack.amount == pytest.approx(1000 * 3 * 0.02 - 10)


def test_a_device_that_earns_without_limit_is_refused():
    case = heat((2020,))
    case.devices["COAL"].operating = -1000.0
    with pytest.raises(ModelError, match="earn without limit"):
        solve(tables(case))


@pytest.mark.parametrize("text", ["[1]", "{", '{"spec": {"devices": {}}}'])
def test_json_that_is_no_case_is_refused_with_its_field(tmp_path, text):
    path = tmp_path / "case.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"case\.json"):
        read_json(path)


def test_json_cases_say_what_they_change(tmp_path):
    spec = {
        "years": [2020, 2021],
        "devices": {
            "A": {"energy_per_activity_GJ": {"COA": 10}, "capital_USD": 100, "life": 10, "discount": 0.1}
        },
        "fuels": {"COA": {"price_USD_per_GJ": 3, "tCO2_per_GJ": 0.09}},
        "service": {"2020": 10, "2021": "20*t/t"},
        "initial_stock": {"A": {"2015": 4}},
        "cases": {"base": {}, "both": {"tax": {"2020": 10}, "cap": {"2021": 100}, "recruit_max": {"A": 50}}},
    }
    path = tmp_path / "case.json"
    path.write_text(json.dumps(spec | {"spec": spec}))
    found = read_json(path)
    assert solve(found["base"]).service[:, 0].tolist() == [10, 20]
    assert solve(found["both"]).cost()["emission_payment"].tolist() == pytest.approx([90.0, 180.0])
    spec["cases"]["both"]["cup"] = 1
    path.write_text(json.dumps({"spec": spec}))
    with pytest.raises(InputError, match="“cup” is not known here"):
        read_json(path)
    spec["cases"] = {}
    spec["constraints"] = "R_A <= recruit limit where given ; sum emissions <= cap from 2021 where given"
    path.write_text(json.dumps({"spec": spec, "expected": {"tax10_cap18_recruit30": {}}}))
    (named,) = read_json(path).values()
    assert [r.value for r in named.records("emission_tax")] == [10.0]
    assert [(r.year, r.value) for r in named.records("emission_limit")] == [(2021, 18.0)]
    assert [(r.keys[2], r.value) for r in named.records("recruitment")] == [("A", 30.0)]
    path.write_text(json.dumps({"spec": spec, "expected": {"cap_tight": {}}}))
    with pytest.raises(InputError, match="cap_tight"):
        read_json(path)
