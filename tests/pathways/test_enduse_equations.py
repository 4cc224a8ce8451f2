"""Equations of AIM/Enduse one at a time, on models small enough to be worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from trunghoa.pathways import enduse
from trunghoa.pathways.enduse import Member, Membership, Tables
from trunghoa.pathways.enduse.schema import Bound
from trunghoa.quantities import InputError

from .enduse_cases import rows

ONE = ("R", "I")


def model(**values) -> Tables:
    """Two devices for one service: A burns coal cheaply, B uses dear electricity."""
    both = [("A",), ("B",)]
    base = {
        "life": rows(*((d, 10) for d in both)),
        "hurdle_rate": rows((("*", "*", "*"), 0.0)),
        "capital_cost": rows((("*", "*", "*"), 10.0)),
        "output": rows(((*ONE, "A", "J"), 1.0), ((*ONE, "B", "J"), 1.0)),
        "input": rows(((*ONE, "A", "coal"), 2.0), ((*ONE, "B", "ele"), 1.0)),
        "energy_price": rows((("*", "*", "coal"), 1.0), (("*", "*", "ele"), 5.0)),
        "emission_factor": rows((("*", "*", "coal", "CO2"), 0.1)),
        "demand": rows(((*ONE, "J"), 100.0)),
    }
    members = {
        "regions": {"R": Member("R")},
        "sectors": {"I": Member("I")},
        "devices": {d: Member(d) for (d,) in both},
        "services": {"J": Member("J")},
        "energies": {k: Member(k) for k in ("coal", "ele")},
        "gases": {g: Member(g, {}, {"of": g}) for g in ("CO2", "CH4")},
    }
    return Tables({"years": "2030"}, members, {}, {**base, **values}, "hand")


def solve(tables, **options):
    return enduse.solve_model(enduse.compile_model(tables), enduse.Options(**options))


def activity(result):
    return dict(zip((d for *_, d in result.model.devices), result.operation[0].tolist(), strict=True))


def group(name, *cells):
    return {name: {"G": tuple(Membership(c) for c in cells)}}


def test_the_cheaper_device_does_all_of_it():
    result = solve(model())
    assert activity(result) == {"A": 100.0, "B": 0.0}
    # 100 × (2 × 1 energy + 10/10 a year of capital)
    assert result.objective == pytest.approx(300.0)
    assert result.service_value[0] == pytest.approx([3.0])


def test_a_change_of_output_efficiency_changes_what_one_activity_gives():
    result = solve(model(output_change=rows(((*ONE, "A", "J"), 0.25))))
    assert activity(result)["A"] == pytest.approx(80.0)


def test_a_change_of_energy_use_changes_what_one_activity_takes():
    result = solve(model(input_change=rows(((*ONE, "A", "coal"), -0.5))))
    assert result.energy[0, 0] == pytest.approx(100.0)
    assert result.emissions[0, 0] == pytest.approx(10.0)


def test_a_change_of_the_operating_rate_lets_less_stock_do_the_work():
    result = solve(model(operating_change=rows(((*ONE, "A"), 0.25))))
    assert result.stock[0, 0] == pytest.approx(80.0)
    assert activity(result)["A"] == pytest.approx(100.0)


def test_a_subsidy_takes_its_share_off_the_capital():
    assert solve(model(subsidy=rows((("*", "*", "A"), 0.5)))).objective == pytest.approx(250.0)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_device_share_holds_from_above_and_a_share_of_nothing_is_nothing(share):
    limit = rows(((*ONE, "A", "J"), share), bound=Bound.MAX)
    assert activity(solve(model(device_share=limit)))["A"] == pytest.approx(100 * share)


def test_a_device_share_holds_from_below():
    limit = rows(((*ONE, "B", "J"), 0.2), bound=Bound.MIN)
    assert activity(solve(model(device_share=limit)))["B"] == pytest.approx(20.0)


def test_a_group_share_counts_all_its_devices():
    shared = replace(
        model(group_share=rows(((*ONE, "G", "J"), 0.25), bound=Bound.MIN)),
        groups=group("service_groups", ("B", "J")),
    )
    assert activity(solve(shared))["B"] == pytest.approx(25.0)


def test_a_share_within_a_group_is_of_the_group_alone():
    tables = model(
        within_group_share=rows(((*ONE, "B", "G"), 0.4), bound=Bound.MIN),
        device_share=rows(((*ONE, "A", "J"), 0.6), bound=Bound.MAX),
    )
    shared = replace(tables, groups=group("service_groups", ("A", "J"), ("B", "J")))
    assert activity(solve(shared))["B"] == pytest.approx(40.0)


def two_regions(**values):
    tables = model(**{"demand": rows((("*", "I", "J"), 100.0)), **values})
    everywhere = {
        name: tuple(replace(r, keys=("*", *r.keys[1:])) for r in tables.values[name])
        for name in ("output", "input")
    }
    members = {**tables.members, "regions": {"R": Member("R"), "S": Member("S")}}
    return replace(tables.with_values(everywhere), members=members)


def test_a_region_share_is_of_the_service_of_all_places():
    limit = rows((("S", "I", "J"), 0.6), bound=Bound.MIN)
    service = solve(two_regions(region_share=limit)).service[0]
    assert service.tolist() == pytest.approx([100.0, 150.0])


def test_a_price_of_one_place_goes_before_the_price_of_every_place():
    dear = (*rows((("*", "*", "coal"), 1.0), (("*", "*", "ele"), 5.0)), *rows((("S", "I", "coal"), 50.0)))
    result = solve(two_regions(energy_price=dear))
    running = {key[0] + key[2]: x for key, x in zip(result.model.devices, result.operation[0], strict=True)}
    assert running == pytest.approx({"RA": 100.0, "RB": 0.0, "SA": 0.0, "SB": 100.0})


def test_energy_supply_holds_for_a_group_of_places_and_energies():
    tables = two_regions(energy_supply=rows((("everywhere", "fuel"), 150.0), bound=Bound.MAX))
    groups = {
        "place_groups": {"everywhere": (Membership(("*", "I")),)},
        "energy_groups": {"fuel": (Membership(("coal",)),)},
    }
    result = solve(replace(tables, groups=groups))
    assert result.energy[0, [k[2] == "coal" for k in result.model.uses]].sum() == pytest.approx(150.0)
    least = rows((("everywhere", "ele"), 30.0), bound=Bound.MIN)
    result = solve(replace(two_regions(energy_supply=least), groups=groups))
    assert result.energy[0, [k[2] == "ele" for k in result.model.uses]].sum() == pytest.approx(30.0)


def test_recruitment_is_per_year_and_counts_a_group():
    tables = model(
        recruitment=rows(((*ONE, "G"), 12.0), bound=Bound.MAX), stock=rows(((*ONE, "A", 2029), 60.0))
    )
    both = replace(
        tables.with_settings(years="2030 2035"), groups=group("device_groups", ("A",), ("B",))
    ).with_values({"demand": rows(((*ONE, "J"), 70.0))})
    result = solve(both)
    assert result.optimal
    assert result.new.sum(axis=1).tolist() == pytest.approx([10.0, 0.0])
    short = both.with_values({"demand": rows(((*ONE, "J"), 73.0))})
    assert solve(short).status == "infeasible"


def test_a_stock_limit_counts_what_stands_from_before():
    limit = rows(((*ONE, "A"), 30.0), bound=Bound.MAX)
    result = solve(model(stock_limit=limit, stock=rows(((*ONE, "A", 2025), 12.0))))
    assert result.stock[0, 0] == pytest.approx(30.0)
    assert result.new[0, 0] == pytest.approx(18.0)


def internal(surplus=None) -> Tables:
    """B's electricity is made inside the model by P, from coal."""
    tables = model()
    members = {
        **tables.members,
        "devices": {**tables.members["devices"], "P": Member("P")},
        "services": {"J": Member("J"), "E": Member("E", {}, {"commodity": "power"})},
        "energies": {"coal": Member("coal"), "ele": Member("ele", {}, {"commodity": "power"})},
    }
    more = {
        "life": rows((("P",), 10)),
        "output": rows(((*ONE, "P", "E"), 0.5)),
        "input": rows(((*ONE, "P", "coal"), 1.5)),
        "device_share": rows(((*ONE, "B", "J"), 0.5), bound=Bound.MIN),
        "energy_price": rows((("*", "*", "coal"), 1.0)),
    }
    joined = {k: (*tables.values.get(k, ()), *v) if k != "energy_price" else v for k, v in more.items()}
    if surplus is not None:
        joined["surplus_limit"] = rows((("R", "power"), surplus))
    return replace(tables.with_values(joined), members=members)


def test_a_commodity_made_inside_the_model_covers_its_use():
    result = solve(internal())
    assert activity(result) == pytest.approx({"A": 50.0, "B": 50.0, "P": 100.0})
    assert result.energy[0, [k[2] == "coal" for k in result.model.uses]].sum() == pytest.approx(250.0)


def test_a_surplus_of_a_commodity_is_held_to_its_limit():
    half = [rows(((*ONE, "B", "J"), 0.5), bound=bound) for bound in (Bound.MIN, Bound.MAX)]
    forced = internal(surplus=3.0).with_values(
        {
            "fully_operated": rows(((*ONE, "P"), 1)),
            "device_share": half[0] + half[1],
            "service_surplus": rows(((*ONE, "J"), 0.0)),
        }
    )
    allowed = solve(forced.with_values({"stock": rows(((*ONE, "P", 2029), 104.0))}))
    given = allowed.service[0, [j[2] == "E" for j in allowed.model.services]].sum()
    assert given == pytest.approx(52.0)
    result = solve(forced.with_values({"stock": rows(((*ONE, "P", 2029), 110.0))}))
    (lack,) = result.lacks
    # The surplus of 2 can go only where the service beyond its demand may not: 2 less power, 4 more service.
    assert (lack.table, lack.keys, lack.excess) in (
        ("commodity", ("R", "power"), True),
        ("demand", (*ONE, "J"), True),
    )
    assert "There would be too much" in str(lack)
    assert result.summary()["unmet"] == 0


def test_what_is_balanced_must_have_one_unit():
    tables = internal()
    members = {
        **tables.members,
        "energies": {"coal": Member("coal"), "ele": Member("ele", {}, {"commodity": "power", "unit": "PJ"})},
    }
    with pytest.raises(InputError, match="Give both the same unit"):
        enduse.compile_model(replace(tables, members=members))


def test_a_service_is_not_given_beyond_its_allowed_surplus():
    earning = model(operating_cost=rows(((*ONE, "A"), -4.0)), service_surplus=rows(((*ONE, "J"), 7.0)))
    assert solve(earning).service[0, 0] == pytest.approx(107.0)


def test_process_emissions_add_to_those_of_energy_and_may_be_below_zero():
    result = solve(model(process_emission=rows(((*ONE, "A", "CO2"), -0.05), ((*ONE, "A", "CH4"), 0.002))))
    found = {
        gas: value for (_, _, gas), value in zip(result.model.gases_at, result.emissions[0], strict=True)
    }
    assert found == pytest.approx({"CO2": 15.0, "CH4": 0.2})


def test_taxes_of_all_groups_a_gas_is_in_add_up_with_their_weights():
    tables = model(
        process_emission=rows(((*ONE, "A", "CH4"), 0.01)),
        emission_tax=rows((("*", "ghg"), 3.0), (("R", "CO2"), 1.0)),
        device_share=rows(((*ONE, "A", "J"), 1.0), bound=Bound.MIN),
    )
    weighted = {"gas_groups": {"ghg": (Membership(("CO2",), 1.0), Membership(("CH4",), 28.0))}}
    result = solve(replace(tables, groups=weighted))
    # 20 t CO2 at 3 + 1, and 1 t CH4 at 28 × 3
    assert result.cost()["emission_payment"][0] == pytest.approx(20 * 4 + 28 * 3)


def test_a_limit_on_a_group_of_gases_weighs_them():
    tables = model(
        process_emission=rows(((*ONE, "A", "CH4"), 0.01)),
        emission_limit=rows((("*", "ghg"), 24.0), bound=Bound.MAX),
    )
    weighted = {"gas_groups": {"ghg": (Membership(("CO2",), 1.0), Membership(("CH4",), 28.0))}}
    result = solve(replace(tables, groups=weighted))
    assert activity(result)["A"] == pytest.approx(24.0 / (0.2 + 0.28))
    assert result.marginal[0][0] == pytest.approx((6.0 - 3.0) / 0.48)


def test_values_are_linear_between_given_years_and_infinite_limits_stay_so():
    points = rows(((*ONE, "A", "J"), 1.0, 2030), ((*ONE, "A", "J"), 0.0, 2040), bound=Bound.MAX)
    tables = model(device_share=points).with_settings(years="2025 2030 2034 2040 2050")
    result = solve(tables)
    share = result.operation[:, 0] / 100
    assert share == pytest.approx([1.0, 1.0, 0.6, 0.0, 0.0])
    ends = rows((("R", "CO2"), np.inf, 2030), (("R", "CO2"), 8.0, 2040), bound=Bound.MAX)
    capped = model(emission_limit=ends).with_settings(years="2030 2035 2040 2045")
    assert solve(capped).emissions[:, 0] == pytest.approx([20.0, 20.0, 8.0, 8.0])


def test_a_tax_is_nothing_before_its_first_year():
    tables = model(emission_tax=rows((("*", "CO2"), 10.0, 2030))).with_settings(years="2025 2030")
    assert solve(tables).cost()["emission_payment"].tolist() == pytest.approx([0.0, 200.0])


def test_the_dual_method_and_the_interior_point_agree():
    tables = model(emission_limit=rows((("*", "CO2"), 11.0), bound=Bound.MAX))
    one, other = solve(tables, method="simplex"), solve(tables, method="ipm")
    assert one.objective == pytest.approx(other.objective, rel=1e-9)
    assert one.marginal[0] == pytest.approx(other.marginal[0], rel=1e-6)
    assert (one.method, other.method) == ("simplex", "ipm")


def test_a_run_repeats_to_the_last_digit():
    tables = model(emission_limit=rows((("*", "CO2"), 11.0), bound=Bound.MAX))
    one, other = solve(tables), solve(tables)
    assert one.objective == other.objective
    assert (one.operation == other.operation).all()
