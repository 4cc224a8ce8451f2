"""What was known in January 2024 becomes proposals and a meeting, with its source and nobody invented."""

from datetime import date
from types import SimpleNamespace

import pytest

from trunghoa import workspace
from trunghoa.portal.core.record.models import Figure, Place, System
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.models import Move, Waiting
from trunghoa.portal.systems.workplan import loading_proposals
from trunghoa.portal.systems.workplan.models import AgendaItem, Meeting, Proposal, WorkPlan
from trunghoa.portal.systems.workplan.thread import thread
from trunghoa.quantities import TrungHoaError

REQUESTS = {"JWG3-04": "S1", "JWG3-09": "S4", "JWG3-11": "S5", "JWG3-14": "S7", "JWG3-16": "S9"}


@pytest.fixture(scope="module")
def vietnam():
    return workspace.load("vietnam")


@pytest.fixture
def loaded(vietnam, country, systems10):
    WorkPlan.objects.create(year=2024, meeting_no=3)
    loading_proposals.load(vietnam)
    return vietnam


def test_the_five_requests_are_proposals_of_viet_nam_in_the_states_known(loaded):
    rows = {p.origin: p for p in Proposal.objects.all()}
    assert {origin: p.system_id for origin, p in rows.items()} == REQUESTS
    assert {(p.from_side, p.to_side, p.year, p.plan.year) for p in rows.values()} == {
        ("VN", "JP", 2024, 2024)
    }
    assert [rows[o].state for o in sorted(rows)] == ["submitted"] * 4 + ["forwarded"]
    assert [rows[o].ref for o in sorted(rows)] == [f"VN-2024-0{n}" for n in range(1, 6)]
    for proposal in rows.values():
        assert "11 January 2024" in proposal.source
        assert proposal.submitted_on == proposal.known_on == date(2024, 1, 11)
        assert proposal.due_by_default


def test_nobody_is_invented(loaded):
    assert not Move.objects.exists()
    for proposal in Proposal.objects.all():
        assert (proposal.person, proposal.organisation, proposal.unit) == (None, None, None)
        (entry,) = thread(proposal, "en")
        assert (entry.who, entry.day, entry.source) == ("", date(2024, 1, 11), proposal.source)
        assert Waiting.objects.about(proposal).get().side == "JP"


def test_the_third_meeting_holds_what_its_source_supports(loaded):
    meeting = Meeting.objects.get()
    assert (meeting.number, meeting.held_on, meeting.plan.year) == (3, date(2024, 1, 11), 2024)
    assert {meeting.place("vi"), meeting.chair_vn, meeting.chair_jp} == {""}
    items = list(meeting.agenda.all())
    assert [i.system_id for i in items] == [f"S{n}" for n in range(1, 11)]
    assert all("topics reviewed" in i.source for i in items)


def test_loading_twice_changes_nothing(loaded):
    def everything():
        return [
            sorted(model.objects.values_list(*[f.attname for f in model._meta.concrete_fields]), key=str)
            for model in (Proposal, Meeting, AgendaItem, Figure)
        ]

    before = everything()
    loading_proposals.load(loaded)
    assert everything() == before


def test_what_was_moved_here_since_is_left_alone(loaded, parties):
    proposal = Proposal.objects.get(origin="JWG3-16")
    given = {"verdict": "accepted", "text_en": "Yes."}
    moves.move(proposal, "answer", parties["jp1"], revision=proposal.revision, inputs=given)
    loading_proposals.load(loaded)
    proposal.refresh_from_db()
    assert proposal.state == "answered"


def test_a_request_in_a_state_that_no_proposal_has_is_refused(loaded):
    row = next(r for r in loaded.commitments if r.ref == "JWG3-04")
    odd = SimpleNamespace(
        **{name: getattr(row, name) for name in ("ref", "kind", "side")},
        state=SimpleNamespace(value="agreed"),
    )
    with pytest.raises(TrungHoaError, match=r"JWG3-04.*agreed"):
        loading_proposals.load(SimpleNamespace(commitments=[odd], meetings=[]))


def test_without_a_country_nothing_is_counted(vietnam, systems10):
    loading_proposals.load(vietnam)
    assert not Place.objects.exists()
    assert not Figure.objects.exists()
    assert System.objects.count() == 10
