"""The plan as a workbook: handed out, changed, handed in and taken over; or every wrong cell named."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trunghoa.portal.systems.workplan import applying, reading, workbook
from trunghoa.portal.systems.workplan.models import Activity, Budget, Milestone, PlanImport
from trunghoa.portal.systems.workplan.sheets import SHEETS, content_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity(make_activity):
    row = make_activity("A-01", "proposed", title_ja="活動")
    Milestone.objects.create(
        activity=row, title_vi="Mốc", due=date(2026, 3, 31), owing="VN", weight=Decimal("1.5")
    )
    Budget.objects.create(
        activity=row, currency="VND", amount=Decimal("250000000000"), stage="needed", source="letter",
        payer_text="The city",
    )  # fmt: skip
    return row


@pytest.fixture
def book(activity, plan, parties):
    return openpyxl.load_workbook(io.BytesIO(workbook.write(content_of(plan, parties["vn1"]))))


def column(sheet, key):
    return [column.key for column in SHEETS[sheet]].index(key) + 1


def put(book, sheet, key, value, row=3):
    book[sheet].cell(row, column(sheet, key)).value = value


def handed_in(book, plan, user):
    stream = io.BytesIO()
    book.save(stream)
    return reading.read(stream.getvalue(), plan, user, "en")


def test_what_was_not_changed_changes_nothing(book, plan, parties):
    found = handed_in(book, plan, parties["vn1"])
    assert (found.changes, found.problems) == ([], [])


def test_changes_and_new_rows_are_taken_over(book, plan, parties, activity):
    put(book, "activities", "title_en", "An activity")
    put(book, "milestones", "due", date(2026, 4, 30))
    put(book, "budgets", "amount", 300_000_000_000)
    for key, value in {
        "ref": "A-01",
        "title_vi": "Mốc 2",
        "due": "2026-05-31",
        "owing": "JP",
        "weight": 2,
    }.items():
        put(book, "milestones", key, value, row=4)
    found = handed_in(book, plan, parties["vn1"])
    assert found.problems == []
    assert applying.apply(found) == 4
    activity.refresh_from_db()
    assert (activity.title_en, activity.revision) == ("An activity", 2)
    assert [(m.due, m.owing, m.weight) for m in activity.milestones.all()] == [
        (date(2026, 4, 30), "VN", Decimal("1.5")), (date(2026, 5, 31), "JP", Decimal(2)),
    ]  # fmt: skip
    assert activity.budgets.get().amount == Decimal(300_000_000_000)


def test_a_new_activity_becomes_a_draft_of_its_side(book, plan, parties):
    row = {"ref": "new-1", "system": "S2", "title_vi": "Mới", "source": "minutes", "quality": "unverified"}
    for key, value in row.items():
        put(book, "activities", key, value, row=4)
    assert applying.apply(handed_in(book, plan, parties["jp1"])) == 1
    made = Activity.objects.get(title_vi="Mới")
    assert (made.ref, made.state, made.drafted_at) == ("2026-S2-01", "draft", "JP")


def test_a_row_is_taken_out_by_its_mark(book, plan, parties, activity):
    put(book, "milestones", "remove", "x")
    applying.apply(handed_in(book, plan, parties["vn1"]))
    assert not activity.milestones.exists()


@pytest.mark.parametrize(
    ("sheet", "key", "value", "said"),
    [
        ("milestones", "due", "31.02.26", "is not a date"),
        ("milestones", "due", "2026-13-01", "is not a date"),
        ("milestones", "weight", "much", "weight|number|amount"),
        ("budgets", "amount", 10.5, "more decimals"),
        ("budgets", "currency", "EUR", ""),
        ("activities", "system", "S2", "for reading"),
        ("activities", "also_system", "S99", ""),
        ("activities", "lead_vn", "nobody", ""),
        ("activities", "state", "agreed", "for reading"),
        ("activities", "ref", "A-09", "stays as it is"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_taken_over(book, plan, parties, sheet, key, value, said):
    put(book, sheet, key, value)
    found = handed_in(book, plan, parties["vn1"])
    [problem] = [p for p in found.problems if p.sheet == sheet][:1]
    letter = openpyxl.utils.get_column_letter(column(sheet, key))
    assert (problem.row, problem.column) == (3, letter)
    assert any(word in problem.text for word in said.split("|")), problem.text


def test_every_wrong_cell_is_named_at_once(book, plan, parties):
    put(book, "milestones", "due", "soon")
    put(book, "budgets", "amount", "much")
    put(book, "activities", "due", "later")
    sheets = [problem.sheet for problem in handed_in(book, plan, parties["vn1"]).problems]
    assert sheets == ["activities", "milestones", "budgets"]


def test_a_file_older_than_the_record_is_refused(book, plan, parties, activity):
    put(book, "activities", "title_en", "An activity")
    Activity.objects.filter(pk=activity.pk).update(revision=2)
    [problem] = handed_in(book, plan, parties["vn1"]).problems
    assert "after the file was made" in problem.text


def test_text_that_a_spreadsheet_would_run_stays_text(make_activity, plan, parties):
    make_activity("A-02", "proposed", title_vi='=HYPERLINK("http://x")')
    book = openpyxl.load_workbook(io.BytesIO(workbook.write(content_of(plan, parties["vn1"]))))
    cell = book["activities"].cell(3, column("activities", "title_vi"))
    assert (cell.data_type, cell.number_format) == ("s", "@")


def test_it_goes_round_through_the_pages(client, book, plan, parties, activity, settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path
    client.force_login(parties["vn1"])
    put(book, "activities", "title_en", "An activity")
    stream = io.BytesIO()
    book.save(stream)
    name = "plan.xlsx"
    answer = client.post(
        "/en/workplan/plans/2026/import/", {"file": SimpleUploadedFile(name, stream.getvalue())}
    )
    record = PlanImport.objects.get()
    assert (answer.status_code, record.outcome) == (302, "checked")
    assert "An activity" in client.get(answer["Location"]).content.decode()
    activity.refresh_from_db()
    assert activity.title_en == ""
    for _twice in range(2):
        client.post(f"{answer['Location']}confirm/")
    activity.refresh_from_db()
    assert (activity.title_en, activity.revision) == ("An activity", 2)
