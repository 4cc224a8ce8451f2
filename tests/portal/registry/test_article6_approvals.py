"""Transfer approvals: after issuance, by two officers of the host, until they expire or are revoked."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.portal.registry import article6_scene as a6

from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry import abroad
from trunghoa.portal.systems.registry.models import TransferApproval


@pytest.fixture
def project(scene):
    made = scene.registered(shares=[[scene.accounts.owner.number, "1"]])
    scene.issued(made, {2024: 100})
    return made


def test_nothing_goes_abroad_without_an_approval(scene, project):
    with pytest.raises(Refused, match=r"leave 0 units.*art\. 5"):
        a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 10)


def test_an_approval_is_used_up_by_many_small_transfers(scene, project):
    a6.approved(scene, project, 20)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 15)
    with pytest.raises(Refused, match="leave 5 units; 6 are"):
        a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 16, 21)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 16, 20)
    assert abroad.approved(project) == 0


@pytest.mark.parametrize("change", [{"until": timezone.localdate() - timedelta(days=2)}, {"revoked": True}])
def test_what_is_expired_or_revoked_transfers_nothing(scene, project, change):
    made = a6.approved(scene, project, 20)
    if change.pop("revoked", False):
        scene.move(made, "revoke", "vn1", reason="wrong")
    TransferApproval.objects.filter(pk=made.pk).update(**change or {"basis": "x"})
    with pytest.raises(Refused, match="leave 0 units"):
        a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 1)


def test_two_officers_of_the_host_approve_what_is_issued(scene, project):
    made = moves.began(
        TransferApproval.objects.create(
            project=project, quantity=101, until=timezone.localdate(), basis="x",
            created_by=scene.people["vn1"],
        )
    )  # fmt: skip
    with pytest.raises(Refused, match="Only 100 units"):
        scene.move(made, "propose", "vn1")
    TransferApproval.objects.filter(pk=made.pk).update(quantity=100)
    with pytest.raises(Refused, match="officers of the host"):
        scene.move(made, "propose", "jp1")
    scene.move(made, "propose", "vn1")
    with pytest.raises(Refused, match="The same person may not do both"):
        scene.move(made, "approve", "vn1")
    scene.move(made, "approve", "vn2")
    assert abroad.approved(project) == 100


def test_units_that_come_back_and_leave_again_use_the_cap_once(scene, project):
    a6.approved(scene, project, 90)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 40)
    a6.order(scene, scene.accounts.buyer, scene.accounts.owner, 1, 40, approver="jp1")
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 40)
    assert abroad.amounts(project) == (100, 40)


def test_the_page_takes_a_new_approval(scene, project):
    path = "/en/registry/article6/approvals/new/"
    given = {"project": project.pk, "quantity": 30, "until": "2030-01-01", "basis": "Decision 1"}
    assert scene.client("jp1").get(path).status_code == 403
    assert scene.client("vn1").post(path, {**given, "quantity": ""}).status_code == 422
    answer = scene.client("vn1").post(path, given, follow=True)
    assert "Decision 1" in answer.content.decode()
