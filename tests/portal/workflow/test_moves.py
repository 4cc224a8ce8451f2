"""Moves: allowed along the arrows, refused with a reason, each recorded."""

from datetime import date

import pytest

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Refused, Stale
from trunghoa.portal.core.workflow.models import Comment, Move, SignOff

from .conftest import change, go, make


def refused(errand, verb, by, **inputs):
    """The reasons for which a move is refused; nothing is written then."""
    before = (errand.state, errand.revision, Move.objects.count(), SignOff.objects.count())
    with pytest.raises(Refused) as caught:
        go(errand, verb, by, **inputs)
    errand.refresh_from_db()
    assert (errand.state, errand.revision, Move.objects.count(), SignOff.objects.count()) == before
    return caught.value.reasons


def test_a_move_leads_to_its_target_and_makes_a_new_revision(errand, vn):
    go(errand, "propose", vn)
    assert (errand.state, errand.revision) == ("proposed", 2)


def test_a_move_from_another_state_names_the_move_and_the_state(errand, vn):
    assert refused(errand, "prepare", vn) == ["“Prepare” is not possible in the state “Draft”."]


def test_a_move_that_is_not_declared_is_named(errand, vn):
    assert refused(errand, "explode", vn) == ["There is no move “explode” here."]


def test_what_follows_from_an_edit_cannot_be_asked_for(vn):
    assert refused(make("agreed"), "reopen", vn) == ["There is no move “reopen” here."]


def test_a_move_is_refused_to_whom_it_is_not_for_and_says_for_whom_it_is(errand, observer):
    assert refused(errand, "propose", observer) == ["This move is for: officers."]
    assert moves.offers(errand, observer) == []


def test_everything_in_the_way_is_said_at_once(vn):
    reasons = refused(make(locked=True), "cancel", vn, reason="")
    assert reasons == ["“Reason” is missing.", "Unlock it first."]


def test_who_prepared_it_does_not_close_it(officers):
    errand = make("agreed")
    go(errand, "prepare", officers["vn1"])
    [said] = refused(errand, "close", officers["vn1"])
    assert "ask a colleague" in said
    go(errand, "close", officers["vn2"])
    assert errand.state == "closed"


def test_the_latest_preparation_counts(officers):
    """Who prepared it first may close it after somebody else prepared it anew."""
    errand = make("agreed")
    go(errand, "prepare", officers["vn1"])
    errand = change(errand, officers["jp1"], title="anders")
    for one in ("vn1", "jp1"):
        go(errand, "agree", officers[one])
    go(errand, "prepare", officers["vn2"])
    assert refused(errand, "close", officers["vn2"])
    go(errand, "close", officers["vn1"])
    assert errand.state == "closed"


def test_every_move_is_recorded_with_who_for_whom_and_what_was_given(ministries, vn):
    errand = make("agreed")
    go(errand, "hand_over", vn, to=ministries["JP"], why="law")
    go(errand, "cancel", vn, reason="Too late", on=date(2026, 4, 1))
    first, second = moves.history(errand)
    assert (first.machine, first.verb, first.source, first.target) == (
        "errand",
        "hand_over",
        "agreed",
        "agreed",
    )
    assert (first.actor, first.organisation, first.revision) == (vn, ministries["VN"], 2)
    names = {"vi": "Bộ JP", "ja": "省 JP", "en": "Ministry JP"}
    assert first.inputs == {"to": {"id": ministries["JP"].pk, "names": names}, "why": "law"}
    assert second.inputs == {"reason": "Too late", "on": "2026-04-01"}
    assert (second.source, second.target, second.revision) == ("agreed", "cancelled", 3)
    assert errand.holder == ministries["JP"]


@pytest.mark.parametrize("verb", ["propose", "cancel"])
def test_a_move_on_what_somebody_changed_meanwhile_is_refused(errand, vn, verb):
    read = type(errand).objects.get(pk=errand.pk)
    change(errand, vn, note="new")
    with pytest.raises(Stale):
        go(read, verb, vn, reason="x")
    read.refresh_from_db()
    assert (read.state, read.note) == ("draft", "new")


def test_of_two_who_edit_one_revision_the_second_is_told(errand, officers):
    first, second = (type(errand).objects.get(pk=errand.pk) for _ in range(2))
    change(first, officers["vn1"], note="first")
    with pytest.raises(Stale):
        change(second, officers["jp1"], note="second")
    errand.refresh_from_db()
    assert (errand.note, errand.revision) == ("first", 2)


def test_what_was_written_stays(errand, vn):
    go(errand, "propose", vn)
    go(errand, "agree", vn)
    rows = [
        Move.objects.get(),
        SignOff.objects.get(),
        Comment.objects.create(object=errand, author=vn, text="x"),
    ]
    for row in rows:
        with pytest.raises(TypeError, match="never updated"):
            row.save()
        with pytest.raises(TypeError, match="never deleted"):
            row.delete()


def test_an_organisation_that_acted_cannot_be_deleted(errand, vn, ministries):
    from django.db.models import ProtectedError

    go(errand, "propose", vn)
    type(vn).objects.filter(pk=vn.pk)
    with pytest.raises(ProtectedError):
        ministries["VN"].delete()
    assert Organisation.objects.filter(pk=ministries["VN"].pk).exists()
