"""Documents over HTTP: the same checks and readers as on the pages, each refusal by its number and reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.models import Document

from . import papers
from .test_documents_store import bring

URL = "/api/v1/documents"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path
    return tmp_path


def post(client, content=papers.CSV, name="a.csv", **more):
    return client.post(URL, {"file": SimpleUploadedFile(name, content), **more})


def test_a_document_is_handed_in_found_and_handed_out(client, people):
    client.force_login(people["operator"])
    made = post(client, title_vi="Nhật ký", classification="public")
    assert made.status_code == 201
    sha256 = made.json()["sha256"]
    found = client.get(f"{URL}/{sha256}").json()
    assert found == made.json()
    assert found["media_type"] == "text/csv"
    assert found["registrations"][0]["title"]["vi"] == "Nhật ký"
    assert found["registrations"][0]["organisation"] == "alpha"
    content = client.get(f"{URL}/{sha256}/content")
    assert b"".join(content.streaming_content) == papers.CSV
    assert content["Content-Disposition"].startswith("attachment")
    assert client.get(URL).json()["items"] == [found]


def test_the_same_again_is_no_new_document_and_other_readers_are_a_conflict(client, people):
    client.force_login(people["operator"])
    assert post(client).status_code == 201
    assert post(client).status_code == 200
    conflict = post(client, classification="public")
    assert conflict.status_code == 409
    assert "for other readers" in conflict.json()["detail"] or "quyền đọc khác" in conflict.json()["detail"]
    assert Document.objects.get().classification == "organisation"


def test_each_refusal_has_its_number_and_its_reason(client, people, settings):
    settings.DOCUMENT_MAX_BYTES = 2**20
    client.force_login(people["operator"])
    spoiled = post(client, papers.png(), "a.pdf")
    assert spoiled.status_code == 422
    assert spoiled.json()["detail"][0]["loc"] == ["file"]
    assert spoiled.json()["detail"][0]["msg"].startswith("a.pdf: ")
    large = post(client, b"1" * (2**20 + 1))
    assert large.status_code == 413
    assert "1" in large.json()["detail"]
    assert post(client, classification="secret").status_code == 422
    assert not Document.objects.exists()


def test_over_the_quota_nothing_is_taken(client, people, settings):
    settings.DOCUMENT_QUOTA_BYTES = 10
    client.force_login(people["operator"])
    assert post(client, b"1" * 11).status_code == 413
    assert not Document.objects.exists()


def test_who_hands_nothing_in_is_told(client, people):
    client.force_login(people["observer"])
    answer = post(client)
    assert answer.status_code == 403
    assert answer.json()["detail"]
    assert not Document.objects.exists()


def test_nothing_is_told_to_who_has_not_signed_in(client, people):
    document = bring(people["operator"], classification="public").document
    for path in ("", f"/{document.pk}", f"/{document.pk}/content"):
        assert client.get(URL + path).status_code == 401
    assert post(client).status_code == 401


def test_what_may_not_be_read_is_not_found_and_not_counted(client, people, operators):
    document = bring(people["operator"]).document
    client.force_login(User.objects.create_user("beta", role="operator", organisation=operators[1]))
    assert client.get(URL).json() == {"count": 0, "page": 1, "items": []}
    for path in (f"/{document.pk}", f"/{document.pk}/content"):
        assert client.get(URL + path).status_code == 404
    client.force_login(people["operator"])
    assert client.get(URL).json()["count"] == 1
