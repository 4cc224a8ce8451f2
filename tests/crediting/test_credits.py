"""From reductions to credits: vintages, allocation, issuance, and who may act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.crediting import Verdict
from trunghoa.crediting.methodology import (
    Allocation,
    Designation,
    Issuance,
    Reduction,
    check_designation,
    check_four_eyes,
    check_issuance,
    credit_rule,
    credits_by_vintage,
    largest_remainder,
    propose_allocation,
    rounded_up,
)
from trunghoa.parameters import Parameters
from trunghoa.quantities import InputError, ParameterError, Period, Quality

RULE = credit_rule("JCM", Parameters.load(), date(2026, 1, 1))
HALF = {"Japan": Decimal("0.5"), "others": Decimal("0.5")}


def reduction(period: str, amount: str | Fraction, **given: Any) -> Reduction:
    default: dict[str, Any] = {"eligible": Verdict.PASSED, "gwp_set": "", "quality": Quality.UNVERIFIED}
    return Reduction("X", "1", Period.parse(period), Fraction(amount), Fraction(0), **{**default, **given})


def test_the_rule_is_named_dated_and_unverified() -> None:
    assert (RULE.rounding, RULE.split, RULE.credit) == ("down_per_vintage", "by_days", 1)
    assert RULE.parameter.quality == "unverified"
    with pytest.raises(ParameterError, match="0 rules make credits of JCM on 2010"):
        credit_rule("JCM", Parameters.load(), date(2010, 1, 1))


def test_trap_13_a_period_that_crosses_a_year_is_split_by_vintage() -> None:
    found = credits_by_vintage([reduction("2024-12-30/2025-01-02", "4.4")], RULE)
    assert [(v.year, v.reduction, v.credits) for v in found] == [
        (2024, Fraction("2.2"), 2),
        (2025, Fraction("2.2"), 2),
    ]


def test_trap_13_periods_that_overlap_are_refused() -> None:
    with pytest.raises(InputError, match="2024-07-01/2025-06-30 overlaps 2024"):
        credits_by_vintage([reduction("2024", "5"), reduction("2024-07-01/2025-06-30", "5")], RULE)


def test_fractions_are_dropped_once_for_each_vintage_not_for_each_period() -> None:
    halves = [reduction("2024-H1", "1.5"), reduction("2024-H2", "1.5"), reduction("2025-H1", "0.9")]
    assert [v.credits for v in credits_by_vintage(halves, RULE)] == [3, 0]


def test_an_exact_whole_is_not_rounded_down_by_a_tail_of_nines() -> None:
    assert credits_by_vintage([reduction("2024", Fraction(10, 3) * 3)], RULE)[0].credits == 10


def test_a_year_that_emitted_more_gives_no_credits() -> None:
    assert credits_by_vintage([reduction("2024", "-3.5")], RULE)[0].credits == 0


def test_there_are_no_credits_before_every_criterion_is_met() -> None:
    for verdict in (Verdict.UNKNOWN, Verdict.FAILED):
        with pytest.raises(InputError, match=f"eligibility of the period 2024 is {verdict}"):
            credits_by_vintage([reduction("2024", "5", eligible=verdict)], RULE)


def test_trap_18_tonnes_of_two_sets_of_potentials_are_not_added() -> None:
    with pytest.raises(InputError, match="different potentials: AR4, AR5"):
        credits_by_vintage(
            [reduction("2024", "5", gwp_set="AR4"), reduction("2025", "5", gwp_set="AR5")], RULE
        )


@given(st.fractions(0, 10**6, max_denominator=1000), st.integers(1, 1500), st.integers(0, 364))
def test_credits_never_exceed_the_reduction(amount: Fraction, days: int, start: int) -> None:
    first = date.fromordinal(date(2024, 1, 1).toordinal() + start)
    period = Period(first, date.fromordinal(first.toordinal() + days - 1))
    found = credits_by_vintage([reduction(period.code(), amount)], RULE)
    assert sum(v.reduction for v in found) == amount
    assert amount - len(found) < sum(v.credits for v in found) <= amount


def parts(case: dict[str, Any]) -> dict[str, int]:
    return {k: v for k, v in case.items() if isinstance(v, int) and k != "issued"}


def test_every_known_allocation_adds_up_to_what_was_issued(case_json: Callable[[str], Any]) -> None:
    cases = case_json("jcm_allocations_visible.json")
    for case in cases:
        given, rest = parts(case), case["issued"] - sum(parts(case).values())
        assert rest >= 0
        table = Allocation({2016: case["issued"]}, {2016: {**given, "not stated": rest}})
        assert {account: table.total(account) for account in given} == given
    assert {c["case"] for c in cases if sum(parts(c).values()) == c["issued"]}


def test_a_half_is_rounded_up_for_the_government_in_each_vintage() -> None:
    """73 of 144, 76 of 151 and 95 of 189: no rounding of the total at a half gives the first."""
    for vintages, government in [({2015: 71, 2016: 73}, 73), ({2016: 151}, 76), ({2016: 50, 2017: 139}, 95)]:
        assert propose_allocation(vintages, HALF, "rounded_up").total("Japan") == government
    assert propose_allocation({2016: 144}, HALF, "rounded_up").total("Japan") == 72


def test_an_allocation_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(InputError, match="vintage 2024 adds up to 9; issued are 10") as caught:
        Allocation({2024: 10, 2025: 5}, {2024: {"a": 9}, 2025: {"a": 6, "b": -1}, 2026: {"a": 1}})
    assert len(caught.value.problems) == 3


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(InputError, match="do not add up to 1"):
        propose_allocation({2024: 10}, {"a": Decimal("0.5"), "b": Decimal("0.4")}, "largest_remainder")
    with pytest.raises(InputError, match="not one of: largest_remainder, rounded_up"):
        propose_allocation({2024: 10}, HALF, "as we like")


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(any))
def test_no_credit_is_lost_in_allocation(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    shares = {str(n): Decimal(w) / 1000 for n, w in enumerate(weights)}
    shares["rest"] = 1 - sum(shares.values()) if whole <= 1000 else Decimal(0)
    if whole > 1000:
        shares = {"0": Decimal("0.25"), "1": Decimal("0.75")}
    for rounding in (largest_remainder, rounded_up):
        found = rounding(total, shares)
        assert sum(found.values()) == total
        assert min(found.values()) >= 0
    exact = {account: total * Fraction(share) for account, share in shares.items()}
    assert all(abs(largest_remainder(total, shares)[a] - exact[a]) < 1 for a in shares)


WANTED = Issuance("VN001", Period.parse("2024-07-01/2025-06-30"), {2024: 10, 2025: 20})
AGREED = {"VN": {2024: 10, 2025: 20}, "JP": {2024: 10, 2025: 20}}


def failed(wanted: Issuance = WANTED, **given: Any) -> dict[str, Verdict]:
    default: dict[str, Any] = {"verified": {2024: 10, 2025: 20}, "earlier": [], "decided": AGREED}
    found = check_issuance(wanted, **{**default, **given})
    return {f.check: f.verdict for f in found if f.verdict is not Verdict.PASSED}


def test_trap_14_no_more_is_issued_than_was_verified() -> None:
    assert failed() == {}
    assert failed(verified={2024: 10, 2025: 19}) == {"within_verified": Verdict.FAILED}
    assert failed(verified={2024: 30}) == {"within_verified": Verdict.FAILED}
    other_year = Issuance("VN001", Period.year(2024), {2025: 5})
    decided = {"VN": {2025: 5}, "JP": {2025: 5}}
    assert failed(other_year, decided=decided) == {"within_verified": Verdict.FAILED}


def test_trap_14_nothing_is_issued_twice_for_one_period() -> None:
    before = Issuance("VN001", Period.parse("2024-01-01/2024-07-01"), {2024: 1})
    assert failed(earlier=[before]) == {"not_issued_before": Verdict.FAILED}
    assert failed(earlier=[Issuance("VN002", before.period, before.amounts)]) == {}
    assert failed(earlier=[Issuance("VN001", Period.parse("2024-H1"), {2024: 1})]) == {}


def test_trap_14_both_sides_decide_the_same_amount() -> None:
    assert failed(decided={**AGREED, "JP": {2024: 10, 2025: 21}}) == {"sides_agree": Verdict.FAILED}
    assert failed(decided={"VN": AGREED["VN"]}) == {"sides_agree": Verdict.UNKNOWN}


def test_trap_15_who_verifies_is_designated_and_independent() -> None:
    known = [Designation("TPE-1", frozenset({"1", "13"}), date(2020, 1, 1), date(2024, 12, 31))]

    def verdict(entity: str, scope: str, day: date, participants: tuple[str, ...] = ("Owner",)) -> Verdict:
        return check_designation(entity, scope, day, known, participants).verdict

    assert verdict("TPE-1", "13", date(2024, 12, 31)) is Verdict.PASSED
    assert verdict("TPE-1", "11/13", date(2024, 1, 1)) is Verdict.PASSED
    assert verdict("TPE-1", "3", date(2024, 1, 1)) is Verdict.FAILED
    assert verdict("TPE-1", "13", date(2025, 1, 1)) is Verdict.FAILED
    assert verdict("TPE-2", "13", date(2024, 1, 1)) is Verdict.FAILED
    assert verdict("TPE-1", "13", date(2024, 1, 1), ("Owner", "TPE-1")) is Verdict.FAILED


def test_trap_15_who_makes_a_posting_does_not_approve_it() -> None:
    assert check_four_eyes("a", "a").verdict is Verdict.FAILED
    assert check_four_eyes("a", "b").verdict is Verdict.PASSED
