"""My organisation: statements that add up, an address for each transaction, mails that name serials."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from trunghoa.portal.core.ledger.models import Block, LedgerTransaction
from trunghoa.portal.core.ledger.reading import balances
from trunghoa.portal.core.workflow import days
from trunghoa.portal.systems.registry import abroad, statements
from trunghoa.portal.systems.registry.models import Order
from trunghoa.portal.systems.registry.tasks import notices


@pytest.fixture(autouse=True)
def approvals(monkeypatch):
    """What the ministry approves is tested by itself."""
    monkeypatch.setattr(abroad, "approved", lambda project: 10**6)


@pytest.fixture
def project(scene):
    found = scene.registered(shares=[[scene.accounts.owner.number, "1"]])
    scene.issued(found, {2024: 100})
    return found


def sold(scene, first, last):
    code = Block.objects.first().series.code
    path = f"/en/registry/accounts/{scene.accounts.owner.number}/order/"
    given = {
        "kind": "transfer",
        "serial": f"{code}-{first}-{last}",
        "target": scene.accounts.buyer.pk,
        "reason": "sale",
    }
    assert scene.client("owner").post(path, given).status_code == 302
    order = Order.objects.latest("pk")
    scene.move(order, "approve", "vn1")
    return order


def test_a_statement_adds_up_and_names_each_serial(scene, project):
    sold(scene, 1, 30)
    sold(scene, 41, 50)
    today = days.today("VN")
    found = statements.of(scene.accounts.owner, today, today)
    code = Block.objects.first().series.code
    assert [(line.serial, line.units, line.balance) for line in found.lines] == [
        (f"{code}-1-100", 100, 100), (f"{code}-1-30", -30, 70), (f"{code}-41-50", -10, 60)
    ]  # fmt: skip
    assert (found.opening, found.closing) == (0, 60)
    assert found.closing == sum(balances(account=scene.accounts.owner.account).values())
    tomorrow = today + timedelta(days=1)
    later = statements.of(scene.accounts.owner, tomorrow, tomorrow)
    assert (later.opening, later.lines, later.closing) == (60, (), 60)
    before = statements.of(scene.accounts.owner, date(2020, 1, 1), today - timedelta(days=1))
    assert (before.opening, before.closing) == (0, 0)


def test_a_day_is_that_of_the_accounts_side(scene, project, monkeypatch):
    # 31 December 23:30 in Ha Noi is 1 January in Tokyo.
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    sold(scene, 1, 30)
    year_end, new_year = date(2026, 12, 31), date(2027, 1, 1)
    assert statements.of(scene.accounts.owner, year_end, year_end).lines[-1].units == -30
    assert statements.of(scene.accounts.buyer, year_end, year_end).lines == ()
    assert statements.of(scene.accounts.buyer, new_year, new_year).closing == 30


def test_a_statement_is_its_holders_and_its_registrys(scene, project):
    path = f"/en/registry/accounts/{scene.accounts.owner.number}/statement/"
    people = ("owner", "vn1", "buyer", "jp1", "observer")
    assert [scene.client(name).get(path).status_code for name in people] == [200, 200, 403, 403, 403]
    told = scene.client("owner").get(f"{path}?format=csv").content.decode()
    assert "Opening balance" in told
    assert f"{Block.objects.first().series.code}-1-100" in told
    answer = scene.client("owner").get(f"{path}?first=2026-02-01&last=2026-01-01")
    assert answer.status_code == 422
    assert "It ends before it begins" in answer.content.decode()


def test_the_page_shows_what_the_organisation_has_and_what_waits_for_it(scene, project):
    sold(scene, 1, 30)
    page = scene.client("owner").get("/en/registry/organisation/").content.decode()
    for said in (scene.accounts.owner.number, "VN001", "Solar roof", "70"):
        assert said in page, said
    assert scene.accounts.buyer.number not in page.split("Latest orders")[0]
    [table] = [
        t
        for t in scene.client("buyer").get("/en/registry/organisation/").context["tables"]
        if t.slug == "accounts"
    ]
    assert [column.value(table.rows[0]) for column in table.columns if column.key == "units"] == [30]
    assert (
        "belong to no organisation"
        in scene.client("observer").get("/en/registry/organisation/").content.decode()
    )


def test_each_transaction_has_an_address_of_its_own(scene, project):
    order = sold(scene, 1, 30)
    row = order.transactions.get()
    page = scene.client("observer").get(f"/en/registry/transactions/{row.pk}/").content.decode()
    for said in (
        row.sha256,
        "Transfer of units",
        f"{Block.objects.first().series.code}-1-30",
        "not sealed yet",
    ):
        assert said in page, said
    assert order.get_absolute_url() not in page
    assert (
        order.get_absolute_url()
        in scene.client("owner").get(f"/en/registry/transactions/{row.pk}/").content.decode()
    )
    assert scene.client("owner").get(f"/en/registry/transactions/{row.pk + 1000}/").status_code == 404


def test_holders_are_told_which_units_moved_in_their_language(
    scene, project, django_capture_on_commit_callbacks
):
    for name, language in (("owner", "vi"), ("buyer", "ja")):
        person = scene.people[name]
        person.email, person.language = f"{name}@example.org", language
        person.save()
    order = sold(scene, 1, 30)
    notices.tell.call(order.pk)
    serial = f"{Block.objects.first().series.code}-1-30"
    told = {message.to[0]: message for message in mail.outbox}
    assert set(told) == {"owner@example.org", "buyer@example.org"}
    assert all(serial in message.body for message in told.values())
    assert all(str(order.transactions.get().pk) in message.body for message in told.values())
    assert "đã được thực hiện" in told["owner@example.org"].subject
    assert "実行されました" in told["buyer@example.org"].subject


def test_nobody_is_told_of_what_touches_no_account_of_theirs(scene, project):
    scene.people["buyer"].email = "buyer@example.org"
    scene.people["buyer"].save()
    order = sold(scene, 1, 30)
    assert [person.username for person in notices.concerned(order)] == ["buyer"]
    inside = Order.objects.create(
        kind="block",
        side="VN",
        source=scene.accounts.owner,
        units=[],
        quantity=0,
        prepared_by=scene.people["vn1"],
    )
    assert notices.concerned(inside) == []
    assert LedgerTransaction.objects.filter(kind="transfer").count() == 1
