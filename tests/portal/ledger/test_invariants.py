"""Whatever is done in whatever order, nothing is lost or doubled, and postings say what stands where."""

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from trunghoa.portal.core.ledger import sealing, services, totals
from trunghoa.portal.core.ledger.errors import Conflict, Refused
from trunghoa.portal.core.ledger.models import Block, LedgerTransaction, Posting, Series
from trunghoa.portal.core.ledger.reading import balances
from trunghoa.portal.core.ledger.spans import Quantity, Span
from trunghoa.portal.core.ledger.verification import verify

from .conftest import make_registry

NUMBERS = st.integers(1, 60)
AIMED = st.sampled_from([True, True, False])
PLACES = st.sampled_from(["alpha", "beta", "retired", "cancelled"])


class Ledger(RuleBasedStateMachine):
    """Beside the ledger a plain table of each number by itself: where it is, whether blocked, its mark."""

    reached = Counter[str]()

    def __init__(self):
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.r = make_registry()
        self.other = Series.objects.create(code="other", unit="g", issuer=self.r.issuing)
        self.numbers = {}
        self.done = []
        self.reversed = set()

    def teardown(self):
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def attempt(self, call, **more):
        """Do it; what stands is what was before where it is refused."""
        act = self.r.act(**more)
        try:
            row = call(act)
        except Refused:
            return None
        self.done.append((call, act, row))
        self.reached[row.kind] += 1
        return row

    def all_of(self, series, first, last, where, blocked=False):
        return all(
            self.numbers.get((series.pk, n), (None,))[:2] == (where, blocked) for n in range(first, last + 1)
        )

    def aim(self, at, size, blocked):
        """Units that lie together in a holding and can be moved, so that not nearly all is refused."""
        holdings = {a.pk: a for a in (self.r.alpha, self.r.beta)}
        there = sorted(
            n for (s, n), (where, stopped, _) in self.numbers.items()
            if s == self.r.series.pk and where in holdings and stopped == blocked
        )  # fmt: skip
        if not there:
            return None
        first = there[at % len(there)]
        where = self.numbers[self.r.series.pk, first][0]
        upto = first
        while upto - first + 1 < size and self.all_of(self.r.series, upto + 1, upto + 1, where, blocked):
            upto += 1
        return holdings[where], first, upto - first + 1

    def numbers_of(self, row):
        return [(p.series_id, n) for p in row.postings.all() for n in range(p.first, p.last + 1)]

    def put(self, series, first, last, **changes):
        for n in range(first, last + 1):
            where, blocked, marked = self.numbers.get((series.pk, n), (None, False, False))
            self.numbers[series.pk, n] = (
                changes.get("where", where), changes.get("blocked", blocked), changes.get("marked", marked)
            )  # fmt: skip

    @initialize()
    def something_is_there(self):
        for place in ("alpha", "beta"):
            self.issue(amount=12, first=True, place=place)

    @rule(amount=st.integers(1, 20), first=st.booleans(), place=st.sampled_from(["alpha", "beta"]))
    def issue(self, amount, first, place):
        series, target = (self.r.series if first else self.other), getattr(self.r, place)
        upto = max((n for s, n in self.numbers if s == series.pk), default=0)
        row = self.attempt(lambda act: services.issue(act, series, target, amount))
        assert [(p.first, p.last) for p in row.postings.all()] == [(upto + 1, upto + amount)] * 2
        self.put(series, upto + 1, upto + amount, where=target.pk)

    @rule(
        verb=st.sampled_from(["transfer", "retire", "cancel"]), source=PLACES, goal=PLACES, first=NUMBERS,
        size=st.integers(1, 15), mark=st.sampled_from(["", "first_transfer"]), aimed=AIMED,
    )  # fmt: skip
    def move(self, verb, source, goal, first, size, mark, aimed):
        a, b, series = getattr(self.r, source), getattr(self.r, goal), self.r.series
        if aimed:
            a, first, size = self.aim(first, size, blocked=False) or (a, first, size)
            b = {"retire": self.r.retired, "cancel": self.r.cancelled}.get(verb, b)
        last = first + size - 1
        wanted = {"transfer": "holding", "retire": "retirement", "cancel": "cancellation"}[verb]
        span = [Span(series.pk, first, last)]
        row = self.attempt(lambda act: getattr(services, verb)(act, a, b, span, mark=mark))
        numbers = [self.numbers.get((series.pk, n)) for n in range(first, last + 1)]
        allowed = a != b and a.kind == "holding" and b.kind == wanted
        allowed = allowed and self.all_of(series, first, last, a.pk) and None not in numbers
        allowed = allowed and not (mark and any(n[2] for n in numbers))
        assert (row is not None) == allowed
        if row:
            self.put(series, first, last, where=b.pk, **({"marked": row.pk} if mark else {}))

    @rule(source=st.sampled_from(["alpha", "beta"]), amount=st.integers(1, 40))
    def move_a_quantity(self, source, amount):
        a = getattr(self.r, source)
        b = self.r.beta if source == "alpha" else self.r.alpha
        row = self.attempt(lambda act: services.transfer(act, a, b, [Quantity(self.other.pk, amount)]))
        free = sorted(
            n for (s, n), (where, blocked, _) in self.numbers.items()
            if s == self.other.pk and where == a.pk and not blocked
        )  # fmt: skip
        assert (row is not None) == (len(free) >= amount)
        if row:
            for n in free[:amount]:
                self.put(self.other, n, n, where=b.pk)

    @rule(
        verb=st.sampled_from(["block", "unblock"]), place=PLACES, first=NUMBERS, size=st.integers(1, 10),
        aimed=AIMED,
    )  # fmt: skip
    def stop_or_let_go(self, verb, place, first, size, aimed):
        account, series = getattr(self.r, place), self.r.series
        if aimed:
            account, first, size = self.aim(first, size, blocked=verb == "unblock") or (account, first, size)
        last = first + size - 1
        span = [Span(series.pk, first, last)]
        row = self.attempt(lambda act: getattr(services, verb)(act, account, span))
        allowed = self.all_of(series, first, last, account.pk, blocked=verb == "unblock")
        assert (row is not None) == (allowed and account.kind == "holding")
        if row:
            self.put(series, first, last, blocked=verb == "block")

    @rule(at=st.integers(0, 10**6))
    def reverse(self, at):
        if not self.done:
            return
        index = at % len(self.done)
        original = self.done[index][2]
        stands = [
            row for _, _, row in self.done if row.reverses_id is None and row.pk not in self.reversed
        ]  # fmt: skip
        touched = {(s, n) for s, n in self.numbers_of(original)}
        since = [row for row in stands if row.pk > original.pk and touched & set(self.numbers_of(row))]
        row = self.attempt(lambda act: services.reverse(act, original))
        assert (row is not None) == (original in stands and not since)
        if row:
            self.reversed.add(original.pk)
            for posting in original.postings.filter(delta__gte=0):
                home = posting.account_id
                if posting.delta:
                    home = original.postings.filter(delta__lt=0).first().account_id
                span = (posting.series, posting.first, posting.last)
                changes = {"marked": False} if original.mark else {}
                if original.kind in ("block", "unblock"):
                    changes["blocked"] = original.kind == "unblock"
                self.put(*span, where=home, **changes)

    @rule(at=st.integers(0, 10**6))
    def ask_again(self, at):
        """The same key gives the same answer and changes nothing; with another content it is refused."""
        if not self.done:
            return
        call, act, row = self.done[at % len(self.done)]
        before = Posting.objects.count()
        assert call(act).pk == row.pk
        other = self.r.act(key=act.key, details={"other": True})
        with pytest.raises(Conflict):
            call(other)
        assert Posting.objects.count() == before

    @rule()
    def seal(self):
        sealing.seal()

    @invariant()
    def every_number_stands_where_the_plain_table_says(self):
        found = {}
        for b in Block.objects.all():
            for n in range(b.first, b.last + 1):
                assert (b.series_id, n) not in found, "held twice"
                found[b.series_id, n] = (
                    b.account_id, b.state == "blocked", b.marks.get("first_transfer", False)
                )  # fmt: skip
        assert found == self.numbers

    @invariant()
    def what_was_issued_is_somewhere(self):
        assert sum(balances().values()) == 0
        for series in (self.r.series, self.other):
            held = [v for (account, _), v in balances(series=series).items() if account != self.r.issuing.pk]
            void = sum(
                1 for (s, _), n in self.numbers.items() if s == series.pk and n[0] == self.r.issuing.pk
            )
            issued = sum(1 for s, _ in self.numbers if s == series.pk)
            assert sum(held) + void == issued
            assert all(v > 0 for v in held)

    @invariant()
    def sums_carried_forward_say_the_same(self):
        found = Counter()
        blocked = Counter()
        for (series, _), (where, stopped, _) in self.numbers.items():
            found[where, series] += 1
            blocked[where, series] += stopped
            found[self.r.issuing.pk, series] -= 1
        stands = totals.standing("account", "series")
        assert {key: there.units for key, there in stands.items() if there.units} == {
            key: units for key, units in found.items() if units
        }
        assert {key: there.blocked for key, there in stands.items() if there.blocked} == dict(+blocked)

    @invariant()
    def it_verifies(self):
        verdict = verify()
        assert verdict.whole, verdict.faults
        assert verdict.transactions == len(self.done) == LedgerTransaction.objects.count()


@pytest.mark.first
def test_the_ledger_keeps_its_invariants_whatever_is_done(db):
    Ledger.reached.clear()
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
    # What was never granted would keep every invariant.
    kinds = {"issue", "transfer", "retire", "cancel", "block", "unblock", "reverse"}
    assert kinds <= {kind for kind, times in Ledger.reached.items() if times >= 3}, Ledger.reached
