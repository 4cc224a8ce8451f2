"""Sign-ins are listed and can be ended; a change of rights ends them."""

import pytest
from django.contrib.sessions.models import Session

from trunghoa.portal.core.accounts.models import User, UserSession

from .conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in(client, username, **more):
    client.post("/en/login/", {"username": username, "password": PASSWORD}, **more)


def signed_in(client):
    return client.get("/en/account/").status_code == 200


@pytest.fixture
def two(client, browser, operator):
    other = browser()
    sign_in(other, "minh", headers={"User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.7")
    sign_in(client, "minh")
    return client, other


def test_the_list_says_browser_address_and_which_one_is_this(two):
    client, _ = two
    page = client.get("/en/account/sessions/").content.decode()
    assert FIREFOX in page
    assert "192.0.2.7" in page
    assert page.count("this one") == 1
    assert page.count("End it") == 1


def test_one_sign_in_is_ended(two):
    client, other = two
    row = UserSession.objects.get(address="192.0.2.7")
    client.post(f"/en/account/sessions/{row.pk}/end/")
    assert signed_in(client)
    assert not signed_in(other)


def test_all_others_are_ended(two, browser):
    client, other = two
    third = browser()
    sign_in(third, "minh")
    client.post("/en/account/sessions/end/")
    assert signed_in(client)
    assert not signed_in(other)
    assert not signed_in(third)


def test_nobody_ends_the_sign_in_of_another(two, browser, officer):
    _client, other = two
    stranger = browser()
    stranger.force_login(officer)
    row = UserSession.objects.get(address="192.0.2.7")
    assert stranger.post(f"/en/account/sessions/{row.pk}/end/").status_code == 404
    assert signed_in(other)


def test_a_new_password_ends_the_others_and_keeps_this_one(two):
    client, other = two
    new = "quite another password"
    client.post("/en/account/password/", {"password": PASSWORD, "new_password1": new, "new_password2": new})
    assert signed_in(client)
    assert not signed_in(other)
    assert client.get("/en/account/sessions/").content.decode().count("this one") == 1


def test_the_present_password_is_asked_for(two, operator):
    client, other = two
    new = "quite another password"
    answer = client.post(
        "/en/account/password/", {"password": "wrong", "new_password1": new, "new_password2": new}
    )
    assert answer.status_code == 422
    operator.refresh_from_db()
    assert operator.check_password(PASSWORD)
    assert signed_in(other)


@pytest.mark.parametrize(
    "change",
    [{"role": "observer"}, {"is_active": False}, {"organisation": None}],
    ids=lambda c: next(iter(c)),
)
def test_a_change_of_rights_ends_every_sign_in(two, change):
    client, other = two
    user = User.objects.get(username="minh")
    for name, value in change.items():
        setattr(user, name, value)
    user.save()
    assert not signed_in(client)
    assert not signed_in(other)
    assert not Session.objects.exists()


def test_another_name_ends_none(two):
    client, other = two
    client.post("/en/account/", {"first_name": "Minh Anh", "last_name": "", "language": "vi"})
    assert User.objects.get(username="minh").first_name == "Minh Anh"
    assert signed_in(client)
    assert signed_in(other)


def test_a_page_within_the_same_minute_writes_nothing_down(client, officer):
    client.force_login(officer)
    seen = UserSession.objects.get().seen_on
    client.get("/en/account/")
    assert UserSession.objects.get().seen_on == seen
    session = client.session
    session["seen"] -= 120
    session.save()
    client.get("/en/account/")
    assert UserSession.objects.get().seen_on > seen
