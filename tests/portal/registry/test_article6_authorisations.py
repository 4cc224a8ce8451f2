"""Authorisations and first transfers: who issues them, which units they mark, what a change cannot touch."""

from datetime import date

import pytest
from django.utils import timezone
from tests.portal.registry import article6_scene as a6

from trunghoa.portal.core.ledger.models import Block, LedgerTransaction
from trunghoa.portal.core.ledger.verification import verify
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry import authorising, itmos
from trunghoa.portal.systems.registry.models import Authorisation, Order, Terms
from trunghoa.portal.systems.registry.models.accounts import account_of_party
from trunghoa.portal.systems.registry.tasks import aef
from trunghoa.portal.systems.registry.words_article6 import DEFINITIONS, METRICS, MITIGATION, PURPOSES

BEARS = "authorised:VNM 2026-1"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path / "documents"


@pytest.fixture
def project(scene):
    """A project whose credits are all issued in the host's registry."""
    return scene.registered(shares=[[scene.accounts.owner.number, "1"]])


def test_the_words_are_those_of_the_nomenclature():
    assert aef.words(2, "PurposeForAuthorization") == PURPOSES
    assert aef.words(2, "FirstTransferDefnForOIMP") == DEFINITIONS
    assert aef.words(2, "Metric") == METRICS
    assert set(aef.words(3, "MitigationType")) == set(MITIGATION)


def test_the_first_authorisation_waits_for_the_initial_report(scene, project):
    made = a6.drafted(scene, project)
    a6.letter(made, scene.people["vn1"], scene.people["vn2"])
    with pytest.raises(Refused, match="initial report of VNM is not on record"):
        scene.move(made, "propose", "vn1")
    a6.initial_report()
    scene.move(made, "propose", "vn1")


def test_two_officers_of_the_host_issue_with_the_letter(scene, project):
    a6.initial_report()
    made = a6.drafted(scene, project)
    with pytest.raises(Refused, match="officers of the Party"):
        scene.move(made, "propose", "jp1")
    scene.move(made, "propose", "vn1")
    with pytest.raises(Refused, match="An accepted paper is missing"):
        scene.move(made, "issue", "vn2")
    a6.letter(made, scene.people["vn1"], scene.people["vn2"])
    with pytest.raises(Refused, match="The same person may not do both"):
        scene.move(made, "issue", "vn1")
    scene.move(made, "issue", "vn2")
    assert Authorisation.objects.get().state == "issued"


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        ({"purpose": "NDC and OIMP"}, "First transfer for OIMP"),
        ({"purpose": ""}, "Purposes for authorization"),
        ({"sectors": ""}, "Sectors"),
        ({"gwp_set": ""}, "GWP values"),
    ],
)
def test_a_version_that_lacks_something_is_not_proposed(scene, project, given, lacks):
    a6.initial_report()
    with pytest.raises(Refused, match=f"The version lacks: {lacks}"):
        scene.move(a6.drafted(scene, project, **given), "propose", "vn1")


def test_units_issued_before_bear_it_from_the_issue_on(scene, project):
    scene.issued(project, {2024: 100})
    a6.authorised(scene, project)
    assert a6.marks() == [(1, 100, [BEARS])]


def test_units_issued_later_bear_it_from_their_issuance_on(scene, project):
    a6.authorised(scene, project)
    scene.issued(project, {2024: 100})
    assert a6.marks() == [(1, 100, [BEARS])]


def test_an_issued_version_never_changes(scene, project):
    made = a6.authorised(scene, project)
    terms = made.versions.get()
    terms.quantity = 1
    with pytest.raises(TypeError, match="never updated"):
        terms.save()


def test_no_more_units_bear_it_than_are_authorised(scene, project):
    a6.authorised(scene, project, quantity=60)
    scene.issued(project, {2024: 50, 2025: 50}, end=date(2025, 12, 31))
    assert [row[:2] for row in a6.marks(marks__has_key=BEARS)] == [(1, 50), (1, 10)]


def test_years_outside_the_authorised_time_stay_without(scene, project):
    a6.authorised(scene, project, occurs_to=2024)
    scene.issued(project, {2024: 50, 2025: 50}, end=date(2025, 12, 31))
    assert [row[2] for row in a6.marks()] == [[BEARS], []]


@pytest.mark.parametrize(
    ("definition", "marked"), [("Authorisation", True), ("Issuance", True), ("Use or Cancellation", False)]
)
def test_each_authorisation_has_its_own_first_transfer(scene, project, definition, marked):
    """Trap 6: not one definition for all."""
    a6.authorised(scene, project, purpose="OIMP", definition=definition)
    scene.issued(project, {2024: 100})
    assert ("first_transfer" in a6.marks()[0][2]) is marked
    [piece] = itmos.pieces()
    assert piece.event == (definition if marked else "")


def test_credits_of_japans_registry_are_transferred_by_their_issuance(scene):
    project = scene.registered(shares=[[scene.accounts.jp.number, "0.5"], [scene.accounts.vn.number, "0.5"]])
    a6.authorised(scene, project)
    scene.issued(project, {2024: 100})
    by_side = {p.block.series.attributes["side"]: p.event for p in itmos.pieces()}
    assert by_side == {"JP": "First international transfer", "VN": ""}


def test_with_both_purposes_the_earlier_event_counts(scene, project):
    a6.authorised(scene, project, purpose="NDC and OIMP", definition="Use or Cancellation")
    scene.issued(project, {2024: 100})
    a6.approved(scene, project, 90)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 10)
    a6.order(scene, scene.accounts.owner, account_of_party("VNM", "cancel_voluntary"), 11, 15, kind="cancel")
    events = {(p.block.first, p.block.last): p.event for p in itmos.pieces()}
    assert events == {
        (1, 10): "First international transfer", (11, 15): "Use or Cancellation", (16, 100): "",
    }  # fmt: skip


def test_with_oimp_only_a_transfer_abroad_is_no_first_transfer(scene, project):
    a6.authorised(scene, project, purpose="OIMP", definition="Use or Cancellation")
    scene.issued(project, {2024: 100})
    a6.approved(scene, project, 90)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 10)
    assert a6.marks(first=1) == [(1, 10, [BEARS])]
    a6.order(
        scene,
        scene.accounts.buyer,
        account_of_party("JPN", "retirement_oimp"),
        1,
        4,
        kind="use",
        approver="jp1",
    )
    assert a6.marks(first=1) == [(1, 4, [BEARS, "first_transfer"])]


def test_a_part_of_a_transfer_that_is_marked_already_moves_beside(scene, project):
    """Trap 4: a partial first transfer keeps its meaning, also when the parts move on together."""
    scene.issued(project, {2024: 100})
    a6.approved(scene, project, 90)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 10)
    a6.order(scene, scene.accounts.buyer, scene.accounts.owner, 1, 10, approver="jp1")
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 6, 20)
    assert a6.marks() == [
        (1, 5, ["first_transfer"]), (6, 10, ["first_transfer"]), (11, 20, ["first_transfer"]), (21, 100, []),
    ]  # fmt: skip


def test_an_order_carried_out_twice_would_be_refused_by_the_mark(scene, project):
    scene.issued(project, {2024: 100})
    a6.authorised(scene, project, purpose="OIMP", definition="Issuance")
    [piece] = itmos.pieces()
    assert piece.at is not None
    a6.changed(scene, piece.authorisation, definition="Authorisation")
    assert len([p for p in itmos.pieces() if p.at]) == 1


def test_a_change_does_not_touch_what_was_first_transferred(scene, project):
    """Trap 12."""
    made = a6.authorised(scene, project)
    scene.issued(project, {2024: 100})
    a6.approved(scene, project, 90)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 10)
    a6.changed(scene, made, purpose="OIMP", definition="Use or Cancellation")
    told = {p.block.first: (p.terms.version, p.terms.purpose, p.at is not None) for p in itmos.pieces()}
    assert told == {1: (1, "NDC", True), 11: (2, "OIMP", False)}


def test_a_revocation_does_not_touch_what_was_first_transferred(scene, project):
    """Trap 12."""
    made = a6.authorised(scene, project)
    scene.issued(project, {2024: 100})
    a6.approved(scene, project, 90)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 10)
    made.refresh_from_db()
    scene.move(made, "propose_revocation", "vn1", reason="double claim")
    with pytest.raises(Refused, match="The same person may not do both"):
        scene.move(made, "revoke", "vn1")
    scene.move(made, "revoke", "vn2")
    told = {p.block.first: p.terms and p.terms.version for p in itmos.pieces()}
    assert told == {1: 1, 11: None}


def test_units_whose_first_transfer_is_not_specified_do_not_move(scene, project):
    """Trap 6: what cannot be told blocks; it never counts silently."""
    made = a6.authorised(scene, project)
    scene.issued(project, {2024: 100})
    # As it may come from a source: in force elsewhere, and the definition is missing there.
    Terms.objects.filter(authorisation=made).update(purpose="OIMP", definition="")
    a6.approved(scene, project, 90)
    with pytest.raises(Refused, match="first transfer is not specified"):
        a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 10)


def test_units_get_itmo_numbers_that_no_others_have(scene):
    owner = scene.accounts.owner.number
    one = scene.registered(code="one", shares=[[owner, "1"]])
    two = scene.registered(code="two", shares=[[owner, "1"]])
    a6.authorised(scene, one, two)
    scene.issued(one, {2024: 100})
    scene.issued(two, {2024: 50})
    assert [p.itmo_text for p in itmos.pieces()] == ["1-100", "101-150"]


def test_use_for_another_purpose_than_authorised_is_refused(scene, project):
    a6.authorised(scene, project)
    scene.issued(project, {2024: 100})
    with pytest.raises(Refused, match="for use towards an NDC only"):
        a6.order(scene, scene.accounts.owner, account_of_party("VNM", "retirement_oimp"), 1, 5, kind="use")


def test_pages_of_authorisations_for_everybody_and_for_officers(scene, project):
    a6.initial_report()
    a6.approach()
    client = scene.client("vn1")
    answer = client.post(
        "/en/registry/article6/authorisations/new/", {"code": "VNM 2026-9", "approach": a6.approach().pk}
    )
    assert answer.status_code == 302
    made = Authorisation.objects.get()
    given = {
        "purpose": "NDC and OIMP", "definition": "Issuance", "projects": [project.pk], "occurs_from": 2024,
        "occurs_to": 2030, "metric": "GHG", "gwp_set": "AR5",
        "sectors": ["Energy generation", "Transportation"], "mitigation": "Emission reductions",
        "revision": made.revision,
    }  # fmt: skip
    path = f"/en/registry/article6/authorisations/{made.pk}/version/"
    assert client.post(path, {**given, "occurs_from": 2019}).status_code == 422
    assert client.post(path, given).status_code == 302
    assert made.versions.get().sectors == "Energy generation; Transportation"
    # Somebody who holds an older page.
    assert client.post(path, given).status_code == 409
    page = f"/en/registry/article6/authorisations/{made.pk}/"
    assert scene.client("owner").get(page).status_code == 404
    a6.issue(scene, made)
    assert "NDC and OIMP" in scene.client("owner").get(page).content.decode()
    assert client.get(path).status_code == 200


def test_an_empty_room_says_how_it_begins(scene):
    def said():
        return scene.client("vn1").get("/en/registry/article6/").content.decode()

    assert "Write and submit the initial report." in said()
    a6.approach()
    assert "How it begins" not in said()


def test_a_mark_is_taken_off_by_two_administrators_and_then_its_issuance_can_be_reversed(scene, project):
    a6.authorised(scene, project)
    issuance = scene.issued(project, {2024: 100})
    order = issuance.orders.get(side="VN")
    wrong = order.transactions.get()
    scene.client("vn1").post(f"/en/registry/orders/{order.pk}/reverse/{wrong.pk}/", {"reason": "twice"})
    early = Order.objects.latest("pk")
    mark = LedgerTransaction.objects.get(kind="mark")
    with pytest.raises(Refused, match=f"Transaction {mark.pk} was done to these units since"):
        scene.move(early, "approve", "vn2")

    page = f"/en/registry/transactions/{mark.pk}/"
    assert "Take the mark off" in scene.client("vn1").get(page).content.decode()
    for name in ("owner", "jp1"):
        assert "Take the mark off" not in scene.client(name).get(page).content.decode()
    assert scene.client("owner").post(f"{page}reverse/", {"reason": "x"}).status_code == 403
    assert scene.client("jp1").post(f"{page}reverse/", {"reason": "x"}).status_code == 403
    # What an order did is reversed from that order.
    assert scene.client("vn1").get(f"/en/registry/transactions/{wrong.pk}/reverse/").status_code == 404
    assert scene.client("vn1").post(f"{page}reverse/", {"reason": "twice"}).status_code == 302
    off = Order.objects.latest("pk")
    assert (off.side, off.quantity, off.reverses) == ("VN", 100, mark)
    with pytest.raises(Refused, match="You prepared it"):
        scene.move(off, "approve", "vn1")
    scene.move(off, "approve", "vn2")
    assert a6.marks() == [(1, 100, [])]
    assert scene.client("vn1").get(f"{page}reverse/").status_code == 404
    scene.move(early, "approve", "vn2")
    assert not Block.objects.exclude(account__kind="issuing").exists()
    assert verify().faults == []


def test_a_mark_that_was_taken_off_comes_back_by_another_version_only(scene, project):
    made = a6.authorised(scene, project)
    scene.issued(project, {2024: 100})
    mark = LedgerTransaction.objects.get(kind="mark")
    assert (
        scene.client("vn1").post(f"/en/registry/transactions/{mark.pk}/reverse/", {"reason": "x"}).status_code
        == 302
    )
    scene.move(Order.objects.latest("pk"), "approve", "vn2")
    scene.issued(project, {2025: 50}, start=date(2025, 1, 1), end=date(2025, 12, 31))
    # The next issuance covers its own units, and leaves those of which the mark was taken off.
    assert a6.marks() == [(1, 100, []), (1, 50, [BEARS])]
    authorising.cover(project, scene.people["vn1"], scene.people["vn2"])
    assert a6.marks() == [(1, 100, []), (1, 50, [BEARS])]
    first = made.versions.get(version=1)
    second = Terms(
        **{
            f.name: getattr(first, f.name)
            for f in Terms._meta.fields
            if f.name not in ("id", "version", "issued_at")
        },
        version=2,
    )
    second.issued_at = timezone.now()
    second.save()
    second.projects.set([project])
    authorising.cover(project, scene.people["vn1"], scene.people["vn2"])
    assert a6.marks() == [(1, 100, [BEARS]), (1, 50, [BEARS])]
