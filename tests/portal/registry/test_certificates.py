"""Certificates: what they say, that they cannot be made up, and that they stop holding when they should."""

import io
from html import unescape

import pypdf
import pytest
from django.test import Client
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from trunghoa.portal.core.ledger import sealing
from trunghoa.portal.core.ledger.models import Block, LedgerTransaction, Posting
from trunghoa.portal.core.ledger.tasks import seal_new
from trunghoa.portal.systems.registry import certificates
from trunghoa.portal.systems.registry.models import Order, Project
from trunghoa.portal.systems.registry.papers import certificate as paper


@pytest.fixture
def project(scene):
    return scene.registered(shares=[[scene.accounts.owner.number, "1"]])


def taken_out(scene, kind="use", purpose="retirement_ndc", first=1, last=40, **more):
    """An order of the owner to take units out of use, carried out."""
    given = {"kind": kind, "serial": f"JCM-VN-JP-VN001-2024-{first}-{last}", "purpose": purpose, "year": 2025,
             "beneficiary": "Công ty Ánh Dương", "reason": "towards the NDC", **more}  # fmt: skip
    path = f"/en/registry/accounts/{scene.accounts.owner.number}/order/"
    answer = scene.client("owner").post(path, given)
    assert answer.status_code == 302, answer.content.decode()
    order = Order.objects.latest("pk")
    scene.move(order, "approve", "vn1")
    order.refresh_from_db()
    return order


def page_of(number, lang="en"):
    """As anybody sees it, without an account."""
    answer = Client().get(f"/{lang}/registry/certificates/{number}/")
    return answer.status_code, unescape(answer.content.decode())


def test_what_was_used_is_certified_to_anybody(scene, project):
    scene.issued(project, {2024: 100})
    found = certificates.of(taken_out(scene))
    status, said = page_of(found.number)
    assert status == 200
    for text in (
        "This certificate holds.", "40 credits (t) were used", "Công ty Ánh Dương", "towards the NDC", "2025",
        "JCM-VN-JP-VN001-2024-1-40", found.transactions[0].sha256, "not sealed yet",
    ):  # fmt: skip
        assert text in said, text
    sealing.seal()
    status, said = page_of(found.number)
    assert "agree with their hashes and with the seals" in said
    assert certificates.find(found.number).seals[0].root in said


def test_the_same_entries_give_the_same_number_and_nobody_guesses_it(scene, project):
    scene.issued(project, {2024: 100})
    order = taken_out(scene)
    number = certificates.of(order).number
    assert certificates.find(f" {number.upper()} ").order == order
    pk, mark = number.split("-")
    wrong = f"{pk}-{'0' if mark[0] != '0' else '1'}{mark[1:]}"
    for typed in (wrong, f"{pk}-", f"{pk}-{mark[:-1]}", pk, mark, f"{order.pk + 1}-{mark}", "²-1", "1-é", ""):
        assert certificates.find(typed) is None, typed
    status, said = page_of(wrong)
    assert status == 404
    assert f"knows no certificate “{wrong}”" in said


def test_only_what_left_use_and_was_carried_out_has_one(scene, project):
    scene.issued(project, {2024: 100})
    path = f"/en/registry/accounts/{scene.accounts.owner.number}/order/"
    given = {"kind": "use", "serial": "JCM-VN-JP-VN001-2024-1-5", "purpose": "retirement_ndc", "year": 2025,
             "reason": "NDC"}  # fmt: skip
    scene.client("owner").post(path, given)
    waiting = Order.objects.latest("pk")
    assert waiting.state == "prepared"
    assert certificates.of(waiting) is None
    scene.client("owner").post(path, {**given, "kind": "transfer", "target": scene.accounts.vn.pk})
    moved = Order.objects.latest("pk")
    scene.move(moved, "approve", "vn1")
    moved.refresh_from_db()
    assert moved.state == "executed"
    assert certificates.of(moved) is None


def test_a_reversed_certificate_does_not_hold(scene, project):
    scene.issued(project, {2024: 100})
    order = taken_out(scene)
    number = certificates.of(order).number
    wrong = LedgerTransaction.objects.get(kind="retire")
    back = Order.objects.create(kind="reverse", side="VN", reverses=wrong, prepared_by=scene.people["vn1"])
    scene.move(back, "approve", "vn2")
    assert not Block.objects.filter(account__kind="retirement").exists()
    _status, said = page_of(number)
    assert "This certificate does not hold." in said
    assert f"Transaction {wrong.pk} was reversed on" in said
    assert "This certificate holds." not in said
    answer = Client().get(f"/en/registry/certificates/{number}/pdf/")
    assert f"Transaction {wrong.pk} was reversed" in text_of(answer.content)


def test_an_entry_changed_behind_the_ledger_is_told(scene, project):
    scene.issued(project, {2024: 100})
    order = taken_out(scene)
    sealing.seal()
    found = certificates.of(order)
    assert found.faults == []
    [row] = found.transactions
    row.body["details"]["beneficiary"] = "somebody else"
    assert found.faults == [f"Transaction {row.pk} does not agree with its hash."]


def test_units_written_to_a_sealed_entry_afterwards_are_told(scene, project):
    """A row may be added to the ledger, and with it units to a certificate; the seal does not know them."""
    scene.issued(project, {2024: 100})
    found = certificates.of(taken_out(scene))
    sealing.seal()
    [row] = found.transactions
    series = found.lines[0].series
    for account, sign in ((scene.accounts.owner.account, -1), (found.order.target.account, 1)):
        Posting.objects.create(
            transaction=row, account=account, series=series, first=41, last=42, delta=2 * sign
        )
    _status, said = page_of(found.number)
    assert f"Transaction {row.pk} does not agree with its seal." in said
    assert "This certificate holds." not in said


def test_units_come_as_numbers_in_a_download(scene, project):
    scene.issued(project, {2024: 2000})
    number = certificates.of(taken_out(scene, last=1500)).number
    [row] = Client().get(f"/vi/registry/certificates/{number}/?format=json&table=units").json()
    assert row["units"] == 1500


def text_of(content):
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("vi", "Giấy chứng nhận hủy tín chỉ"),
        ("ja", "クレジット取消証明書"),
        ("en", "Certificate of the cancellation of credits"),
    ],
)
def test_the_paper_says_the_same_in_each_language(scene, project, lang, title):
    scene.issued(project, {2024: 2000})
    order = taken_out(scene, kind="cancel", purpose="cancel_voluntary", first=1, last=1500, year="")
    number = certificates.of(order).number
    answer = Client().get(f"/{lang}/registry/certificates/{number}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{number}.pdf"'
    again = Client().get(f"/{lang}/registry/certificates/{number}/pdf/")
    assert answer.content == again.content
    said = text_of(answer.content)
    assert title in said
    assert "JCM-VN-JP-VN001-2024-1-1500" in said.replace(" ", "") or "1-1500" in said
    assert number in said
    assert f"http://testserver/{lang}/registry/certificates/{number}/" in said.replace(" ", "")
    assert {"vi": "1.500", "ja": "1,500", "en": "1,500"}[lang] in said


def test_a_project_on_record_from_memory_gives_no_official_statement(scene, project, settings):
    settings.DEMO = False
    scene.issued(project, {2024: 100})
    order = taken_out(scene)
    assert paper.notes(certificates.of(order)) == []
    Project.objects.update(quality="unverified")
    with translation.override("en"):
        assert "is unverified: this is not an official statement" in paper.notes(certificates.of(order))[0]


def test_a_demonstration_certifies_nothing(scene, project, settings):
    scene.issued(project, {2024: 100})
    order = taken_out(scene)
    warning = "This is a demonstration, and no certificate of any government."
    for settings.DEMO in (True, False):
        _status, said = page_of(certificates.of(order).number)
        assert (warning in said) is settings.DEMO


def test_the_number_is_asked_for_on_a_page_of_its_own(scene, project):
    scene.issued(project, {2024: 100})
    number = certificates.of(taken_out(scene)).number
    answer = Client().get("/en/registry/certificates/", {"number": f"  {number} "})
    assert answer["Location"] == f"/en/registry/certificates/{number}/"
    said = unescape(Client().get("/en/registry/certificates/", {"number": "7-beef"}).content.decode())
    assert "knows no certificate “7-beef”" in said
    assert "knows no certificate" not in Client().get("/en/registry/certificates/").content.decode()


def test_what_is_entered_is_sealed_soon_after(scene, project, django_capture_on_commit_callbacks):
    def waiting():
        return DBTaskResult.objects.filter(task_path=seal_new.module_path, status="READY")

    scene.issued(project, {2024: 100})
    with django_capture_on_commit_callbacks(execute=True):
        first = taken_out(scene)
        second = taken_out(scene, first=41, last=50)
    assert waiting().count() == 1  # for both
    assert not certificates.of(first).is_sealed
    seal_new.call()
    waiting().update(status="SUCCESSFUL")
    assert certificates.of(first).is_sealed
    assert certificates.of(second).is_sealed
    with django_capture_on_commit_callbacks(execute=True):
        taken_out(scene, first=51, last=60)
    assert waiting().count() == 1
