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


@pytest.mark.parametrize(("what", "steps", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_the_rule(what, steps, expected):
    assert health.health("in_progress", steps, FIRST, LAST, ON) == expected


@pytest.mark.parametrize("state", ["draft", "completed", "deferred", "cancelled"])
def test_what_is_not_followed_has_no_health(state):
    assert health.health(state, [step(-100)], FIRST, LAST, ON) == "over"


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
    )
)
def test_it_is_never_green_without_milestones_nor_with_one_past_due(steps):
    found = health.health("agreed", steps, FIRST, LAST, ON)
    past = any(s.is_open and s.due < ON[s.owing] for s in steps)
    assert (found == "late") == past
    assert (found == "unknown") == (not steps)


def test_a_day_is_over_where_it_is_owed():
    """After 22:00 in Hà Nội it is the next day in Tokyo already, and not yet in Hà Nội."""
    due = date(2026, 6, 30)
    on = {"VN": date(2026, 6, 30), "JP": date(2026, 7, 1)}
    assert health.health("agreed", [Step(due, "JP", Decimal(1))], FIRST, LAST, on) == "late"
    assert health.health("agreed", [Step(due, "VN", Decimal(1))], FIRST, LAST, on) != "late"


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
    for number, (_what, steps, _expected) in enumerate(TABLE):
        for state in ("in_progress", "completed"):
            activity = make_activity(
                f"H-{number}-{state[:4]}", state, start=FIRST, due=LAST, title_vi=f"Hoạt động {number}"
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
