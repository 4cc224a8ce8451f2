"""Settings come from the environment and fail loudly."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from trunghoa.portal import environment


def test_a_setting_without_a_default_must_be_given(monkeypatch):
    monkeypatch.delenv("TRUNGHOA_X", raising=False)
    with pytest.raises(ImproperlyConfigured, match="TRUNGHOA_X"):
        environment.text("TRUNGHOA_X")


def test_a_secret_can_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("s3cret\n")
    monkeypatch.setenv("TRUNGHOA_X_FILE", str(tmp_path / "key"))
    assert environment.text("TRUNGHOA_X") == "s3cret"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("0", False), ("Yes", True)])
def test_flags_are_words(monkeypatch, text, value):
    monkeypatch.setenv("TRUNGHOA_X", text)
    assert environment.flag("TRUNGHOA_X", default=not value) is value


def test_a_flag_that_is_neither_is_refused(monkeypatch):
    monkeypatch.setenv("TRUNGHOA_X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="maybe"):
        environment.flag("TRUNGHOA_X", default=False)


def test_a_number_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("TRUNGHOA_X", "ten")
    with pytest.raises(ImproperlyConfigured, match="ten"):
        environment.number("TRUNGHOA_X", 1)


def test_a_relative_sqlite_file_lies_in_the_var_folder():
    settings = environment.database("sqlite:///portal.sqlite3", Path("/srv/var"))
    assert settings["NAME"] == "/srv/var/portal.sqlite3"
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_an_absolute_sqlite_file_stays_where_it_is():
    assert environment.database("sqlite:////data/x.sqlite3", Path("/srv/var"))["NAME"] == "/data/x.sqlite3"


def test_postgresql_credentials_are_unquoted():
    settings = environment.database("postgresql://me:p%40ss@db:5433/trunghoa", Path("/srv/var"))
    assert [settings[k] for k in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "me",
        "p@ss",
        "db",
        "5433",
        "trunghoa",
    ]


def test_another_database_is_refused():
    with pytest.raises(ImproperlyConfigured, match="mysql"):
        environment.database("mysql://x/y", Path())


def test_mail_goes_where_the_address_says(tmp_path):
    found = environment.email("smtp+tls://post%40moc:p%2Fw@mail.example:587", tmp_path)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example", 587, True)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("post@moc", "p/w")
    assert environment.email("file:", tmp_path)["EMAIL_FILE_PATH"] == tmp_path / "mail"
    assert str(environment.email("console:", tmp_path)["EMAIL_BACKEND"]).endswith("console.EmailBackend")


@pytest.mark.parametrize("url", ["mail.example", "smtp://", "http://mail.example"])
def test_a_mail_address_of_another_kind_is_refused_without_repeating_its_password(url, tmp_path):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        environment.email(url, tmp_path)
