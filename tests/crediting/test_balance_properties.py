"""What must hold for any blocks: nothing is lost, order and cuts change nothing, more is more."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from trunghoa.crediting import Block, Denominator, Method, PartyYear, balances, split

from .conftest import inputs

YEARS = st.integers(2021, 2030)
KNOWN = ["Authorisation", "Issuance", "Use or Cancellation", "First international transfer"]


@st.composite
def block_lists(draw: st.DrawFn, least: int = 0) -> list[Block]:
    count = draw(st.integers(least, 8))
    return [
        Block(
            key=str(number),
            party=draw(st.sampled_from(["Aland", "Borneo"])),
            definition=draw(st.sampled_from([*KNOWN, "", "as agreed"])),
            ndc=draw(st.booleans()),
            oimp=draw(st.booleans()),
            quantity=draw(st.integers(1, 10**9)),
            vintage=draw(YEARS),
            authorised=draw(st.none() | YEARS),
            issued=draw(st.none() | YEARS),
            transferred=draw(st.none() | YEARS),
            used=draw(st.none() | YEARS),
        )
        for number in range(count)
    ]


@settings(max_examples=60, deadline=None)
@given(block_lists(), st.sampled_from(list(Method)))
def test_every_tonne_is_first_transferred_unresolved_or_unauthorised(
    blocks: list[Block], method: Method
) -> None:
    for party in balances(inputs(*blocks, method=method)).parties:
        mine = sum(b.quantity for b in blocks if b.party == party.party)
        transferred = sum(y.first_transferred for y in party.years)
        assert transferred + party.unresolved_quantity + party.not_authorised == mine
        assert sum(y.by_vintage for y in party.years) == transferred
        assert sum(y.unresolved_by_vintage for y in party.years) == party.unresolved_quantity
        assert party.years[-1].cumulative == transferred


@settings(max_examples=40, deadline=None)
@given(st.data(), block_lists())
def test_the_order_of_the_rows_changes_nothing(data: st.DataObject, blocks: list[Block]) -> None:
    shuffled = data.draw(st.permutations(blocks))
    one, other = balances(inputs(*blocks)), balances(inputs(*shuffled))
    assert [(p.party, p.years, p.unresolved_quantity) for p in one.parties] == [
        (p.party, p.years, p.unresolved_quantity) for p in other.parties
    ]


@settings(max_examples=40, deadline=None)
@given(st.data(), block_lists(least=1), st.sampled_from(list(Method)))
def test_cutting_a_block_changes_nothing(data: st.DataObject, blocks: list[Block], method: Method) -> None:
    chosen = data.draw(st.sampled_from(list(blocks)))
    whole = replace(chosen, quantity=chosen.quantity + 1)
    rest = [b for b in blocks if b is not chosen]
    parts = split(whole, data.draw(st.integers(1, chosen.quantity)))
    one = balances(inputs(*rest, whole, method=method))
    other = balances(inputs(*rest, *parts, method=method))
    assert [(p.years, p.unresolved_quantity) for p in one.parties] == [
        (p.years, p.unresolved_quantity) for p in other.parties
    ]


@settings(max_examples=40, deadline=None)
@given(block_lists(least=1), st.sampled_from(list(Method)), st.sampled_from(list(Denominator)))
def test_transferring_more_never_lowers_an_adjustment_and_using_more_never_raises_it(
    blocks: list[Block], method: Method, denominator: Denominator
) -> None:
    base = inputs(*blocks, method=method, denominator=denominator)
    more = replace(base, blocks=(replace(blocks[0], quantity=blocks[0].quantity + 7), *blocks[1:]))
    name = blocks[0].party
    reports = (PartyYear(name, 2024, Decimal(1000), 50),)
    before, after = balances(base).party(name), balances(more).party(name)
    using = balances(replace(base, reported=reports)).party(name)
    for was, now, used in zip(before.years, after.years, using.years, strict=True):
        assert now.adjustment >= was.adjustment >= used.adjustment
    year = using.year(2024)
    assert year.balance == Fraction(1000) + year.adjustment
