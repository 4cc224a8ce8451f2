"""The abatement cost curve and the best portfolio under a grant cap."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunghoa.landfill.knapsack import best_subset
from trunghoa.landfill.portfolio import Candidate, abatement_curve, best_portfolio
from trunghoa.quantities import InputError, ModelError


def site(key: str, grant: int, reduction: float | str, cost: int | None = None) -> Candidate:
    return Candidate(key, Decimal(grant if cost is None else cost), Decimal(grant), Decimal(str(reduction)))


def brute_force(sites: list[Candidate], cap: Decimal) -> tuple[Decimal, Decimal]:
    best = (Decimal(0), Decimal(0))
    for size in range(len(sites) + 1):
        for group in combinations(sites, size):
            grant = sum((c.grant for c in group), Decimal(0))
            if grant <= cap:
                best = max(best, (sum((c.reduction for c in group), Decimal(0)), -grant))
    return best[0], -best[1]


sites_strategy = st.lists(st.tuples(st.integers(0, 40), st.integers(-5, 40)), min_size=0, max_size=11).map(
    lambda rows: [site(f"s{i:02d}", grant, reduction) for i, (grant, reduction) in enumerate(rows)]
)


@given(sites_strategy, st.integers(0, 200))
@settings(max_examples=200, deadline=None)
def test_no_other_selection_is_better(sites: list[Candidate], cap: int) -> None:
    answer = best_portfolio(sites, Decimal(cap))
    reduction, grant = brute_force(sites, Decimal(cap))
    assert answer.chosen.reduction == reduction
    assert sum(c.grant for c in sites if c.key in answer.chosen.keys) == answer.chosen.grant
    # a site that asks nothing, or one of several equal ones, may be in: the grant is the least all the same
    assert answer.chosen.grant == grant
    assert answer.left == cap - answer.chosen.grant >= 0
    assert answer.lost_by_greedy >= 0


@given(sites_strategy, st.integers(0, 200), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_sites_does_not_matter(
    sites: list[Candidate], cap: int, shuffler: random.Random
) -> None:
    other = list(sites)
    shuffler.shuffle(other)
    assert best_portfolio(other, Decimal(cap)) == best_portfolio(sites, Decimal(cap))
    assert abatement_curve(other) == abatement_curve(sites)


@given(sites_strategy, st.integers(0, 150), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_a_higher_cap_never_lowers_the_reduction(sites: list[Candidate], cap: int, more: int) -> None:
    low = best_portfolio(sites, Decimal(cap)).chosen.reduction
    assert best_portfolio(sites, Decimal(cap + more)).chosen.reduction >= low


@given(sites_strategy, st.integers(0, 150))
@settings(max_examples=60, deadline=None)
def test_the_next_swap_lies_beyond_the_cap_and_is_no_less_than_the_optimum_there(
    sites: list[Candidate], cap: int
) -> None:
    answer = best_portfolio(sites, Decimal(cap))
    if answer.next_swap is None:
        useful = {c.key for c in sites if c.reduction > 0}
        assert useful == set(answer.chosen.keys)
        return
    swap = answer.next_swap
    assert swap.extra_grant > 0
    assert swap.extra_reduction > 0
    raised = best_portfolio(sites, Decimal(cap) + swap.extra_grant)
    assert raised.chosen.reduction >= answer.chosen.reduction + swap.extra_reduction


def test_a_grant_of_three_million_goes_further_than_in_order_of_cost_per_tonne() -> None:
    sites = [
        site("a", 1_600_000, 330_000),
        site("b", 1_500_000, 300_000),
        site("c", 1_500_000, 299_000),
        site("d", 200_000, 15_000),
    ]
    answer = best_portfolio(sites, Decimal(3_000_000))
    assert answer.chosen.keys == ("b", "c")
    assert answer.chosen.reduction == 599_000
    assert answer.left == 0
    assert answer.marginal_cost == Decimal(1_500_000) / Decimal(299_000)
    assert answer.greedy.keys == ("a", "d")
    assert answer.lost_by_greedy == 254_000
    assert answer.next_swap is not None
    assert (answer.next_swap.added, answer.next_swap.dropped) == ("a", "c")
    assert (answer.next_swap.extra_grant, answer.next_swap.extra_reduction) == (100_000, 31_000)


def test_the_step_that_is_cheapest_per_tonne_and_the_smallest_step_are_both_told() -> None:
    sites = [site("a", 10, 1000), site("b", 7, 70), site("c", 40, 4000)]
    answer = best_portfolio(sites, Decimal(12))
    assert answer.chosen.keys == ("a",)
    cheapest, smallest = answer.next_swap, answer.smallest_swap
    assert cheapest is not None
    assert smallest is not None
    assert (cheapest.added, cheapest.dropped, cheapest.extra_grant) == ("c", "a", 28)
    assert cheapest.grant_per_tonne == Decimal(28) / 3000
    assert (smallest.added, smallest.dropped, smallest.extra_grant) == ("b", None, 5)


def test_of_sites_that_ask_the_same_per_tonne_greedy_takes_the_larger_first() -> None:
    small, large = ("a", 10, 100), ("z", 20, 200)
    keys = [("a", "z"), ("z", "a")]
    for one, other in keys:
        sites = [site(one, *small[1:]), site(other, *large[1:])]
        answer = best_portfolio(sites, Decimal(25))
        assert answer.greedy.keys == (other,)
        assert answer.lost_by_greedy == 0


def test_required_sites_are_in_and_excluded_ones_out() -> None:
    sites = [site("a", 10, 100), site("b", 10, 90), site("c", 10, 1), site("d", 5, -3)]
    answer = best_portfolio(sites, Decimal(25), include=["c", "d"], exclude=["a"])
    assert answer.chosen.keys == ("b", "c", "d")
    assert answer.chosen.reduction == 88
    assert answer.left == 0
    assert answer.marginal_cost == Decimal(10) / 90


def test_an_unaffordable_or_useless_site_is_never_taken() -> None:
    answer = best_portfolio([site("a", 11, 100), site("b", 0, 0), site("c", 0, -1)], Decimal(10))
    assert answer.chosen.keys == ()
    assert answer.marginal_cost is None
    assert answer.next_swap is not None
    assert answer.next_swap.extra_grant == 1


def test_eighty_sites_are_solved_exactly() -> None:
    # Grants nearly proportional to tonnes are the hard case; a second, slow method must agree.
    chance = random.Random(7)
    values = [chance.randint(20_000, 900_000) for _ in range(80)]
    weights = [value // 2000 + chance.randint(0, 3) for value in values]
    table = [0] * 3001
    for weight, value in zip(weights, values, strict=True):
        for room in range(3000, weight - 1, -1):
            table[room] = max(table[room], table[room - weight] + value)
    picked = best_subset(weights, values, 3000)
    assert sum(values[i] for i in picked) == table[3000]
    assert sum(weights[i] for i in picked) == table.index(table[3000])


def test_it_refuses_to_guess_when_the_optimum_cannot_be_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunghoa.landfill.knapsack.MOST_STATES", 10_000)
    chance = random.Random(3)
    values = [chance.randint(2**40, 2**41) for _ in range(60)]
    with pytest.raises(ModelError, match="Round the amounts"):
        best_subset([v // 7 + chance.randint(0, 9) for v in values], values, 2**43)
    with pytest.raises(ModelError, match="larger unit"):
        best_subset([2**50, 1], [1, 1], 2**50)


@pytest.mark.parametrize(
    ("sites", "cap", "options", "said"),
    [
        ([site("a", 1, 1), site("a", 2, 2)], 5, {}, "“a” stands here more than once"),
        ([Candidate("a", Decimal(1), Decimal("0.5"), Decimal(1))], 5, {}, "grant of a must be .* not 0.5"),
        ([site("a", -1, 1)], 5, {}, "grant of a"),
        ([site("a", 1, "NaN")], 5, {}, "reduction of a is not a finite number"),
        ([site("a", 1, 1)], -5, {}, "grant cap must be"),
        ([site("a", 1, 1)], 5, {"include": ["b"]}, "“b” is not one of the sites"),
        ([site("a", 1, 1)], 5, {"include": ["a"], "exclude": ["a"]}, "both required and left out"),
        ([site("a", 7, 1)], 5, {"include": ["a"]}, "ask 7 USD, more than the cap of 5 USD"),
    ],
)
def test_it_refuses_a_question_without_an_answer(
    sites: list[Candidate], cap: int, options: dict[str, list[str]], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        best_portfolio(sites, Decimal(cap), **options)


def test_the_curve_rises_and_its_width_is_the_reduction() -> None:
    curve = abatement_curve(
        [site("dear", 1, 10, cost=100), site("saves", 1, 20, cost=-40), site("cheap", 1, 5, cost=5),
         site("worse", 1, -3, cost=9), site("nothing", 1, 0, cost=9)]
    )  # fmt: skip
    assert [(s.key, s.cost_per_tonne, s.start, s.end) for s in curve.steps] == [
        ("saves", -2, 0, 20), ("cheap", 1, 20, 25), ("dear", 10, 25, 35),
    ]  # fmt: skip
    assert [c.key for c in curve.apart] == ["nothing", "worse"]


def test_tonnes_of_different_gwp_sets_are_neither_added_nor_ranked() -> None:
    sites = [
        Candidate("a", Decimal(10), Decimal(5), Decimal(100), "AR4"),
        Candidate("b", Decimal(10), Decimal(5), Decimal(100), "AR5"),
    ]
    said = r"different GWP sets \(AR4, AR5\) and cannot be added up. Model all sites with the same set."
    with pytest.raises(InputError, match=said):
        best_portfolio(sites, Decimal(10))
    with pytest.raises(InputError, match=said):
        abatement_curve(sites)
