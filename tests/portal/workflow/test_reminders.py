"""Reminders: one digest a day, in the person's language, of what is theirs and due."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from trunghoa.portal.core.workflow import reminders

from .conftest import make


@pytest.fixture(autouse=True)
def noon(monkeypatch, settings):
    settings.SITE_URL = "https://portal.example"
    return at(monkeypatch, datetime(2026, 5, 10, 3, tzinfo=UTC))


def at(monkeypatch, moment):
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


@pytest.fixture
def reachable(officers):
    for name, user in officers.items():
        user.email = f"{name}@example.org"
        user.language = "ja" if name.startswith("jp") else "vi"
        user.save()
    return officers


def to(address):
    return [m for m in mail.outbox if m.to == [address]]


def test_everything_due_goes_into_one_mail(reachable, ministries):
    make("agreed", "Late one", holder=ministries["VN"], due=date(2026, 5, 1))
    make("agreed", "Soon one", holder=ministries["VN"], due=date(2026, 5, 15))
    make("agreed", "Far one", holder=ministries["VN"], due=date(2026, 6, 30))
    make("agreed", "Undated one", holder=ministries["VN"])
    sent = reminders.remind()
    assert sorted(sent.reminded) == ["vn1", "vn2"]
    [letter] = to("vn1@example.org")
    assert "Late one [vi]" in letter.body
    assert "Soon one [vi]" in letter.body
    assert letter.body.index("Late one") < letter.body.index("Soon one")
    assert "Far one" not in letter.body
    assert "Undated one" not in letter.body
    assert "https://portal.example/vi/errands/" in letter.body


def test_each_is_written_to_in_their_own_language(reachable):
    make("proposed", "Both", due=date(2026, 5, 12))
    reminders.remind()
    [vietnamese], [japanese] = to("vn1@example.org"), to("jp1@example.org")
    assert "Both [vi]" in vietnamese.body
    assert "Both [ja]" in japanese.body
    assert vietnamese.subject != japanese.subject
    assert "/ja/errands/" in japanese.body


def test_a_second_run_of_the_day_sends_nothing_and_the_next_day_does(reachable, ministries, monkeypatch):
    make("agreed", "Late", holder=ministries["JP"], due=date(2026, 5, 1))
    reminders.remind()
    assert reminders.remind().reminded == []
    assert len(to("jp1@example.org")) == 1
    at(monkeypatch, datetime(2026, 5, 11, 3, tzinfo=UTC))
    reminders.remind()
    assert len(to("jp1@example.org")) == 2


def test_who_has_nothing_to_do_is_left_in_peace(reachable, ministries, observer):
    observer.email = "observer@example.org"
    observer.organisation = ministries["VN"]
    observer.save()
    make("agreed", "Late", holder=ministries["JP"], due=date(2026, 5, 1))
    assert sorted(reminders.remind().reminded) == ["jp1", "jp2"]
    assert to("vn1@example.org") == to("observer@example.org") == []


def test_what_is_a_persons_own_reminds_that_person_alone(reachable):
    make("prepared", "Mine", keeper=reachable["vn2"], due=date(2026, 5, 9))
    assert reminders.remind().reminded == ["vn2"]


def test_a_mail_that_did_not_leave_is_tried_again(reachable, ministries, monkeypatch):
    make("agreed", "Late", holder=ministries["VN"], due=date(2026, 5, 1))

    def away(*args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(reminders, "send_mail", away)
        assert sorted(reminders.remind().failed) == ["vn1", "vn2"]
    assert sorted(reminders.remind().reminded) == ["vn1", "vn2"]


@pytest.mark.parametrize(("hour", "reminded"), [(14, []), (15, ["jp1", "jp2"])])
def test_soon_is_counted_on_the_owing_sides_calendar(reachable, ministries, monkeypatch, hour, reminded):
    """Seven days before the 20th, in Japan: that day begins there at 15:00 UTC of the day before."""
    make("agreed", "Soon", holder=ministries["JP"], due=date(2026, 5, 20))
    at(monkeypatch, datetime(2026, 5, 12, hour, tzinfo=UTC))
    assert sorted(reminders.remind().reminded) == reminded


def test_the_command_reminds(reachable, ministries, capsys):
    make("agreed", "Late", holder=ministries["VN"], due=date(2026, 5, 1))
    call_command("remind")
    assert len(mail.outbox) == 2
