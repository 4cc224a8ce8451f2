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
from django.test import Client
from django.urls import reverse
from django.utils import translation

from trunghoa.portal.core.publication import tasks
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.publication.manifest import Frozen
from trunghoa.portal.core.publication.workbook import workbook
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record import figures as record_figures
from trunghoa.portal.core.record.models import Document

from .conftest import publish, step

pytestmark = [pytest.mark.once, pytest.mark.first, pytest.mark.usefixtures("rendered_once")]


def address(name, *args, lang="vi"):
    with translation.override(lang):
        return reverse(f"publication:{name}", args=args)


@pytest.fixture
def draft(publication):
    return tasks.produce(publication)


@pytest.fixture
def released(publication, officers):
    return publish(publication, officers)


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
    """The links of a page, and those that stand in another."""

    def __init__(self):
        super().__init__()
        self.open, self.links, self.nested = 0, [], []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            (self.nested if self.open else self.links).append(dict(attrs).get("href"))
            self.open += 1

    def handle_endtag(self, tag):
        self.open -= tag == "a"


def test_no_link_stands_in_a_link(client, people, released):
    client.force_login(people["researcher"])
    page = Nesting()
    page.feed(client.get(address("page", released.slug)).content.decode())
    assert page.nested == []
    assert any("/record/figures/" in href for href in page.links), "figures are links, also in the contents"


def test_the_page_speaks_the_language_of_its_address(client, released):
    assert "共同報告書" in client.get(address("page", released.slug, lang="ja")).content.decode()
    assert (
        '<h1>Working draft: <span class="name">Joint report</span></h1>'
        in client.get(address("page", released.slug, lang="en")).content.decode()
    )


@pytest.mark.parametrize("role", ["locality", "operator", "verifier", "researcher", "observer", None])
@pytest.mark.parametrize("name", ["page", "manifest", "file"])
def test_a_draft_is_for_officers_only(client, people, officers, draft, role, name):
    args = (draft.slug, "vi", "pdf") if name == "file" else (draft.slug,)
    if role:
        client.force_login(people[role])
    assert client.get(address(name, *args)).status_code == 404
    assert draft.slug not in client.get(address("list")).content.decode()
    client.force_login(officers["JP"])
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


def asked(client, content, lang="en"):
    upload = SimpleUploadedFile("x", content)
    return client.post(address("check", lang=lang), {"file": upload}).content.decode()


@pytest.mark.parametrize("form", ["html", "pdf", "xlsx"])
@pytest.mark.parametrize(("lang", "name"), [("vi", "Vietnamese"), ("ja", "Japanese"), ("en", "English")])
def test_it_knows_each_of_its_files_and_says_which_it_is(client, released, lang, name, form):
    content = documents.read(released.files.get(lang=lang, format=form).document)
    text = asked(client, content)
    assert "This is a file of a report of ours, unchanged." in text
    assert f"<dd>{name}</dd>" in text
    assert f"<dd>{dict(released.files.model.Format.choices)[form]}</dd>" in text
    assert released.manifest_sha256 in text
    assert "Published" in text


def test_it_knows_its_manifest(client, released):
    assert "This is the manifest of a report of ours." in asked(client, documents.read(released.manifest))


@pytest.mark.parametrize("form", ["html", "pdf", "xlsx"])
def test_a_changed_byte_is_not_ours(client, released, form):
    content = bytearray(documents.read(released.files.get(lang="vi", format=form).document))
    content[len(content) // 2] ^= 1
    assert "not a file published here" in asked(client, bytes(content))


def test_the_check_writes_no_upload_anywhere(client, released, settings, tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("an upload was put into a file")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile.__init__", refuse)
    monkeypatch.setattr("django.core.files.uploadhandler.InMemoryUploadedFile.__init__", refuse)
    before = Document.objects.count()
    for size in (10, settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1):
        answer = client.post(address("check", lang="en"), {"file": io.BytesIO(b"x" * size)})
        assert hashlib.sha256(b"x" * size).hexdigest() in answer.content.decode()
    assert Document.objects.count() == before


def test_the_check_asks_for_the_token_of_its_form(released):
    client = Client(enforce_csrf_checks=True)
    assert client.post(address("check"), {"sha256": "0" * 64}).status_code == 403
    page = client.get(address("check")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    answer = client.post(address("check"), {"sha256": "0" * 64, "csrfmiddlewaretoken": token})
    assert answer.status_code == 200


def test_what_was_withdrawn_is_known_as_withdrawn_and_no_longer_read(client, released, officers):
    content = documents.read(released.files.get(lang="vi", format="pdf").document)
    step(released, "retract", officers["VN"], reason="Sai đơn vị ở bảng hai")
    step(released, "retract", officers["JP"], reason="Sai đơn vị ở bảng hai")
    assert "The report was withdrawn: Sai đơn vị ở bảng hai" in asked(client, content)
    page = client.get(address("page", released.slug)).content.decode()
    assert "Sai đơn vị ở bảng hai" in page
    assert "12345.678" not in page
    assert client.get(address("file", released.slug, "vi", "pdf")).status_code == 404
    assert client.get(address("manifest", released.slug)).status_code == 404
    assert released.manifest_sha256 not in client.get(address("feed")).content.decode()


def test_a_draft_that_was_withdrawn_was_never_known(client, draft, officers):
    step(draft, "withdraw", officers["VN"], reason="x")
    assert client.get(address("page", draft.slug)).status_code == 404
    assert draft.slug not in client.get(address("list")).content.decode()


def test_a_superseded_report_leads_to_the_later_one(client, released, officers):
    content = documents.read(released.files.get(lang="vi", format="pdf").document)
    later = freeze("jwg-2027", released_titles(), on=date(2027, 3, 1), supersedes=released)
    page = client.get(address("page", released.slug, lang="en")).content.decode()
    assert "A later report supersedes this one" not in page, "not yet: it is a draft"
    publish(later, officers)
    page = client.get(address("page", released.slug, lang="en")).content.decode()
    assert "A later report supersedes this one" in page
    assert "A later report supersedes it." in asked(client, content)


def released_titles():
    return {"vi": "Báo cáo chung", "ja": "共同報告書", "en": "Joint report"}


def test_the_public_sees_which_organisations_signed_and_not_who(client, released, officers):
    page = client.get(address("page", released.slug, lang="en")).content.decode()
    assert "Bộ east en" in page
    assert "Bộ west en" in page
    assert "officer-VN" not in page


def test_the_announcement_is_written_by_officers_and_kept_when_it_is_stale(client, draft, officers, people):
    where = address("announcement", draft.slug, lang="en")
    client.force_login(people["verifier"])
    assert client.get(where).status_code == 404
    client.force_login(officers["VN"])
    given = {
        "revision": draft.revision,
        "announcement_vi": "Hai bên công bố.",
        "announcement_ja": "公表する。",
    }
    assert client.post(where, given).status_code == 302
    draft.refresh_from_db()
    assert draft.announcement_ja == "公表する。"
    again = client.post(where, {**given, "announcement_vi": "Lời khác"})
    assert again.status_code == 409
    assert "Lời khác" in again.content.decode()
    draft.refresh_from_db()
    assert draft.announcement_vi == "Hai bên công bố."


def test_an_officer_signs_on_the_page(client, draft, officers):
    client.force_login(officers["VN"])
    page = client.get(address("page", draft.slug, lang="en")).content.decode()
    with translation.override("en"):
        assert reverse("workflow:move", args=["publication", draft.pk, "propose"]) in page


def test_a_printed_copy_is_known_by_the_hash_in_its_header(client, released):
    answer = client.get(address("check", lang="en"), {"sha256": released.manifest_sha256[:16].upper()})
    assert "This is the manifest of a report of ours." in answer.content.decode()
    two_lines = f"sha256:{released.manifest_sha256[:32]}\n{released.manifest_sha256[32:]}"
    answer = client.post(address("check", lang="en"), {"sha256": two_lines})
    assert "This is the manifest of a report of ours." in answer.content.decode()


@pytest.mark.parametrize("typed", ["abc", "0" * 65, "zz" * 10, "%"])
def test_what_is_no_hash_is_refused(client, released, typed):
    assert client.post(address("check"), {"sha256": typed}).status_code == 422


def test_the_check_does_not_tell_of_drafts(client, draft):
    answer = client.get(address("check", lang="en"), {"sha256": draft.manifest_sha256})
    assert "not a file published here" in answer.content.decode()


@pytest.mark.parametrize(
    ("lang", "title"), [("vi", "Báo cáo chung"), ("ja", "共同報告書"), ("en", "Joint report")]
)
def test_the_feed_lists_released_reports_in_its_language(client, released, lang, title):
    feed = client.get(address("feed", lang=lang))
    assert f"<title>{title}</title>" in feed.content.decode()
    assert f'xml:lang="{lang}"' in feed.content.decode()
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
    about, sheet, changes, parameters = book.worksheets
    assert changes.max_row == 1, "nothing to compare the first freeze with"
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
