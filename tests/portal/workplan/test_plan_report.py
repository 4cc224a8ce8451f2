"""What the plan tells the home page and the joint report."""

import re
from datetime import date

import pytest

from trunghoa.portal.core.publication import live
from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.systems.workplan import report

pytestmark = pytest.mark.django_db


def headline(lang):
    figures = Figure.objects.current()
    return re.sub(r"<[^>]+>", "", live.inline(report.headline(figures), figures, lang))


@pytest.fixture
def activities(make_activity, systems10, clock):
    """One past its day, one with time left, one without a date; none is of the plan's own system."""
    clock(2026, 3, 1, 3)
    return [
        make_activity("A-01", "in_progress", start=None, due=date(2026, 2, 1)),
        make_activity("A-02", "in_progress", system=systems10["S2"]),
        make_activity("A-03", "agreed", system=systems10["S3"], due=None),
    ]


def test_the_headline_counts_what_is_past_its_own_day_as_late(activities):
    assert headline("en") == "Plan of 2026: 3 activities; 1 late, 3 without milestones."


def test_the_year_of_the_plan_is_said_once(activities):
    assert headline("ja").startswith("2026年計画：活動3件")


def test_a_system_stands_as_its_worst_activity_and_the_plan_as_the_worst_of_all(activities):
    stands = {code: standing.health.msgid for code, standing in report.standings().items()}
    assert stands == {"S1": "late", "S2": "on track", "S3": "unknown", "S10": "late"}
