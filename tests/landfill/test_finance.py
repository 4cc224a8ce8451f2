"""Costs and income of avoided methane."""

from __future__ import annotations

import json
from decimal import Decimal
from math import isclose
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.landfill.finance import Appraisal, Terms, appraise
from trunghoa.landfill.irr import rates_of_return
from trunghoa.quantities import InputError, PlaceKey, Quality

CASE = Path(__file__).parents[2] / "../shared/cases/methane_hfc/finance1.json"
needs_case = pytest.mark.skipif(
    not CASE.exists(), reason=f"known answers are not beside the project ({CASE})"
)


def terms(**changes: object) -> Terms:
    given: dict[str, object] = {
        "first_year": 2026,
        "discount_rate": Decimal("0.08"),
        "price": Decimal(15),
        "share": Decimal("0.5"),
        "capex": {2026: Decimal(3_000_000)},
        "opex": Decimal(250_000),
    }
    return Terms(**{**given, **changes})  # type: ignore[arg-type]


def npv_by_hand(flow: list[float], rate: float) -> float:
    return sum(c / (1 + rate) ** t for t, c in enumerate(flow))


@needs_case
@pytest.mark.parametrize(("name", "grant"), [("no_grant", 0), ("grant_1.5M_at_t0", 1_500_000)])
def test_it_gives_the_known_answers(name: str, grant: int) -> None:
    case = json.loads(CASE.read_text(encoding="utf-8"))
    answer = appraise(
        terms(grants={2026: Decimal(grant)} if grant else {}), case["ER_tCO2e"].values(), gwp_set="AR5"
    )
    expected = case[name]
    found = {
        "NPV": answer.npv,
        "IRR": answer.irr[0],
        "LCOA_usd_per_tCO2e": answer.levelised_cost,
        "undiscounted_cost_per_t": answer.undiscounted_cost,
        "breakeven_price": answer.break_even_price,
        "PV_ER": answer.reduction_discounted,
        "PV_cost": answer.cost_discounted,
        "ER_total": answer.reduction,
    }
    assert set(found) == set(expected)
    for key, value in found.items():
        assert value is not None
        assert isclose(value, expected[key], rel_tol=1e-9), key
    assert len(answer.irr) == 1
    assert answer.grant_per_tonne == grant / answer.reduction


def test_the_year_of_works_has_capital_cost_and_grant_only() -> None:
    answer = appraise(terms(grants={2026: Decimal(500_000)}), [1000.0, 2000.0], gwp_set="AR5")
    assert answer.cash_flow.tolist() == [-2_500_000.0, 15 * 0.5 * 2000 - 250_000]
    assert answer.reduction == 2000.0
    assert any("year of works" in str(n) for n in answer.notices)


def test_capital_and_grants_may_come_in_any_year() -> None:
    answer = appraise(
        terms(
            capex={2026: Decimal(100), 2028: Decimal(50)},
            grants={2027: Decimal(30)},
            opex={2027: Decimal(7)},
            other_income={2028: Decimal(11)},
            price=Decimal(2),
            share=Decimal(1),
        ),
        [0.0, 10.0, 10.0],
        gwp_set="AR5",
    )
    assert answer.cash_flow.tolist() == [-100.0, 20 + 30 - 7, 20 + 11 - 50]


def test_a_break_even_price_makes_the_net_present_value_zero() -> None:
    extra = {"grants": {2027: Decimal(90_000)}, "other_income": {2028: Decimal(40_000)}}
    er = [0.0, 50_000.0, 60_000.0, 70_000.0]
    price = appraise(terms(**extra), er, gwp_set="AR5").break_even_price
    assert price is not None
    again = appraise(terms(price=Decimal(repr(price)), **extra), er, gwp_set="AR5")
    assert abs(again.npv) < 1e-6 * again.cost


def test_it_names_the_gwp_set_on_every_figure_per_tonne() -> None:
    answer = appraise(terms(), [0.0, 500_000.0, 500_000.0], gwp_set="AR5")
    figures = answer.figures(PlaceKey("site", "x"), quality=Quality.UNVERIFIED, source="terms")
    kinds = {(f.kind, f.scenario): f for f in figures}
    assert kinds["landfill.cost_per_tonne", "discounted"].gwp_set == "AR5"
    assert kinds["landfill.cost_per_tonne", "undiscounted"].amount == Decimal("3.5")
    assert kinds["landfill.npv", "project"].unit == "USD"
    assert kinds["landfill.irr", "project"].gwp_set == ""


@pytest.mark.parametrize("er", [[0.0, 0.0, 0.0], [0.0, -5.0, 1.0]])
def test_no_reduction_has_no_cost_per_tonne_and_says_so(er: list[float]) -> None:
    answer = appraise(terms(), er, gwp_set="AR5")
    assert answer.levelised_cost is None
    assert answer.undiscounted_cost is None
    assert answer.break_even_price is None
    assert answer.npv < 0
    assert any("no cost per tonne" in str(n) for n in answer.notices)
    kinds = {f.kind for f in answer.figures(PlaceKey("site", "x"), quality=Quality.VERIFIED, source="s")}
    assert kinds == {"landfill.npv"}


def test_a_year_above_the_reference_is_set_against_the_rest_and_told() -> None:
    answer = appraise(terms(), [0.0, -100.0, 500.0], gwp_set="AR5")
    assert answer.reduction == 400.0
    assert any("In 1 year" in str(n) for n in answer.notices)


def test_without_a_share_sold_there_is_no_break_even_price() -> None:
    answer = appraise(terms(share=Decimal(0)), [0.0, 100.0], gwp_set="AR5")
    assert answer.break_even_price is None
    assert answer.levelised_cost is not None
    assert any("No credit is sold" in str(n) for n in answer.notices)


def test_a_price_of_zero_leaves_the_costs_and_the_break_even_price() -> None:
    answer = appraise(terms(price=Decimal(0)), [0.0, 100.0], gwp_set="AR5")
    assert answer.npv == pytest.approx(-3_000_000 - 250_000 / 1.08, rel=1e-12)
    assert answer.break_even_price is not None
    assert answer.irr == ()


def test_a_rate_written_in_per_cent_is_told() -> None:
    said = [str(n) for n in appraise(terms(discount_rate=Decimal(8)), [0.0, 100.0], gwp_set="AR5").notices]
    assert any("The discount rate 8 is more than 100 % a year. Write 8 % as 0.08." in n for n in said)


@pytest.mark.parametrize(
    ("changes", "er", "said"),
    [
        ({"discount_rate": Decimal(-1)}, [0.0, 1.0], "discount rate -1 must be a number above -1"),
        ({"discount_rate": Decimal("NaN")}, [0.0, 1.0], "discount rate NaN"),
        ({"discount_rate": Decimal("-0.99999999999999999999")}, [0.0, 1.0], "too large to add up"),
        ({"share": Decimal("1.01")}, [0.0, 1.0], "share of credits sold 1.01 must lie within 0 to 1"),
        ({"price": Decimal(-1)}, [0.0, 1.0], "price -1 must be a finite amount"),
        ({"capex": {2031: Decimal(1)}}, [0.0, 1.0], "capex in 2031 lies outside"),
        ({"opex": {2026: Decimal(1)}}, [0.0, 1.0], "opex in 2026 lies outside"),
        ({"opex": Decimal("Infinity")}, [0.0, 1.0], "opex Infinity"),
        ({"other_income": {2026: Decimal(1)}}, [0.0, 1.0], "other_income in 2026"),
        ({}, [0.0, float("nan")], "not a finite number"),
        ({}, [], "no year to appraise"),
    ],
)
def test_it_refuses_terms_without_meaning(changes: dict[str, object], er: list[float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        appraise(terms(**changes), er, gwp_set="AR5")


def test_all_faults_are_told_at_once_and_the_gwp_set_is_needed() -> None:
    with pytest.raises(InputError) as caught:
        appraise(terms(share=Decimal(2), price=Decimal(-3)), [0.0], gwp_set="")
    assert {p.field for p in caught.value.problems} == {"share", "price", "gwp_set"}


def test_a_flow_without_a_sign_change_has_no_rate_of_return() -> None:
    assert rates_of_return([-5.0, -1.0]) == ()
    assert rates_of_return([0.0, 0.0]) == ()
    assert rates_of_return([7.0]) == ()


def test_a_flow_that_never_reaches_zero_has_no_rate_of_return() -> None:
    assert rates_of_return([1.0, -2.0, 1.5]) == ()  # two changes of sign, but no real root


def test_every_rate_of_return_is_found() -> None:
    # −1 + 2.3/(1+r) − 1.32/(1+r)² is zero at 10 % and at 20 %
    assert rates_of_return([-1000.0, 2300.0, -1320.0]) == pytest.approx((0.1, 0.2), rel=1e-9)
    # −(x−0.9)(x−1.1)(x−1.3) with x = 1+r: a loss and two gains
    flow = (-np.poly([0.9, 1.1, 1.3])).tolist()
    assert rates_of_return(flow) == pytest.approx((-0.1, 0.1, 0.3), rel=1e-9)


def test_a_rate_where_the_value_only_touches_zero_is_found_once() -> None:
    assert rates_of_return([-1.0, 4.0, -4.0]) == pytest.approx((1.0,), rel=1e-7)


def test_leading_and_trailing_years_without_money_do_not_matter() -> None:
    assert rates_of_return([0.0, 0.0, -100.0, 0.0, 121.0, 0.0]) == pytest.approx((0.1,), rel=1e-12)


def test_a_total_loss_has_a_negative_rate() -> None:
    assert rates_of_return([-100.0, 50.0]) == pytest.approx((-0.5,), rel=1e-12)


@given(
    st.lists(st.floats(-0.6, 1.5).map(lambda r: round(r, 2)), min_size=1, max_size=4, unique=True),
    st.sampled_from([1.0, -1.0, 1e6]),
)
def test_roots_put_in_are_the_roots_that_come_out(rates: list[float], scale: float) -> None:
    flow = scale * np.poly([1.0 + r for r in rates])
    assert rates_of_return(flow) == pytest.approx(sorted(rates), abs=1e-6)


@given(st.floats(1e3, 1e7), st.lists(st.floats(0.0, 1e6), min_size=1, max_size=60))
def test_a_plain_investment_has_one_rate_at_most_and_its_value_is_zero_there(
    capex: float, income: list[float]
) -> None:
    flow = [-capex, *income]
    rates = rates_of_return(flow)
    assert len(rates) == (1 if any(income) else 0)
    for rate in rates:
        if rate > -0.5:
            assert abs(npv_by_hand(flow, rate)) < 1e-9 * (capex + sum(income))


def test_discounting_lowers_both_tonnes_and_money() -> None:
    low: Appraisal = appraise(terms(discount_rate=Decimal(0)), [0.0, 10.0, 10.0], gwp_set="AR5")
    high = appraise(terms(), [0.0, 10.0, 10.0], gwp_set="AR5")
    assert low.reduction_discounted == low.reduction == high.reduction == 20.0
    assert high.reduction_discounted == pytest.approx(10 / 1.08 + 10 / 1.08**2, rel=1e-12)
    assert low.levelised_cost == low.undiscounted_cost
