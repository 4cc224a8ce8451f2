"""Pages of documents: found by whom they are for, handed out as attachments, opened by officers only."""

import io
import json
import re
from urllib.parse import unquote

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.models import Document

from . import papers
from .test_documents_store import bring

URL = "/en/record/documents/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path
    return tmp_path


def hand_in(client, content=papers.CSV, name="a.csv", **more):
    data = {"file": SimpleUploadedFile(name, content), "classification": "organisation", **more}
    return client.post(f"{URL}new/", data, follow=True)


def test_a_paper_is_handed_in_and_its_page_says_what_is_known(client, people):
    client.force_login(people["operator"])
    answer = hand_in(
        client, papers.PDF, "Quyết định.pdf", title_vi="Quyết định", title_ja="決定", title_en="Decision"
    )
    document = Document.objects.get()
    assert answer.request["PATH_INFO"] == f"{URL}{document.pk}/"
    page = answer.content.decode()
    for text in (
        "Quyết định",
        "決定",
        "<h1>Decision</h1>",
        "Quyết định.pdf",
        document.pk,
        "Organisation",
        "operator",
    ):
        assert text in page
    assert (document.owner, document.added_by) == (people["operator"].organisation, people["operator"])


def test_a_refused_file_is_named_with_the_reason_and_the_titles_stay(client, people, folder):
    client.force_login(people["operator"])
    answer = hand_in(client, papers.png(), "a.pdf", title_en="Kept title")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "a.pdf: The name ends in “.pdf” but the content is of the kind png." in page
    assert 'value="Kept title"' in page
    assert not Document.objects.exists()
    assert not [p for p in folder.rglob("*") if p.is_file()]


@pytest.mark.parametrize("lang", ["vi", "ja"])
def test_a_refusal_speaks_the_readers_language(client, people, lang):
    client.force_login(people["operator"])
    data = {"file": SimpleUploadedFile("a.csv", b""), "classification": "organisation"}
    page = client.post(f"/{lang}/record/documents/new/", data).content.decode()
    assert "The file is empty" not in page
    assert {"vi": "Tệp trống", "ja": "ファイルが空です"}[lang] in page


@pytest.mark.parametrize("role", ["observer", "subscriber", "researcher", "verifier"])
def test_who_has_no_organisation_or_only_reads_hands_nothing_in(client, people, role):
    client.force_login(people[role])
    assert hand_in(client).status_code == 403
    assert not Document.objects.exists()


def test_the_same_file_again_is_told_and_changes_nothing(client, people):
    client.force_login(people["operator"])
    hand_in(client, title_en="First")
    page = hand_in(client, title_en="Second", classification="public").content.decode()
    assert "has this file on record already" in page
    assert (Document.objects.get().title_en, Document.objects.get().classification) == (
        "First",
        "organisation",
    )


def test_a_paper_for_officers_leads_back_to_the_list(client, people):
    client.force_login(people["operator"])
    page = hand_in(client, classification="officers").content.decode()
    assert "It is open to officers only." in page
    assert "<h1>Documents on record</h1>" in page


@pytest.mark.parametrize("page", ["", "content/"])
def test_what_may_not_be_read_is_not_found(client, people, page):
    document = bring(people["operator"]).document
    for role in ("verifier", "observer", "locality"):
        client.force_login(people[role])
        assert client.get(f"{URL}{document.pk}/{page}").status_code == 404
    client.logout()
    assert client.get(f"{URL}{document.pk}/{page}").status_code == 404
    assert client.get(f"{URL}{'0' * 64}/{page}").status_code == 404


def test_a_public_paper_is_open_to_who_has_not_signed_in(client, people):
    document = bring(people["operator"], classification="public", vi="Công bố").document
    assert "Công bố" in client.get(f"{URL}{document.pk}/").content.decode()
    assert "Công bố" in client.get(URL).content.decode()
    assert people["operator"].username not in client.get(f"{URL}{document.pk}/").content.decode()
    assert b"".join(client.get(f"{URL}{document.pk}/content/").streaming_content) == papers.CSV


@pytest.mark.parametrize("name", ["a.csv", "Báo cáo năm.csv", "報告書.csv"])
def test_it_is_handed_out_as_an_attachment_under_its_own_name(client, people, name):
    document = bring(people["operator"], name=name).document
    client.force_login(people["operator"])
    answer = client.get(f"{URL}{document.pk}/content/")
    header = answer["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert unquote(re.split(r"utf-8''|=\"", header)[1].rstrip('"')) == name
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "text/csv"


def test_a_name_that_may_not_be_known_is_not_handed_out(client, people, operators):
    bring(people["operator"], name="secret.csv", vi="Tên kín")
    beta = User.objects.create_user("beta", role="operator", organisation=operators[1])
    document = bring(beta, name="mine.csv", vi="Của tôi").document
    client.force_login(beta)
    pages = client.get(URL).content.decode() + client.get(f"{URL}{document.pk}/").content.decode()
    pages += client.get(f"{URL}?format=json&table=documents").content.decode()
    assert "Của tôi" in pages
    assert "secret.csv" not in pages
    assert "Tên kín" not in pages
    assert "mine.csv" in client.get(f"{URL}{document.pk}/content/")["Content-Disposition"]
    assert json.loads(client.get(f"{URL}?q=kin&format=json&table=documents").content) == []


def test_the_list_is_searched_without_accents_and_narrowed(client, people):
    bring(people["operator"], vi="Nhật ký trạm cân")
    bring(people["operator"], papers.PDF, "b.pdf", vi="Giấy phép", classification="public")
    client.force_login(people["operator"])

    def titles(query):
        found = json.loads(client.get(f"{URL}?{query}&format=json&table=documents").content)
        return sorted(row["title"] for row in found)

    assert titles("") == ["Giấy phép", "Nhật ký trạm cân"]
    assert titles("q=tram+can") == ["Nhật ký trạm cân"]
    assert titles("type=application/pdf") == ["Giấy phép"]
    assert titles("classification=public") == ["Giấy phép"]
    assert titles("mine=1&by=people&q=giay") == ["Giấy phép"]
    assert titles("q=khong") == []


def test_the_downloaded_list_carries_no_formula_to_a_spreadsheet(client, people):
    bring(people["operator"], name="a.csv", en="=cmd|' /C calc'!A0", vi="@SUM(1)")
    client.force_login(people["operator"])
    text = client.get(f"{URL}?format=csv&table=documents").content.decode("utf-8-sig")
    assert "\"'=cmd|" in text or "'=cmd|" in text
    assert ",=cmd" not in text
    assert "\n=cmd" not in text
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{URL}?format=xlsx&table=documents").content))
    cell = next(c for row in book.active.iter_rows() for c in row if "cmd|" in str(c.value))
    assert cell.data_type == "s"


def test_the_list_takes_few_queries_however_many_papers(client, people, django_assert_max_num_queries):
    for n in range(30):
        bring(people["operator"], f"a,{n}".encode())
    client.force_login(people["officer"])
    client.get(URL)
    with django_assert_max_num_queries(8):
        client.get(URL)


# Readers changed later


def classify(client, document, to, registration="first"):
    return client.post(
        f"{URL}{document.pk}/classification/",
        {"classification": to, "registration": registration},
        follow=True,
    )


def test_the_owner_closes_a_paper_and_only_an_officer_opens_it(client, people):
    document = bring(people["operator"], classification="public").document
    client.force_login(people["operator"])
    classify(client, document, "organisation")
    document.refresh_from_db()
    assert document.classification == "organisation"
    page = classify(client, document, "public").content.decode()
    assert "Only an officer opens a document to more readers" in page
    document.refresh_from_db()
    assert document.classification == "organisation"
    client.force_login(people["officer"])
    classify(client, document, "public")
    document.refresh_from_db()
    assert document.classification == "public"


def test_who_does_not_own_it_does_not_close_it(client, people, operators):
    document = bring(people["operator"], classification="public").document
    client.force_login(User.objects.create_user("beta", role="operator", organisation=operators[1]))
    assert "Only an officer" in classify(client, document, "officers").content.decode()
    document.refresh_from_db()
    assert document.classification == "public"
    client.logout()
    assert "/login/" in classify(client, document, "officers").request["PATH_INFO"]


def test_a_further_registration_is_closed_by_its_own_owner(client, people, operators):
    bring(people["operator"], classification="public")
    beta = User.objects.create_user("beta", role="operator", organisation=operators[1])
    kept = bring(beta, classification="public")
    client.force_login(beta)
    classify(client, kept.document, "organisation", str(kept.registered.pk))
    kept.registered.refresh_from_db()
    assert kept.registered.classification == "organisation"
    assert Document.objects.get().classification == "public"


def test_a_word_that_is_no_classification_is_refused(client, people):
    document = bring(people["operator"]).document
    client.force_login(people["officer"])
    assert "Choose who may read it." in classify(client, document, "secret").content.decode()
    document.refresh_from_db()
    assert document.classification == "organisation"
