"""Moves and comments as people make them, without a script."""

import pytest
from django.urls import reverse

from trunghoa.portal.core.workflow.models import Comment, Move

from .conftest import change, go, make


def address(errand, verb):
    return reverse("workflow:move", args=["errand", errand.pk, verb])


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def test_a_move_is_made_by_its_form(as_, errand, vn):
    client = as_(vn)
    form = client.get(f"{address(errand, 'propose')}?revision={errand.revision}")
    assert f'name="revision" value="{errand.revision}"' in form.content.decode()
    answer = client.post(address(errand, "propose"), {"revision": errand.revision})
    assert (answer.status_code, answer["Location"]) == (302, errand.get_absolute_url())
    errand.refresh_from_db()
    assert errand.state == "proposed"


def test_the_second_of_two_people_is_told_and_keeps_what_was_typed(as_, vn, jp):
    errand = make("agreed")
    read = errand.revision
    change(errand, jp, note="changed meanwhile")
    answer = as_(vn).post(address(errand, "cancel"), {"revision": read, "reason": "No money."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this meanwhile" in page
    assert "No money." in page
    errand.refresh_from_db()
    assert errand.state == "agreed"


def test_a_signature_on_words_that_changed_is_refused_and_not_made_ready_again(as_, vn, jp):
    errand = make("proposed")
    client = as_(vn)
    page = client.get(address(errand, "agree")).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    read = errand.revision
    change(errand, jp, title="Other words")
    answer = client.post(address(errand, "agree"), {"revision": read, "seen": seen})
    assert answer.status_code == 409
    assert f'value="{seen}"' in answer.content.decode()
    assert not Move.objects.about(errand).filter(verb="agree").exists()


def test_a_missing_reason_is_asked_for(as_, errand, vn):
    answer = as_(vn).post(address(errand, "cancel"), {"revision": errand.revision, "reason": ""})
    assert answer.status_code == 422
    errand.refresh_from_db()
    assert errand.state == "draft"


def test_who_may_not_move_it_is_refused_and_what_is_hidden_is_not_found(as_, errand, observer, vn):
    assert as_(observer).post(address(errand, "propose"), {"revision": 1}).status_code == 403
    hidden = make(hidden=True)
    assert as_(vn).get(address(hidden, "propose")).status_code == 404
    assert as_(vn).get(address(errand, "reopen")).status_code == 404


def test_a_comment_stands_with_its_author_and_is_escaped(as_, errand, vn):
    url = reverse("workflow:comment", args=["errand", errand.pk])
    assert as_(vn).post(url, {"text": ""}).status_code == 422
    answer = as_(vn).post(url, {"text": "<b>Why</b> so late?"})
    assert answer.status_code == 302
    [row] = Comment.objects.about(errand)
    assert (row.author, row.text) == (vn, "<b>Why</b> so late?")
    page = as_(vn).get(errand.get_absolute_url()).content.decode()
    assert "&lt;b&gt;Why&lt;/b&gt; so late?" in page


def test_the_object_tells_every_move_with_who_made_it(as_, errand, vn, jp):
    go(errand, "propose", vn)
    go(errand, "cancel", jp, reason="No money.")
    page = as_(vn).get(errand.get_absolute_url()).content.decode()
    for said in ("Propose", "Cancel", "vn1", "jp1", "No money."):
        assert said in page
