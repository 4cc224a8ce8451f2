"""What may happen to a proposal, who may do it, and when an answer is late."""

from datetime import UTC, date, datetime

import pytest

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.workflow import days, moves
from trunghoa.portal.core.workflow.errors import Refused, Stale
from trunghoa.portal.core.workflow.models import Comment, Waiting
from trunghoa.portal.systems.workplan import deadlines
from trunghoa.portal.systems.workplan.listing_proposals import seen
from trunghoa.portal.systems.workplan.models import Answer, Proposal
from trunghoa.portal.systems.workplan.models.proposals import draft
from trunghoa.portal.systems.workplan.thread import thread


def move(proposal, verb, by, **inputs):
    return moves.move(proposal, verb, by, revision=proposal.revision, inputs=inputs)


def waits(proposal):
    return [
        (row.side, row.organisation.code if row.organisation else "", row.due)
        for row in Waiting.objects.about(proposal).select_related("organisation")
    ]


def test_numbers_run_by_side_and_year(make_proposal):
    refs = [make_proposal(side).ref for side in ("VN", "JP", "VN")]
    year = days.today("VN").year
    assert refs == [f"VN-{year}-01", f"JP-{year}-01", f"VN-{year}-02"]


def test_from_draft_to_the_end_each_state_waits_for_whom_it_concerns(make_proposal, organisations, parties):
    proposal = make_proposal()
    assert waits(proposal) == [("VN", "", None)]
    move(proposal, "submit", parties["vn2"])
    due = deadlines.default_due(days.today("JP"))
    assert (proposal.state, proposal.due, proposal.due_by_default) == ("submitted", due, True)
    assert waits(proposal) == [("JP", "", due)]
    move(proposal, "forward", parties["jp1"], unit=organisations["unit-jp"])
    assert waits(proposal) == [("", "unit-jp", due)]
    move(proposal, "answer", parties["unit_jp"], verdict="declined", text_ja="難しい。", text_en="Too hard.")
    assert waits(proposal) == [("VN", "", None)]
    answer = Answer.objects.get(proposal=proposal)
    assert (answer.verdict, answer.language, answer.organisation.code) == ("declined", "ja", "unit-jp")
    assert answer.versions("en") == [("en", "Too hard.", False), ("ja", "難しい。", True)]
    move(proposal, "close", parties["vn1"])
    assert (proposal.state, waits(proposal)) == ("closed", [])


def test_more_information_goes_back_to_submitted_with_a_new_due_date(
    make_proposal, organisations, parties, clock
):
    clock(2026, 1, 5, 3)
    proposal = make_proposal(state="forwarded")
    assert proposal.due == date(2026, 3, 6)
    clock(2026, 2, 2, 3)
    move(proposal, "answer", parties["unit_jp"], verdict="more_information", text_en="Which agencies?")
    with pytest.raises(Refused, match="More information was asked for"):
        move(proposal, "close", parties["vn1"])
    with pytest.raises(Refused, match="A text is missing"):
        move(proposal, "resubmit", parties["vn1"], text_vi="")
    move(proposal, "resubmit", parties["vn1"], text_vi="Ba bộ.")
    assert (proposal.state, proposal.unit, proposal.due) == ("submitted", None, date(2026, 4, 3))
    assert proposal.submitted_on == date(2026, 1, 5), "it was proposed once"
    move(proposal, "forward", parties["jp2"], unit=organisations["ministry-jp"])
    move(proposal, "answer", parties["jp1"], verdict="accepted", text_en="Yes.")
    with pytest.raises(Refused, match="No more information was asked for"):
        move(proposal, "resubmit", parties["vn1"], text_vi="Nữa.")
    move(proposal, "close", parties["vn1"])
    assert [a.verdict for a in proposal.answers.all()] == ["more_information", "accepted"]
    assert [a.due for a in proposal.answers.all()] == [date(2026, 3, 6), date(2026, 4, 3)]


@pytest.mark.parametrize(
    ("state", "verb", "name"),
    [
        ("draft", "forward", "Forward"), ("draft", "answer", "Answer"), ("draft", "close", "Close"),
        ("submitted", "submit", "Submit"), ("submitted", "answer", "Answer"), ("submitted", "close", "Close"),
        ("forwarded", "forward", "Forward"), ("forwarded", "close", "Close"),
        ("answered", "submit", "Submit"), ("answered", "answer", "Answer"),
        ("closed", "resubmit", "information"), ("closed", "submit", "Submit"),
    ],
)  # fmt: skip
def test_any_other_move_is_refused_and_names_state_and_verb(make_proposal, parties, state, verb, name):
    proposal = make_proposal(state=state)
    words = {"draft": "draft", "submitted": "submitted", "forwarded": "forwarded", "answered": "answered"}
    with pytest.raises(Refused, match=rf"{name}.*{words.get(state, 'closed')}"):
        move(proposal, verb, parties["vn1"], text_en="x", verdict="accepted")
    assert Proposal.objects.get(pk=proposal.pk).state == state


@pytest.mark.parametrize(
    ("state", "verb", "allowed"),
    [
        ("draft", "submit", {"vn1", "vn2"}),
        ("submitted", "forward", {"jp1", "jp2"}),
        ("forwarded", "answer", {"unit_jp"}),
        ("answered", "close", {"vn1", "vn2"}),
    ],
)
def test_each_move_is_open_to_one_side_only(make_proposal, parties, state, verb, allowed):
    proposal = make_proposal(state=state)
    open_to = {
        name
        for name, user in parties.items()
        if verb in [o.transition.verb for o in moves.offers(proposal, user)]
    }
    assert open_to == allowed


def test_the_wrong_side_cannot_answer(make_proposal, parties):
    proposal = make_proposal(state="forwarded")
    for name in ("vn1", "unit_vn", "jp1", "observer", "researcher"):
        with pytest.raises(Refused, match="This move is for"):
            move(proposal, "answer", parties[name], verdict="accepted", text_en="Yes.")
    assert proposal.answers.count() == 0


def test_who_wrote_the_draft_does_not_submit_it_where_a_colleague_can(make_proposal, parties):
    proposal = make_proposal()
    with pytest.raises(Refused, match="ask a colleague"):
        move(proposal, "submit", parties["vn1"])
    User.objects.filter(username="vn2").update(is_active=False)
    move(proposal, "submit", parties["vn1"])
    assert proposal.state == "submitted"


def test_a_draft_without_text_is_not_submitted(make_proposal, parties):
    proposal = make_proposal(text_vi="")
    with pytest.raises(Refused, match="Title and text are missing in the original language"):
        move(proposal, "submit", parties["vn2"])


def test_it_is_forwarded_only_to_a_unit_of_the_side_that_owes(make_proposal, organisations, parties):
    proposal = make_proposal(state="submitted")
    with pytest.raises(Refused, match="choose one of its organisations"):
        move(proposal, "forward", parties["jp1"], unit=organisations["unit-vn"])


def test_what_followed_a_dissolved_unit_answers_for_it(make_proposal, organisations, parties):
    proposal = make_proposal(state="forwarded")
    heir = Organisation.objects.create(code="heir", name_vi="Kế thừa", side="JP", kind="research")
    Organisation.objects.filter(code="unit-jp").update(successor=heir)
    person = User.objects.create_user("heir", role="researcher", organisation=heir)
    proposal.refresh_from_db()
    move(proposal, "answer", person, verdict="accepted", text_en="Yes.")
    assert proposal.state == "answered"


def test_where_a_source_names_no_unit_the_officers_of_that_side_answer(make_proposal, parties, systems10):
    proposal = moves.began(
        draft("VN", by=None, system=systems10["S9"], title_vi="Rủi ro", state="forwarded", origin="X-1")
    )
    assert waits(proposal) == [("JP", "", None)]
    with pytest.raises(Refused, match="This move is for"):
        move(proposal, "answer", parties["vn1"], verdict="accepted", text_en="Yes.")
    move(proposal, "answer", parties["jp1"], verdict="accepted", text_en="Yes.")
    assert proposal.state == "answered"


def test_drafts_are_seen_by_officers_of_their_side_alone(make_proposal, parties):
    written = make_proposal()
    assert {n for n, user in parties.items() if written in seen(user)} == {"vn1", "vn2"}
    sent = make_proposal(state="submitted")
    assert {n for n, user in parties.items() if sent in seen(user)} == set(parties) - {"operator"}


def test_the_deadline_is_over_when_the_day_is_over_where_it_is_owed(make_proposal):
    """At 15:30 UTC it is the next day in Tokyo and still the same in Hà Nội."""
    for_japan, for_vietnam = make_proposal("VN", "forwarded"), make_proposal("JP", "forwarded")
    due = date(2026, 3, 1)
    Proposal.objects.update(due=due)
    for_japan.refresh_from_db()
    for_vietnam.refresh_from_db()
    half_past = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
    assert for_japan.overdue(half_past)
    assert not for_vietnam.overdue(half_past)
    assert list(Proposal.objects.overdue(half_past)) == [for_japan]
    later = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
    assert set(Proposal.objects.overdue(later)) == {for_japan, for_vietnam}
    assert for_japan.days_late(datetime(2026, 3, 3, 0, 0, tzinfo=UTC)) == 2


def test_the_time_to_answer_begins_on_the_owing_sides_calendar(make_proposal, clock):
    clock(2026, 3, 1, 15, 30)
    to_japan, to_vietnam = make_proposal("VN", "submitted"), make_proposal("JP", "submitted")
    assert (to_japan.submitted_on, to_vietnam.submitted_on) == (date(2026, 3, 2), date(2026, 3, 1))
    assert (to_japan.due - to_japan.submitted_on).days == int(
        deadlines.answer_days(to_japan.submitted_on).value
    )


def test_a_proposal_may_name_its_own_later_day(make_proposal, parties, clock):
    clock(2026, 3, 1, 3)
    proposal = make_proposal()
    with pytest.raises(Refused, match="lies in the past"):
        move(proposal, "submit", parties["vn2"], due=date(2026, 3, 1))
    move(proposal, "submit", parties["vn2"], due=date(2026, 3, 20))
    assert (proposal.due, proposal.due_by_default) == (date(2026, 3, 20), False)


def test_an_answer_keeps_whether_it_came_in_time(make_proposal, parties, clock):
    clock(2026, 1, 5, 3)
    proposal = make_proposal(state="forwarded")
    clock(2026, 5, 1, 3)
    assert proposal.overdue()
    move(proposal, "answer", parties["unit_jp"], verdict="accepted", text_en="Yes.")
    assert not proposal.overdue(), "what is answered is no longer overdue"
    assert not proposal.answers.get().in_time


def test_an_answer_is_never_changed(make_proposal):
    answer = make_proposal(state="answered").answers.get()
    answer.verdict = "declined"
    with pytest.raises(TypeError, match="never changed"):
        answer.save()


def test_the_thread_tells_everything_in_order_with_originals_marked(
    make_proposal, organisations, parties, clock
):
    clock(2026, 1, 5, 3)
    proposal = make_proposal()
    clock(2026, 1, 6, 3)
    Comment.objects.create(object=proposal, author=parties["vn2"], text="Shall we name the agencies?")
    clock(2026, 1, 7, 3)
    move(proposal, "submit", parties["vn2"])
    clock(2026, 1, 8, 3)
    move(proposal, "forward", parties["jp1"], unit=organisations["unit-jp"])
    clock(2026, 1, 9, 3)
    Comment.objects.create(object=proposal, author=parties["unit_jp"], text="We look into it.")
    clock(2026, 1, 10, 3)
    move(proposal, "answer", parties["unit_jp"], verdict="more_information", text_ja="どの機関か。")
    clock(2026, 1, 11, 3)
    move(proposal, "resubmit", parties["vn1"], text_vi="Ba bộ.", text_en="Three ministries.")
    told = [(e.at.day, e.heading, e.who) for e in thread(proposal, "en")]
    assert told == [
        (5, "Drafted", "vn1"),
        (6, "Comment", "vn2"),
        (7, "Submit to the other side", "vn2"),
        (8, "Forward to the unit in charge", "jp1"),
        (9, "Comment", "unit_jp"),
        (10, "Answer: more information is asked for", "unit_jp"),
        (11, "Give the information asked for", "vn1"),
    ]
    answer, given = thread(proposal, "en")[-2:]
    assert answer.texts == [("ja", "どの機関か。", True)]
    assert given.texts == [("en", "Three ministries.", False), ("vi", "Ba bộ.", True)]
    assert ("Unit in charge", "unit-jp en") in thread(proposal, "en")[3].facts


def test_an_edit_of_what_somebody_else_changed_is_refused(make_proposal, parties):
    proposal = make_proposal()
    read = proposal.revision
    moves.edit(proposal, parties["vn2"], revision=read, change=lambda held: setattr(held, "text_vi", "Khác."))
    with pytest.raises(Stale):
        moves.edit(
            proposal, parties["vn1"], revision=read, change=lambda held: setattr(held, "text_vi", "Đè.")
        )
    assert Proposal.objects.get(pk=proposal.pk).text_vi == "Khác."
