"""An officer freezes a new report in the browser; a job writes its files."""

import pytest

from trunghoa.portal.core.publication import sections, tasks
from trunghoa.portal.core.publication.models import Publication
from trunghoa.portal.core.record.models import Figure

from .conftest import publish, section, step

pytestmark = pytest.mark.usefixtures("rendered_once")
NEW = "/en/publications/new/"
MEETING = {"meeting_vi": "Họp lần 4", "meeting_ja": "第4回会合", "meeting_en": "4th meeting"}


@pytest.fixture
def ready(figures, officers, client):
    sections.register(section())
    client.force_login(officers["VN"])
    return client


def posted(client, on_commit, **given):
    with on_commit(execute=True):
        answer = client.post(NEW, given)
    assert answer.status_code == 302, answer.content.decode()
    return Publication.objects.get(slug=answer.url.strip("/").split("/")[-1])


def test_the_list_leads_an_officer_there_and_nobody_else(ready, client, people):
    assert NEW in client.get("/en/publications/").content.decode()
    client.force_login(people["verifier"])
    assert NEW not in client.get("/en/publications/").content.decode()
    assert client.get(NEW).status_code == client.post(NEW).status_code == 403
    assert not Publication.objects.exists()


def test_what_stands_now_is_frozen_with_its_cover_and_can_be_signed(
    ready, officers, django_capture_on_commit_callbacks
):
    made = posted(
        ready, django_capture_on_commit_callbacks, **MEETING, held_on="2026-03-04", chair_vn="Trần Văn A"
    )
    assert made.figures.count() == Figure.objects.count()
    assert made.requested_by == officers["VN"]
    assert made.cover == {
        "meeting": {"vi": "Họp lần 4", "ja": "第4回会合", "en": "4th meeting"},
        "held_on": "2026-03-04",
        "co_chairs": [{"vi": "Trần Văn A", "ja": "Trần Văn A", "en": "Trần Văn A"}],
    }
    tasks.produce(made)
    page = ready.get(made.get_absolute_url()).content.decode()
    assert "4th meeting" in page
    assert "Trần Văn A" in page
    step(made, "propose", officers["VN"])
    assert made.state == "proposed"


def test_while_it_is_written_the_page_asks_for_news(ready, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr("trunghoa.portal.core.publication.views.tasks.render_files", Sends(sent))
    made = posted(ready, django_capture_on_commit_callbacks)
    assert sent == [made.slug]
    page = ready.get(made.get_absolute_url()).content.decode()
    assert 'hx-trigger="every 2s"' in page
    tasks.produce(made)
    assert "hx-trigger" not in ready.get(made.get_absolute_url()).content.decode()


class Sends:
    def __init__(self, sent):
        self.enqueue = sent.append


def test_with_nothing_changed_the_draft_that_stands_is_shown(ready, django_capture_on_commit_callbacks):
    first = posted(ready, django_capture_on_commit_callbacks)
    tasks.produce(first)
    assert posted(ready, django_capture_on_commit_callbacks) == first
    assert Publication.objects.count() == 1


def test_a_withdrawn_report_is_not_the_draft_that_stands(ready, officers, django_capture_on_commit_callbacks):
    first = posted(ready, django_capture_on_commit_callbacks)
    tasks.produce(first)
    step(first, "withdraw", officers["VN"], reason="Sai số liệu")
    second = posted(ready, django_capture_on_commit_callbacks)
    assert second != first
    assert second.state == "draft"


def test_a_new_one_takes_the_place_of_the_published_one(
    publication, officers, client, django_capture_on_commit_callbacks
):
    client.force_login(officers["VN"])
    publish(publication, officers)
    made = posted(client, django_capture_on_commit_callbacks, supersedes=publication.pk)
    assert made.supersedes == publication
    publication.refresh_from_db()
    assert publication.state == "published", "until the new one is"
    publish(made, officers)
    publication.refresh_from_db()
    assert publication.state == "superseded"


def test_a_meeting_is_named_in_three_languages_or_in_none(ready):
    answer = ready.post(NEW, {"meeting_vi": "Họp lần 4"})
    assert answer.status_code == 422
    assert answer.content.decode().count("Name the meeting in all three languages") == 2
    assert not Publication.objects.exists()


def test_a_program_fault_is_told_on_the_page(ready, django_capture_on_commit_callbacks, monkeypatch):
    def broken(publication, progress=None):
        raise ZeroDivisionError

    monkeypatch.setattr("trunghoa.portal.core.publication.views.tasks.render_files", Sends([]))
    made = posted(ready, django_capture_on_commit_callbacks)
    monkeypatch.setattr(tasks, "render", broken)
    with pytest.raises(ZeroDivisionError):
        tasks.produce(made)
    page = ready.get(made.get_absolute_url()).content.decode()
    assert "The program failed" in page
    assert NEW in page
