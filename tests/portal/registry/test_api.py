"""The registry as a program sees it: orders under a key of their own, units, projects, certificates."""

from uuid import uuid4

import pytest

from trunghoa.portal.core.ledger import sealing
from trunghoa.portal.core.ledger.models import Block, LedgerTransaction
from trunghoa.portal.systems.registry import api
from trunghoa.portal.systems.registry.models import Order

API = "/api/v1/registry"


@pytest.fixture
def project(scene):
    project = scene.registered(shares=[[scene.accounts.owner.number, "1"]])
    scene.issued(project, {2024: 100})
    return project


@pytest.fixture
def send(scene, project):
    """Sends an order from the owner's account."""

    def post(by="owner", **more):
        body = {"key": str(uuid4()), "kind": "use", "serial": "JCM-VN-JP-VN001-2024-1-40",
                "year": 2025, "purpose": "retirement_ndc", "beneficiary": " Viet Nam ", "reason": "NDC",
                **more}  # fmt: skip
        path = f"{API}/accounts/{scene.accounts.owner.number}/orders"
        return scene.client(by).post(path, body, content_type="application/json")

    return post


def get(scene, path, by="observer"):
    answer = scene.client(by).get(API + path, headers={"Accept-Language": "en"})
    return answer.status_code, answer.json()


def test_a_replayed_request_is_answered_alike_and_prepares_nothing_more(scene, send):
    key = str(uuid4())
    first, again = send(key=key), send(key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    made = Order.objects.get(kind="use")
    scene.move(made, "approve", "vn1")
    # After it was carried out the units are gone, and the request is still the same request.
    late = send(key=key)
    assert late.status_code == 200
    assert late.json() | {"state": "prepared", "transactions": [], "certificate": None} == first.json()
    assert late.json()["state"] == "executed"
    assert Order.objects.filter(kind="use").count() == 1
    assert Block.objects.get(account__kind="retirement").size == 40


@pytest.mark.parametrize(
    "other",
    [
        {"serial": "JCM-VN-JP-VN001-2024-1-41"},
        {"kind": "cancel", "purpose": "cancel_voluntary"},
        {"purpose": "retirement_oimp"},
        {"year": 2026},
        {"beneficiary": "Japan"},
        {"reason": "something else"},
        {"serial": "JCM-VN-JP-VN001-1999-1-40"},
    ],
)
def test_the_same_key_for_something_else_is_refused(send, other):
    key = str(uuid4())
    assert send(key=key).status_code == 201
    answer = send(key=key, **other)
    assert answer.status_code == 409
    assert "draw a new one" in answer.json()["detail"]
    assert Order.objects.filter(kind="use").count() == 1


def test_two_at_once_under_one_key_get_one_order(send, monkeypatch):
    key = str(uuid4())
    first = send(key=key)
    # The second looked before the first was committed.
    known, looks = api._known, iter([lambda key: None])
    monkeypatch.setattr(api, "_known", lambda key: next(looks, known)(key))
    second = send(key=key)
    assert (second.status_code, second.json()) == (200, first.json())
    assert Order.objects.filter(kind="use").count() == 1


def test_a_key_of_an_order_without_units_of_its_own_is_taken_too(send):
    issue = Order.objects.filter(kind="issue").first()
    assert send(key=str(issue.key)).status_code == 409


def test_what_cannot_be_is_told_field_by_field_and_leaves_no_order(scene, send):
    before = Order.objects.count()
    for given, field in (
        ({"serial": "JCM-VN-JP-VN001-2024-61-140"}, "serial"),
        ({"kind": "transfer", "target": "VNM-entity-99999"}, "target"),
        ({"kind": "transfer"}, "target"),
        ({"purpose": "cancel_voluntary"}, "purpose"),
        ({"year": None}, "year"),
        ({"serial": "1,312,595"}, "serial"),
    ):
        answer = send(**given)
        assert answer.status_code == 422, given
        assert field in [fault["field"] for fault in answer.json()["detail"]], given
    for given in ({"quantity": 5}, {"key": "again"}, {"kind": "issue"}):
        assert send(**given).status_code == 422, given
    assert Order.objects.count() == before
    assert send(by="buyer").status_code == 403


def test_an_order_is_seen_by_those_whom_it_concerns(scene, send):
    made = send(kind="transfer", target=scene.accounts.vn.number, purpose="", year=None).json()
    assert made["target"] == scene.accounts.vn.number
    assert made["serials"] == ["JCM-VN-JP-VN001-2024-1-40"]
    for who, status in (("owner", 200), ("vn1", 200), ("buyer", 404), ("observer", 404)):
        assert get(scene, f"/orders/{made['id']}", who)[0] == status, who


def test_the_life_of_units_is_told_with_the_accounts(scene, send):
    send()
    scene.move(Order.objects.get(kind="use"), "approve", "vn1")
    status, said = get(scene, "/units/JCM-VN-JP-VN001-2024-30-50")
    assert status == 200
    owner = scene.accounts.owner.number
    assert [(e["kind"], e["first"], e["last"], e["target"] == owner) for e in said["events"]] == [
        ("issue", 1, 100, True), ("retire", 1, 40, False),
    ]  # fmt: skip
    assert said["events"][1]["source"] == owner
    assert (said["vintage"], said["project"], said["issued"], said["unit"]) == (
        2024, "solar-roof", True, "tCO2e",
    )  # fmt: skip
    assert get(scene, "/units/JCM-VN-JP-VN001-2024-101")[1]["issued"] is False
    assert get(scene, "/units/JCM-VN-JP-VN001-2023-1")[0] == 404


def test_a_certificate_is_checked_by_its_number(scene, send):
    send()
    order = Order.objects.get(kind="use")
    scene.move(order, "approve", "vn1")
    sealing.seal()
    number = get(scene, f"/orders/{order.pk}", "owner")[1]["certificate"]
    status, said = get(scene, f"/certificates/{number}")
    assert (status, said["holds"], said["credits_t"], said["year"]) == (200, True, 40, 2025)
    assert said["beneficiary"] == "Viet Nam"
    assert said["seals"] == [seal["number"] for seal in get(scene, "/seals")[1]["items"]]
    wrong = LedgerTransaction.objects.get(kind="retire")
    back = Order.objects.create(kind="reverse", side="VN", reverses=wrong, prepared_by=scene.people["vn1"])
    scene.move(back, "approve", "vn2")
    said = get(scene, f"/certificates/{number}")[1]
    assert said["holds"] is False
    assert "was reversed" in said["faults"][0]
    assert get(scene, "/certificates/1-0")[0] == 404


def test_projects_say_what_was_issued_and_to_whom(scene, project):
    scene.project(code="idea", title_en="An idea that nobody else sees")
    status, said = get(scene, "/projects")
    assert (status, said["count"]) == (200, 1)
    assert (said["items"][0]["reference"], said["items"][0]["credits_issued_t"]) == ("VN001", 100)
    assert get(scene, "/projects?q=SOLAR")[1]["count"] == 1
    assert get(scene, "/projects?q=wind")[1]["count"] == 0
    assert get(scene, "/projects?state=draft", "owner")[1]["items"][0]["code"] == "idea"
    assert get(scene, "/projects/idea")[0] == 404
    detail = get(scene, "/projects/solar-roof")[1]
    assert detail["issuances"][0]["allotments"] == [
        {"account": scene.accounts.owner.number, "vintage": 2024, "credits_t": 100}
    ]
