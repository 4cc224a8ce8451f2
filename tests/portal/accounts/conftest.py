"""Ministries of both sides with an officer each, a facility with its operator, and codes of an app."""

from datetime import date

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from trunghoa.portal.core.accounts import factors
from trunghoa.portal.core.accounts.models import Organisation, User

PASSWORD = "correct horse battery"


@pytest.fixture
def organisations(db):
    rows = {
        "mae": ("Bộ Nông nghiệp và Môi trường", "農業環境省", "VN", "ministry"),
        "moej": ("Bộ Môi trường Nhật Bản", "環境省", "JP", "ministry"),
        "plant": ("Nhà máy", "工場", "VN", "facility"),
        "fund": ("Quỹ", "基金", "other", "observer"),
    }
    return {
        code: Organisation.objects.create(
            code=code, name_vi=vi, name_ja=ja, name_en=code, side=side, kind=kind, valid_from=date(2020, 1, 1)
        )
        for code, (vi, ja, side, kind) in rows.items()
    }


def make_person(username, role, organisation, **more):
    return User.objects.create_user(
        username,
        f"{username}@example.org",
        PASSWORD,
        role=role,
        organisation=organisation,
        first_name=username,
        **more,
    )


@pytest.fixture
def officer(organisations):
    return make_person("lan", User.Role.OFFICER, organisations["mae"])


@pytest.fixture
def japanese(organisations):
    return make_person("yuki", User.Role.OFFICER, organisations["moej"], language="ja")


@pytest.fixture
def operator(organisations):
    return make_person("minh", User.Role.OPERATOR, organisations["plant"])


@pytest.fixture
def compulsory(settings):
    settings.MFA_COMPULSORY = True


@pytest.fixture
def clock(monkeypatch):
    """The clock of codes, which a test puts forward."""

    class Clock:
        now = 1_800_000_000

        def code(self, secret):
            return totp.format_hotp_value(totp.hotp_value(secret, self.now // 30))

    hands = Clock()
    monkeypatch.setattr(totp.time, "time", lambda: hands.now)
    return hands


@pytest.fixture
def with_app(clock):
    """Give a person an app with codes; returns its key and the recovery codes."""

    def give(user):
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(user, secret)
        return secret, factors.recovery_codes(user)

    return give


@pytest.fixture
def browser():
    """A further browser, with its own cookies."""
    return Client
