"""What goes wrong in registries elsewhere, one test each."""

from datetime import UTC, datetime
from decimal import Decimal
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from trunghoa.portal.core.ledger import services
from trunghoa.portal.core.ledger.errors import Conflict, Refused
from trunghoa.portal.core.ledger.models import Account, Block, LedgerTransaction, Posting, Series
from trunghoa.portal.core.ledger.reading import balances, block_of, left
from trunghoa.portal.core.ledger.spans import Quantity, Span
from trunghoa.portal.core.ledger.triggers import OFF, ON
from trunghoa.portal.core.ledger.verification import verify


@pytest.fixture
def issued(registry):
    services.issue(registry.act(), registry.series, registry.alpha, 100)
    return registry


def span(registry, first, last):
    return [Span(registry.series.pk, first, last)]


def test_a_part_that_moves_on_keeps_its_first_transfer_state(issued):
    """Trap 4: a split child that forgets it was transferred is adjusted for twice."""
    services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 1, 50), mark="first_transfer")
    services.transfer(issued.act(), issued.beta, issued.alpha, span(issued, 20, 30))
    services.block(issued.act(), issued.alpha, span(issued, 25, 25))
    marked = {n for n in range(1, 101) if "first_transfer" in block_of(issued.series, n).marks}
    assert marked == set(range(1, 51))
    with pytest.raises(Refused, match="first_transfer"):
        services.transfer(
            issued.act(), issued.alpha, issued.beta, span(issued, 26, 60), mark="first_transfer"
        )


def test_both_parts_of_a_split_inherit_every_attribute(issued):
    """Trap 4: whatever a block has, now or in a later version, its parts have."""
    services.mark(issued.act(), issued.alpha, span(issued, 1, 100), "authorised")
    services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 40, 60))
    own = {"id", "first", "last", "account"}
    names = [f.name for f in Block._meta.concrete_fields if f.name not in own]
    parts = [{name: getattr(b, name) for name in names} for b in Block.objects.all()]
    assert len(parts) == 3
    assert parts[0] == parts[1] == parts[2]
    assert parts[0]["marks"]
    assert parts[0]["series"].attributes["authorisation"] == "VNM-2025-3"


def test_a_levy_is_a_posting_and_not_a_flag(issued):
    """Trap 5: a share for adaptation or for the overall mitigation leaves the account."""
    services.cancel(
        issued.act(details={"purpose": "omge"}),
        issued.alpha,
        issued.cancelled,
        [Quantity(issued.series.pk, 2)],
    )
    assert balances(account=issued.cancelled) == {(issued.cancelled.pk, issued.series.pk): 2}
    assert balances(account=issued.alpha) == {(issued.alpha.pk, issued.series.pk): 98}


def test_no_number_exists_before_it_is_issued(registry):
    """Trap 9."""
    assert block_of(registry.series, 1) is None
    services.issue(registry.act(), registry.series, registry.alpha, 10)
    assert block_of(registry.series, 10) is not None
    assert block_of(registry.series, 11) is None


def test_no_number_is_given_again_after_its_issue_was_reversed(registry):
    """Trap 9: the next issue goes on behind the void numbers."""
    first = services.issue(registry.act(), registry.series, registry.alpha, 10)
    services.reverse(registry.act(), first)
    again = services.issue(registry.act(), registry.series, registry.alpha, 10)
    assert {(p.first, p.last) for p in again.postings.all()} == {(11, 20)}
    assert balances(account=registry.alpha) == {(registry.alpha.pk, registry.series.pk): 10}
    assert verify().faults == []


def test_numbers_are_ordered_as_numbers(registry):
    """Trap 9: 9 comes before 10, and 100 after 99."""
    for _ in range(12):
        services.issue(registry.act(), registry.series, registry.alpha, 9)
    firsts = [b.first for b in Block.objects.filter(series=registry.series)]
    assert firsts == sorted(firsts) == [1 + 9 * n for n in range(12)]
    services.transfer(registry.act(), registry.alpha, registry.beta, [Quantity(registry.series.pk, 20)])
    assert block_of(registry.series, 20).last == 20


@pytest.mark.parametrize("wrong", ["1,312,595", "10", 10.0, 1.5, Decimal(10), True, None, 0, -5, 2**63])
def test_only_whole_numbers_count_units(issued, wrong):
    """Trap 9: neither floats nor numbers with commas."""
    with pytest.raises(Refused, match="whole number"):
        services.issue(issued.act(), issued.series, issued.alpha, wrong)
    with pytest.raises(Refused, match="whole number"):
        services.transfer(issued.act(), issued.alpha, issued.beta, [Quantity(issued.series.pk, wrong)])
    with pytest.raises(Refused, match="whole number"):
        services.transfer(issued.act(), issued.alpha, issued.beta, [Span(issued.series.pk, 1, wrong)])
    assert LedgerTransaction.objects.count() == 1


@pytest.mark.parametrize(("first", "last"), [(1, 5), (100, 200), (40, 60), (1, 100), (90, 101), (100, 100)])
def test_the_database_refuses_a_number_in_two_blocks(issued, first, last):
    """Trap 10: a duplicate is refused also where no service is asked."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(series=issued.series, first=first, last=last, account=issued.beta)
    services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 51, 100))
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.filter(first=1).update(last=75)


def test_a_transaction_is_dated_by_the_moment_and_not_by_somebodys_day(issued):
    """Trap 11: 1 January 02:00 in Ha Noi is kept as 31 December 19:00 UTC; whoever reports picks the zone."""
    moment = datetime(2025, 12, 31, 19, 0, tzinfo=UTC)
    with patch("django.utils.timezone.now", return_value=moment):
        row = services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 1, 1))
    assert LedgerTransaction.objects.get(pk=row.pk).at == moment


def test_what_was_said_at_issue_is_never_changed_under_transferred_units(issued):
    """Trap 12: a changed authorisation is another series or mark, not another text under the old units."""
    issued.series.attributes = {"authorisation": "revoked"}
    with pytest.raises(TypeError):
        issued.series.save()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Series.objects.filter(pk=issued.series.pk).update(attributes={})


def test_a_mark_is_not_taken_back_from_units_that_moved_on(issued):
    """Trap 12: reversing an authorisation after the first transfer is refused."""
    authorised = services.mark(issued.act(), issued.alpha, span(issued, 1, 100), "authorised")
    services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 1, 10), mark="first_transfer")
    with pytest.raises(Refused, match="done to these units since"):
        services.reverse(issued.act(), authorised)
    assert "authorised" in block_of(issued.series, 5).marks


def test_maker_and_checker_are_two_people(issued):
    """Trap 15."""
    for act in (issued.act(approved_by=None), issued.act(approved_by=issued.maker)):
        with pytest.raises(Refused):
            services.transfer(act, issued.alpha, issued.beta, span(issued, 1, 1))
    alone = issued.act(approved_by=None, four_eyes=False)
    services.transfer(alone, issued.alpha, issued.beta, span(issued, 1, 1))
    with pytest.raises(Refused):
        services.transfer(
            issued.act(approved_by=issued.maker, four_eyes=False),
            issued.alpha,
            issued.beta,
            span(issued, 2, 2),
        )


def test_a_cap_holds_for_many_small_transfers_together(issued):
    """Trap 16: the limit is asked under the lock, of everything that left so far."""

    def within():
        return (
            "" if left(issued.alpha, series=issued.series) + 10 <= 35 else "The cap of 35 units is reached."
        )

    def send():
        act = issued.act(check=within)
        services.transfer(act, issued.alpha, issued.beta, [Quantity(issued.series.pk, 10)])

    for _ in range(3):
        send()
    with pytest.raises(Refused, match="cap of 35"):
        send()
    assert balances(account=issued.beta) == {(issued.beta.pk, issued.series.pk): 30}


def test_a_request_sent_again_is_answered_again_and_not_done_again(issued):
    """Trap 17: posted twice, or retried after a time-out."""
    act = issued.act(details={"reason": "delivery 1"})
    once = services.transfer(act, issued.alpha, issued.beta, [Quantity(issued.series.pk, 10)])
    again = services.transfer(act, issued.alpha, issued.beta, [Quantity(issued.series.pk, 10)])
    assert again == once
    assert list(again.postings.all()) == list(once.postings.all())
    assert balances(account=issued.beta) == {(issued.beta.pk, issued.series.pk): 10}


@pytest.mark.parametrize("change", ["amount", "target", "details", "by", "kind"])
def test_a_key_used_for_something_else_is_a_conflict(issued, change):
    """Trap 17: the same key with another content is answered 409, whatever differs."""
    key, ten = uuid4(), [Quantity(issued.series.pk, 10)]
    services.transfer(issued.act(key=key), issued.alpha, issued.beta, ten)
    swapped = {"by": issued.checker, "approved_by": issued.maker}
    more = {"details": {"details": {"a": 1}}, "by": swapped}.get(change, {})
    verb, goal = (services.retire, issued.retired) if change == "kind" else (services.transfer, issued.beta)
    amount, source = (11 if change == "amount" else 10), issued.alpha
    if change == "target":
        source, goal = issued.beta, issued.alpha
    with pytest.raises(Conflict) as refused:
        verb(issued.act(key=key, **more), source, goal, [Quantity(issued.series.pk, amount)])
    assert refused.value.status == 409
    assert LedgerTransaction.objects.count() == 2


def test_a_refused_request_leaves_its_key_free(issued):
    """Trap 17: after a refusal the same key may be tried again."""
    act = issued.act()
    with pytest.raises(Refused):
        services.transfer(act, issued.beta, issued.alpha, [Quantity(issued.series.pk, 10)])
    services.transfer(issued.act(), issued.alpha, issued.beta, [Quantity(issued.series.pk, 10)])
    assert services.transfer(act, issued.beta, issued.alpha, [Quantity(issued.series.pk, 10)]).pk


def test_units_of_a_project_that_ends_stay_where_they_are(issued):
    """Trap 20: held units are stopped, not lost: nothing deletes an account or a series that has any."""
    services.block(issued.act(), issued.alpha, span(issued, 1, 100))
    for row in (issued.alpha, issued.alpha.organisation):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.delete()
    assert balances(account=issued.alpha) == {(issued.alpha.pk, issued.series.pk): 100}


@pytest.mark.parametrize(
    ("table", "verb"),
    [(t, v) for t in ("ledgertransaction", "posting", "seal", "series") for v in ("UPDATE", "DELETE")]
    + [("block", "DELETE")],
)
def test_the_database_itself_refuses_to_change_what_was_written(issued, table, verb):
    from trunghoa.portal.core.ledger import sealing

    sealing.seal()
    column = {"ledgertransaction": "kind = 'x'", "posting": "first = 2", "seal": "root = 'x'"}
    change = f"SET {column.get(table, 'code = code')}"
    statement = f"UPDATE ledger_{table} {change}" if verb == "UPDATE" else f"DELETE FROM ledger_{table}"
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify().faults == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_the_tables_cannot_be_emptied_at_once(issued):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            cursor.execute("TRUNCATE ledger_posting")


def behind_the_back(*statements):
    """What somebody with the database's password could do."""
    lines = [[line for t in tables.values() for line in t[connection.vendor]] for tables in (OFF, ON)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in [*lines[0], *statements, *lines[1]]:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE ledger_block SET account_id = {beta} WHERE first = 1", "differ from number 1"),
        ("UPDATE ledger_block SET last = 9 WHERE first = 1", "number 10 is missing"),
        ("UPDATE ledger_block SET first = 8 WHERE first = 11", "number 8 is held twice"),
        ("UPDATE ledger_block SET state = 'held' WHERE first = 21", "in state from 21"),
        ("UPDATE ledger_block SET state = 'blocked' WHERE first = 1", "in state from 1"),
        ("UPDATE ledger_block SET marks = '{{}}' WHERE first = 11", "mark first_transfer"),
        ("UPDATE ledger_posting SET delta = 10 WHERE delta = -10", "does not sum to nought: 20"),
        ("UPDATE ledger_posting SET first = 12, delta = -9 WHERE delta = -10", "does not sum to nought: 1"),
        ("UPDATE ledger_posting SET account_id = {beta} WHERE delta = 100", "differ from number"),
        ("UPDATE ledger_posting SET account_id = {issuing} WHERE delta = -10", "Posting"),
        ("DELETE FROM ledger_posting WHERE delta = 0", "no postings"),
        ("UPDATE ledger_ledgertransaction SET sha256 = '{zeros}' WHERE kind = 'transfer'", "was altered"),
        ("UPDATE ledger_ledgertransaction SET actor_id = approver_id WHERE kind = 'block'", "was altered"),
        ("UPDATE ledger_ledgertransaction SET at = '2020-01-01 00:00:00+00:00'", "do not give its root"),
        ("UPDATE ledger_seal SET root = '{zeros}'", "Seal 1"),
        ("DELETE FROM ledger_seal WHERE number = 1", "Seal 2 does not follow seal 0"),
        ("DELETE FROM ledger_seal WHERE number = 2", "Seal 2 stands in the audit chain and is missing"),
        ("UPDATE ledger_ledgertransaction SET body = '{{}}' WHERE kind = 'block'", "was altered"),
    ],
)
def test_what_is_done_behind_the_back_is_found(issued, statement, fault):
    from trunghoa.portal.core.ledger import sealing

    services.transfer(issued.act(), issued.alpha, issued.beta, span(issued, 11, 20), mark="first_transfer")
    services.block(issued.act(), issued.alpha, span(issued, 21, 30))
    sealing.seal()
    services.unblock(issued.act(), issued.alpha, span(issued, 26, 30))
    sealing.seal()
    assert verify().faults == []
    values = {"beta": issued.beta.pk, "issuing": issued.issuing.pk, "zeros": "0" * 64}
    behind_the_back(statement.format(**values))
    assert fault in "\n".join(verify().faults)


def test_a_seal_made_anew_over_altered_rows_is_found(issued):
    from trunghoa.portal.core.ledger import sealing

    sealing.seal()
    behind_the_back("DELETE FROM ledger_seal WHERE number = 1")
    behind_the_back("UPDATE ledger_ledgertransaction SET at = '2020-01-01 00:00:00+00:00'")
    sealing.seal()
    seal, *sums = verify().faults
    assert seal == "Seal 1 does not stand in the audit chain as it is."
    # What it binds was carried forward twice.
    assert len(sums) == 3
    assert all("carried" in fault for fault in sums)


def test_an_account_with_units_does_not_become_another_kind_of_account(issued):
    """Units that were retired would move again."""
    issued.retired.name = "used towards the NDC"
    issued.retired.save()
    for change in ({"kind": "holding"}, {"party": "JPN"}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            Account.objects.filter(pk=issued.retired.pk).update(**change)


def test_a_quantity_is_gathered_from_units_without_the_mark(issued):
    services.mark(issued.act(), issued.alpha, span(issued, 1, 10), "first_transfer")
    what = [Quantity(issued.series.pk, 20)]
    row = services.transfer(issued.act(), issued.alpha, issued.beta, what, mark="first_transfer")
    assert [(p.first, p.last) for p in row.postings.filter(delta__gt=0)] == [(11, 30)]


def test_what_was_reversed_used_up_no_cap(issued):
    row = services.transfer(issued.act(), issued.alpha, issued.beta, [Quantity(issued.series.pk, 10)])
    assert (left(issued.alpha), left(issued.beta)) == (10, 0)
    services.reverse(issued.act(), row)
    assert (left(issued.alpha), left(issued.beta)) == (0, 0)


def test_nothing_is_reversed_under_what_was_done_since(issued):
    """Trap 12: an authorisation whose units were first transferred in place; a block that was put again."""
    authorised = services.mark(issued.act(), issued.alpha, span(issued, 1, 50), "authorised")
    first = services.mark(issued.act(), issued.alpha, span(issued, 1, 10), "first_transfer")
    with pytest.raises(Refused, match=f"Transaction {first.pk} was done to these units since"):
        services.reverse(issued.act(), authorised)
    services.reverse(issued.act(), first)
    services.reverse(issued.act(), authorised)
    blocked = services.block(issued.act(), issued.alpha, span(issued, 1, 5))
    services.unblock(issued.act(), issued.alpha, span(issued, 1, 5))
    services.block(issued.act(), issued.alpha, span(issued, 1, 5))
    with pytest.raises(Refused, match="done to these units since"):
        services.reverse(issued.act(), blocked)
    assert verify().faults == []


def test_a_database_that_no_longer_refuses_is_found(issued):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(OFF["posting"][connection.vendor][0])
    assert any("run migrate" in fault for fault in verify().faults)


def test_a_posting_that_was_added_later_is_found(issued):
    """Rows may be added but not to a sealed transaction."""
    from trunghoa.portal.core.ledger import sealing

    sealing.seal()
    row = LedgerTransaction.objects.get()
    for account, sign in ((issued.alpha, -1), (issued.beta, 1)):
        Posting.objects.create(
            transaction=row, account=account, series=issued.series, first=1, last=1, delta=sign
        )
    faults = "\n".join(verify().faults)
    assert "do not give its root" in faults
    assert "differ from number 1" in faults
