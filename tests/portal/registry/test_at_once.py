"""Administrators who approve at the same moment."""

import pytest
from django.db import connection
from tests.portal.ledger.test_at_once import together

from trunghoa.portal.core.ledger.models import Block
from trunghoa.portal.core.ledger.verification import verify
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry import abroad
from trunghoa.portal.systems.registry.models import Order
from trunghoa.portal.systems.registry.models.accounts import open_account

from . import article6_scene
from .conftest import make_scene

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time; run on PostgreSQL"
    ),
]


@pytest.fixture
def scene(transactional_db):
    return make_scene()


def held():
    return sum(block.size for block in Block.objects.exclude(account__kind="issuing"))


def approvals(scene, orders):
    return [lambda order=order, by=by: scene.move(order, "approve", by) for order, by in orders]


def test_both_sides_issue_at_once_and_the_issuance_is_over(scene):
    issuance = scene.decided(scene.registered(), {2024: 100})
    orders = [
        (
            Order.objects.create(
                kind="issue", side=side, issuance=issuance, prepared_by=scene.people[f"{side.lower()}1"]
            ),
            f"{side.lower()}2",
        )
        for side in ("VN", "JP")
    ]
    assert [o for o in together(*approvals(scene, orders)) if isinstance(o, Exception)] == []
    issuance.refresh_from_db()
    assert (issuance.state, held()) == ("issued", 100)


def test_two_orders_of_one_side_issue_once(scene):
    issuance = scene.decided(scene.registered(), {2024: 100})
    orders = [
        (
            Order.objects.create(kind="issue", side="JP", issuance=issuance, prepared_by=scene.people["jp1"]),
            "jp2",
        )
        for _ in range(2)
    ]
    outcomes = together(*approvals(scene, orders))
    assert [type(o) for o in outcomes if isinstance(o, Exception)] == [Refused]
    assert held() == 50
    assert verify().whole


def test_transfers_out_of_two_accounts_do_not_pass_the_cap_together(scene):
    other = open_account("VNM", "entity", organisation=scene.organisations["mae"])
    project = scene.registered(shares=[[scene.accounts.owner.number, "0.5"], [other.number, "0.5"]])
    scene.issued(project, {2024: 100})
    article6_scene.approved(scene, project, 100)
    # With one target they would wait for each other there.
    targets = iter((scene.accounts.buyer, scene.accounts.jp))
    orders = []
    for block in Block.objects.exclude(account__kind="issuing").select_related("account__registry"):
        order = Order.objects.create(
            kind="transfer", side="VN", source=block.account.registry, target=next(targets),
            units=[[block.series_id, block.first, block.last]], quantity=block.size,
            prepared_by=scene.people["owner"],
        )  # fmt: skip
        orders.append((order, "vn1"))
    outcomes = together(*approvals(scene, orders))
    assert [type(o) for o in outcomes if isinstance(o, Exception)] == [Refused]
    assert abroad.amounts(project) == (100, 50)
