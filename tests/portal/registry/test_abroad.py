"""Transfers out of the host's registry: the cap over many small ones, the first transfer once."""

import pytest

from trunghoa.portal.core.ledger.models import Block, LedgerTransaction
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry import abroad
from trunghoa.portal.systems.registry.models import Order


@pytest.fixture(autouse=True)
def approvals(monkeypatch):
    """What the ministry approves is tested by itself."""
    monkeypatch.setattr(abroad, "approved", lambda project: 10**6)


@pytest.fixture
def project(scene):
    # All of it stays with the host at first.
    return scene.registered(shares=[[scene.accounts.owner.number, "1"]])


def order(scene, serial, target, by="owner", **more):
    path = f"/en/registry/accounts/{scene.accounts.owner.number}/order/"
    given = {"kind": "transfer", "serial": serial, "target": target.pk, "reason": "sale", **more}
    answer = scene.client(by).post(path, given)
    assert answer.status_code == 302, answer.content.decode()
    return Order.objects.latest("pk")


def test_many_small_transfers_do_not_pass_the_cap_together(scene, project):
    scene.issued(project, {2024: 100})
    code = Block.objects.get().series.code
    for first in range(1, 91, 30):
        scene.move(order(scene, f"{code}-{first}-{first + 29}", scene.accounts.buyer), "approve", "vn1")
    assert abroad.amounts(project) == (100, 90)
    last = order(scene, f"{code}-91-91", scene.accounts.buyer)
    with pytest.raises(Refused, match="the cap leaves 0"):
        scene.move(last, "approve", "vn1")
    assert sum(b.size for b in Block.objects.filter(account=scene.accounts.buyer.account)) == 90


def test_without_a_class_nothing_goes_abroad(scene):
    project = scene.registered(shares=[[scene.accounts.owner.number, "1"]], cap_class="", cap_basis="")
    scene.issued(project, {2024: 100})
    code = Block.objects.get().series.code
    with pytest.raises(Refused, match="class of the transfer cap"):
        scene.move(order(scene, f"{code}-1-1", scene.accounts.buyer), "approve", "vn1")


def test_inside_the_host_no_cap_counts(scene, project):
    scene.issued(project, {2024: 100})
    code = Block.objects.get().series.code
    scene.move(order(scene, f"{code}-1-100", scene.accounts.vn), "approve", "vn1")
    assert abroad.amounts(project) == (100, 0)


def test_a_part_that_goes_abroad_keeps_what_the_whole_was(scene, project):
    scene.issued(project, {2024: 100})
    code = Block.objects.get().series.code
    scene.move(order(scene, f"{code}-11-20", scene.accounts.buyer), "approve", "vn1")
    assert {(b.first, b.last): sorted(b.marks) for b in Block.objects.all()} == {
        (1, 10): [], (11, 20): ["first_transfer"], (21, 100): [],
    }  # fmt: skip


def test_a_transfer_that_was_reversed_uses_up_no_cap(scene, project):
    scene.issued(project, {2024: 100})
    code = Block.objects.get().series.code
    scene.move(order(scene, f"{code}-1-90", scene.accounts.buyer), "approve", "vn1")
    wrong = LedgerTransaction.objects.get(kind="transfer")
    back = Order.objects.create(kind="reverse", side="VN", reverses=wrong, prepared_by=scene.people["vn1"])
    scene.move(back, "approve", "vn2")
    assert abroad.amounts(project) == (100, 0)
    scene.move(order(scene, f"{code}-1-90", scene.accounts.buyer), "approve", "vn1")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"serial": "JCM-VN-JP-VN001-2024-1-101"}, "The account holds 100 of these 101 units"),
        ({"serial": "1,312,595"}, "no serial of this registry"),
        ({"target": ""}, "Name the account"),
        ({"kind": "use"}, "Say what the units are used for"),
        ({"kind": "use", "purpose": "retirement_ndc"}, "Give the year of the NDC"),
        ({"kind": "cancel", "purpose": "retirement_ndc"}, "which kind of cancellation"),
    ],
)
def test_an_order_that_cannot_be_is_refused_by_its_field(scene, project, given, field):
    scene.issued(project, {2024: 100})
    path = f"/en/registry/accounts/{scene.accounts.owner.number}/order/"
    whole = {
        "kind": "transfer",
        "serial": "JCM-VN-JP-VN001-2024-1-2",
        "target": scene.accounts.vn.pk,
        "reason": "x",
    }
    answer = scene.client("owner").post(path, {**whole, **given})
    assert answer.status_code == 422
    assert field in answer.content.decode()
    assert not Order.objects.filter(kind="transfer").exists()


def test_used_units_stay_where_they_are(scene, project):
    scene.issued(project, {2024: 100})
    path = f"/en/registry/accounts/{scene.accounts.owner.number}/order/"
    given = {"kind": "use", "serial": "JCM-VN-JP-VN001-2024-1-40", "purpose": "retirement_ndc", "year": 2025,
             "beneficiary": "Viet Nam", "reason": "NDC"}  # fmt: skip
    scene.client("owner").post(path, given)
    scene.move(Order.objects.latest("pk"), "approve", "vn1")
    used = Block.objects.get(first=1)
    assert (used.account.kind, used.size) == ("retirement", 40)
    with pytest.raises(AssertionError, match="holds 0 of these 40"):
        order(scene, "JCM-VN-JP-VN001-2024-1-40", scene.accounts.vn)
