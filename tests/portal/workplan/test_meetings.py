"""Meetings: what is put on the agenda, how it is walked, what is decided and carried into the next plan."""

import re
from datetime import date

import pytest
from django.urls import reverse

from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.core.workflow.errors import Refused, Stale
from trunghoa.portal.core.workflow.models import Waiting
from trunghoa.portal.systems.workplan import agenda, carrying
from trunghoa.portal.systems.workplan.models import Action, Activity, Decision, Meeting, Milestone, Proposal


@pytest.fixture
def meeting(plan):
    return Meeting.objects.create(number=5, held_on=date(2026, 12, 10), plan=plan)


@pytest.fixture
def as_(client, parties):
    def sign_in(name):
        client.force_login(parties[name])
        return client

    return sign_in


@pytest.fixture
def points(meeting):
    return [agenda.put_free(meeting, title_en=f"Point {n}") for n in (1, 2, 3)]


@pytest.fixture
def decide(meeting, organisations, parties):
    def make(item=None, **more):
        item = item or agenda.put_free(meeting, title_en="A point")
        decision = Decision.objects.create(
            item=item,
            state="recorded",
            language="en",
            text_en="The model is opened.",
            recorded_by=parties["vn1"],
        )
        attributes = {"title_en": "Open the model", "organisation": organisations["ministry-jp"], **more}
        Action.objects.create(decision=decision, **attributes)
        return moves.began(decision)

    return make


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def order(meeting):
    return [item.title("en") for item in meeting.agenda.order_by("order", "pk")]


def fresh(meeting):
    return Meeting.objects.get(pk=meeting.pk)


# What should be spoken about


def test_what_is_late_unsigned_or_waiting_is_suggested_in_that_order(
    meeting, make_proposal, make_activity, parties, clock
):
    clock(2026, 11, 24, 3)
    waiting, late = make_proposal(state="submitted"), make_proposal("JP", "forwarded")
    Proposal.objects.filter(pk=late.pk).update(due=date(2026, 11, 1))
    make_proposal(state="closed")
    make_proposal()
    make_activity("A-1", due=date(2026, 12, 31))
    over = make_activity("A-2", due=date(2026, 11, 1))
    step = make_activity("A-3", due=date(2026, 12, 31))
    Milestone.objects.create(activity=step, title_vi="Bước", due=date(2026, 10, 1), owing="JP", weight=1)
    unsigned = make_activity("A-4", state="proposed", due=date(2026, 12, 31))
    make_activity("A-5", state="completed", due=date(2026, 1, 31))
    found = agenda.suggestions(meeting, parties["vn2"])
    assert [(s.subject, s.reason) for s in found] == [
        (late, agenda.OVERDUE),
        (over, agenda.LATE),
        (step, agenda.LATE),
        (unsigned, agenda.UNSIGNED),
        (waiting, agenda.TO_ANSWER),
    ]


def test_what_is_on_the_agenda_is_not_suggested_again(meeting, make_proposal, parties):
    make_proposal(state="submitted")
    found = agenda.suggestions(meeting, parties["vn1"])
    assert agenda.put_on_agenda(meeting, found) == 1
    assert agenda.put_on_agenda(meeting, found) == 0
    assert agenda.suggestions(meeting, parties["vn1"]) == []
    assert meeting.agenda.count() == 1


def test_a_milestone_is_late_on_the_calendar_of_the_side_that_owes_it(make_activity, clock):
    activity = make_activity(due=None)
    Milestone.objects.create(activity=activity, title_vi="Bước", due=date(2026, 3, 1), owing="VN", weight=1)
    now = clock(2026, 3, 1, 15, 30)
    assert not agenda.late_activities(Activity.objects.all(), now).exists()
    Milestone.objects.update(owing="JP")
    assert agenda.late_activities(Activity.objects.all(), now).exists()


# The order of the agenda


def test_points_move_up_and_down_with_buttons_alone(as_, meeting, points):
    page = reverse("workplan:agenda", args=[meeting.number])
    html = as_("jp1").get(page).content.decode()
    assert html.count('name="step" value="up"') == 2, "the first has no way up"
    assert html.count('name="step" value="down"') == 2, "the last has no way down"
    address = reverse("workplan:shift_agenda_item", args=[meeting.number, points[2].pk])
    as_("jp1").post(address, {"step": "up", "revision": fresh(meeting).revision})
    assert order(meeting) == ["Point 1", "Point 3", "Point 2"]
    as_("jp1").post(address, {"step": "up", "revision": fresh(meeting).revision})
    as_("jp1").post(address, {"step": "up", "revision": fresh(meeting).revision})
    assert order(meeting) == ["Point 3", "Point 1", "Point 2"]
    as_("jp1").post(address, {"step": "down", "revision": fresh(meeting).revision})
    assert order(meeting) == ["Point 1", "Point 3", "Point 2"]
    assert [i.order for i in meeting.agenda.order_by("order")] == [1, 2, 3]


def test_an_agenda_that_changed_since_it_was_read_is_not_moved(as_, meeting, points):
    read = fresh(meeting).revision
    agenda.shift(points[0], 1, read)
    with pytest.raises(Stale):
        agenda.shift(points[0], 1, read)
    address = reverse("workplan:shift_agenda_item", args=[meeting.number, points[0].pk])
    answer = as_("vn1").post(address, {"step": "down", "revision": read}, follow=True)
    assert "Somebody changed this meanwhile" in text_of(answer)
    assert order(meeting) == ["Point 2", "Point 1", "Point 3"]


def test_a_point_is_taken_off_unless_something_was_decided(as_, meeting, points, decide):
    decide(points[1])
    for point in points[:2]:
        address = reverse("workplan:remove_agenda_item", args=[meeting.number, point.pk])
        as_("vn1").post(address, {"revision": fresh(meeting).revision})
    assert order(meeting) == ["Point 2", "Point 3"]
    assert [i.order for i in meeting.agenda.order_by("order")] == [1, 2]


def test_a_free_point_needs_a_title(as_, meeting):
    address = reverse("workplan:new_agenda_item", args=[meeting.number])
    answer = as_("vn1").post(address, {"title_vi": "", "title_ja": "", "title_en": ""})
    assert answer.status_code == 422
    assert "A title is needed in at least one language." in text_of(answer)
    as_("vn1").post(address, {"title_ja": "その他"})
    assert order(meeting) == ["その他"]


# Meeting mode


def decision(**more):
    rows = {"action-TOTAL_FORMS": "1", "action-INITIAL_FORMS": "0"}
    return {"language": "en", "text_en": "We open the model.", **rows, **more}


def test_meeting_mode_shows_the_live_state_of_the_point_and_the_way_on(as_, meeting, make_proposal, parties):
    proposal = make_proposal(state="forwarded")
    Proposal.objects.filter(pk=proposal.pk).update(due=date(2020, 1, 1))
    agenda.put_on_agenda(meeting, agenda.suggestions(meeting, parties["vn1"]))
    last = agenda.put_free(meeting, title_en="Any other business")
    first = meeting.agenda.first()
    page = as_("jp1").get(reverse("workplan:meeting_mode", args=[meeting.number]))
    words = text_of(page)
    assert "Point 1 of 2" in words
    assert "forwarded to the unit in charge" in words
    assert "days late" in words
    address = reverse("workplan:meeting_mode_item", args=[meeting.number, last.pk])
    assert f'rel="next" href="{address}"' in page.content.decode()
    back = reverse("workplan:meeting_mode_item", args=[meeting.number, first.pk])
    assert f'rel="prev" href="{back}"' in as_("jp1").get(address).content.decode()
    moves.move(
        proposal, "answer", parties["unit_jp"], revision=proposal.revision,
        inputs={"verdict": "accepted", "text_en": "Yes."},
    )  # fmt: skip
    assert "answered" in text_of(as_("jp1").get(back))
    assert "days late" not in text_of(as_("jp1").get(back))


def test_a_decision_and_its_actions_are_written_down_at_once(as_, meeting, points, organisations):
    address = reverse("workplan:meeting_mode_item", args=[meeting.number, points[0].pk])
    given = decision(
        **{"action-0-title_en": "Open it", "action-0-organisation": organisations["unit-jp"].pk,
           "action-0-due": "2027-03-31"}
    )  # fmt: skip
    page = as_("vn1").post(address, given, follow=True)
    row = Decision.objects.get()
    action = row.actions.get()
    assert (row.item, row.state, row.recorded_by.username) == (points[0], "recorded", "vn1")
    assert (action.title_en, action.organisation.code, action.due) == (
        "Open it",
        "unit-jp",
        date(2027, 3, 31),
    )
    assert "We open the model." in text_of(page)
    assert {(w.side, w.what) for w in Waiting.objects.about(row)} == {
        ("VN", "Sign the decision."), ("JP", "Sign the decision."),
    }  # fmt: skip


def test_an_action_without_who_keeps_everything_typed_and_writes_nothing(as_, meeting, points):
    address = reverse("workplan:meeting_mode_item", args=[meeting.number, points[0].pk])
    page = as_("vn1").post(address, decision(**{"action-0-title_en": "Somebody opens it"}))
    assert page.status_code == 422
    assert "Who does it? Choose an organisation." in text_of(page)
    assert "Somebody opens it" in page.content.decode()
    assert "We open the model." in page.content.decode()
    assert Decision.objects.count() == Action.objects.count() == 0


def test_observers_read_meetings_and_write_nothing(as_, meeting, points, decide):
    row = decide(points[0])
    mode = reverse("workplan:meeting_mode_item", args=[meeting.number, points[0].pk])
    page = as_("observer").get(mode)
    assert "The model is opened." in text_of(page)
    assert "Write it down" not in text_of(page)
    assert as_("observer").post(mode, decision()).status_code == 403
    for name, args in (
        ("agenda", [meeting.number]), ("edit_decision", [row.pk]), ("carry_action", [row.actions.get().pk]),
        ("edit_meeting", [meeting.number]), ("new_meeting", []),
    ):  # fmt: skip
        assert as_("observer").get(reverse(f"workplan:{name}", args=args)).status_code == 403
    assert as_("operator").get(meeting.get_absolute_url()).status_code == 403


def test_a_point_about_what_is_not_open_to_the_reader_says_only_that(as_, meeting, make_activity):
    activity = make_activity("A-9", state="proposed", title_en="Secret words")
    agenda.put_on_agenda(meeting, [agenda.Suggestion(activity, agenda.UNSIGNED)])
    words = text_of(as_("observer").get(meeting.get_absolute_url()))
    assert "A point about something that is not open to you" in words
    assert "A-9" not in words


# Decisions that both sides sign


def sign(row, by):
    return moves.move(row, "agree", by, revision=row.revision, seen=signing.revision_hash(row))


def test_a_decision_stands_when_both_sides_signed_the_same_words(decide, parties):
    row = decide()
    assert sign(row, parties["vn1"]) is None
    assert row.state == "recorded"
    sign(row, parties["jp1"])
    assert row.state == "agreed"
    assert not Waiting.objects.about(row).exists()


def test_an_edit_of_the_words_or_of_an_action_takes_the_signatures_back(as_, decide, parties, organisations):
    row = decide()
    sign(row, parties["vn1"])
    sign(row, parties["jp1"])
    action = row.actions.get()
    given = {
        "revision": row.revision, "language": "en", "text_en": row.text_en, "action-TOTAL_FORMS": "1",
        "action-INITIAL_FORMS": "1", "action-0-pk": action.pk, "action-0-title_en": "Open it to all",
        "action-0-organisation": organisations["ministry-jp"].pk, "action-0-due": "",
    }  # fmt: skip
    as_("jp2").post(reverse("workplan:edit_decision", args=[row.pk]), given)
    row.refresh_from_db()
    assert row.actions.get().title_en == "Open it to all"
    assert (row.state, signing.signatures(row)) == ("recorded", {})


def test_two_who_edit_a_decision_see_both_versions(as_, decide):
    row = decide()
    page = reverse("workplan:edit_decision", args=[row.pk])
    given = {
        "revision": row.revision, "language": "en", "action-TOTAL_FORMS": "0", "action-INITIAL_FORMS": "0",
    }  # fmt: skip
    assert as_("vn1").post(page, {**given, "text_en": "Theirs."}).status_code == 302
    answer = as_("jp1").post(page, {**given, "text_en": "Mine."})
    assert answer.status_code == 409
    assert "Theirs." in text_of(answer)
    assert Decision.objects.get().text_en == "Theirs."


# Into next year's plan


def test_an_action_becomes_a_draft_of_next_years_plan(as_, decide, systems10, organisations):
    row = decide(due=date(2027, 3, 31))
    action = row.actions.get()
    answer = as_("vn1").post(reverse("workplan:carry_action", args=[action.pk]), {"system": "S1"})
    activity = Activity.objects.get()
    action.refresh_from_db()
    assert answer.url == activity.get_absolute_url()
    assert action.activity == activity
    assert (activity.plan.year, activity.state, activity.drafted_at) == (2027, "draft", "VN")
    assert (activity.lead_jp, activity.owing) == (organisations["ministry-jp"], "JP")
    assert (activity.due, activity.carried_from) == (date(2027, 3, 31), None)
    as_("vn1").post(reverse("workplan:carry_action", args=[action.pk]), {"system": "S1"})
    assert Activity.objects.count() == 1, "carried once"


def test_carrying_defers_the_unfinished_activity_and_keeps_its_history(
    meeting, make_activity, decide, systems10, parties
):
    old = make_activity("2026-S1-01", state="in_progress")
    agenda.put_on_agenda(meeting, [agenda.Suggestion(old, agenda.LATE)])
    row = decide(meeting.agenda.get())
    made = carrying.carry(row.actions.get(), systems10["S1"], parties["vn1"])
    old.refresh_from_db()
    assert (old.state, old.deferred_to) == ("deferred", 2027)
    assert (made.carried_from, made.plan.year, made.ref) == (old, 2027, "2027-S1-01")
    assert made.lead_vn == old.lead_vn
    deferral = moves.history(old)[-1]
    assert (deferral.verb, deferral.inputs["year"]) == ("defer", 2027)
    assert "The model is opened." in deferral.inputs["reason"]
    assert list(old.carried_to.all()) == [made]


def test_a_deferral_that_is_refused_carries_nothing(meeting, make_activity, decide, systems10, parties):
    old = make_activity("2026-S1-01", state="in_progress")
    agenda.put_on_agenda(meeting, [agenda.Suggestion(old, agenda.LATE)])
    action = decide(meeting.agenda.get()).actions.get()
    with pytest.raises(Refused):
        carrying.carry(action, systems10["S1"], parties["unit_jp"])
    action.refresh_from_db()
    old.refresh_from_db()
    assert (action.activity, old.state, Activity.objects.count()) == (None, "in_progress", 1)


def test_a_finished_activity_is_left_as_it_is(meeting, make_activity, decide, systems10, parties):
    old = make_activity("2026-S1-01", state="completed")
    agenda.put_on_agenda(meeting, [agenda.Suggestion(old, agenda.LATE)])
    made = carrying.carry(decide(meeting.agenda.get()).actions.get(), systems10["S1"], parties["vn1"])
    old.refresh_from_db()
    assert (old.state, made.carried_from) == ("completed", old)


# The record of a meeting


def test_a_name_needs_its_source_and_two_editors_do_not_overwrite_one_another(as_, meeting):
    page = reverse("workplan:edit_meeting", args=[meeting.number])
    given = {"number": 5, "held_on": "2026-12-10", "plan": meeting.plan_id, "revision": meeting.revision}
    answer = as_("vn1").post(page, {**given, "chair_vn": "A. Name"})
    assert "A place or a name needs its source." in text_of(answer)
    kept = as_("vn1").post(page, {**given, "place_en": "Ha Noi", "source": "Minutes"})
    assert kept.status_code == 302
    answer = as_("jp1").post(page, {**given, "place_en": "Tokyo", "source": "Minutes"})
    assert answer.status_code == 409
    assert fresh(meeting).place_en == "Ha Noi"


def test_the_agenda_is_downloaded(as_, meeting, points):
    found = as_("vn1").get(meeting.get_absolute_url() + "?format=json&table=agenda").json()
    assert [(row["order"], row["point"]) for row in found] == [(1, "Point 1"), (2, "Point 2"), (3, "Point 3")]
