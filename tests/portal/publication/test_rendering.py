"""What comes out of a freeze: the same numbers in every language and format, the same bytes every time."""

import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from datetime import date

import openpyxl
import pypdf
import pytest

from trunghoa.portal.core.publication import guard, outline, pdf, rendering, sections, tasks
from trunghoa.portal.core.publication.blocks import (
    Column,
    Count,
    Name,
    Paragraph,
    Table,
    Text,
)
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.publication.manifest import Frozen
from trunghoa.portal.core.publication.words import LANGUAGES
from trunghoa.quantities import format_number

pytestmark = pytest.mark.once

TITLES = {"vi": "Báo cáo chung", "ja": "共同報告書", "en": "Joint report"}


def content(pdf: bytes) -> str:
    """Text outside artifacts. Typst tags headers, footers and repeated table headers as artifacts."""
    pages = []
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        open_marks: list[bool] = []
        parts: list[str] = []

        def before(operator, operands, cm, tm, open_marks=open_marks):
            if operator in (b"BMC", b"BDC"):
                open_marks.append(operands[0] == "/Artifact")
            elif operator == b"EMC":
                open_marks.pop()

        def text(words, cm, tm, font, size, open_marks=open_marks, parts=parts):
            if not any(open_marks):
                parts.append(words)

        page.extract_text(visitor_operand_before=before, visitor_text=text)
        pages.append("".join(parts))
    return "\n".join(pages)


def digit_runs(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+", text))


@pytest.fixture
def files(publication):
    return {(f.lang, f.format): f.content for f in rendering.render(publication)}


def outputs(publication):
    frozen = Frozen(publication)
    edition = outline.build(frozen)
    return {lang: rendering.voiced(edition, frozen, lang)[0] for lang in LANGUAGES}


def test_it_renders_three_languages_in_three_formats(files):
    assert set(files) == {(lang, form) for lang in LANGUAGES for form in ("html", "pdf", "xlsx")}


def test_it_prints_the_same_numbers_in_each_language(publication):
    said = {
        lang: Counter(
            (t.kind, t.backing["value"]) for t in guard.read_html(out.html).tokens if "value" in t.backing
        )
        for lang, out in outputs(publication).items()
    }
    assert said["vi"] == said["ja"] == said["en"]
    assert said["vi"]["number", "12345.678"] == 2, "once in the section's table in t, once in Annex A"
    assert said["vi"]["number", "12.345678"] == 1, "once in kt"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_holds_every_digit_of_the_html_and_no_other(publication, files, lang):
    output = outputs(publication)[lang]
    pieces = list(guard.read_document(output.document))
    wanted = digit_runs("\n".join("\n" if kind == "sub" else text for _, kind, text in pieces))
    reader = pypdf.PdfReader(io.BytesIO(files[lang, "pdf"]))
    # The table of contents says each heading once more, with its page.
    for entry in _flat(reader.outline):
        wanted += digit_runs(entry.title) + Counter([str(reader.get_destination_page_number(entry) + 1)])
    drawn = "\n".join(
        b["svg"] for part in output.document["parts"] for b in part["blocks"] if b["is"] == "chart"
    )
    wanted += digit_runs("\n".join(svg_texts(drawn)))
    found = digit_runs(content(files[lang, "pdf"]).replace("CO2", "").replace("CH4", ""))
    for key in ("CO2", "CH4"):  # written as subscripts or inside identifiers, they carry no number
        wanted -= Counter({key[-1]: sum(text.count(key) for _, kind, text in pieces if kind != "sub")})
    assert found == wanted


def _flat(entries):
    for entry in entries:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def svg_texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.mark.parametrize(
    ("lang", "words"),
    [("vi", "Hệ thống 8"), ("ja", "ナムソン第1処分場"), ("en", "Working draft: Joint report")],
)
def test_its_text_can_be_copied_out_of_the_pdf(files, lang, words):
    text = unicodedata.normalize("NFC", content(files[lang, "pdf"]))
    assert words in " ".join(text.split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_is_tagged_and_says_its_language(files, lang):
    reader = pypdf.PdfReader(io.BytesIO(files[lang, "pdf"]))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(lang)
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert reader.metadata.creation_date.date() == date(2026, 3, 1)
    fonts = {f.get_object()["/BaseFont"] for p in reader.pages for f in p["/Resources"]["/Font"].values()}
    assert all("NotoSansJP" in name for name in fonts)


def test_the_same_freeze_gives_the_same_bytes(publication, files):
    again = {(f.lang, f.format): f.content for f in rendering.render(publication)}
    assert again == files


def test_another_process_gives_the_same_bytes(publication):
    """Hash seeds, time zones and clocks differ from one process to the next."""
    document = outputs(publication)["vi"].document
    here = hashlib.sha256(pdf.compile_pdf(document)).hexdigest()
    code = (
        "import sys,json,hashlib\nfrom trunghoa.portal.core.publication import pdf\n"
        "print(hashlib.sha256(pdf.compile_pdf(json.load(sys.stdin))).hexdigest())"
    )
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima")):
        env = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "DJANGO_SETTINGS_MODULE": "trunghoa.portal.settings",
        }
        code_with_django = "import django\ndjango.setup()\n" + code
        run = subprocess.run(
            [sys.executable, "-c", code_with_django],
            input=json.dumps(document),
            env=env,
            capture_output=True,
            text=True,
        )
        assert run.stdout.strip() == here, run.stderr[-500:]


def test_a_long_table_breaks_over_pages_with_its_header_and_then_points_to_the_workbook(figures, registry):
    def many(rows):
        found = list(rows)
        cells = tuple((Name(f"Bãi {i}"), Count.over(found)) for i in range(150))
        return (
            Table(
                Text("Long"),
                (Column(Text("Landfill site")), Column(Text("Figures"), numeric=True)),
                cells,
                limit=120,
            ),
        )

    registry["S8"] = sections.Section("S8", "x", print, print, lambda rows: Paragraph("Nothing."), many)
    publication = freeze("long", TITLES, on=date(2026, 3, 1))
    out = {(f.lang, f.format): f.content for f in rendering.render(publication)}
    pages = [p.extract_text() for p in pypdf.PdfReader(io.BytesIO(out["en", "pdf"])).pages]
    assert sum("Landfill site" in p for p in pages) >= 3
    whole = "\n".join(pages)
    assert "Bãi 119" in whole
    assert "Bãi 120" not in whole
    assert "figures-en.xlsx" in whole


def test_a_heading_of_level_two_stands_under_the_title_of_its_part(publication, files):
    html = files["vi", "html"].decode()
    assert html.count("<h1>") == 1
    assert "<h3>Reductions</h3>" in html
    assert format_number(-54321.0987, "vi", 2) in html


def test_a_draft_says_so_and_marks_what_is_not_verified(files):
    html = files["en", "html"].decode()
    assert "<h1>Working draft: " in html
    assert '1,999.5</data><sup class="quality-mark" data-quality="unverified">†</sup>' in html
    assert "‡</sup>" in html
    body = html.partition("<body>")[2]
    assert "<style" not in body
    assert " style=" not in html
    assert "<script" not in html


def test_a_kept_file_is_not_rendered_twice_and_comes_out_the_same(publication, tmp_path, monkeypatch):
    tasks.produce(publication)
    assert tasks.reproduce(publication) == []
    monkeypatch.setattr(tasks, "render", None)
    tasks.produce(publication)
    names = {p.name for p in tasks.write(publication, tmp_path / "out")}
    assert {"jwg-2026-vi.pdf", "jwg-2026-ja.html", "jwg-2026.manifest.json"} <= names


def test_the_job_renders_once_and_releases_nothing(publication):
    assert tasks.render_files.call("jwg-2026") == publication.manifest_sha256
    kept = sorted(publication.files.values_list("document_id", flat=True))
    tasks.render_files.call("jwg-2026")
    publication.refresh_from_db()
    assert sorted(publication.files.values_list("document_id", flat=True)) == kept
    assert publication.state == "draft"
    assert publication.manifest.classification == "officers"


def test_the_archived_file_names_its_one_style_by_hash_and_allows_nothing_else(files):
    html = files["ja", "html"].decode()
    [css] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in html
    assert "url(" not in css
    assert "@import" not in css


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_can_be_read_aloud(files, lang):
    """What PDF/UA asks for and can be read off the file: structure, title, bookmarks, headers, words."""
    reader = pypdf.PdfReader(io.BytesIO(files[lang, "pdf"]))
    root = reader.trailer["/Root"]
    kinds = Counter(element["/S"] for element in structure(root["/StructTreeRoot"]))
    assert kinds["/Table"] > 5
    assert kinds["/TH"] > kinds["/Table"]
    assert kinds["/H1"] == len(_parts(reader)) + 1, "the parts and the list of contents"
    assert kinds["/Figure"] == 1
    [figure] = [e for e in structure(root["/StructTreeRoot"]) if e["/S"] == "/Figure"]
    assert figure["/Alt"] == "Bars of methane for each year"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert TITLES[lang] in reader.metadata.title
    assert [n for n, page in enumerate(reader.pages) if "/StructParents" not in page] == []
    assert all(page.get("/Tabs", "/S") == "/S" for page in reader.pages)


def _parts(reader):
    """Bookmarks of the first level below the title."""
    return [entry for entry in reader.outline if not isinstance(entry, list)]


def structure(node):
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from structure(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from structure(node["/K"])


@pytest.fixture
def each(publication, files):
    """The numbers of each language in each format."""
    frozen = Frozen(publication)
    return {lang: numbers_of(lang, files, frozen) for lang in LANGUAGES}


def numbers_of(lang, files, frozen):
    html = files[lang, "html"].decode()
    values = Counter(
        (t.kind, t.backing.get("value") or t.backing.get("period") or t.backing["datetime"])
        for t in guard.read_html(html[html.index("<main>") :].partition("</main>")[0]).tokens
        if t.kind in guard.NUMBERS
    )
    book = openpyxl.load_workbook(io.BytesIO(files[lang, "xlsx"]))
    cells = Counter(
        c.value for sheet in book.worksheets for row in sheet for c in row if isinstance(c.value, int | float)
    )
    return values, cells


def test_every_format_holds_the_same_numbers_in_each_language(each):
    html, cells = each["vi"]
    assert sum(html.values()) > 80
    assert sum(cells.values()) > 20
    assert each["ja"] == each["en"] == each["vi"]
