"""Both sides sign one hash: nothing is published without, and an edit takes signatures back."""

import pytest
from django.db import models
from django.db.models import ProtectedError
from django.utils import translation

from trunghoa.portal.core.publication import machine, tasks
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.publication.models import Lead, Publication
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.core.workflow.errors import Refused, Stale
from trunghoa.portal.core.workflow.models import SignOff, Waiting
from trunghoa.portal.core.workflow.tasks import waiting_for
from trunghoa.portal.core.workflow.templatetags.workflow import signatures

from .conftest import COVER, ON, TITLES, publish, step

pytestmark = pytest.mark.usefixtures("rendered_once")


@pytest.fixture
def proposed(publication, officers):
    tasks.produce(publication)
    step(publication, "propose", officers["VN"])
    return publication


def announce(publication, by, text):
    fresh = Publication.objects.get(pk=publication.pk)

    def change(held):
        held.announcement_vi = text

    moves.edit(fresh, by, revision=fresh.revision, change=change)
    publication.refresh_from_db()


def test_it_is_published_once_both_sides_signed(publication, officers):
    publish(publication, officers)
    assert publication.state == "published"
    assert publication.published_at is not None
    assert set(machine.signatures(publication)) == {"VN", "JP"}
    kept = [publication.manifest, *(f.document for f in publication.files.all())]
    assert {d.classification for d in kept} == {"public"}


def test_both_sides_sign_the_manifest_and_every_file(proposed, officers):
    step(proposed, "sign", officers["JP"])
    [row] = SignOff.objects.about(proposed)
    signed = machine.signed(proposed)
    assert signed["manifest"] == proposed.manifest_sha256
    assert set(signed["files"].values()) == set(proposed.files.values_list("document_id", flat=True))
    assert row.sha256 == signing.content_hash(signed)
    assert proposed.state == "proposed", "one side alone does not sign it"


@pytest.mark.parametrize("by", ["VN", "JP"])
def test_it_is_not_published_with_one_signature(proposed, officers, by):
    step(proposed, "sign", officers[by])
    with pytest.raises(Refused):
        step(proposed, "publish", officers[by])
    with pytest.raises(Refused):
        step(proposed, "sign", officers[by])
    assert proposed.state == "proposed"


def test_a_state_set_by_hand_does_not_stand_for_signatures(proposed, officers):
    step(proposed, "sign", officers["VN"])
    Publication.objects.filter(pk=proposed.pk).update(state="signed")
    with pytest.raises(Refused, match="Both sides have to sign"), translation.override("en"):
        step(proposed, "publish", officers["VN"])


def test_it_is_not_proposed_before_it_is_rendered(publication, officers):
    with pytest.raises(Refused):
        step(publication, "propose", officers["VN"])


def test_a_signature_under_an_older_text_is_refused(proposed, officers):
    seen = signing.revision_hash(proposed)
    revision = proposed.revision
    announce(proposed, officers["VN"], "Thông báo")
    step(proposed, "propose", officers["VN"])
    with pytest.raises(Stale):
        moves.move(proposed, "sign", officers["JP"], revision=revision, seen=seen)
    with pytest.raises(Stale):
        moves.move(proposed, "sign", officers["JP"], revision=proposed.revision, seen=seen)
    assert not machine.signatures(proposed)


def test_an_edit_after_one_side_signed_takes_its_signature_back(proposed, officers):
    step(proposed, "sign", officers["VN"])
    announce(proposed, officers["JP"], "Thông báo")
    assert proposed.state == "draft"
    assert not machine.signatures(proposed)
    step(proposed, "propose", officers["JP"])
    step(proposed, "sign", officers["JP"])
    assert proposed.state == "proposed", "Viet Nam has to sign again"
    step(proposed, "sign", officers["VN"])
    assert proposed.state == "signed"


def test_an_edit_after_both_signed_makes_it_a_draft_again(proposed, officers):
    step(proposed, "sign", officers["VN"])
    step(proposed, "sign", officers["JP"])
    announce(proposed, officers["JP"], "Thông báo")
    assert proposed.state == "draft"
    with pytest.raises(Refused):
        step(proposed, "publish", officers["JP"])


def test_what_both_sides_signed_is_shown_until_one_of_them_signs_to_take_it_back(proposed, officers):
    def shown():
        return {side for side, row in signatures(proposed, machine.MACHINE) if row is not None}

    step(proposed, "sign", officers["VN"])
    assert shown() == {"VN"}
    step(proposed, "sign", officers["JP"])
    assert shown() == {"VN", "JP"}
    step(proposed, "retract", officers["JP"], reason="Sai số liệu")
    assert shown() == {"JP"}


def test_who_is_of_no_side_moves_nothing(proposed, people, officers):
    with pytest.raises(Refused):
        step(proposed, "sign", people["officer"])
    for role in ("locality", "verifier", "observer"):
        with pytest.raises(Refused):
            step(proposed, "sign", people[role])


def test_it_waits_for_the_side_that_has_not_signed(proposed, officers):
    def told():
        return [side for side in ("VN", "JP") if waiting_for(officers[side], "me").exists()]

    assert {w.side for w in Waiting.objects.about(proposed)} == {"VN", "JP"}
    assert told() == ["VN", "JP"]
    step(proposed, "sign", officers["VN"])
    assert {w.side for w in Waiting.objects.about(proposed)} == {"JP"}
    assert told() == ["JP"]


def test_a_later_report_supersedes_the_published_one(publication, officers):
    publish(publication, officers)
    later = freeze("jwg-2027", TITLES, on=ON.replace(year=2027), cover=COVER, supersedes=publication)
    assert publication.state == "published"
    publish(later, officers)
    publication.refresh_from_db()
    assert (publication.state, later.state) == ("superseded", "published")
    assert publication.is_public, "what was published stays in the archive"


def test_a_draft_is_withdrawn_with_a_reason(proposed, officers):
    with pytest.raises(Refused):
        step(proposed, "withdraw", officers["VN"])
    step(proposed, "withdraw", officers["VN"], reason="Sai số liệu")
    assert (proposed.state, proposed.withdrawn_because) == ("withdrawn", "Sai số liệu")


def test_what_both_published_only_both_withdraw(publication, officers):
    publish(publication, officers)
    with pytest.raises(Refused):
        step(publication, "withdraw", officers["VN"], reason="x")
    assert step(publication, "retract", officers["VN"], reason="Sai số liệu") is None
    assert publication.state == "published"
    step(publication, "retract", officers["JP"], reason="Sai số liệu")
    assert publication.state == "withdrawn"
    kept = [publication.manifest, *(f.document for f in publication.files.all())]
    assert {d.classification for d in kept} == {"officers"}


def test_a_working_draft_is_published_as_one_and_never_as_official(publication, officers):
    publish(publication, officers)
    assert not publication.official
    html = documents.read(publication.files.get(lang="en", format="html").document).decode()
    assert "<h1>Working draft: " in html


def test_an_official_report_with_a_doubtful_figure_is_not_moved(publication, officers):
    tasks.produce(publication)
    models.QuerySet(Publication).filter(pk=publication.pk).update(official=True)  # past the guard
    with pytest.raises(Refused, match="working draft"), translation.override("en"):
        step(publication, "propose", officers["VN"])


def test_an_organisation_that_leads_a_system_is_not_deleted(ten, officers):
    organisation = officers["VN"].organisation
    Lead.objects.create(system_id="S8", organisation=organisation, source="x")
    with pytest.raises(ProtectedError):
        organisation.delete()
