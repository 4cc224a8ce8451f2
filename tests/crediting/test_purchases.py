"""Purchase of credits: deliveries against a schedule, by what is agreed on a shortfall."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.crediting import Instalment, Shortfall, settle
from trunghoa.quantities import InputError

D = date
SCHEDULE = [Instalment(D(2026, 6, 30), 100), Instalment(D(2027, 6, 30), 200), Instalment(D(2028, 6, 30), 300)]
PRICE, DAMAGES = Decimal("12.5"), Decimal("3")


def settled(deliveries, rule, today, schedule=SCHEDULE):
    return settle(schedule, deliveries, rule, PRICE, DAMAGES, today)


def rows(found):
    return [(r.owed, r.delivered, r.short) for r in found.rows]


def test_what_is_missing_is_carried_to_the_next_delivery():
    found = settled([(D(2026, 6, 1), 60), (D(2027, 3, 1), 220)], Shortfall.CARRY, D(2027, 7, 1))
    assert rows(found) == [(100, 60, 40), (240, 220, 20), (320, 0, 0)]
    assert (found.delivered, found.outstanding, found.overdue, found.lapsed, found.surplus) == (
        280,
        320,
        0,
        0,
        0,
    )
    assert (found.price_due, found.damages_due) == (Decimal("3500.0"), 0)


def test_what_is_missing_is_paid_for_and_owed_no_more():
    found = settled([(D(2026, 6, 1), 60), (D(2026, 7, 1), 220)], Shortfall.DAMAGES, D(2027, 7, 1))
    # What came a day late counts toward the second delivery, and early toward the third.
    assert rows(found) == [(100, 60, 40), (200, 200, 0), (300, 20, 0)]
    assert (found.delivered, found.outstanding, found.lapsed, found.surplus) == (280, 280, 40, 0)
    assert (found.price_due, found.damages_due) == (Decimal("3500.0"), Decimal(120))


def test_what_is_missing_lapses_without_payment():
    found = settled([], Shortfall.LAPSE, D(2030, 1, 1))
    assert (found.delivered, found.outstanding, found.lapsed, found.damages_due) == (0, 0, 600, 0)


def test_on_the_due_day_itself_nothing_is_missing_yet():
    assert settled([], Shortfall.DAMAGES, D(2026, 6, 30)).lapsed == 0
    assert settled([], Shortfall.DAMAGES, D(2026, 7, 1)).lapsed == 100


def test_after_the_last_day_what_was_carried_is_overdue_until_it_comes():
    late = settled([(D(2026, 6, 1), 500)], Shortfall.CARRY, D(2028, 7, 1))
    assert (late.outstanding, late.overdue) == (100, 100)
    there = settled([(D(2026, 6, 1), 500), (D(2029, 1, 1), 130)], Shortfall.CARRY, D(2029, 1, 2))
    assert (there.delivered, there.overdue, there.surplus) == (600, 0, 30)
    assert there.price_due == 600 * PRICE


@pytest.mark.parametrize(
    ("schedule", "deliveries", "said"),
    [
        ([], [], "names no delivery"),
        ([Instalment(D(2026, 1, 1), 1)] * 2, [], "2026-01-01 stands twice"),
        ([Instalment(D(2026, 1, 1), 0)], [], "no whole number of units"),
        ([Instalment(D(2026, 1, 1), 1)], [(D(2026, 1, 1), 0)], "0 units is none"),
    ],
)
def test_bad_input_is_refused(schedule, deliveries, said):
    with pytest.raises(InputError, match=said):
        settled(deliveries, Shortfall.CARRY, D(2026, 1, 1), schedule)


DAYS = st.dates(D(2025, 1, 1), D(2030, 12, 31))
SCHEDULES = st.dictionaries(DAYS, st.integers(1, 500), min_size=1, max_size=6).map(
    lambda found: [Instalment(*pair) for pair in found.items()]
)
DELIVERIES = st.lists(st.tuples(DAYS, st.integers(1, 400)), max_size=8)
RULES = st.sampled_from(list(Shortfall))


@given(SCHEDULES, DELIVERIES, RULES, DAYS, st.randoms())
def test_nothing_is_lost_or_counted_twice(schedule, deliveries, rule, today, shuffle):
    found = settled(deliveries, rule, today, schedule)
    assert (
        found.delivered + found.outstanding + found.lapsed == found.volume == sum(i.volume for i in schedule)
    )
    assert found.delivered + found.surplus == sum(units for _, units in deliveries)
    assert min(found.delivered, found.outstanding, found.overdue, found.lapsed, found.surplus) >= 0
    assert all(
        0 <= r.delivered <= r.owed and 0 <= r.short == (today > r.due) * (r.owed - r.delivered)
        for r in found.rows
    )
    assert found.price_due == PRICE * found.delivered
    assert found.damages_due == (DAMAGES * found.lapsed if rule is Shortfall.DAMAGES else 0)
    shuffle.shuffle(schedule)
    shuffle.shuffle(deliveries)
    assert settled(deliveries, rule, today, schedule) == found


@given(SCHEDULES, DELIVERIES, RULES, DAYS, st.integers(1, 400))
def test_delivering_more_never_owes_more(schedule, deliveries, rule, today, more):
    before = settled(deliveries, rule, today, schedule)
    after = settled([*deliveries, (D(2025, 1, 1), more)], rule, today, schedule)
    assert after.delivered >= before.delivered
    assert after.lapsed <= before.lapsed
    assert after.outstanding <= before.outstanding or rule is not Shortfall.CARRY


@given(SCHEDULES, DELIVERIES, DAYS)
def test_whoever_delivers_in_time_owes_nothing_by_any_rule(schedule, deliveries, today):
    first = min(i.due for i in schedule)
    whole = [(first - timedelta(days=1), sum(i.volume for i in schedule)), *deliveries]
    for rule in Shortfall:
        found = settled(whole, rule, today, schedule)
        assert (found.lapsed, found.outstanding, found.overdue, found.damages_due) == (0, 0, 0, 0)
