"""Deposits from a file: each wrong cell is named, and nothing is taken over until all are right."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trunghoa.portal.core.record.models import Document
from trunghoa.portal.systems.landfills import imports, series, uploads
from trunghoa.portal.systems.landfills.models import Deposit, DepositImport

GOOD = b"year,food,paper\n2015,100,10\n2016,110,11.5\n"


def book(rows, merge=()):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    for cells in merge:
        sheet.merge_cells(cells)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def problems(content, landfill, lang="vi"):
    return [
        (p.problem.row, p.column, p.problem.value) for p in imports.read(content, landfill, lang).problems
    ]


def messages(content, landfill, lang="vi"):
    return [str(p.problem) for p in imports.read(content, landfill, lang).problems]


def test_a_plain_csv_is_read_exactly(landfill):
    assert imports.read(GOOD, landfill, "vi").rows == [
        (2015, "food", Decimal(100)), (2015, "paper", Decimal(10)),
        (2016, "food", Decimal(110)), (2016, "paper", Decimal("11.5")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "lang"),
    [
        ("\ufeffNăm;Thực phẩm;Giấy\r\n2015;1.234,5;10\r\n".encode(), "vi"),
        ("Năm\tThực phẩm\tGiấy\n2015\t1.234,5\t10\n".encode("utf-16"), "vi"),
        ('年,食品,紙\n2015,"1,234.5",10\n'.encode(), "ja"),
        (b"Year,Food waste,Paper (t)\n2015,1234.5,10\n", "en"),
    ],
    ids=["bom-crlf-semicolon", "utf-16-tab", "japanese", "english"],
)
def test_what_people_save_is_read_in_their_own_way_of_writing(landfill, content, lang):
    reading = imports.read(content, landfill, lang)
    assert reading.problems == []
    assert reading.rows[0] == (2015, "food", Decimal("1234.5"))


@pytest.mark.parametrize("typed", ["1.000,5", "1,000.5", "1.000", "1,000", "1,5", "1.5", "-1,5"])
@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_a_number_typed_as_text_with_a_mark_in_it_is_refused_in_a_workbook(landfill, typed, lang):
    reading = imports.read(book([["Năm", "Thực phẩm"], [2015, typed]]), landfill, lang)
    [found] = reading.problems
    assert (found.problem.row, found.column, found.problem.value) == (2, "B", typed)
    assert found.problem.limit in typed
    assert reading.rows == []


@pytest.mark.parametrize("typed", ["1.000", "1,000", "12.500"])
@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_a_number_that_two_languages_read_differently_is_refused_in_a_text_file(landfill, typed, lang):
    content = f"Năm;Thực phẩm\n2015;{typed}\n".encode()
    assert problems(content, landfill, lang) == [(2, "B", typed)]


def test_a_workbook_with_a_merged_title_blank_rows_and_text_numbers_is_read(landfill):
    content = book(
        [
            ["Deposits of the site"],
            [],
            ["Năm", "Thực phẩm", "Giấy", "Ghi chú"],
            [2015, 12.5, 1.5, "cân xe"],
            [],
            [2016, "13", 2],
        ],
        ["A1:C1"],
    )
    reading = imports.read(content, landfill, "vi")
    assert reading.problems == []
    assert reading.rows == [
        (2015, "food", Decimal("12.5")), (2015, "paper", Decimal("1.5")),
        (2016, "food", Decimal("13.0")), (2016, "paper", Decimal("2.0")),
    ]  # fmt: skip


def test_a_header_merged_over_two_rows_is_read(landfill):
    content = book([["Năm", "Tấn"], [None, "Thực phẩm", "Giấy"], [2015, 1, 2]], ["A1:A2", "B1:C1"])
    assert imports.read(content, landfill, "vi").rows == [
        (2015, "food", Decimal(1)),
        (2015, "paper", Decimal(2)),
    ]


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        (["2015", "-5", "1"], (2, "B", "-5")),
        (["2015", "NaN", "1"], (2, "B", "NaN")),
        (["2015", "1e400", "1"], (2, "B", "1e400")),
        (["2015", "１２", "1"], (2, "B", "１２")),
        (["2015", "1.000,5", "=cmd|' /C calc'!A0"], (2, "C", "=cmd|' /C calc'!A0")),
        (["2015", "1", "12.5"], (2, "C", "12.5")),
        (["0", "1", "1"], (2, "A", "0")),
        (["9999", "1", "1"], (2, "A", "9999")),
        (["2015年度", "1", "1"], (2, "A", "2015年度")),
        (["Tổng", "1", "1"], (2, "A", "Tổng")),
        (["", "1", "1"], (2, "A", "")),
        (["2009", "1", "1"], (2, "A", "2009")),
        (["2015", "", ""], (2, "A", "")),
    ],
)
def test_each_bad_cell_is_named_with_row_and_column(landfill, cells, where):
    content = ("Năm;Thực phẩm;Giấy\n" + ";".join(cells) + "\n").encode()
    assert where in problems(content, landfill)
    assert all(message.strip() for message in messages(content, landfill))


def test_all_bad_cells_are_named_at_once(landfill):
    content = "Năm;Thực phẩm;Giấy\n2015;x;y\n2016;1;z\n".encode()
    assert problems(content, landfill) == [(2, "B", "x"), (2, "C", "y"), (3, "C", "z")]


def test_a_doubled_year_is_named_also_beside_other_faults(landfill):
    content = b"year,food\n2015,1\n2015,2\n2016,x\n"
    assert (3, "A", "2015") in problems(content, landfill)


def test_gap_years_are_refused_by_name(landfill):
    [message] = messages(b"year,food\n2015,1\n2018,2\n", landfill)
    assert "2016, 2017" in message


def test_a_deposit_after_the_closure_is_refused_with_the_year_of_closure(landfill):
    landfill.closed = 2016
    landfill.save()
    [message] = messages(b"year,food\n2015,1\n2016,1\n2017,2\n", landfill)
    assert "2017" in message
    assert "2016" in message


def test_types_may_not_exceed_the_stated_total(landfill):
    assert "more than the total" in messages(b"year,food,paper,total\n2015,80,40,100\n", landfill)[0]


def test_an_unknown_column_is_named_with_the_known_ones(landfill):
    reading = imports.read(b"year,food,gravel\n2015,1,2\n", landfill, "en")
    assert (reading.problems[0].column, reading.problems[0].problem.value) == ("C", "gravel")
    assert "food, garden" in str(reading.problems[0].problem)


def test_a_formula_that_was_never_computed_and_an_error_are_not_taken_for_empty_cells(landfill):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["year", "food", "paper"])
    sheet.append([2015, "=1+1", 1])
    sheet.append([2016, 3, "#REF!"])
    sheet["C3"].data_type = "e"
    stream = io.BytesIO()
    workbook.save(stream)
    assert problems(stream.getvalue(), landfill, "en") == [(2, "B", ""), (3, "C", "")]


def zip_of(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name.replace("__", "/").replace("CT", "[Content_Types].xml"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 text", "not a table"),
        (b"\xd0\xcf\x11\xe0rest", "old .xls"),
        (b"PK\x03\x04 broken", "damaged"),
        (zip_of(a="1"), "not an Excel workbook"),
        (
            zip_of(CT="1", xl__workbook="1", xl__vbaProject="1").replace(b"vbaProject", b"vbaProject"),
            "damaged",
        ),
        ("năm;thực phẩm".encode("cp1258", "replace"), "UTF-8"),
        (b"year,food\n2015,\x00\x01\n", "NUL"),
        (b"a,b\n1,2\n", "No row names a column"),
        (b"year\n2015\n", "No column holds a waste type"),
        (b'year,food\n2015,"1\n', "not a table"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(landfill, content, word):
    assert word in messages(content, landfill, "en")[0]


def test_a_macro_workbook_is_refused(landfill):
    stream = io.BytesIO(book([["year", "food"], [2015, 1]]))
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr("xl/vbaProject.bin", b"x")
    assert "macros" in messages(stream.getvalue(), landfill)[0]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(landfill):
    content = zip_of(CT="1", **{"xl__workbook.xml": "1", "xl__worksheets__sheet1.xml": b"0" * 20 * 2**20})
    assert len(content) < 2**20
    assert "unpacks to" in messages(content, landfill)[0]


def test_a_lie_about_the_size_does_not_help_a_zip_bomb(landfill):
    content = bytearray(
        zip_of(CT="1", **{"xl__workbook.xml": "1", "xl__worksheets__sheet1.xml": b"0" * 20 * 2**20})
    )
    true_size = (20 * 2**20).to_bytes(4, "little")
    lie = (1000).to_bytes(4, "little")
    assert content.count(true_size) == 2
    assert "unpacks to" in messages(bytes(content.replace(true_size, lie)), landfill)[0]


def test_too_many_rows_and_too_large_a_file_are_refused(landfill, settings):
    many = b"year,food\n" + b"2015,1\n" * (uploads.MAX_ROWS + 1)
    assert "at most 10000" in messages(many, landfill)[0]
    large = b"year,food\n" + b" " * (settings.DOCUMENT_MAX_BYTES + 1) + b"1"
    assert "at most 20 MiB" in messages(large, landfill)[0]


# The page


@pytest.fixture
def signed_in(client, people):
    client.force_login(people["operator"])
    return client


def hand_in(client, landfill, content, name="deposits.csv", lang="vi"):
    url = f"/{lang}/landfills/{landfill.place.code}/deposits/import/"
    data = {
        "file": SimpleUploadedFile(name, content),
        "source": "weighbridge",
        "quality": "verified",
        "revision": 1,
    }
    return client.post(url, data, follow=True)


def test_a_good_file_waits_for_confirmation_and_is_then_taken_over(signed_in, landfill):
    answer = hand_in(signed_in, landfill, GOOD)
    record = DepositImport.objects.get()
    assert record.outcome == "checked"
    assert Deposit.objects.filter(landfill=landfill).count() == 48
    page = answer.content.decode()
    assert page.count("<td>đã đổi</td>") + page.count("<td>changed</td>") == 2
    assert page.count("<td>removed</td>") + page.count("<td>bị bỏ</td>") == 14
    signed_in.post(f"/vi/landfills/{landfill.place.code}/deposits/import/{record.pk}/confirm/")
    assert list(landfill.deposits.values_list("year", "waste", "tonnes", "source", "quality")) == [
        (2015, "food", Decimal(100), "weighbridge", "verified"),
        (2015, "paper", Decimal(10), "weighbridge", "verified"),
        (2016, "food", Decimal(110), "weighbridge", "verified"),
        (2016, "paper", Decimal("11.5"), "weighbridge", "verified"),
    ]
    landfill.refresh_from_db()
    assert (landfill.revision, landfill.last_run.state) == (2, "queued")


def test_the_original_is_kept_byte_for_byte(signed_in, landfill):
    hand_in(signed_in, landfill, GOOD)
    document = Document.objects.get(pk=DepositImport.objects.get().document_id)
    assert b"".join(signed_in.get(f"/vi/record/documents/{document.pk}/content/").streaming_content) == GOOD


def test_with_one_wrong_cell_nothing_is_taken_over(signed_in, landfill):
    answer = hand_in(signed_in, landfill, b"year,food\n2015,1\n2016,<b>x</b>\n")
    record = DepositImport.objects.get()
    assert (record.outcome, record.rows) == ("refused", [])
    assert "&lt;b&gt;x&lt;/b&gt;" in answer.content.decode()
    signed_in.post(f"/vi/landfills/{landfill.place.code}/deposits/import/{record.pk}/confirm/")
    assert landfill.deposits.count() == 48


def test_the_list_of_wrong_cells_carries_no_formula_to_a_spreadsheet(signed_in, landfill):
    hand_in(signed_in, landfill, b"year,food\n2015,=cmd|x\n")
    url = f"/en/landfills/{landfill.place.code}/deposits/import/{DepositImport.objects.get().pk}/"
    assert "'=cmd|x" in signed_in.get(url + "?format=csv&table=problems").content.decode()


def test_a_second_click_on_confirm_changes_nothing(signed_in, landfill):
    hand_in(signed_in, landfill, GOOD)
    url = f"/vi/landfills/{landfill.place.code}/deposits/import/{DepositImport.objects.get().pk}/confirm/"
    signed_in.post(url)
    signed_in.post(url)
    landfill.refresh_from_db()
    assert landfill.revision == 2
    assert landfill.deposits.count() == 4


def test_a_file_checked_before_somebody_elses_change_is_not_taken_over(signed_in, landfill):
    hand_in(signed_in, landfill, GOOD)
    type(landfill).objects.filter(pk=landfill.pk).update(revision=5)
    url = f"/vi/landfills/{landfill.place.code}/deposits/import/{DepositImport.objects.get().pk}/confirm/"
    signed_in.post(url)
    assert landfill.deposits.count() == 48


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_the_template_of_each_language_can_be_handed_in_again(signed_in, landfill, lang):
    template = signed_in.get(f"/{lang}/landfills/{landfill.place.code}/deposits/template/").content
    reading = imports.read(template, landfill, lang)
    assert reading.problems == []
    before = series.stored(landfill)
    assert sorted(reading.rows) == [entry[:3] for entry in before]
    record = DepositImport(rows=series.rows_as_json(reading.rows, reading.sources), source="x")
    assert list(series.changes(before, series.proposed(before, record))) == []


def one_year_changed(landfill, source_column=False):
    """The series on record as a file, but for one year: 2016 from 50,000 t of food to 0.5 t."""
    years = {}
    for year, waste, tonnes, *_ in series.stored(landfill):
        years.setdefault(year, {})[waste] = f"{tonnes:f}"
    years[2016]["food"] = "0.5"
    lines = ["year,food,paper,plastic" + ",source" * source_column]
    for year, parts in years.items():
        source = ",recount" if source_column and year == 2017 else "," * source_column
        lines.append(f"{year},{parts['food']},{parts['paper']},{parts['plastic']}{source}")
    return "\n".join(lines).encode()


def take_over(client, landfill, content, quality="unverified"):
    url = f"/en/landfills/{landfill.place.code}/deposits/import/"
    data = {
        "file": SimpleUploadedFile("deposits.csv", content),
        "source": "weighbridge",
        "quality": quality,
        "revision": landfill.revision,
    }
    page = client.post(url, data, follow=True)
    record = DepositImport.objects.latest("pk")
    client.post(f"{url}{record.pk}/confirm/")
    landfill.refresh_from_db()
    return page


def on_which_years_rest(landfill):
    return {e.year: (e.source, e.quality) for e in series.stored(landfill)}


def test_years_whose_tonnes_stay_keep_their_source_and_quality(signed_in, landfill):
    before = on_which_years_rest(landfill)
    page = take_over(signed_in, landfill, one_year_changed(landfill))
    assert on_which_years_rest(landfill) == {**before, 2016: ("weighbridge", "unverified")}
    assert page.context["counted"] == {"tonnes": 1, "sources": 1, "qualities": 1, "kept": 15}


def test_a_source_that_the_file_states_for_a_year_is_counted_and_taken_over(signed_in, landfill):
    before = on_which_years_rest(landfill)
    page = take_over(signed_in, landfill, one_year_changed(landfill, source_column=True), "verified")
    expected = {2016: ("weighbridge", "verified"), 2017: ("recount", "verified")}
    assert on_which_years_rest(landfill) == before | expected
    assert page.context["counted"] == {"tonnes": 1, "sources": 2, "qualities": 0, "kept": 14}


def test_the_preview_puts_the_factor_of_the_largest_change_first(signed_in, landfill):
    page = take_over(signed_in, landfill, one_year_changed(landfill)).content.decode()
    assert "Largest change:" in page
    assert "2016: 100,000 t → 50,001 t (× 0.5" in page
