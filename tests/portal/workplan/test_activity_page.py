"""What the page of one activity says and offers."""

import re
from datetime import date
from decimal import Decimal

import pytest

from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.systems.workplan.models import Milestone


@pytest.fixture
def page(client, parties):
    """The page of an activity as an officer reads it."""

    def read(activity, lang="en", name="vn2", tail=""):
        client.force_login(parties[name])
        return client.get(f"/{lang}/workplan/activities/{activity.ref}/{tail}").content.decode()

    return read


FROM_SOURCE = "was taken over from the source"


@pytest.mark.django_db
def test_a_state_is_said_to_be_from_the_source_only_until_somebody_signs_here(page, make_activity, parties):
    activity = make_activity(state="proposed", known_state="proposed", known_on=date(2024, 1, 11))
    assert FROM_SOURCE in page(activity)
    shown = []
    for name in ("vn1", "jp1"):
        seen = signing.revision_hash(activity)
        moves.move(activity, "agree", parties[name], revision=activity.revision, seen=seen)
        shown.append(FROM_SOURCE in page(activity))
    moves.move(activity, "start", parties["vn1"], revision=activity.revision)
    shown.append(FROM_SOURCE in page(activity))
    assert shown == [False, False, False]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lang", "said"), [("vi", "trễ 10 ngày"), ("ja", "10日遅延"), ("en", "10 days late")]
)
def test_a_late_milestone_says_so_in_the_readers_language(page, make_activity, clock, lang, said):
    clock(2026, 3, 1, 3)
    activity = make_activity(state="in_progress")
    Milestone.objects.create(
        activity=activity, title_vi="Mốc", due=date(2026, 2, 19), owing="VN", weight=Decimal(1)
    )
    text = page(activity, lang)
    assert said in text
    assert ("days late" in text) == (lang == "en")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "name", "said"),
    [
        ("draft", "vn1", "It is still a draft: propose it"),
        ("proposed", "vn1", "It waits for signatures"),
        ("agreed", "vn1", ""),
        ("in_progress", "researcher", "ask one of them"),
        ("cancelled", "vn1", "no longer followed"),
    ],
)
def test_a_milestone_that_is_not_to_be_settled_says_why(page, make_activity, state, name, said):
    activity = make_activity(state=state, drafted_at="VN")
    row = Milestone.objects.create(
        activity=activity, title_vi="Mốc", due=date(2026, 2, 19), owing="VN", weight=Decimal(1)
    )
    text = page(activity, name=name, tail=f"milestones/{row.pk}/settle/")
    assert said in text
    assert ("done_on" in text) == (not said)
    assert ("State and moves of the activity" in text) == bool(said)


@pytest.mark.django_db
def test_signing_stands_before_what_gives_the_activity_up(page, make_activity):
    text = page(make_activity(state="proposed"))
    found = {
        verb: style
        for style, verb in re.findall(r'<a class="(button[^"]*)" href="[^"]*/(agree|defer|cancel)/', text)
    }
    assert found == {"agree": "button", "defer": "button secondary", "cancel": "button secondary"}
