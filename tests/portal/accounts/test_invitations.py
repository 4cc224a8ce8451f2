"""Invitations: one mail, one person, once; nobody learns from them who already has an account."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from trunghoa.portal.core.accounts import secret
from trunghoa.portal.core.accounts.models import Invitation, Organisation, User

from .conftest import PASSWORD
from .test_reset import work

INVITE = "/en/invitations/new/"


def invite(client, email="new@example.org", organisation="mae", role="officer", language="en"):
    return client.post(
        INVITE, {"email": email, "organisation": organisation, "role": role, "language": language}
    )


def link():
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


def accept(client, where, **more):
    given = {
        "first_name": "Hoa", "last_name": "Lê", "language": "ja",
        "new_password1": "four long words here", "new_password2": "four long words here", **more,
    }  # fmt: skip
    return client.post(where, given)


@pytest.fixture
def sent(client, officer):
    """The link in the mail, and a browser that nobody is signed in at."""
    client.force_login(officer)
    assert invite(client)["Location"] == "/en/invitations/"
    work()
    client.logout()
    return link()


def test_the_invited_person_sets_name_language_and_password_and_signs_in(client, sent):
    page = client.get(sent).content.decode()
    assert "new@example.org" in page
    assert "Ministry officer" in page
    assert accept(client, sent)["Location"] == "/ja/login/"
    made = User.objects.get(username="new@example.org")
    assert (made.role, made.organisation.code, made.language) == ("officer", "mae", "ja")
    answer = client.post("/en/login/", {"username": "new@example.org", "password": "four long words here"})
    assert answer["Location"] == "/ja/"


def test_the_secret_is_kept_as_a_hash_only(sent):
    row = Invitation.objects.get()
    text = sent.rstrip("/").rpartition("/")[2]
    assert row.secret_hash == secret.hashed(text)
    assert text not in str(Invitation.objects.values().get())


def test_it_works_once(client, sent):
    accept(client, sent)
    answer = accept(client, sent, first_name="Another")
    assert answer.status_code == 404
    assert "cannot be used" in answer.content.decode()
    assert User.objects.get(username="new@example.org").first_name == "Hoa"


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_on": timezone.now()},
        {"expires_on": timezone.now() - timedelta(minutes=1)},
        {"secret_hash": ""},
        {"secret_hash": secret.hashed("other")},
    ],
    ids=["revoked", "expired", "never sent", "mistyped"],
)
def test_what_cannot_be_used_says_the_same_whatever_the_reason(client, sent, change):
    Invitation.objects.update(**change)
    answer = accept(client, sent)
    assert answer.status_code == 404
    nowhere = client.get("/en/invitation/999999/x/")
    strip = [re.sub(r'(href|action|value)="[^"]*"', "", a.content.decode()) for a in (answer, nowhere)]
    assert strip[0] == strip[1]
    assert not User.objects.filter(username="new@example.org").exists()


def test_a_weak_password_is_refused_and_the_invitation_stays_open(client, sent):
    answer = accept(client, sent, new_password1="short", new_password2="short")
    assert answer.status_code == 422
    assert 'value="Hoa"' in answer.content.decode()
    assert accept(client, sent)["Location"] == "/ja/login/"


def test_inviting_a_known_and_an_unknown_address_looks_the_same(client, officer, operator):
    client.force_login(officer)
    seen = []
    for email in ("minh@example.org", "stranger@example.org"):
        answer = client.get(invite(client, email)["Location"])
        work()
        listed = client.get("/en/invitations/?format=json&table=invitations").json()
        seen.append((answer.content.decode().count("The invitation is on its way."), listed[0]["state"]))
    assert seen == [(1, "open"), (1, "open")]
    known, unknown = (m.body for m in mail.outbox)
    assert "already have an account" in known
    assert "/invitation/" not in known
    assert "/invitation/" in unknown


def test_an_officer_takes_an_invitation_back(client, browser, officer, sent):
    client.force_login(officer)
    row = Invitation.objects.get()
    assert "Take the invitation back" in client.get(f"/en/invitations/{row.pk}/").content.decode()
    client.post(f"/en/invitations/{row.pk}/")
    assert client.get("/en/invitations/?format=json&table=invitations").json()[0]["state"] == "revoked"
    assert accept(browser(), sent).status_code == 404


def test_a_second_invitation_ends_the_first(client, browser, officer, sent):
    client.force_login(officer)
    invite(client)
    work()
    assert accept(browser(), sent).status_code == 404
    assert accept(browser(), link()).status_code == 302


@pytest.mark.parametrize(
    ("organisation", "role", "field"),
    [("moej", "officer", "organisation"), ("plant", "officer", "role"), ("fund", "officer", "role")],
)
def test_an_officer_makes_no_officers_of_the_other_side_or_of_other_organisations(
    client, officer, organisations, organisation, role, field
):
    client.force_login(officer)
    answer = invite(client, organisation=organisation, role=role)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not Invitation.objects.exists()


def test_an_organisation_of_neither_side_has_no_officers(client, officer):
    Organisation.objects.create(code="bank", name_vi="Ngân hàng", side="other", kind="ministry")
    client.force_login(officer)
    answer = invite(client, organisation="bank", role="officer")
    assert answer.context["form"].errors.keys() == {"role"}
    assert invite(client, organisation="bank", role="observer").status_code == 302


def test_nobody_is_invited_into_a_dissolved_organisation(client, officer, organisations):
    Organisation.objects.filter(code="plant").update(valid_to="2024-12-31")
    client.force_login(officer)
    assert invite(client, organisation="plant", role="operator").status_code == 422


def test_only_officers_invite(client, operator):
    client.force_login(operator)
    assert invite(client).status_code == 403
    assert client.get("/en/invitations/").status_code == 403
    assert not Invitation.objects.exists()


def test_officers_see_the_invitations_of_their_own_side(client, japanese, sent):
    client.force_login(japanese)
    assert client.get("/en/invitations/?format=json&table=invitations").json() == []
    assert client.get(f"/en/invitations/{Invitation.objects.get().pk}/").status_code == 404


def test_the_password_of_the_new_account_is_not_the_inviters(client, sent):
    accept(client, sent)
    assert not User.objects.get(username="new@example.org").check_password(PASSWORD)
