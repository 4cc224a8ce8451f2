"""Who sees a publication, how it is downloaded, and whose file this is."""

import hashlib
import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from trunghoa.portal.core.publication import tasks
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.publication.manifest import Frozen
from trunghoa.portal.core.publication.workbook import workbook
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record import figures as record_figures


def address(name, *args, lang="vi"):
    with translation.override(lang):
        return reverse(f"publication:{name}", args=args)


@pytest.fixture
def draft(publication):
    return tasks.produce(publication)


@pytest.fixture
def released(draft):
    tasks.release_to_public(draft)
    return draft


def test_a_released_report_is_public(client, released):
    page = client.get(address("page", released.slug))
    assert page.status_code == 200
    text = page.content.decode()
    assert '<data value="12345.678"' in text
    assert 'class="figure"' not in text, "a figure's own page asks for a sign-in"
    assert released.slug in client.get(address("list")).content.decode()


def test_each_number_opens_its_provenance_for_who_is_signed_in(client, people, released):
    client.force_login(people["observer"])
    text = client.get(address("page", released.slug)).content.decode()
    [pk] = set(re.findall(r'<data value="1999.5" data-figure="(\d+)"', text))
    with translation.override("vi"):
        assert f'<a class="figure" href="{reverse("record:figure", args=[pk])}"><data value="1999.5"' in text


class Nesting(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links = 0

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.links += 1
            assert self.links == 1, "a link in a link"

    def handle_endtag(self, tag):
        self.links -= tag == "a"


def test_no_link_stands_in_a_link(client, people, released):
    client.force_login(people["officer"])
    Nesting().feed(client.get(address("page", released.slug)).content.decode())


def test_the_page_speaks_the_language_of_its_address(client, released):
    assert "合同報告書" in client.get(address("page", released.slug, lang="ja")).content.decode()
    assert (
        '<h1>Working draft: <span class="name">Joint report</span></h1>'
        in client.get(address("page", released.slug, lang="en")).content.decode()
    )


@pytest.mark.parametrize("role", ["locality", "operator", "verifier", "researcher", "observer", None])
@pytest.mark.parametrize("name", ["page", "manifest", "file"])
def test_a_draft_is_for_officers_only(client, people, draft, role, name):
    args = (draft.slug, "vi", "pdf") if name == "file" else (draft.slug,)
    if role:
        client.force_login(people[role])
    assert client.get(address(name, *args)).status_code == 404
    assert draft.slug not in client.get(address("list")).content.decode()
    client.force_login(people["officer"])
    assert client.get(address(name, *args)).status_code == 200


def test_a_file_is_served_byte_for_byte_as_a_download(client, released):
    kept = released.files.get(lang="ja", format="pdf").document
    answer = client.get(address("file", released.slug, "ja", "pdf"))
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == kept.sha256 == answer["ETag"].strip('"')
    assert answer["Content-Disposition"].startswith("attachment")
    again = client.get(address("file", released.slug, "ja", "pdf"), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert client.get(address("file", released.slug, "fr", "pdf")).status_code == 404


def test_it_knows_its_own_files_and_no_others(client, released):
    kept = released.files.get(lang="vi", format="xlsx").document
    content = documents.read(kept)

    def asked(bytes_):
        upload = SimpleUploadedFile("x.xlsx", bytes_)
        return client.post(address("check", lang="en"), {"file": upload}).content.decode()

    assert f"This is {kept.filename}, of" in asked(content)
    assert "not a file published here" in asked(content[:-1] + b"!")


def test_a_printed_copy_is_known_by_the_hash_in_its_header(client, released):
    answer = client.get(address("check", lang="en"), {"sha256": released.manifest_sha256[:16].upper()})
    assert "jwg-2026.manifest.json" in answer.content.decode()
    two_lines = f"sha256:{released.manifest_sha256[:32]}\n{released.manifest_sha256[32:]}"
    answer = client.post(address("check", lang="en"), {"sha256": two_lines})
    assert "jwg-2026.manifest.json" in answer.content.decode()


@pytest.mark.parametrize("typed", ["abc", "0" * 65, "zz" * 10, "%"])
def test_what_is_no_hash_is_refused(client, released, typed):
    assert client.post(address("check"), {"sha256": typed}).status_code == 422


def test_the_check_does_not_tell_of_drafts(client, draft):
    answer = client.get(address("check", lang="en"), {"sha256": draft.manifest_sha256})
    assert "not a file published here" in answer.content.decode()


def test_the_feed_lists_released_reports(client, released):
    feed = client.get(address("feed", lang="en"))
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert f"urn:sha256:{released.manifest_sha256}" in feed.content.decode()


def test_a_failed_rendering_says_why_and_keeps_nothing(client, people, publication, monkeypatch):
    def refuse(publication, progress):
        raise tasks.FrozenError("reason given")

    monkeypatch.setattr(tasks, "render", refuse)
    with pytest.raises(tasks.FrozenError):
        tasks.produce(publication)
    assert not publication.files.exists()
    client.force_login(people["officer"])
    assert "reason given" in client.get(address("page", publication.slug)).content.decode()


def test_the_workbook_holds_every_figure_in_its_own_words(released):
    import openpyxl

    content = documents.read(released.files.get(lang="en", format="xlsx").document)
    book = openpyxl.load_workbook(io.BytesIO(content))
    about, sheet, parameters = book.worksheets
    head = [c.value for c in sheet[1]]
    rows = [dict(zip(head, [c.value for c in row], strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert len(rows) == 12
    saved = next(r for r in rows if r["Unit"] == "tCO2e")
    assert (saved["Amount"], saved["Amount, exact"], saved["GWP set"]) == (-54321.0987, "-54321.0987", "AR5")
    assert parameters["B2"].value in ("landfill_k[waste=food]", "gwp[gas=CH4]")
    assert about["B3"].value == released.manifest_sha256


def test_a_source_that_looks_like_a_formula_stays_text(figures):
    import openpyxl

    from trunghoa import quantities

    bad = quantities.Figure(
        system="S8", kind="landfill.deposited", place=figures[0].place.key, period=figures[0].period,
        amount=Decimal(1),
        unit="t", status=quantities.Status.REPORTED, quality=quantities.Quality.UNVERIFIED, source="=1+1",
    )  # fmt: skip
    rows = record_figures.put([bad])
    titles = dict.fromkeys(("vi", "ja", "en"), "=2+2")
    content = workbook(Frozen(freeze("bad", titles, on=date(2026, 3, 1), figures=rows)), "en")
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [c for s in book.worksheets for row in s.iter_rows() for c in row]
    assert {c.value for c in cells} >= {"=1+1", "=2+2"}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(n) for n in archive.namelist())
