"""Making, forking and changing a scenario; nobody overwrites what they have not seen."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trunghoa.portal.core.audit.models import AuditEntry
from trunghoa.portal.systems.scenarios import tasks, workbook
from trunghoa.portal.systems.scenarios.description import standing_edits
from trunghoa.portal.systems.scenarios.models import Edit, Scenario, TablesImport

from .conftest import run_now

pytestmark = pytest.mark.django_db
ROOM = "/en/scenarios/"
STEEL = "?k=VN&k=industry&k=steel&year=2050"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def value_of(scenario, table, keys, year=None, bound=""):
    records = tasks.tables_of(scenario).records(table)
    return next((r.value for r in records if tasks.target_of(r) == (tuple(keys), bound, year)), None)


def steel(value="70", revision=1, **more):
    return {
        "k": ["VN", "industry", "steel"], "region": "VN", "sector": "industry", "service": "steel",
        "year": "2050", "value": value, "quality": "unverified", "source": "steel plan 2024",
        "revision": revision, **more,
    }  # fmt: skip


def form_of(scenario, **more):
    return {
        "title_vi": scenario.title_vi, "analysis": "single", "quality": "illustrative", "source": "study",
        "revision": scenario.revision, **more,
    }  # fmt: skip


def test_a_new_scenario_belongs_to_its_makers_organisation(signed_in, model, people):
    given = {
        "model": model.pk, "title_vi": "Điện mặt trời", "title_en": "More solar", "analysis": "single",
        "quality": "illustrative", "source": "study", "revision": 0, "foresight": "perfect",
        "years": "2020 2030 2050",
    }  # fmt: skip
    answer = signed_in("ann").post(f"{ROOM}new/", given)
    assert answer["Location"] == f"{ROOM}more-solar/levers/"
    scenario = Scenario.objects.get()
    assert (scenario.owner, scenario.created_by, scenario.state) == (
        people["ann"].organisation, people["ann"], "own",
    )  # fmt: skip
    assert scenario.settings == {"foresight": "perfect", "years": "2020 2030 2050"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("years", "2030 2020", "must be years in rising order"),
        ("years", "20x0", "is not a number"),
        ("source", "", "This field is required."),
    ],
)
def test_what_cannot_be_run_is_not_made(signed_in, model, field, value, said):
    given = {
        "model": model.pk, "title_vi": "X", "analysis": "single", "quality": "illustrative",
        "source": "study", "revision": 0, field: value,
    }  # fmt: skip
    answer = signed_in("ann").post(f"{ROOM}new/", given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Scenario.objects.exists()


def test_a_sweep_asks_for_its_prices(signed_in, make):
    scenario = make()
    client = signed_in("ann")
    answer = client.post(f"{ROOM}mine/edit/", form_of(scenario, analysis="sweep", prices="9:0:1"))
    assert answer.status_code == 422
    assert "is not a list of prices" in answer.content.decode()
    client.post(f"{ROOM}mine/edit/", form_of(scenario, analysis="sweep", prices="0:60:20"))
    scenario.refresh_from_db()
    assert scenario.choices == {"method": "simplex", "prices": "0:60:20"}


def test_a_fork_begins_where_the_other_stands_and_leaves_it_alone(signed_in, make, people):
    origin = make("origin", state="published", levers=[["less_demand", "0.5"]])
    origin.edits.create(
        table="demand", keys=["VN", "industry", "steel"], year=2050, value="80", source="s", by=people["ann"]
    )
    run_now(origin)
    answer = signed_in("local").post(f"{ROOM}origin/fork/")
    copy = Scenario.objects.exclude(pk=origin.pk).get()
    assert answer["Location"] == f"{ROOM}{copy.code}/edit/"
    assert (copy.parent, copy.owner, copy.state) == (origin, people["local"].organisation, "own")
    assert tasks.inputs_sha256(copy) == tasks.inputs_sha256(origin)
    assert copy.shown_run == origin.shown_run
    signed_in("local").post(f"{ROOM}{copy.code}/tables/demand/row/", steel("99", revision=copy.revision))
    assert value_of(copy, "demand", ["VN", "industry", "steel"], 2050) == 99
    assert value_of(origin, "demand", ["VN", "industry", "steel"], 2050) == 80


def test_a_changed_number_holds_in_this_scenario_and_is_marked(signed_in, make):
    scenario, other = make(), make("other")
    client = signed_in("ann")
    page = client.get(f"{ROOM}mine/tables/demand/row/{STEEL}").content.decode()
    assert 'value="60"' in page
    assert client.post(f"{ROOM}mine/tables/demand/row/", steel()).status_code == 302
    assert value_of(scenario, "demand", ["VN", "industry", "steel"], 2050) == 70
    assert value_of(other, "demand", ["VN", "industry", "steel"], 2050) == 60
    page = client.get(f"{ROOM}mine/tables/demand/?q=steel").content.decode()
    assert '<strong>70.00</strong> <span class="mark">changed</span>' in page
    assert "steel plan 2024" in page
    assert "paddy" not in page


def test_a_number_keeps_all_its_digits_through_the_form(signed_in, make):
    scenario = make()
    client = signed_in("ann")
    client.post(f"{ROOM}mine/tables/demand/row/", steel("60.123456789"))
    scenario.refresh_from_db()
    page = client.get(f"{ROOM}mine/tables/demand/row/{STEEL}").content.decode()
    assert 'value="60.123456789"' in page
    client.force_login(scenario.created_by)
    vietnamese = client.get(f"/vi/scenarios/mine/tables/demand/row/{STEEL}").content.decode()
    assert 'value="60,123456789"' in vietnamese


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": "many"}, "is not a number"),
        ({"value": "-3"}, "is outside"),
        ({"value": ""}, "This field is required."),
        ({"source": ""}, "This field is required."),
    ],
)
def test_a_wrong_cell_is_refused_with_its_reason(signed_in, make, change, said):
    make()
    answer = signed_in("ann").post(f"{ROOM}mine/tables/demand/row/", steel(**change))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Edit.objects.exists()


def test_what_the_whole_model_would_refuse_is_not_kept(signed_in, make):
    make()
    row = {
        "region": "VN", "sector": "power", "device": "coal_plant", "service": "steel", "bound": "min",
        "year": "", "value": "0.5", "quality": "unverified", "source": "s", "revision": 1,
    }  # fmt: skip
    answer = signed_in("ann").post(f"{ROOM}mine/tables/device_share/row/", row)
    assert answer.status_code == 422
    assert "device_share.csv" in answer.content.decode()
    assert not Edit.objects.exists()


def test_two_who_edit_at_once_both_learn_of_it_and_nothing_typed_is_lost(signed_in, make):
    scenario = make()
    signed_in("ben").post(f"{ROOM}mine/tables/demand/row/", steel("80"))
    answer = signed_in("ann").post(f"{ROOM}mine/tables/demand/row/", steel("70"))
    assert answer.status_code == 409
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    assert "Somebody changed this meanwhile." in page
    assert re.search(r"Value \W*80\W* \W*70", page)
    assert value_of(scenario, "demand", ["VN", "industry", "steel"], 2050) == 80
    # Saving again is a decision.
    signed_in("ann").post(f"{ROOM}mine/tables/demand/row/", steel("70", revision=2))
    assert value_of(scenario, "demand", ["VN", "industry", "steel"], 2050) == 70


def test_titles_changed_by_two_are_shown_side_by_side(signed_in, make):
    scenario = make()
    stale = form_of(scenario, title_en="Mine")
    signed_in("ben").post(f"{ROOM}mine/edit/", form_of(scenario, title_en="Yours"))
    answer = signed_in("ann").post(f"{ROOM}mine/edit/", stale)
    assert answer.status_code == 409
    assert "Yours" in answer.content.decode()
    scenario.refresh_from_db()
    assert scenario.title_en == "Yours"


def test_undoing_brings_back_what_stood_before(signed_in, make):
    scenario = make()
    client = signed_in("ann")
    keys = ["VN", "industry", "steel"]
    client.post(f"{ROOM}mine/tables/demand/row/", steel("70"))
    client.post(f"{ROOM}mine/tables/demand/row/", steel("80", revision=2))
    for expected, revision in ((70, 3), (60, 4)):
        latest = standing_edits(scenario)[0]
        assert "Undo a change" in client.get(f"{ROOM}mine/edits/{latest.pk}/undo/").content.decode()
        client.post(f"{ROOM}mine/edits/{latest.pk}/undo/", {"revision": revision})
        assert value_of(scenario, "demand", keys, 2050) == expected
    assert Edit.objects.filter(undone_by__username="ann").count() == 2
    # A second undoing finds nothing, a stale one changes nothing.
    assert client.post(f"{ROOM}mine/edits/{latest.pk}/undo/", {"revision": 5}).status_code == 404


def test_a_row_is_taken_out_here_and_stays_in_the_model(signed_in, make):
    scenario = make()
    client = signed_in("ann")
    row = {
        "k": ["VN", "power", "solar"], "region": "VN", "sector": "power", "device": "solar",
        "revision": 1, "remove": "1",
    }  # fmt: skip
    client.post(f"{ROOM}mine/tables/operating_change/row/", row)
    assert value_of(scenario, "operating_change", ["VN", "power", "solar"]) is None
    page = client.get(f"{ROOM}mine/tables/operating_change/").content.decode()
    assert "taken out" in page


def test_who_changed_what_stands_on_the_pages_and_in_the_log(signed_in, make):
    make()
    client = signed_in("ann")
    client.post(f"{ROOM}mine/tables/demand/row/", steel())
    rows = client.get(f"{ROOM}mine/tables/?format=json&table=edits").json()
    assert [(r["by"], r["table"], r["value"], r["source"]) for r in rows] == [
        ("ann", "demand", "70", "steel plan 2024")
    ]
    client.post(f"{ROOM}mine/levers/", {"lever-less_demand": "0.5", "revision": 2})
    page = client.get(f"{ROOM}mine/").content.decode()
    assert "History of changes" in page
    assert "less_demand" in page
    assert AuditEntry.objects.filter(object_type="scenarios.scenario").count() >= 3


def test_levers_keep_the_order_in_which_they_were_first_pulled(signed_in, make):
    scenario = make()
    client = signed_in("ann")
    client.post(f"{ROOM}mine/levers/", {"lever-less_demand": "1", "revision": 1})
    given = {"lever-less_demand": "0.5", "lever-carbon_price": "200", "revision": 2}
    client.post(f"{ROOM}mine/levers/", given)
    scenario.refresh_from_db()
    assert scenario.levers == [["less_demand", "0.5"], ["carbon_price", "200"]]
    assert client.post(f"{ROOM}mine/levers/", {"lever-less_demand": "x", "revision": 3}).status_code == 422


def book_of(client):
    return openpyxl.load_workbook(io.BytesIO(client.get(f"{ROOM}mine/workbook/").content))


def hand_in(client, book):
    stream = io.BytesIO()
    book.save(stream)
    file = SimpleUploadedFile("tables.xlsx", stream.getvalue(), content_type=XLSX)
    return client.post(f"{ROOM}mine/import/", {"file": file}, follow=True)


def row_of(sheet, *keys, year=None):
    for row in sheet.iter_rows(min_row=3):
        cells = [c.value for c in row]
        if tuple(cells[: len(keys)]) == keys and (year is None or year in cells):
            return row
    raise AssertionError(keys)


def column(sheet, key):
    return [c.value for c in sheet[1]].index(key)


def test_the_workbook_handed_in_unchanged_changes_nothing(signed_in, make):
    make()
    client = signed_in("ann")
    page = hand_in(client, book_of(client)).content.decode()
    assert "The file says what is on record already." in page
    assert not TablesImport.objects.get().content["edits"]


def test_a_workbook_is_looked_at_before_it_is_taken_over(signed_in, make):
    scenario = make()
    client = signed_in("ann")
    book = book_of(client)
    sheet = book["demand"]
    row = row_of(sheet, "VN", "industry", "steel", year=2050)
    row[column(sheet, "value")].value = 75.5
    row[column(sheet, "source")].value = "steel plan 2025"
    gone = row_of(book["operating_change"], "VN", "power", "solar")
    gone[column(book["operating_change"], "remove")].value = "x"
    page = hand_in(client, book).content.decode()
    assert "What would change" in page
    assert value_of(scenario, "demand", ["VN", "industry", "steel"], 2050) == 60
    record = TablesImport.objects.get()
    client.post(f"{ROOM}mine/import/{record.pk}/confirm/")
    assert value_of(scenario, "demand", ["VN", "industry", "steel"], 2050) == 75.5
    assert value_of(scenario, "operating_change", ["VN", "power", "solar"]) is None
    assert Edit.objects.count() == 2
    # A second click changes nothing.
    client.post(f"{ROOM}mine/import/{record.pk}/confirm/")
    assert Edit.objects.count() == 2


def test_every_wrong_cell_of_a_workbook_is_named_and_nothing_is_taken_over(signed_in, make):
    make()
    client = signed_in("ann")
    book = book_of(client)
    sheet = book["demand"]
    value, year, source = (column(sheet, key) for key in ("value", "year", "source"))
    sheet["A3"].value = "Mars"
    sheet.cell(4, value + 1).value = "lots"
    sheet.cell(5, value + 1).value = -1
    sheet.cell(6, year + 1).value = 20300
    sheet.cell(7, value + 1).value = 5
    sheet.cell(7, source + 1).value = None
    sheet.append([c.value for c in sheet[8]])
    book["stock_limit"].cell(3, column(book["stock_limit"], "bound") + 1).value = "most"
    hand_in(client, book)
    record = TablesImport.objects.get()
    assert record.outcome == "refused"
    found = {(p["sheet"], p["row"], p["column"]) for p in record.problems}
    letter = "ABCDEFGH"
    assert found == {
        ("demand", 3, "A"), ("demand", 4, letter[value]), ("demand", 5, letter[value]),
        ("demand", 6, letter[year]), ("demand", 7, letter[source]), ("demand", sheet.max_row, "A"),
        ("stock_limit", 3, letter[column(book["stock_limit"], "bound")]),
    }  # fmt: skip
    assert not Edit.objects.exists()
    assert client.post(f"{ROOM}mine/import/{record.pk}/confirm/").status_code == 302
    assert not Edit.objects.exists()


def test_a_file_checked_before_somebody_else_changed_is_not_taken_over(signed_in, make):
    scenario = make()
    client = signed_in("ann")
    book = book_of(client)
    row = row_of(book["demand"], "VN", "industry", "steel", year=2050)
    row[column(book["demand"], "value")].value = 75
    hand_in(client, book)
    signed_in("ben").post(f"{ROOM}mine/tables/demand/row/", steel("80"))
    record = TablesImport.objects.get()
    page = signed_in("ann").post(f"{ROOM}mine/import/{record.pk}/confirm/", follow=True).content.decode()
    assert "Somebody changed the scenario after the file was checked." in page
    assert value_of(scenario, "demand", ["VN", "industry", "steel"], 2050) == 80


def test_a_file_that_is_no_workbook_of_the_model_is_refused(signed_in, make):
    make()
    client = signed_in("ann")
    answer = hand_in(client, openpyxl.Workbook())
    assert answer.status_code == 422
    assert "The workbook has no sheet that is a table of the model." in answer.content.decode()


def test_the_same_scenario_gives_the_same_workbook(make):
    scenario = make()
    assert workbook.write(scenario, "vi") == workbook.write(scenario, "vi")
