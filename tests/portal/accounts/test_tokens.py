"""API tokens: shown once, kept as hashes, with scope, end, rotation, revocation; they see what people see."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.portal.record.test_figures import METHANE

from trunghoa.portal.core.accounts import tokens
from trunghoa.portal.core.accounts.models import ApiToken, Organisation, User
from trunghoa.portal.core.record import figures
from trunghoa.portal.core.record.models import Place

from .conftest import make_person

SYSTEMS = "/api/v1/systems"


def with_token(client, text, path=SYSTEMS, method="get", **more):
    return getattr(client, method)(path, headers={"Authorization": f"Bearer {text}"}, **more)


@pytest.fixture
def token(officer, systems):
    return tokens.create(
        officer.organisation, "weather feed", "read", timezone.now() + timedelta(days=30), officer
    )


def test_the_page_shows_the_token_once(client, officer, systems):
    client.force_login(officer)
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    page = client.post(
        "/en/tokens/new/", {"name": "feed", "organisation": "mae", "scope": "read", "last_day": day}
    ).content.decode()
    text = re.search(r'<code id="token">(th_[\w-]+)</code>', page)[1]
    client.logout()
    assert with_token(client, text).json()[0]["code"] == "S8"
    row = ApiToken.objects.get()
    assert text.split("_", 2)[2] not in str(ApiToken.objects.values().get())
    client.force_login(officer)
    assert text not in client.get(f"/en/tokens/{row.pk}/").content.decode()


@pytest.mark.parametrize("text", ["", "th", "th__", "th_x_y", "th_{key}_wrong", "xx_{key}_{secret}"])
def test_a_wrong_token_is_refused(client, token, text):
    row, good = token
    answer = with_token(client, text.format(key=row.key, secret=good.split("_", 2)[2]))
    assert (answer.status_code, answer.json()) == (401, {"detail": "Unauthorized"})


def test_a_wrong_token_is_no_wrong_form(client, token):
    answer = with_token(
        client, "th_x_y", "/api/v1/landfills/site-1/deposits", "put", data={}, content_type="application/json"
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "change",
    [{"revoked_on": timezone.now()}, {"expires_on": timezone.now() - timedelta(seconds=1)}],
    ids=["revoked", "expired"],
)
def test_an_ended_token_is_refused(client, token, change):
    _row, text = token
    ApiToken.objects.update(**change)
    assert with_token(client, text).status_code == 401


def test_a_reading_token_does_not_write(client, token):
    _row, text = token
    answer = with_token(
        client, text, "/api/v1/landfills/site-1/deposits", "put", data={}, content_type="application/json"
    )
    assert answer.status_code == 403
    assert answer.json()["detail"]


def test_a_writing_token_reaches_what_it_writes(client, officer, systems):
    _, text = tokens.create(officer.organisation, "w", "write", timezone.now() + timedelta(days=1), officer)
    answer = with_token(
        client, text, "/api/v1/landfills/nowhere/deposits", "put", data={}, content_type="application/json"
    )
    assert answer.status_code in (404, 422)


def test_a_dissolved_organisations_token_reads_only(client, officer, systems):
    _, text = tokens.create(officer.organisation, "w", "write", timezone.now() + timedelta(days=1), officer)
    Organisation.objects.filter(code="mae").update(valid_to="2024-12-31")
    assert with_token(client, text).status_code == 200
    answer = with_token(
        client, text, "/api/v1/landfills/site-1/deposits", "put", data={}, content_type="application/json"
    )
    assert answer.status_code == 403


def test_a_token_sees_what_its_organisation_sees(client, people, sites, systems):
    from dataclasses import replace

    from trunghoa.quantities import PlaceKey

    figures.put([METHANE, replace(METHANE, place=PlaceKey("site", "site-2"))])
    operator = people["operator"]
    _, text = tokens.create(
        operator.organisation, "own", "read", timezone.now() + timedelta(days=1), operator
    )
    items = with_token(client, text, "/api/v1/figures").json()["items"]
    assert [i["place"] for i in items] == ["site:site-1"]
    assert Place.objects.filter(kind="site").count() == 2


def test_rotation_leaves_the_old_secret_some_hours(client, token, officer):
    row, old = token
    client.force_login(officer)
    page = client.post(f"/en/tokens/{row.pk}/rotate/").content.decode()
    new = re.search(r'<code id="token">(th_[\w-]+)</code>', page)[1]
    client.logout()
    assert [with_token(client, t).status_code for t in (old, new)] == [200, 200]
    ApiToken.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
    assert [with_token(client, t).status_code for t in (old, new)] == [401, 200]


def test_revocation_is_at_once(client, token, officer):
    row, text = token
    client.force_login(officer)
    client.post(f"/en/tokens/{row.pk}/revoke/")
    client.logout()
    assert with_token(client, text).status_code == 401
    row.refresh_from_db()
    assert not row.user.is_active


def test_its_last_use_is_written_at_most_once_a_minute(client, token):
    _row, text = token
    with_token(client, text)
    first = ApiToken.objects.get().last_used_on
    assert first is not None
    with_token(client, text)
    assert ApiToken.objects.get().last_used_on == first
    ApiToken.objects.update(last_used_on=first - timedelta(minutes=2))
    with_token(client, text)
    assert ApiToken.objects.get().last_used_on > first - timedelta(seconds=1)


def test_too_many_requests_are_throttled(client, token, monkeypatch):
    from trunghoa.portal.core.accounts.bearer import TokenThrottle

    monkeypatch.setattr(TokenThrottle, "get_cache_key", lambda self, request: "token-test-rate")
    monkeypatch.setattr(TokenThrottle, "allow_request", lambda self, request: False)
    monkeypatch.setattr(TokenThrottle, "wait", lambda self: 30)
    answer = with_token(client, token[1])
    assert answer.status_code == 429
    assert answer.headers["Retry-After"]


def test_the_rate_is_counted_for_each_token(rf, token, officer, settings):
    from django.core.cache import cache

    from trunghoa.portal.core.accounts.bearer import TokenThrottle

    cache.clear()
    settings.API_TOKEN_RATE = "2/min"
    throttle = TokenThrottle()
    other, _ = tokens.create(officer.organisation, "o", "read", timezone.now() + timedelta(days=1), officer)
    request = rf.get(SYSTEMS)
    request.auth = token[0]
    assert [throttle.allow_request(request) for _ in range(3)] == [True, True, False]
    request.auth = other
    assert throttle.allow_request(request)
    request.auth = officer
    assert [throttle.allow_request(request) for _ in range(3)] == [True, True, True]


def test_the_service_user_never_signs_in(client, token):
    user = token[0].user
    assert not user.has_usable_password()
    answer = client.post("/en/login/", {"username": user.username, "password": ""})
    assert "_auth_user_id" not in client.session
    assert answer.status_code == 200


def test_a_member_makes_tokens_of_the_own_organisation_with_the_own_role(client, operator, organisations):
    client.force_login(operator)
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    given = {"name": "feed", "scope": "write", "last_day": day}
    assert client.post("/en/tokens/new/", {**given, "organisation": "mae"}).status_code == 422
    client.post("/en/tokens/new/", {**given, "organisation": "plant"})
    row = ApiToken.objects.get()
    assert (row.user.role, row.user.organisation.code) == ("operator", "plant")


def test_an_observer_in_a_ministry_makes_no_token_that_could_write_for_it(client, organisations):
    client.force_login(make_person("watcher", User.Role.OBSERVER, organisations["mae"]))
    assert client.get("/en/tokens/").status_code == 403
    assert client.post("/en/tokens/new/", {}).status_code == 403


def test_tokens_of_the_other_side_are_not_found(client, token, japanese):
    client.force_login(japanese)
    row, _ = token
    assert client.get("/en/tokens/?format=json&table=tokens").json() == []
    for path in ("", "rotate/", "revoke/"):
        method = client.post if path else client.get
        assert method(f"/en/tokens/{row.pk}/{path}").status_code == 404


@pytest.mark.parametrize("days", [0, 367])
def test_a_token_ends_within_a_year(client, officer, days):
    client.force_login(officer)
    day = (timezone.localdate() + timedelta(days=days)).isoformat()
    answer = client.post(
        "/en/tokens/new/", {"name": "feed", "organisation": "mae", "scope": "read", "last_day": day}
    )
    assert answer.context["form"].errors.keys() == {"last_day"}
    assert not ApiToken.objects.exists()
