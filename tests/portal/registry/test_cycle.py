"""From the idea to the credit: who may make which move, and what has to be there before it."""

from datetime import date

import pytest

from trunghoa.portal.core.ledger import reading
from trunghoa.portal.core.ledger.models import Block, LedgerTransaction
from trunghoa.portal.core.ledger.verification import verify
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry.models import (
    Designation,
    Issuance,
    Opinion,
    Order,
    Participant,
    Project,
)


def test_a_project_goes_from_the_idea_to_the_credit(scene):
    project = scene.registered()
    assert (project.state, project.reference) == ("registered", "VN001")
    assert Opinion.objects.about(project).get().verdict == "unqualified"
    issuance = scene.issued(project, {2024: 151})
    assert issuance.state == "issued"
    # Every vintage adds up; the government's parts are rounded up, the last account gets the rest.
    held = {b.account.registry.number: b.size for b in Block.objects.select_related("account__registry")}
    assert held == {
        scene.accounts.jp.number: 76,
        scene.accounts.vn.number: 16,
        scene.accounts.owner.number: 59,
    }
    assert sorted(s.code for s in {b.series for b in Block.objects.select_related("series")}) == [
        "JCM-JP-VN-VN001-2024",
        "JCM-VN-JP-VN001-2024",
    ]
    assert sum(reading.balances().values()) == 0
    assert verify().whole


def test_one_side_alone_registers_nothing(scene):
    project = scene.project()
    scene.move(project, "submit_pin", "owner")
    assert scene.move(project, "no_objection", "jp1") is None
    project.refresh_from_db()
    assert project.state == "pin_submitted"
    with pytest.raises(Refused, match="other side has not"):
        scene.move(project, "no_objection", "jp2")


def test_an_edit_takes_the_signature_of_the_other_side_back(scene):
    project = scene.project()
    scene.move(project, "submit_pin", "owner")
    scene.move(project, "no_objection", "jp1")
    from trunghoa.portal.core.workflow import moves

    project.refresh_from_db()
    moves.edit(
        project, scene.people["owner"], revision=project.revision,
        change=lambda held: setattr(held, "expected", {"2024": 900}),
    )  # fmt: skip
    assert scene.move(project, "no_objection", "vn1") is None
    project.refresh_from_db()
    assert project.state == "pin_submitted"


@pytest.mark.parametrize("who", ["tpe", "other-tpe", "observer", "vn1"])
def test_only_participants_submit(scene, who):
    with pytest.raises(Refused):
        scene.move(scene.project(), "submit_pin", who)


def test_an_entity_validates_only_scopes_it_is_designated_for(scene):
    project = scene.project(scope="5")
    scene.move(project, "submit_pin", "owner")
    scene.both(project, "no_objection")
    with pytest.raises(Refused, match="not designated for scope 5"):
        scene.move(project, "submit_design", "owner")


def test_an_entity_whose_designation_ended_validates_nothing(scene):
    Designation.objects.update(valid_to=date(2021, 1, 1))
    project = scene.project()
    scene.move(project, "submit_pin", "owner")
    scene.both(project, "no_objection")
    with pytest.raises(Refused, match="not designated"):
        scene.move(project, "submit_design", "owner")


def test_who_consults_does_not_verify(scene):
    project = scene.project()
    Participant.objects.create(project=project, organisation=scene.organisations["tpe"], part="consultant")
    scene.move(project, "submit_pin", "owner")
    scene.both(project, "no_objection")
    with pytest.raises(Refused, match="independent"):
        scene.move(project, "submit_design", "owner")


def test_validation_waits_for_the_end_of_public_inputs(scene):
    project = scene.project()
    scene.move(project, "submit_pin", "owner")
    scene.both(project, "no_objection")
    scene.move(project, "submit_design", "owner")
    scene.move(project, "complete", "vn1")
    project.refresh_from_db()
    assert (project.input_until - project.input_from).days == 30
    with pytest.raises(Refused, match="Public inputs are open"):
        scene.move(project, "validate", "tpe", verdict="unqualified")


def test_references_are_counted_on_and_kept_by_withdrawn_projects(scene):
    first = scene.registered()
    scene.move(first, "withdraw", "owner", reason="sold")
    second = scene.registered(code="solar-two")
    assert (first.reference, second.reference) == ("VN001", "VN002")


def test_a_withdrawn_project_issues_nothing_and_keeps_its_units(scene):
    project = scene.registered()
    scene.issued(project, {2024: 10})
    scene.move(project, "withdraw", "owner", reason="sold")
    issuance = Issuance.objects.create(
        project=project, number=2, start=date(2025, 1, 1), end=date(2025, 12, 31),
        requested={"2025": 5}, computed={"2025": {"credits": 5}},
    )  # fmt: skip
    with pytest.raises(Refused, match="nothing can be issued"):
        scene.move(issuance, "hand_over", "owner")
    assert sum(b.size for b in Block.objects.all()) == 10


def test_a_period_that_overlaps_an_earlier_one_is_refused(scene):
    project = scene.registered()
    scene.issued(project, {2024: 10})
    issuance = Issuance.objects.create(
        project=project, number=2, start=date(2024, 12, 31), end=date(2025, 12, 31),
        requested={"2025": 5}, computed={"2025": {"credits": 5}},
    )  # fmt: skip
    with pytest.raises(Refused, match="counted twice"):
        scene.move(issuance, "hand_over", "owner")


def test_a_table_that_does_not_add_up_is_not_decided(scene):
    project = scene.registered()
    issuance = Issuance.objects.create(
        project=project, number=1, start=date(2024, 1, 1), end=date(2024, 12, 31),
        requested={"2024": 5}, computed={"2024": {"credits": 5}},
    )  # fmt: skip
    scene.move(issuance, "hand_over", "owner")
    scene.move(issuance, "verify", "tpe", verdict="unqualified")
    scene.move(issuance, "request", "owner")
    scene.move(issuance, "complete", "vn1")
    issuance.allotments.create(account=scene.accounts.jp, vintage=2024, amount=6)
    with pytest.raises(Refused, match="does not add up"):
        scene.move(issuance, "decide", "vn1")


def test_each_side_issues_its_own_part_with_four_eyes(scene):
    project = scene.registered()
    issuance = scene.decided(project, {2024: 100})
    path = f"/en/registry/projects/{project.code}/issuances/1/order/"
    assert scene.client("jp1").post(path).status_code == 302
    order = issuance.orders.get()
    with pytest.raises(Refused, match="You prepared it"):
        scene.move(order, "approve", "jp1")
    with pytest.raises(Refused, match="registry administrators"):
        scene.move(order, "approve", "vn1")
    scene.move(order, "approve", "jp2")
    issuance.refresh_from_db()
    assert issuance.state == "decided"
    assert (issuance.issued_jp_on is None, issuance.issued_vn_on is None) == (False, True)
    assert sum(b.size for b in Block.objects.all()) == 50
    # A second order of the same side is not offered.
    assert scene.client("jp1").post(path).status_code == 403


def test_an_order_is_carried_out_once(scene):
    project = scene.registered()
    issuance = scene.decided(project, {2024: 100})
    scene.client("jp1").post(f"/en/registry/projects/{project.code}/issuances/1/order/")
    order = issuance.orders.get()
    scene.move(order, "approve", "jp2")
    with pytest.raises(Refused, match="not possible in the state"):
        scene.move(order, "approve", "jp2")
    assert LedgerTransaction.objects.count() == 1
    assert Order.objects.get().transactions.count() == 1


def test_numbers_of_references_are_compared_as_numbers(scene):
    Project.objects.create(code="old", title_en="Old", reference="VN999", state="registered")
    Project.objects.create(code="new", title_en="New", reference="VN1000", state="registered")
    assert scene.registered().reference == "VN1001"


def test_what_was_registered_is_not_edited_by_its_participants(scene):
    project = scene.registered()
    path = f"/en/registry/projects/{project.code}/edit/"
    assert scene.client("owner").get(path).status_code == 403
    assert f"{project.code}/edit/" not in scene.client("owner").get(project_page(project)).content.decode()


def project_page(project):
    return f"/en/registry/projects/{project.code}/"


def test_of_a_validated_design_only_the_allocation_and_who_speaks_may_change(scene):
    project = scene.project(state="validated")
    page = scene.client("owner").get(project_page(project) + "edit/").content.decode()
    assert 'name="share_lines"' in page
    assert 'name="crediting_from"' not in page
    shares = f"{scene.accounts.owner.number} = 1"
    given = {"revision": project.revision, "share_lines": shares, "rounding": "rounded_up",
             "crediting_from": "1999-01-01", "focal_point": scene.organisations["owner"].pk}  # fmt: skip
    assert scene.client("owner").post(project_page(project) + "edit/", given).status_code == 302
    project.refresh_from_db()
    assert (project.shares, project.crediting_from) == ({scene.accounts.owner.number: "1"}, date(2024, 1, 1))
    assert project.participants.count() == 1


def test_the_hosts_registry_sets_the_class_of_the_cap(scene):
    project = scene.registered(cap_class="", cap_basis="")
    path = project_page(project) + "cap/"
    for who in ("owner", "jp1", "tpe"):
        assert scene.client(who).get(path).status_code == 403
    given = {"revision": project.revision, "cap_class": "priority", "cap_basis": ""}
    assert scene.client("vn1").post(path, given).status_code == 422
    assert scene.client("vn1").post(path, {**given, "cap_basis": "art. 6"}).status_code == 302
    project.refresh_from_db()
    assert (project.cap_class, project.cap_basis, project.state) == ("priority", "art. 6", "registered")
    stale = scene.client("vn1").post(path, {**given, "cap_basis": "again"})
    assert stale.status_code == 409


def test_a_wrong_transaction_is_reversed_by_two_administrators(scene):
    project = scene.registered()
    issuance = scene.issued(project, {2024: 100})
    order = issuance.orders.get(side="JP")
    wrong = order.transactions.get()
    path = f"/en/registry/orders/{order.pk}/reverse/{wrong.pk}/"
    assert scene.client("vn1").get(path).status_code == 404
    assert scene.client("jp1").post(path, {"reason": "twice"}).status_code == 302
    back = Order.objects.get(kind="reverse")
    with pytest.raises(Refused, match="You prepared it"):
        scene.move(back, "approve", "jp1")
    scene.move(back, "approve", "jp2")
    held = Block.objects.exclude(account__kind="issuing")
    assert sum(b.size for b in held) == 50
    assert (
        "reversed by transaction"
        in scene.client("jp1").get(f"/en/registry/orders/{order.pk}/").content.decode()
    )
    assert scene.client("jp1").post(path, {"reason": "again"}).status_code == 404
