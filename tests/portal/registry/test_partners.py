"""Statements of partner registries: read cell by cell, compared with the ledger of that day, settled."""

import io
import json
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.portal.registry import article6_scene as a6

from trunghoa.portal.core.audit import chain
from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.workflow import days
from trunghoa.portal.systems.registry import granting, partnering
from trunghoa.portal.systems.registry.models import PartnerRegistry, SettlementNote, StatedBlock, Statement
from trunghoa.portal.systems.registry.models.accounts import account_of_party
from trunghoa.portal.systems.registry.tasks import partners
from trunghoa.quantities import InputError

LIST = "/en/registry/partners/"
SERIES = "JCM-VN-JP-VN001-2024"
VERRA = "17310-823503762-823591051-VCS-VCU-1491-VER-RW-3-4150-01032023-31122023-1"
GOLD = "GS1-1-TZ-GS11732-16-2022-25700-1-100"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path / "documents"


@pytest.fixture
def partner(scene):
    return PartnerRegistry.objects.create(
        side="VN", party="JPN", name_en="JCM registry of Japan", source="invented for this test"
    )


@pytest.fixture
def gone(scene):
    """A hundred units of 2024: sixty went to Japan, of which forty were used there."""
    project = scene.registered(shares=[[scene.accounts.owner.number, "1"]])
    a6.settings_of()
    a6.settings_of("JPN")
    a6.authorised(scene, project)
    scene.issued(project, {2024: 100})
    a6.approved(scene, project, 90)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 60)
    a6.order(
        scene, scene.accounts.buyer, account_of_party("JPN", "retirement_ndc"), 1, 40, kind="use",
        approver="jp1", year=2025,
    )  # fmt: skip
    return project


def hand_in(scene, partner, text, by="vn1", name="statement.csv", day=None, **more):
    content = text if isinstance(text, bytes) else text.encode()
    given = {
        "file": SimpleUploadedFile(name, content),
        "day": day or days.today("JP").isoformat(),
        **more,
    }
    return scene.client(by).post(f"{LIST}{partner.pk}/statement/", given)


def problems(text, name="a.csv"):
    with pytest.raises(InputError) as caught:
        partners.read(text.encode(), name)
    return [(p.file, p.row, p.field, p.value) for p in caught.value.problems]


def test_a_statement_that_says_the_same_agrees(scene, partner, gone):
    hand_in(scene, partner, f"serial,account\n{SERIES}-1-40,used\n{SERIES}-41-60,entity\n")
    found = partnering.reconciled(Statement.objects.get())
    assert (found.agreed, found.differing, found.mismatches) == (60, 0, [])


def test_each_mismatch_is_named_by_exact_numbers(scene, partner, gone):
    text = f"serial,account,quantity\n{SERIES}-11-50,used,40\n{SERIES}-51-55,held,5\n{SERIES}-61-62,held,2\n"
    answer = hand_in(scene, partner, text)
    row = Statement.objects.get()
    assert answer["Location"] == f"{LIST}statements/{row.pk}/"
    page = scene.client("vn1").get(answer["Location"] + "?format=json&table=mismatches").json()
    said = [(r["first"], r["last"], r["quantity"], r["match"], r["here"], r["there"]) for r in page]
    assert said == [
        (1, 10, 10, "only_here", "used", None),
        (41, 50, 10, "elsewhere", "held", "used"),
        (56, 60, 5, "only_here", "held", None),
        (61, 62, 2, "only_there", None, "held"),
    ]
    balances = scene.client("vn1").get(answer["Location"] + "?format=json&table=balances").json()
    assert [(r["place"], r["here"], r["there"], r["difference"]) for r in balances] == [
        ("held", 20, 7, 13), ("used", 40, 40, 0),
    ]  # fmt: skip
    gaps = scene.client("vn1").get(answer["Location"] + "?format=json&table=gaps").json()
    assert gaps == [{"series": SERIES, "first": 56, "last": 60}]


def test_it_is_compared_with_the_ledger_as_it_stood_on_that_day(scene, partner, gone):
    before = days.today("JP") - timedelta(days=2)
    hand_in(scene, partner, f"serial,account\n{SERIES}-1-40,used\n", day=before.isoformat())
    found = partnering.reconciled(Statement.objects.get())
    assert [(p.first, p.last, p.match) for p in found.mismatches] == [(1, 40, "only_there")]


def test_units_that_came_back_are_no_longer_the_partners(scene, partner, gone):
    a6.order(scene, scene.accounts.buyer, scene.accounts.owner, 51, 60, approver="jp1")
    held = [b for b in partnering.held_here("JPN", days.today("JP") + timedelta(days=1)) if b[3] == "held"]
    assert held == [(SERIES, 41, 50, "held")]


def test_every_wrong_cell_is_named_and_nothing_is_kept(scene, partner):
    text = (
        "serial,account,quantity\n"
        f"{SERIES}-1-40,used,41\n"
        f'"{SERIES}-1,312-2,000",held,\n'
        f"{SERIES}-40-50,somewhere,11\n"
        f'{SERIES}-41-50,held,"1,0"\n'
        f"{SERIES}-30-45,held,\n"
    )
    named = problems(text)
    assert [(row, field) for _file, row, field, _value in named] == [
        (2, "quantity"), (3, "serial"), (4, "account"), (5, "quantity"), (6, "serial"), (6, "serial"),
    ]  # fmt: skip
    assert {file for file, *_rest in named} == {"a.csv"}
    answer = hand_in(scene, partner, text)
    assert answer.status_code == 422
    assert "somewhere" in answer.content.decode()
    assert (Statement.objects.count(), StatedBlock.objects.count(), Document.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("number", ["9" * 20, "9" * 90, "9" * 5000])
def test_a_number_too_large_to_be_kept_is_refused_by_its_cell(scene, partner, number):
    text = f"serial,account\n{SERIES}-1-{number},held\n"
    assert [(row, field) for _file, row, field, _value in problems(text)] == [(2, "serial")]
    assert hand_in(scene, partner, text).status_code == 422


def test_serials_of_others_are_read_with_the_blank_that_one_has_at_its_end(scene, partner):
    text = f"serial,account\n{VERRA} ,held\n{GOLD},held\nCA0003-VNM01-VNM-7-2024,used\n"
    hand_in(scene, partner, text)
    rows = StatedBlock.objects.order_by("row").values_list("series", "first", "last", "place")
    assert list(rows) == [
        ("verra-17310-VCS-4150-01032023-31122023", 823503762, 823591051, "held"),
        ("gold_standard-GS1-GS11732-2022-25700", 1, 100, "held"),
        ("itmo-CA0003-VNM01-VNM-2024", 7, 7, "used"),
    ]


def test_a_workbook_says_the_same_as_csv(scene, partner):
    book = openpyxl.Workbook()
    for row in (
        ["serial", "account", "quantity"],
        [],
        [f"{SERIES}-1-9", "held", 9],
        [f"{SERIES}-9-9", "used", 1],
    ):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(InputError) as caught:
        partners.read(stream.getvalue(), "a.xlsx")
    [only] = caught.value.problems
    assert (only.file, only.row, only.value, only.limit) == ("a.xlsx", 4, "9-9", "3")


def test_a_day_that_lies_ahead_and_an_empty_file_are_refused(scene, partner):
    ahead = (days.today("JP") + timedelta(days=3)).isoformat()
    assert hand_in(scene, partner, f"serial,account\n{SERIES}-1-9,held\n", day=ahead).status_code == 422
    assert hand_in(scene, partner, "serial,account\n").status_code == 422
    assert not Statement.objects.exists()


def test_the_original_is_kept_by_its_hash_and_entered_in_the_chain(scene, partner):
    text = f"serial,account\n{SERIES}-1-9,held\n"
    hand_in(scene, partner, text)
    row = Statement.objects.select_related("document").get()
    assert partnering.documents.read(row.document) == text.encode()
    assert row.by == scene.people["vn1"]
    assert "rows_created" in {entry.verb for entry in chain.entries()}


def test_a_note_stays_with_its_mismatch_while_both_books_say_the_same(scene, partner, gone):
    hand_in(scene, partner, f"serial,account\n{SERIES}-1-60,held\n")
    row = Statement.objects.get()
    path = f"{LIST}statements/{row.pk}/settle/?series={SERIES}&first=1"
    assert scene.client("vn1").post(path, {"text": ""}).status_code == 422
    assert scene.client("vn1").post(path, {"text": "Asked on Monday"}).status_code == 302
    note = SettlementNote.objects.get()
    assert (note.first, note.last, note.here, note.there, note.by) == (
        1,
        40,
        "used",
        "held",
        scene.people["vn1"],
    )
    [said] = json.loads(
        scene.client("vn2").get(row.get_absolute_url() + "?format=json&table=mismatches").content
    )
    assert "Asked on Monday" in said["note"]
    assert scene.client("vn1").get(path.replace("first=1", "first=2")).status_code == 404


@pytest.mark.parametrize("who", ["jp1", "owner", "observer", "tpe"])
def test_it_refuses_everybody_but_the_own_side(scene, partner, who):
    text = f"serial,account\n{SERIES}-1-9,held\n"
    assert hand_in(scene, partner, text, by=who).status_code in (403, 404)
    assert scene.client(who).get(partner.get_absolute_url()).status_code in (403, 404)
    assert not Statement.objects.exists()


def test_an_officer_without_the_duty_reads_and_hands_in_nothing(scene, partner):
    scene.people["vn2"].duties.filter(name="registrar").delete()
    assert scene.client("vn2").get(partner.get_absolute_url()).status_code == 200
    assert hand_in(scene, partner, f"serial,account\n{SERIES}-1-9,held\n", by="vn2").status_code == 403


def test_what_is_illustrative_says_so_wherever_it_is_shown(scene, partner):
    hand_in(scene, partner, f"serial,account\n{SERIES}-1-9,held\n", illustrative="on")
    row = Statement.objects.get()
    client = scene.client("vn1")
    for path in (LIST, partner.get_absolute_url(), row.get_absolute_url()):
        assert "llustrative" in client.get(path).content.decode()
    saved = client.get(row.get_absolute_url() + "?format=csv&table=mismatches-illustrative")
    assert "mismatches-illustrative.csv" in saved["Content-Disposition"]


def test_a_partner_is_entered_once_and_is_another_party(scene):
    given = {"party": "JPN", "name_en": "JCM registry", "source": "x", "quality": "unverified"}
    assert scene.client("vn1").post(f"{LIST}new/", given).status_code == 302
    assert scene.client("vn1").post(f"{LIST}new/", given).status_code == 422
    assert scene.client("vn1").post(f"{LIST}new/", {**given, "party": "VNM"}).status_code == 422
    made = PartnerRegistry.objects.get()
    assert (made.side, made.party, made.quality) == ("VN", "JPN", "unverified")


def test_a_program_reads_the_mismatches_with_their_notes_and_only_the_own_side_does(scene, partner, gone):
    hand_in(scene, partner, f"serial,account\n{SERIES}-1-40,used\n{SERIES}-41-50,held\n")
    row = Statement.objects.get()
    settle = f"{row.get_absolute_url()}settle/?series={SERIES}&first=51"
    scene.client("vn1").post(settle, {"text": "Asked on Monday"})
    path = f"/api/v1/registry/partners/statements/{row.pk}"
    said = scene.client("vn2").get(path).json()
    assert (said["agreed_t"], said["differing_t"], said["illustrative"]) == (50, 10, False)
    assert said["mismatches"] == [
        {"series": SERIES, "first": 51, "last": 60, "match": "only_here", "here": "held", "there": None,
         "note": "Asked on Monday"},
    ]  # fmt: skip
    assert scene.client("jp1").get(path).status_code == 404
    assert scene.client("owner").get(path).status_code == 403


def test_grant_money_of_a_party_is_no_unit_of_it(scene, partner, gone):
    granting.open_fund(
        scene.people["jp1"], code="fund", party="JPN", currency="USD", amount=Decimal(1000), title_en="Fund"
    )
    held = partnering.held_here("JPN", days.today("JP") + timedelta(days=1))
    assert {code for code, _first, _last, _place in held} == {SERIES}
