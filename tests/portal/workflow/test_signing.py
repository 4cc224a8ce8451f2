"""Both sides sign one revision; whatever changes it takes the signatures back."""

import pytest

from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.core.workflow.errors import Refused, Stale
from trunghoa.portal.core.workflow.models import SignOff

from .conftest import change, go, make


@pytest.fixture
def proposed(errand, vn):
    go(errand, "propose", vn)
    return errand


def test_it_is_agreed_when_both_sides_have_signed_and_not_before(proposed, vn, jp):
    assert go(proposed, "agree", vn) is None
    assert proposed.state == "proposed"
    made = go(proposed, "agree", jp)
    assert (proposed.state, made.verb) == ("agreed", "agree")
    signed = signing.signatures(proposed)
    assert {side: row.by for side, row in signed.items()} == {"VN": vn, "JP": jp}
    assert len({row.sha256 for row in signed.values()}) == 1


def test_a_side_signs_once(proposed, officers):
    go(proposed, "agree", officers["vn1"])
    with pytest.raises(Refused, match="Your side has signed"):
        go(proposed, "agree", officers["vn2"])
    assert proposed.state == "proposed"


def test_only_the_two_sides_sign(proposed, db):
    from trunghoa.portal.core.accounts.models import User

    nobody = User.objects.create_user("free", role="officer")
    with pytest.raises(Refused, match="Only Viet Nam and Japan sign"):
        go(proposed, "agree", nobody)
    assert SignOff.objects.count() == 0


def test_an_edit_between_the_signatures_takes_the_first_back(proposed, vn, jp):
    go(proposed, "agree", vn)
    proposed = change(proposed, jp, title="Other words")
    assert signing.signatures(proposed) == {}
    assert go(proposed, "agree", jp) is None
    assert (proposed.state, set(signing.signatures(proposed))) == ("proposed", {"JP"})


def test_words_changed_there_and_back_need_signing_anew(proposed, vn, jp):
    """The hash is the old one again, but the signature was taken back."""
    go(proposed, "agree", vn)
    title = proposed.title
    proposed = change(proposed, jp, title="Other words")
    proposed = change(proposed, jp, title=title)
    assert go(proposed, "agree", jp) is None
    assert proposed.state == "proposed"


def test_an_edit_of_what_is_agreed_leaves_the_agreed_state(proposed, vn, jp):
    go(proposed, "agree", vn)
    go(proposed, "agree", jp)
    edited = change(proposed, jp, title="Other words")
    assert edited.state == "proposed"
    assert signing.signatures(edited) == {}
    assert [m.verb for m in moves.history(edited)] == ["propose", "agree", "reopen"]


def test_an_edit_of_what_is_not_signed_keeps_the_signatures(proposed, vn, jp):
    go(proposed, "agree", vn)
    proposed = change(proposed, vn, note="a word to oneself")
    assert set(signing.signatures(proposed)) == {"VN"}
    go(proposed, "agree", jp)
    assert proposed.state == "agreed"


def test_who_read_other_words_does_not_sign(proposed, vn, jp):
    seen = signing.revision_hash(proposed)
    proposed = change(proposed, jp, title="Other words")
    with pytest.raises(Stale):
        moves.move(proposed, "agree", vn, revision=proposed.revision, seen=seen)
    with pytest.raises(Stale):
        moves.move(
            proposed, "agree", vn, revision=proposed.revision - 1, seen=signing.revision_hash(proposed)
        )
    assert SignOff.objects.filter(voids=False).count() == 0


def test_a_signature_serves_the_move_it_was_given_for(proposed, officers):
    """Both signed the agreement; calling off the same words needs both again."""
    for one in ("vn1", "jp1"):
        go(proposed, "agree", officers[one])
    go(proposed, "prepare", officers["vn1"])
    assert go(proposed, "call_off", officers["vn2"]) is None
    assert proposed.state == "prepared"
    go(proposed, "call_off", officers["jp2"])
    assert proposed.state == "cancelled"


def test_the_hash_does_not_depend_on_the_order_of_the_content():
    from datetime import date

    one = signing.content_hash({"a": 1, "b": [date(2026, 1, 2), "ă"]})
    assert one == signing.content_hash({"b": [date(2026, 1, 2), "ă"], "a": 1})
    assert one != signing.content_hash({"a": 1, "b": [date(2026, 1, 3), "ă"]})


def test_of_what_was_never_signed_nothing_is_taken_back(vn):
    errand = make("agreed")
    change(errand, vn, title="Other words")
    assert SignOff.objects.count() == 0
