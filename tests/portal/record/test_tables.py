"""One description of a table gives the page and its downloads."""

import csv
import io
import json
from decimal import Decimal

import python_calamine
from django.test import RequestFactory
from django.utils import translation

from trunghoa.portal.core.record.tables import Column, Table, as_csv, as_json, as_xlsx, download

ROWS = [("=cmd|' /C calc'!A0", Decimal("1234.5")), ("<b>Nam Sơn</b>", Decimal("-0.25"))]
COLUMNS = [Column("name", "Tên", lambda r: r[0]), Column("amount", "Lượng", lambda r: r[1], numeric=True)]


def table():
    return Table("sites", COLUMNS, ROWS)


def test_the_page_escapes_text_and_writes_numbers_in_the_readers_way():
    with translation.override("vi"):
        body = table().body()
    assert "&lt;b&gt;Nam Sơn&lt;/b&gt;" in body
    assert '<td class="number">1.235</td>' in body or '<td class="number">1.234</td>' in body
    assert '<td class="number">−0,2500</td>' in body


def test_downloads_carry_exact_numbers_whatever_the_language():
    with translation.override("vi"):
        rows = list(csv.DictReader(io.StringIO(as_csv(table())[0].decode("utf-8-sig"))))
        assert [r["amount"] for r in rows] == ["1234.5", "-0.25"]
        assert json.loads(as_json(table())[0])[0]["amount"] == "1234.5"


def test_text_that_a_spreadsheet_would_run_is_disarmed():
    rows = list(csv.DictReader(io.StringIO(as_csv(table())[0].decode("utf-8-sig"))))
    assert rows[0]["name"].startswith("'=cmd")
    sheet = python_calamine.load_workbook(io.BytesIO(as_xlsx(table())[0])).get_sheet_by_index(0).to_python()
    assert sheet[1] == ["=cmd|' /C calc'!A0", 1234.5]


def test_the_same_table_gives_the_same_bytes():
    assert as_xlsx(table())[0] == as_xlsx(table())[0]


def test_an_unknown_format_is_refused_with_words():
    with translation.override("en"):
        answer = download(RequestFactory().get("/?format=exe&table=sites"), table())
    assert answer.status_code == 404
    assert "format" in answer.content.decode()
    assert download(RequestFactory().get("/"), table()) is None
