"""Issue, transfer, retire, cancel, block, mark, reverse: what they do, and what they refuse."""

import pytest

from trunghoa.portal.core.ledger import services
from trunghoa.portal.core.ledger.errors import Refused
from trunghoa.portal.core.ledger.models import Account, Block, LedgerTransaction
from trunghoa.portal.core.ledger.reading import balances, block_of, holdings, story
from trunghoa.portal.core.ledger.spans import Quantity, Span
from trunghoa.portal.core.ledger.verification import verify


def blocks(series):
    return [
        (b.first, b.last, b.account_id, b.state)
        for b in Block.objects.filter(series=series).order_by("first")
    ]


@pytest.fixture
def issued(registry):
    services.issue(registry.act(), registry.series, registry.alpha, 100)
    yield registry
    verdict = verify()
    assert verdict.whole, verdict.faults


def span(registry, first, last):
    return [Span(registry.series.pk, first, last)]


def test_an_issue_numbers_units_on_from_the_last_one(issued):
    services.issue(issued.act(), issued.series, issued.beta, 50)
    assert blocks(issued.series) == [
        (1, 100, issued.alpha.pk, "held"), (101, 150, issued.beta.pk, "held")
    ]  # fmt: skip
    pk = issued.series.pk
    assert balances() == {
        (issued.issuing.pk, pk): -150, (issued.alpha.pk, pk): 100, (issued.beta.pk, pk): 50
    }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [(1, 100, []), (1, 30, [(31, 100)]), (71, 100, [(1, 70)]), (40, 60, [(1, 39), (61, 100)])],
)
def test_a_transfer_moves_exactly_the_numbers_named(issued, first, last, left):
    services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, first, last))
    assert [(b.first, b.last) for b in holdings(issued.beta)] == [(first, last)]
    assert [(b.first, b.last) for b in holdings(issued.alpha)] == left


def test_a_transfer_of_a_quantity_takes_the_lowest_free_numbers_of_many_blocks(issued):
    services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 11, 20))
    services.block(issued.act(), issued.alpha, span(issued, 1, 5))
    row = services.transfer(issued.act(), issued.alpha, issued.beta, [Quantity(issued.series.pk, 10)])
    assert [(b.first, b.last) for b in holdings(issued.beta)] == [(6, 10), (11, 20), (21, 25)]
    assert [(p.first, p.last, p.delta) for p in row.postings.all()] == [
        (6, 10, -5), (6, 10, 5), (21, 25, -5), (21, 25, 5)
    ]  # fmt: skip


def test_more_than_is_there_moves_nothing(issued):
    with pytest.raises(Refused, match="1 "):
        services.transfer(issued.act(), issued.alpha, issued.beta, [Quantity(issued.series.pk, 101)])
    assert blocks(issued.series) == [(1, 100, issued.alpha.pk, "held")]
    assert LedgerTransaction.objects.count() == 1


def test_numbers_of_another_account_or_never_issued_are_refused(issued):
    with pytest.raises(Refused):
        services.transfer(issued.act(), issued.beta, issued.alpha, span(issued, 1, 1))
    with pytest.raises(Refused, match="101"):
        services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 90, 101))
    assert blocks(issued.series) == [(1, 100, issued.alpha.pk, "held")]


def test_a_number_named_twice_moves_once_or_not_at_all(issued):
    twice = [*span(issued, 1, 10), *span(issued, 10, 20)]
    with pytest.raises(Refused):
        services.transfer(issued.act(), issued.alpha, issued.beta, twice)
    assert blocks(issued.series) == [(1, 100, issued.alpha.pk, "held")]


def test_what_is_retired_or_cancelled_moves_no_more(issued):
    services.retire(issued.act(), issued.alpha, issued.retired, span(issued, 1, 10))
    services.cancel(issued.act(), issued.alpha, issued.cancelled, span(issued, 11, 20))
    for place in (issued.retired, issued.cancelled):
        with pytest.raises(Refused):
            services.transfer(issued.act(), place, issued.beta, [Quantity(issued.series.pk, 1)])


def test_each_act_wants_an_account_of_its_kind(issued):
    wrong = [
        (services.transfer, issued.retired), (services.transfer, issued.issuing),
        (services.retire, issued.beta), (services.cancel, issued.retired), (services.transfer, issued.alpha),
    ]  # fmt: skip
    for act, target in wrong:
        with pytest.raises(Refused):
            act(issued.act(), issued.alpha, target, span(issued, 1, 1))
    with pytest.raises(Refused):
        services.issue(issued.act(), issued.series, issued.retired, 1)


def test_blocked_units_stay_until_they_are_let_go(issued):
    services.block(issued.act(), issued.alpha, span(issued, 10, 20))
    with pytest.raises(Refused):
        services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 5, 15))
    with pytest.raises(Refused):
        services.block(issued.act(), issued.alpha, span(issued, 20, 21))
    services.unblock(issued.act(), issued.alpha, span(issued, 10, 15))
    services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 5, 15))
    assert block_of(issued.series, 16).state == "blocked"


def test_a_reversal_is_a_new_transaction_that_brings_everything_back(issued):
    before = blocks(issued.series)
    row = services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 1, 100))
    undone = services.reverse(issued.act(), row)
    assert blocks(issued.series) == before
    assert (undone.kind, undone.reverses) == ("reverse", row)
    with pytest.raises(Refused):
        services.reverse(issued.act(), row)
    with pytest.raises(Refused):
        services.reverse(issued.act(), undone)


def test_a_reversal_of_units_that_moved_on_is_refused(issued):
    row = services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 1, 10))
    later = services.retire(issued.act(), issued.beta, issued.retired, span(issued, 3, 3))
    with pytest.raises(Refused, match=f"Transaction {later.pk} was done to these units since"):
        services.reverse(issued.act(), row)


@pytest.mark.parametrize("kind", ["block", "unblock", "retire", "issue"])
def test_every_kind_can_be_reversed(issued, kind):
    services.block(issued.act(), issued.alpha, span(issued, 50, 60))
    before = blocks(issued.series)
    row = {
        "block": lambda: services.block(issued.act(), issued.alpha, span(issued, 1, 49)),
        "unblock": lambda: services.unblock(issued.act(), issued.alpha, span(issued, 50, 60)),
        "retire": lambda: services.retire(issued.act(), issued.alpha, issued.retired, span(issued, 1, 49)),
        "issue": lambda: services.issue(issued.act(), issued.series, issued.alpha, 5),
    }[kind]()
    services.reverse(issued.act(), row)
    void = [(101, 105, issued.issuing.pk, "held")] if kind == "issue" else []
    assert blocks(issued.series) == before + void


def test_the_story_of_a_number_tells_every_step(issued):
    services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 1, 50))
    services.block(issued.act(), issued.beta, span(issued, 7, 7))
    services.unblock(issued.act(), issued.beta, span(issued, 1, 50)[:0] or span(issued, 7, 7))
    services.retire(issued.act(), issued.beta, issued.retired, span(issued, 7, 8))
    told = [(e.transaction.kind, e.source, e.target) for e in story(issued.series, 7)]
    a, b = issued.alpha.pk, issued.beta.pk
    assert told == [
        ("issue", issued.issuing.pk, a), ("transfer", a, b), ("block", None, b), ("unblock", None, b),
        ("retire", b, issued.retired.pk),
    ]  # fmt: skip
    assert [e.transaction.kind for e in story(issued.series, 60)] == ["issue"]


def test_an_account_of_no_party_is_refused(db):
    for party in ("Viet Nam", "vnm", ""):
        with pytest.raises(Refused, match="ISO 3166"):
            Account.objects.create(party=party, kind="holding")
