"""Purchases: both sign, deliveries are orders of the ledger, both know of payments, grants are given once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from trunghoa.portal.core.ledger.models import Block, LedgerTransaction
from trunghoa.portal.core.ledger.verification import verify
from trunghoa.portal.core.record import figures
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry import abroad, example, granting, purchasing
from trunghoa.portal.systems.registry.models import Agreement, Delivery, GrantFund, Offer, Order, Payment
from trunghoa.portal.systems.registry.views.home import by_kind, by_year
from trunghoa.quantities import Figure as Value
from trunghoa.quantities import Period, PlaceKey, Quality, Status

ROOT = "/en/registry/purchases/"


@pytest.fixture(autouse=True)
def approvals(monkeypatch):
    """What the ministry approves is tested by itself."""
    monkeypatch.setattr(abroad, "approved", lambda project: 10**6)


@pytest.fixture
def project(scene):
    """A hundred credits that the owner holds."""
    found = scene.registered(shares=[[scene.accounts.owner.number, "1"]])
    scene.issued(found, {2024: 100})
    return found


@pytest.fixture
def fund(scene, db):
    return granting.open_fund(
        scene.people["jp1"], code="fund", party="JPN", currency="USD", amount=Decimal(1000),
        title_en="Fund", payer=scene.organisations["buyer"], source="invented for this test",
    )  # fmt: skip


def said(scene, project, **more):
    today = days.today("VN")
    given = {
        "seller": scene.organisations["owner"].pk, "buyer": scene.organisations["buyer"].pk,
        "project": project.pk, "vintage_from": 2024, "vintage_to": 2025, "volume": 80, "price": "12.5",
        "currency": "USD", "shortfall": "carry", "conditions": "",
        "schedule_lines": f"{today} = 50\n{today + timedelta(days=365)} = 30",
    }  # fmt: skip
    return {name: value for name, value in {**given, **more}.items() if value is not None}


def written(scene, project, by="owner", **more):
    answer = scene.client(by).post(f"{ROOT}agreements/new/", said(scene, project, **more))
    assert answer.status_code == 302, answer.content.decode()
    return Agreement.objects.latest("pk")


def signed(scene, project, **more):
    agreement = written(scene, project, **more)
    scene.move(agreement, "propose", "owner")
    scene.move(agreement, "sign", "buyer")
    agreement.refresh_from_db()
    return agreement


def transfer(scene, first, last, target="buyer"):
    """An order of the owner that was carried out."""
    code = Block.objects.filter(series__unit="tCO2e").first().series.code
    path = f"/en/registry/accounts/{scene.accounts.owner.number}/order/"
    given = {
        "kind": "transfer", "serial": f"{code}-{first}-{last}", "reason": "sale",
        "target": getattr(scene.accounts, target).pk,
    }  # fmt: skip
    assert scene.client("owner").post(path, given).status_code == 302
    order = Order.objects.latest("pk")
    scene.move(order, "approve", "vn1")
    return order


def deliver(scene, agreement, order, by="owner"):
    return scene.client(by).post(f"{ROOT}agreements/{agreement.pk}/deliver/", {"order": order.pk})


def pay(scene, agreement, amount, by="buyer", **more):
    given = {"purpose": "price", "paid_on": days.today("VN"), "amount": amount, "reference": "T/T 1", **more}
    answer = scene.client(by).post(f"{ROOT}agreements/{agreement.pk}/pay/", given)
    assert answer.status_code == 302, answer.content.decode()
    return Payment.objects.latest("pk")


def test_from_the_offer_to_the_last_payment(scene, project):
    given = said(scene, project, valid_until=days.today("VN") + timedelta(days=30))
    assert scene.client("owner").post(f"{ROOT}offers/new/", given).status_code == 302
    offer = Offer.objects.get()
    assert scene.client("buyer").get(offer.get_absolute_url()).status_code == 404
    scene.move(offer, "publish", "owner")
    assert "12.50 USD" in scene.client("buyer").get(offer.get_absolute_url()).content.decode()
    form = scene.client("buyer").get(f"{ROOT}agreements/new/?offer={offer.pk}").context["form"]
    assert form.initial["price"] == Decimal("12.5")
    answer = scene.client("buyer").post(f"{ROOT}agreements/new/?offer={offer.pk}", said(scene, project))
    assert answer.status_code == 302
    agreement = Agreement.objects.get()
    assert agreement.offer == offer
    scene.move(agreement, "propose", "buyer")
    scene.move(agreement, "sign", "owner")

    deliver(scene, agreement, transfer(scene, 1, 50))
    deliver(scene, agreement, transfer(scene, 51, 80), by="buyer")
    payment = pay(scene, agreement, "1000")
    found = purchasing.standing(agreement)
    assert (found.settlement.delivered, found.settlement.outstanding) == (80, 0)
    assert (found.settlement.price_due, found.paid, found.to_pay) == (1000, 0, 1000)
    with pytest.raises(Refused, match="still to be delivered or paid"):
        scene.move(agreement, "fulfil", "owner")
    scene.move(payment, "confirm", "owner")
    assert purchasing.standing(agreement).to_pay == 0
    scene.move(agreement, "fulfil", "owner")
    assert Agreement.objects.get().state == "fulfilled"


def test_a_party_does_not_sign_for_the_other_and_a_signed_text_stands(scene, project):
    agreement = written(scene, project)
    scene.move(agreement, "propose", "owner")
    with pytest.raises(Refused, match="other party"):
        scene.move(agreement, "sign", "owner")
    path = f"{ROOT}agreements/{agreement.pk}/edit/"
    given = {**said(scene, project, price="1"), "revision": agreement.revision}
    assert scene.client("owner").post(path, given).status_code == 403
    scene.move(agreement, "give_back", "buyer", reason="price")
    agreement.refresh_from_db()
    given = {**said(scene, project, price="11"), "revision": agreement.revision}
    assert scene.client("buyer").post(path, given).status_code == 302
    # Who still reads the page from before is told so.
    assert scene.client("owner").post(path, given).status_code == 409
    agreement.refresh_from_db()
    assert agreement.price == 11
    assert [(row.volume) for row in agreement.schedule.all()] == [50, 30]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"schedule_lines": "2027-01-01 = 79"}, "The schedule adds up to 79 units, the agreement is on 80"),
        ({"schedule_lines": "next year = 80"}, "Line 1: “next year” is no day"),
        ({"schedule_lines": "2027-01-01 = 1,000"}, "Line 1: “1,000” is no whole number of units"),
        ({"schedule_lines": "2027-01-01 = 40\n2027-01-01 = 40"}, "Line 2: the day stands twice"),
        ({"vintage_to": 2023}, "The last vintage is before the first"),
        ({"shortfall": "damages"}, "Say how much is paid for each missing credit"),
        ({"price": "-1"}, "-1 is outside"),
        ({"price": "twelve"}, "twelve"),
        ({"grant": "5"}, "Name the fund and the amount, or neither"),
    ],
)
def test_what_cannot_be_agreed_is_refused_by_its_field(scene, project, given, words):
    answer = scene.client("owner").post(f"{ROOT}agreements/new/", said(scene, project, **given))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Agreement.objects.exists()


def test_nobody_agrees_for_others_or_with_oneself(scene, project):
    answer = scene.client("vn1").post(f"{ROOT}agreements/new/", said(scene, project))
    assert "Your own organisation has to be seller or buyer" in answer.content.decode()
    given = said(scene, project, buyer=scene.organisations["owner"].pk)
    answer = scene.client("owner").post(f"{ROOT}agreements/new/", given)
    assert "Seller and buyer are two organisations" in answer.content.decode()
    assert not Agreement.objects.exists()


def test_prices_are_between_the_parties(scene, project):
    agreement = signed(scene, project)
    for name in ("vn1", "tpe", "observer"):
        assert scene.client(name).get(agreement.get_absolute_url()).status_code == 404
    assert scene.client("buyer").get(agreement.get_absolute_url()).status_code == 200


def test_units_count_once_and_only_where_they_were_sold(scene, project):
    agreement, other = signed(scene, project), signed(scene, project, vintage_from=2025)
    order = transfer(scene, 1, 20)
    elsewhere = transfer(scene, 21, 30, target="vn")
    # Credits of 2024 are none of an agreement on 2025, and what stays with the host went to no buyer.
    assert [purchasing.candidates(a) for a in (agreement, other)] == [[order], []]
    assert deliver(scene, other, order).status_code == 422
    assert deliver(scene, agreement, elsewhere).status_code == 422
    assert deliver(scene, agreement, order).status_code == 302
    assert deliver(scene, agreement, order).status_code == 422
    third = signed(scene, project)
    assert deliver(scene, third, order).status_code == 422
    assert Delivery.objects.count() == 1
    page = scene.client("buyer").get(agreement.get_absolute_url()).content.decode()
    assert f"{Block.objects.first().series.code}-1-20" in page


def test_a_transfer_that_was_reversed_delivered_nothing(scene, project):
    agreement = signed(scene, project)
    order = transfer(scene, 1, 20)
    deliver(scene, agreement, order)
    assert purchasing.standing(agreement).settlement.delivered == 20
    back = Order.objects.create(
        kind="reverse", side="VN", reverses=order.transactions.get(), prepared_by=scene.people["vn1"]
    )
    scene.move(back, "approve", "vn2")
    assert purchasing.standing(agreement).settlement.delivered == 0


def test_a_delivery_counted_by_mistake_is_taken_off(scene, project):
    agreement = signed(scene, project)
    deliver(scene, agreement, transfer(scene, 1, 20))
    path = f"{ROOT}agreements/{agreement.pk}/deliveries/{Delivery.objects.get().pk}/remove/"
    assert scene.client("buyer").get(path).status_code == 200
    assert Delivery.objects.exists()
    assert scene.client("buyer").post(path).status_code == 302
    assert not Delivery.objects.exists()
    assert len(purchasing.candidates(agreement)) == 1


def test_what_was_missed_is_paid_for(scene, project):
    agreement = signed(scene, project, shortfall="damages", damages="2")
    deliver(scene, agreement, transfer(scene, 1, 30))
    tomorrow = days.today("VN") + timedelta(days=1)
    found = purchasing.standing(agreement, tomorrow)
    assert (found.settlement.lapsed, found.settlement.damages_due) == (20, 40)
    pay_damages = pay(scene, agreement, "40", by="owner", purpose="damages")
    scene.move(pay_damages, "confirm", "buyer")
    assert purchasing.standing(agreement, tomorrow).damages_to_pay == 0


def test_a_payment_counts_once_the_other_party_confirms_it(scene, project):
    agreement = signed(scene, project)
    payment = pay(scene, agreement, "100")
    with pytest.raises(Refused, match="other party confirms"):
        scene.move(payment, "confirm", "buyer")
    assert purchasing.standing(agreement).paid == 0
    scene.move(payment, "dispute", "owner", reason="nothing came")
    assert purchasing.standing(agreement).paid == 0
    given = {"purpose": "price", "paid_on": date(2999, 1, 1), "amount": "1", "reference": "x"}
    answer = scene.client("buyer").post(f"{ROOT}agreements/{agreement.pk}/pay/", given)
    assert "is after today" in answer.content.decode()


def test_a_grant_is_committed_once_paid_once_and_what_is_left_goes_back(scene, project, fund):
    first = signed(scene, project, fund=fund.pk, grant="700")
    assert granting.left(fund) == 300
    second = written(scene, project, fund=fund.pk, grant="300.01")
    scene.move(second, "propose", "owner")
    with pytest.raises(Refused, match="lacks 1 of the 30001"):
        scene.move(second, "sign", "buyer")
    assert Agreement.objects.get(pk=second.pk).state == "proposed"

    payment = pay(scene, first, "250.50", purpose="grant")
    assert granting.paid_of(first) == 0
    scene.move(payment, "confirm", "owner")
    assert (granting.paid_of(first), granting.paid_from(fund), granting.left(fund)) == (
        Decimal("250.50"),
        Decimal("250.50"),
        300,
    )
    too_much = pay(scene, first, "449.51", purpose="grant")
    with pytest.raises(Refused, match="lacks 1 of the 44951"):
        scene.move(too_much, "confirm", "owner")

    scene.move(first, "propose_end", "buyer", reason="over")
    scene.move(first, "confirm_end", "owner")
    assert granting.left(fund) == Decimal("749.50")
    assert verify().faults == []


def test_money_of_another_is_committed_by_nobody(scene, project, fund):
    GrantFund.objects.update(payer=scene.organisations["moej"])
    agreement = written(scene, project, fund=fund.pk, grant="1")
    with pytest.raises(Refused, match="neither seller nor buyer"):
        scene.move(agreement, "propose", "owner")
    answer = scene.client("owner").post(
        f"{ROOT}agreements/new/", said(scene, project, fund=fund.pk, grant="1", currency="JPY")
    )
    assert "The fund is in USD, the agreement in JPY" in answer.content.decode()


def test_money_is_no_credit(scene, project, fund):
    signed(scene, project, fund=fund.pk, grant="700")
    assert LedgerTransaction.objects.filter(postings__series__code="GRANT-fund").exists()
    assert sum(row.units for row in by_kind().rows) == 100
    assert {(row[1], row[3]) for row in by_year().rows} == {("issue", 100)}


def planned(kind, amount, unit, year, **more):
    figures.put(
        [
            Value(
                system="S8", kind=kind, place=PlaceKey("site", "site-1"), period=Period.year(year),
                amount=Decimal(amount), unit=unit, status=Status.PLANNED, quality=Quality.ILLUSTRATIVE,
                source="invented for this test", **more,
            )
        ]
    )  # fmt: skip


def test_the_worked_example_follows_from_figures_and_says_that_it_is_illustrative(scene, systems, sites):
    """Half of each year's reduction, in whole credits; the grant is the one that the portfolio chose."""
    people = {"participant": scene.people["owner"], "buyer": scene.people["buyer"]}
    example.furnish(people)
    assert not Agreement.objects.exists(), "without figures there is nothing to begin from"
    planned("landfill.grant_cap", 3_000_000, "USD", 2026, scenario="fund-x")
    planned("landfill.grant_chosen", "1264725", "USD", 2026, scenario="fund-x", category="chosen")
    for year, amount in ((2027, "0"), (2028, "64847.6567687"), (2029, "110445.92"), (2030, "142933.9")):
        planned("landfill.emission_reduction", amount, "tCO2e", year, gwp_set="AR5")
    example.furnish(people)
    example.furnish(people)
    agreement = Agreement.objects.get()
    assert [(row.due.year, row.volume) for row in agreement.schedule.all()] == [
        (2029, 32423), (2030, 55222), (2031, 71466)
    ]  # fmt: skip
    assert (agreement.volume, agreement.state, agreement.quality) == (159111, "in_force", "illustrative")
    assert granting.left(agreement.fund) == Decimal("1735275")
    assert agreement.figures.count() == 4
    page = scene.client("buyer").get(agreement.get_absolute_url()).content.decode()
    for said in ("Illustrative:", "7.95 USD", "188.7 %", "2,386,665.00 USD", "1,264,725.00 USD"):
        assert said in page, said
    # Nothing of it is on record as a project of the JCM.
    assert agreement.project.reference == ""
    assert scene.client("observer").get(agreement.project.get_absolute_url()).status_code == 404
