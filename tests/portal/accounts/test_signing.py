"""Signing in: password, code, recovery code; too many attempts; how long a sign-in lasts."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session

from trunghoa.portal.core.accounts import factors

from .conftest import PASSWORD

LOGIN = "/en/login/"
SECOND = "/en/login/second/"


def sign_in(client, username, password=PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def signed_in(client):
    return "_auth_user_id" in client.session


def test_the_password_is_enough_for_who_has_no_second_factor(client, operator):
    assert sign_in(client, "minh")["Location"] == "/vi/"
    assert signed_in(client)


def test_the_portal_speaks_the_language_of_who_signs_in(client, japanese):
    assert sign_in(client, "yuki")["Location"] == "/ja/"


def test_a_link_that_led_to_the_sign_in_is_kept(client, japanese):
    assert sign_in(client, "yuki", next="/en/record/figures/")["Location"] == "/en/record/figures/"


def test_another_site_is_no_place_to_go_to(client, operator):
    assert sign_in(client, "minh", next="https://elsewhere.example/")["Location"] == "/vi/"


def test_the_session_is_a_new_one_after_signing_in(client, operator):
    client.get(LOGIN)
    client.session.save()
    before = client.session.session_key
    sign_in(client, "minh")
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_setting_up_an_app_shows_its_key_and_gives_recovery_codes_once(client, operator, clock):
    client.force_login(operator)
    page = client.get("/en/account/factors/app/").content.decode()
    secret = re.search(r'<code id="key">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    assert "<svg" in page
    done = client.post(
        "/en/account/factors/app/", {"password": PASSWORD, "code": clock.code(secret)}
    ).content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", done)
    assert len(set(codes)) == 10
    row = Authenticator.objects.get(user=operator, type="totp")
    assert secret not in str(row.data)
    overview = client.get("/en/account/factors/").content.decode()
    assert "10 recovery codes are left." in overview
    assert codes[0] not in overview


@pytest.mark.parametrize(
    ("given", "field"), [({"password": "wrong"}, "password"), ({"code": "000000"}, "code")]
)
def test_an_app_is_not_set_up_without_password_and_code(client, operator, clock, given, field):
    client.force_login(operator)
    client.get("/en/account/factors/app/")
    right = {"password": PASSWORD, "code": clock.code(client.session[factors.SECRET])}
    if right["code"] == "000000":
        clock.now += 90
    answer = client.post("/en/account/factors/app/", {**right, **given})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not Authenticator.objects.exists()


def test_the_code_of_the_app_completes_the_sign_in_and_works_once(client, browser, officer, with_app, clock):
    secret, _ = with_app(officer)
    assert sign_in(client, "lan")["Location"] == SECOND
    assert not signed_in(client)
    code = clock.code(secret)
    assert client.post(SECOND, {"code": code})["Location"] == "/vi/"
    assert client.session[factors.PROVED] == "totp"
    other = browser()
    sign_in(other, "lan")
    refused = other.post(SECOND, {"code": code})
    assert refused.status_code == 422
    assert "was used before" in refused.content.decode()
    clock.now += 30
    other.post(SECOND, {"code": clock.code(secret)})
    assert signed_in(other)


def test_a_recovery_code_works_once(client, browser, officer, with_app):
    _, codes = with_app(officer)
    sign_in(client, "lan")
    client.post(SECOND, {"code": codes[3]})
    assert signed_in(client)
    other = browser()
    sign_in(other, "lan")
    assert other.post(SECOND, {"code": codes[3]}).status_code == 422
    assert not signed_in(other)
    assert codes[3] not in factors.recovery_codes(officer)


def test_new_recovery_codes_end_the_old_ones(client, officer, with_app):
    _, old = with_app(officer)
    client.force_login(officer)
    page = client.post("/en/account/factors/codes/", {"password": PASSWORD}).content.decode()
    new = re.findall(r"<code>(\d{8})</code>", page)
    assert len(new) == 10
    assert factors.check_code(officer, old[0]) == ""
    assert factors.check_code(officer, new[0]) == "recovery_codes"


def test_the_second_step_alone_lets_nobody_in(client, officer, with_app, clock):
    secret, _ = with_app(officer)
    assert client.post(SECOND, {"code": clock.code(secret)})["Location"] == LOGIN
    assert not signed_in(client)


def test_the_second_step_does_not_wait_for_ever(client, officer, with_app, clock, monkeypatch):
    secret, _ = with_app(officer)
    sign_in(client, "lan")
    session = client.session
    session["pending_sign_in"] = {**session["pending_sign_in"], "since": int(time.time()) - 10_000_000_000}
    session.save()
    assert client.post(SECOND, {"code": clock.code(secret)})["Location"] == LOGIN
    assert not signed_in(client)


def test_five_wrong_passwords_pause_the_name_at_this_address_only(client, browser, operator, officer):
    for _ in range(5):
        sign_in(client, "minh", "wrong")
    answer = sign_in(client, "minh")
    assert answer.status_code == 429
    assert "Sign-in is paused" in answer.content.decode()
    assert sign_in(client, "lan").status_code == 302
    elsewhere = browser(REMOTE_ADDR="192.0.2.7")
    sign_in(elsewhere, "minh")
    assert signed_in(elsewhere)


def test_five_wrong_codes_pause_the_second_step_too(client, officer, with_app, clock):
    secret, _ = with_app(officer)
    sign_in(client, "lan")
    answers = [client.post(SECOND, {"code": "12"}).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    assert client.post(SECOND, {"code": clock.code(secret)}).status_code == 429
    assert not signed_in(client)


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(client, operator):
    pages = []
    for name in ("minh", "stranger"):
        answer = sign_in(client, name, "wrong")
        pages.append((answer.status_code, answer.content.decode().replace(name, "NAME")))
    strip = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for _, page in pages]
    assert pages[0][0] == pages[1][0] == 200
    assert strip[0] == strip[1]


def test_an_unknown_name_costs_a_hash_like_a_known_one(client, operator, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, *args: hashed.append(1) or encode(self, *args)
    )
    counts = []
    for name in ("minh", "stranger"):
        hashed.clear()
        sign_in(client, name, "wrong")
        counts.append(len(hashed))
    assert counts == [1, 1]


@pytest.mark.parametrize(
    ("username", "minutes", "stays"), [("lan", 29, True), ("lan", 31, False), ("minh", 31, True)]
)
def test_an_officers_sign_in_ends_after_half_an_hour_of_rest(
    client, officer, operator, username, minutes, stays
):
    sign_in(client, username)
    session = client.session
    session["seen"] = int(time.time()) - minutes * 60
    session.save()
    answer = client.get("/en/record/figures/")
    assert (answer.status_code == 200) is stays
    assert signed_in(client) is stays
    if not stays:
        assert "signed out because nothing was done" in client.get(LOGIN).content.decode()


def test_asking_for_progress_by_itself_keeps_nobody_signed_in(client, officer):
    sign_in(client, "lan")
    session = client.session
    session["seen"] = rested = int(time.time()) - 20 * 60
    session.save()
    client.get("/en/record/figures/", headers={"HX-Request": "true"})
    assert client.session["seen"] == rested
    client.get("/en/record/figures/")
    assert client.session["seen"] > rested
