"""The rule of health, line by line, on the calendar of the side that owes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.portal.systems.workplan import health
from trunghoa.portal.systems.workplan.health import Step
from trunghoa.portal.systems.workplan.models import Activity, Milestone

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
ON = {"VN": date(2026, 7, 1), "JP": date(2026, 7, 1)}


def step(days, weight="1", done=False, waived=False, owing="VN"):
    """A milestone so many days from the day of the table."""
    due = ON["VN"] + timedelta(days=days)
    return Step(due, owing, Decimal(weight), FIRST if done else None, waived)


# 181 of 364 days have gone: 0.497, so the limit for what is done is 0.347.
TABLE = [
    ("no milestones: nothing is known", [], "unknown"),
    ("all is far away", [step(60)], "on_track"),
    ("due today is not late", [step(0, done=True), step(0)], "on_track"),
    ("due yesterday and open", [step(-1), step(90, done=True)], "late"),
    ("due yesterday and done", [step(-1, done=True), step(90)], "on_track"),
    ("due yesterday and waived", [step(-1, waived=True), step(90)], "on_track"),
    ("near and nothing done", [step(30)], "at_risk"),
    ("one day further off", [step(31)], "on_track"),
    ("near, a third done", [step(-9, "1", done=True), step(5, "2")], "at_risk"),
    ("near, enough done by weight", [step(-9, "35", done=True), step(5, "65")], "on_track"),
    ("near, just too little done by weight", [step(-9, "34", done=True), step(5, "66")], "at_risk"),
    ("what was waived does not count as done", [step(-9, "50", waived=True), step(5, "50")], "at_risk"),
    ("all waived", [step(-9, waived=True)], "on_track"),
    ("near is done, far is open", [step(5, done=True), step(90)], "on_track"),
]


# The activity's own due date, in days from the day of the table, beside its milestones.
OWN_DAY = [
    ("past its own day, its milestones done", -1, [step(-9, done=True)], "late"),
    ("past its own day, its milestones still to come", -1, [step(60)], "late"),
    ("past its own day, no milestones", -1, [], "late"),
    ("its own day is today, no milestones", 0, [], "at_risk"),
    ("its own day is near, no milestones", 30, [], "at_risk"),
    ("its own day is far, no milestones", 31, [], "on_track"),
    ("its own day is near, its milestones done", 5, [step(-9, done=True)], "on_track"),
]
CASES = [(what, None, steps, expected) for what, steps, expected in TABLE] + OWN_DAY


def day(days):
    return None if days is None else ON["VN"] + timedelta(days=days)


@pytest.mark.parametrize(("what", "own", "steps", "expected"), CASES, ids=[row[0] for row in CASES])
def test_the_rule(what, own, steps, expected):
    assert health.health("in_progress", day(own), steps, FIRST, day(own) or LAST, ON) == expected


@pytest.mark.parametrize("state", ["draft", "completed", "deferred", "cancelled"])
def test_what_is_not_followed_has_no_health(state):
    assert health.health(state, FIRST, [step(-100)], FIRST, LAST, ON) == "over"


@given(
    st.lists(
        st.builds(
            step,
            st.integers(-400, 400),
            st.decimals("0.01", 100, places=2).map(str),
            done=st.booleans(),
            waived=st.booleans(),
            owing=st.sampled_from(["VN", "JP"]),
        ),
        max_size=6,
    ),
    st.none() | st.integers(-400, 400),
)
def test_it_is_never_green_without_any_date_nor_past_one(steps, own):
    found = health.health("agreed", day(own), steps, FIRST, LAST, ON)
    past = any(s.is_open and s.due < ON[s.owing] for s in steps)
    assert (found == "late") == (past or (own is not None and own < 0))
    assert (found == "unknown") == (not steps and own is None)


def test_a_day_is_over_where_it_is_owed():
    """After 22:00 in Hà Nội it is the next day in Tokyo already, and not yet in Hà Nội."""
    due = date(2026, 6, 30)
    on = {"VN": date(2026, 6, 30), "JP": date(2026, 7, 1)}
    assert health.health("agreed", None, [Step(due, "JP", Decimal(1))], FIRST, LAST, on) == "late"
    assert health.health("agreed", None, [Step(due, "VN", Decimal(1))], FIRST, LAST, on) != "late"
    # What both owe is over once the day is over on both sides.
    assert health.health("agreed", due, [], FIRST, LAST, on) != "late"
    assert health.health("agreed", due, [], FIRST, LAST, on | {"VN": on["JP"]}) == "late"


def test_the_days_of_the_sides_differ_at_night(clock):
    clock(2026, 6, 30, 15, 30)
    assert health.todays() == {"VN": date(2026, 6, 30), "JP": date(2026, 7, 1)}


@pytest.mark.parametrize(
    ("today", "share"),
    [
        (date(2025, 12, 1), "0"),
        (date(2026, 1, 1), "0"),
        (date(2026, 1, 3), "0.2"),
        (date(2026, 1, 11), "1"),
        (date(2027, 1, 1), "1"),
    ],
)
def test_the_share_of_time_gone(today, share):
    assert health.elapsed_share(date(2026, 1, 1), date(2026, 1, 11), today) == Decimal(share)


def test_the_limits_are_parameters_with_a_source():
    days, gap = health.parameters(date(2026, 1, 1))
    assert (days.value, gap.value) == (Decimal(30), Decimal("0.15"))
    assert days.source
    assert days.quality.value == "unverified"


@pytest.mark.django_db
def test_narrowing_in_the_database_agrees_with_the_rule(make_activity, clock, plan):
    """Every activity is found under its own health and under no other."""
    clock(2026, 7, 1, 3)
    for number, (_what, own, steps, _expected) in enumerate(CASES):
        for state in ("in_progress", "completed"):
            activity = make_activity(
                f"H-{number}-{state[:4]}", state, start=FIRST, due=day(own), title_vi=f"Hoạt động {number}"
            )
            for s in steps:
                Milestone.objects.create(
                    activity=activity, title_vi="Mốc", due=s.due, owing=s.owing, weight=s.weight,
                    done_on=s.done_on, waived_reason="waived" if s.waived else "",
                )  # fmt: skip
    by_code = {
        code: set(health.narrowed(Activity.objects.all(), code).values_list("ref", flat=True))
        for code in health.NAMES
    }
    for activity in Activity.objects.all():
        own = health.of_activity(activity, activity.milestones.all())
        assert [code for code, refs in by_code.items() if activity.ref in refs] == [own]
    assert {code for code, refs in by_code.items() if refs} == set(health.NAMES)
