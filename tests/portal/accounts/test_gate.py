"""An officer without a second factor reaches nothing but its set-up; a dissolved organisation only reads."""

from datetime import date

import pytest

from trunghoa.portal import settings as deployed
from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.accounts.rules import stands
from trunghoa.portal.core.record.models import Place

from .conftest import PASSWORD, make_person

ADDRESSES = (
    "/en/", "/en/record/figures/", "/en/publications/", "/en/landfills/", "/en/account/",
    "/en/organisations/",
    "/en/account/password/", "/en/account/sessions/", "/en/invitations/", "/en/tokens/",
)  # fmt: skip
SET_UP = ("/en/account/factors/", "/en/account/factors/app/", "/en/account/factors/passkey/")


def outcome(client, address):
    answer = client.get(address)
    return "set up" if answer.get("Location") == "/en/account/factors/" else answer.status_code


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_officer_without_a_second_factor_is_led_to_its_set_up(
    client, compulsory, officer, systems, address
):
    client.force_login(officer)
    assert outcome(client, address) == "set up"


@pytest.mark.parametrize("address", SET_UP)
def test_the_set_up_itself_is_open(client, compulsory, officer, address):
    client.force_login(officer)
    assert outcome(client, address) == 200


def test_the_api_says_why_it_refuses(client, compulsory, officer, systems):
    client.force_login(officer)
    answer = client.get("/api/v1/systems")
    assert answer.status_code == 403
    assert "second factor" in answer.json()["detail"] or "yếu tố" in answer.json()["detail"]


@pytest.mark.parametrize("role", [r for r in User.Role if r != User.Role.OFFICER])
def test_other_roles_are_let_through(client, compulsory, organisations, systems, role):
    client.force_login(make_person("somebody", role, organisations["plant"]))
    assert outcome(client, "/en/record/figures/") == 200


def test_an_administrator_needs_one_too(client, compulsory, organisations):
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))
    assert outcome(client, "/en/organisations/") == "set up"


def test_with_the_second_factor_the_portal_is_open(client, compulsory, officer, systems, clock):
    client.force_login(officer)
    client.get("/en/account/factors/app/")
    code = clock.code(client.session["totp_secret"])
    client.post("/en/account/factors/app/", {"password": PASSWORD, "code": code})
    assert outcome(client, "/en/record/figures/") == 200
    assert client.get("/api/v1/systems").status_code == 200


def test_having_a_factor_is_not_enough_the_sign_in_must_have_proved_it(client, compulsory, officer, with_app):
    with_app(officer)
    client.force_login(officer)
    assert outcome(client, "/en/record/figures/") == "set up"


def test_an_officers_last_factor_stays(client, compulsory, officer, with_app):
    with_app(officer)
    client.force_login(officer)
    session = client.session
    session["second_factor"] = "totp"
    session.save()
    row = officer.authenticator_set.get(type="totp")
    page = client.post(f"/en/account/factors/{row.pk}/remove/", {"password": PASSWORD}, follow=True)
    assert "Add another, then remove this one." in page.content.decode()
    assert officer.authenticator_set.filter(type="totp").exists()


def test_outside_the_demonstration_it_cannot_be_switched_off(monkeypatch):
    import importlib

    monkeypatch.setenv("MFA_COMPULSORY", "false")
    monkeypatch.setenv("SECRET_KEY", "x" * 60)
    try:
        monkeypatch.setenv("TRUNGHOA_DEMO", "false")
        assert importlib.reload(deployed).MFA_COMPULSORY is True
        monkeypatch.setenv("TRUNGHOA_DEMO", "true")
        assert importlib.reload(deployed).MFA_COMPULSORY is False
    finally:
        monkeypatch.undo()
        importlib.reload(deployed)


@pytest.fixture
def dissolved(officer, organisations):
    Organisation.objects.filter(code="mae").update(
        valid_to=date(2024, 12, 31), successor=organisations["fund"]
    )
    officer.refresh_from_db()
    return officer


def test_people_of_a_dissolved_organisation_read_but_do_not_write(client, dissolved, systems):
    client.force_login(dissolved)
    assert client.get("/en/record/figures/").status_code == 200
    answer = client.post("/en/organisations/new/", {"code": "x"})
    assert answer.status_code == 403
    assert "Your organisation no longer exists" in answer.content.decode()
    assert "fund" in answer.content.decode()
    assert not Organisation.objects.filter(code="x").exists()


def test_their_own_account_says_so_and_stays_theirs(client, dissolved):
    client.force_login(dissolved)
    assert "you can read, but not write" in client.get("/en/account/").content.decode()
    client.post("/en/account/", {"first_name": "Lan", "last_name": "Trần", "language": "ja"})
    assert User.objects.get(pk=dissolved.pk).language == "ja"


def test_the_permission_goes_with_the_organisation(dissolved, officer):
    place = Place(era="site", code="x", kind="site", name_vi="x")
    fresh = User.objects.get(pk=dissolved.pk)
    assert fresh.has_perm("record.view_place", place)
    assert not fresh.has_perm("record.change_place", place)
    assert not fresh.has_perm("publication.publish")


def test_an_organisation_ends_when_its_last_day_is_over_on_its_own_side():
    from datetime import UTC, datetime

    last = date(2025, 2, 28)
    hanoi = Organisation(code="a", side="VN", valid_to=last)
    tokyo = Organisation(code="b", side="JP", valid_to=last)
    evening = datetime(2025, 2, 28, 15, 30, tzinfo=UTC)  # 22:30 in Hà Nội, half past midnight in Tokyo
    assert stands(hanoi, evening)
    assert not stands(tokyo, evening)
