"""An emissions trading scheme: what is free, what credits may cover, what it costs."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.parameters import Parameters
from trunghoa.pathways import enduse, ets
from trunghoa.quantities import InputError, ParameterError, Quality

from .enduse_cases import tables_of
from .enduse_reference import Case, Device

PILOT = date(2026, 1, 1)


@cache
def known_rules():
    return ets.rules(Parameters.load(), "VN", PILOT)


@pytest.fixture
def pilot():
    return known_rules()


def plant(emissions, output=1000, rate="0.8", banked=0):
    return ets.Facility("plant", Decimal(emissions), Decimal(output), Decimal(rate), banked)


def test_the_rules_are_looked_up_with_their_source_on_a_day(pilot):
    assert pilot.offset_share == Decimal("0.30")
    assert pilot.auction_share == 0
    assert pilot.quality is Quality.VERIFIED
    assert "Decree 119/2025" in pilot.source


def test_a_share_that_is_not_laid_down_yet_is_not_guessed():
    with pytest.raises(ParameterError, match=r"auction_share.* has no value on 2030-01-01"):
        ets.rules(Parameters.load(), "VN", date(2030, 1, 1))
    with pytest.raises(ParameterError, match="offset_share"):
        ets.rules(Parameters.load(), "VN", date(2025, 7, 1))


def test_what_a_plant_emits_below_its_allocation_is_left_over(pilot):
    found = ets.settle(plant("700.2"), pilot, price=Decimal(5))
    assert (found.obligation, found.free, found.surplus, found.bought) == (701, 800, 99, 0)
    assert found.cost == -99 * Decimal(5)
    kept = ets.settle(plant("700.2"), pilot, price=Decimal(5), sell_surplus=False)
    assert (kept.surplus, kept.cost) == (99, 0)


def test_credits_cover_at_most_three_tenths_of_the_obligation(pilot):
    found = ets.settle(plant(2000), pilot, price=Decimal(10), offset_price=Decimal(4))
    assert (found.free, found.offsets, found.bought) == (800, 600, 600)
    assert found.cost == 600 * Decimal(4) + 600 * Decimal(10)


def test_credits_cover_no_more_than_what_is_short(pilot):
    found = ets.settle(plant(900), pilot, price=Decimal(10), offset_price=Decimal(4))
    assert (found.offsets, found.bought, found.surplus) == (100, 0, 0)


def test_dear_or_scarce_credits_are_not_used_beyond_what_pays(pilot):
    assert ets.settle(plant(2000), pilot, price=Decimal(10), offset_price=Decimal(10)).offsets == 0
    few = ets.settle(plant(2000), pilot, price=Decimal(10), offset_price=Decimal(4), offsets_available=7)
    assert (few.offsets, few.bought) == (7, 1193)


def test_banked_allowances_go_before_anything_is_bought(pilot):
    found = ets.settle(plant(900, banked=60), pilot, price=Decimal(10))
    assert (found.bought, found.surplus) == (40, 0)


def test_an_auctioned_part_is_paid_for(pilot):
    later = replace(pilot, auction_share=Decimal("0.25"))
    found = ets.settle(plant(800), later, price=Decimal(10))
    assert (found.free, found.auctioned, found.bought, found.cost) == (600, 200, 0, 2000)


def test_a_market_adds_its_plants_up_and_shows_what_is_scarce(pilot):
    found = ets.market(ets.settle(plant(e), pilot, price=Decimal(10)) for e in (700, 900, 1000))
    assert (found.obligation, found.free, found.surplus, found.bought) == (2600, 2400, 100, 300)
    assert found.scarcity == 200
    assert found.cost == 200 * Decimal(10)


@given(
    st.decimals(0, 10**6, places=3), st.decimals(0, 10**5, places=2), st.decimals(0, 5, places=4),
    st.integers(0, 10**5), st.decimals(0, 100, places=2), st.decimals(0, 100, places=2),
)  # fmt: skip
def test_every_tonne_of_the_obligation_is_covered_once(emissions, output, rate, banked, price, credit):
    rules = known_rules()
    found = ets.settle(
        ets.Facility("f", emissions, output, rate, banked), rules, price=price, offset_price=credit
    )
    covered = found.free + banked + found.auctioned + found.offsets + found.bought - found.surplus
    assert covered == found.obligation
    assert 0 <= found.offsets <= rules.offset_share * found.obligation
    assert min(found.surplus, found.bought) == 0
    dearer = ets.settle(ets.Facility("f", emissions + 1, output, rate, banked), rules, price=price)
    assert (
        dearer.cost >= ets.settle(ets.Facility("f", emissions, output, rate, banked), rules, price=price).cost
    )


@pytest.mark.parametrize(
    ("emissions", "output", "rate", "banked", "field"),
    [
        ("-1", 1, "1", 0, "emissions"),
        (1, "-1", "1", 0, "output"),
        (1, 1, "NaN", 0, "rate"),
        (1, 1, "1", -1, "banked"),
    ],
)
def test_impossible_amounts_are_refused(emissions, output, rate, banked, field):
    with pytest.raises(InputError, match=field):
        plant(emissions, output, rate, banked)


def test_a_negative_price_is_refused(pilot):
    with pytest.raises(InputError, match="price"):
        ets.settle(plant(1), pilot, price=Decimal(-1))


def test_a_price_path_is_linear_between_its_years_and_zero_before():
    path = ets.price_path({2025: Decimal(2), 2030: Decimal(12)}, [2024, 2025, 2027, 2030, 2040])
    assert path == {2024: 0, 2025: 2, 2027: 6, 2030: 12, 2040: 12}
    with pytest.raises(InputError, match="at least one year"):
        ets.price_path({}, [2030])


def steel() -> Case:
    return Case(
        years=[2025],
        devices={
            "BF": Device(20, 0.1, 100.0, 1.0, "steel", 1.0, {"coal": 20.0}),
            "EAF": Device(20, 0.1, 100.0, 60.0, "steel", 1.0, {"coal": 5.0}),
        },
        price={"coal": 2.0},
        factor={"coal": 0.1},
        demand={"steel": {2025: 100.0}},
    )


def solved(records):
    tables = tables_of(steel())
    return enduse.solve_model(enduse.compile_model(tables.with_values(records)))


def test_an_intensity_limit_in_the_model_is_a_rate_times_output(pilot):
    free = solved({})
    assert free.emissions.sum() == pytest.approx(200)
    tight = solved(ets.intensity_records(pilot, "*", "CO2", "steel", {2025: 1.2}))
    assert tight.emissions.sum() == pytest.approx(120)
    assert tight.objective > free.objective


def test_credits_in_the_model_cover_at_most_their_share(pilot):
    records = ets.intensity_records(pilot, "*", "CO2", "steel", {2025: 1.2}, offset_prices={2025: 1.0})
    found = solved(records)
    bought = float(found.credits[0, 0])
    assert found.emissions.sum() - bought == pytest.approx(120)
    assert bought == pytest.approx(0.3 * found.emissions.sum())
    dear = solved(ets.intensity_records(pilot, "*", "CO2", "steel", {2025: 1.2}, offset_prices={2025: 1e3}))
    assert dear.credits.sum() == 0


def test_credits_without_a_price_are_refused(pilot):
    records = ets.intensity_records(pilot, "*", "CO2", "steel", {2025: 1.2}, offset_prices={2025: 1.0})
    del records["offset_price"]
    with pytest.raises(InputError, match="have no price"):
        solved(records)


def test_a_cap_in_the_model_is_kept_and_has_a_price():
    found = solved(ets.limit_record("*", "CO2", {2025: 150.0}, Quality.ILLUSTRATIVE, "test"))
    assert found.emissions.sum() == pytest.approx(150)
    assert found.marginal[0][0] == pytest.approx((60 - 1 - 2 * 15) / 1.5)
