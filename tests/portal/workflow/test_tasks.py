"""What waits for me, for my organisation, for Viet Nam and for Japan."""

import re
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.workflow import tasks

from .conftest import go, make

TASKS = "/en/tasks/"


@pytest.fixture
def waiting(ministries, officers):
    """One errand for each list: both sides owe a signature, Viet Nam's ministry and one person an errand."""
    return {
        "sides": make("proposed", "Both sides", due=date(2026, 5, 2)),
        "ministry": make("agreed", "Ministry", holder=ministries["VN"], due=date(2026, 5, 1)),
        "person": make("prepared", "Mine", keeper=officers["jp1"]),
    }


def titles(user, which):
    return [task.object.title for task in tasks.with_objects(tasks.waiting_for(user, which))]


def test_each_list_holds_what_is_owed_there_and_what_is_due_first_comes_first(waiting, vn, jp):
    assert titles(jp, "me") == ["Both sides", "Mine"]
    assert titles(vn, "me") == ["Both sides"]
    assert titles(vn, "organisation") == ["Ministry"]
    assert titles(jp, "organisation") == []
    assert titles(vn, "vn") == ["Ministry", "Both sides"]
    assert titles(vn, "jp") == ["Both sides"]


def test_the_counts_are_the_lengths_of_the_lists(waiting, vn, jp):
    for user in (vn, jp):
        assert tasks.counts(user) == {which: tasks.waiting_for(user, which).count() for which in tasks.LISTS}
    assert tasks.counts(vn) == {"me": 1, "organisation": 1, "vn": 2, "jp": 1}


def test_what_one_may_not_see_waits_for_nobody_in_ones_list(waiting, observer, vn):
    waiting["sides"].hidden = True
    waiting["sides"].save()
    assert titles(observer, "vn") == []
    assert titles(vn, "jp") == []


def test_a_signature_takes_the_task_off_the_list_of_its_side(waiting, vn, jp):
    go(waiting["sides"], "agree", vn)
    assert titles(vn, "vn") == ["Ministry"]
    assert titles(vn, "me") == []
    assert titles(jp, "me") == ["Both sides", "Mine"]
    assert titles(jp, "jp") == ["Both sides"]


@pytest.mark.parametrize(("hour", "late_vn", "late_jp"), [(14, 0, 0), (16, 0, 1), (18, 1, 1)])
def test_days_late_are_counted_where_the_work_is_owed(waiting, vn, monkeypatch, hour, late_vn, late_jp):
    """The 2nd of May ends at 15:00 UTC in Tokyo and at 17:00 UTC in Hà Nội."""
    now = datetime(2026, 5, 2, hour, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    late = {
        which: next(t for t in tasks.with_objects(tasks.waiting_for(vn, which)) if t.object.title[0] == "B")
        for which in ("vn", "jp")
    }
    assert (late["vn"].days_over, late["jp"].days_over) == (late_vn, late_jp)


def test_a_signature_waits_for_the_officers_who_may_give_it_and_for_nobody_else(
    waiting, observer, ministries
):
    for role, holds in (("officer", ["Both sides"]), ("researcher", []), ("locality", [])):
        reader = User.objects.create_user(role, password="x", role=role, organisation=ministries["JP"])
        assert titles(reader, "me") == holds
    assert titles(observer, "me") == []


@pytest.mark.parametrize(("name", "order"), [("vn1", ["vn", "jp"]), ("jp1", ["jp", "vn"])])
def test_ones_own_side_comes_first(client, waiting, officers, name, order):
    client.force_login(officers[name])
    assert re.findall(r'href="\?list=(\w+)"', client.get(TASKS).content.decode())[2:] == order


def test_the_page_opens_on_the_first_list_that_holds_anything(client, waiting, vn, jp):
    go(waiting["sides"], "agree", vn)
    client.force_login(vn)
    page = client.get(TASKS).content.decode()
    assert "Waiting for my organisation (1)" in page
    assert "Ministry [en]" in page
    assert "Both sides [en]" not in page
    client.force_login(jp)
    assert "Mine [en]" in client.get(TASKS).content.decode()


@pytest.mark.parametrize(
    ("lang", "said"),
    [("vi", "Đang chờ phía Nhật Bản"), ("ja", "日本側の対応待ち"), ("en", "Waiting for Japan")],
)
def test_each_list_has_its_address_in_each_language(client, waiting, vn, lang, said):
    client.force_login(vn)
    page = client.get(f"/{lang}/tasks/?list=jp").content.decode()
    assert said in page
    assert f"Both sides [{lang}]" in page
    assert client.get(f"/{lang}/tasks/?list=other").status_code == 404


def test_the_list_is_downloaded_without_formulas(client, vn, ministries):
    make("agreed", "=1+1", holder=ministries["VN"])
    client.force_login(vn)
    rows = client.get(f"{TASKS}?list=organisation&format=csv").content.decode()
    assert "'=1+1 [en]" in rows


def test_the_page_takes_few_queries_however_much_waits(client, vn, ministries, django_assert_max_num_queries):
    for n in range(60):
        make("agreed", f"Errand {n}", holder=ministries["VN"])
    client.force_login(vn)
    client.get(f"{TASKS}?list=organisation")
    with django_assert_max_num_queries(8):
        client.get(f"{TASKS}?list=organisation")
