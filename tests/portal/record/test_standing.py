"""Lists stand until something changes; what belongs to one person is never anybody else's."""

import re

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record import standing
from trunghoa.portal.core.record.models import Place
from trunghoa.portal.systems.landfills.models import Landfill

# Nothing is kept inside a transaction, so these need a database that commits.
pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/vi/landfills/"


@pytest.fixture(autouse=True)
def _empty():
    caches[standing.CACHE].clear()


@pytest.fixture
def country():
    return Place.objects.create(era="country", code="VN", kind="country", name_vi="Việt Nam")


@pytest.fixture
def landfills(country):
    rows = []
    for n, code in enumerate(("alpha", "beta"), start=1):
        operator = Organisation.objects.create(code=code, name_vi=code, side="VN", kind="facility")
        province = Place.objects.create(era="2025", code=f"0{n}", kind="province", name_vi=f"Tỉnh {n}")
        place = Place.objects.create(
            era="site",
            code=f"site-{n}",
            kind="site",
            name_vi=f"Bãi số {n}",
            operator=operator,
            parent=province,
        )
        rows.append(Landfill.objects.create(place=place, source="a test", opened=2000))
    return rows


def signed_in(name, role="officer", organisation=None):
    user = User.objects.create_user(name, role=role, organisation=organisation)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/alive")
    return client


def text(client, address=LIST, **more):
    return client.get(address, **more).content.decode()


def token(page):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def test_a_page_that_stands_asks_only_who_reads_and_whether_anything_changed(landfills):
    client = signed_in("a")
    first = text(client)
    with CaptureQueriesContext(connection) as asked:
        again = text(client)
    assert len(asked) <= 3
    assert "Bãi số 1" in again
    assert re.sub(r'value="\w{64}"', "", first) == re.sub(r'value="\w{64}"', "", again)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rename(rows[0].place),
        lambda rows: edit(rows[0], opened=1999),
        lambda rows: rows[0].delete(),
    ],
    ids=["renamed", "edited", "deleted"],
)
def test_the_next_page_shows_every_change(landfills, change):
    client = signed_in("a")
    before = text(client)
    change(landfills)
    after = text(client)
    assert re.sub(r'value="\w{64}"', "", before) != re.sub(r'value="\w{64}"', "", after)


def rename(place):
    place.name_vi = "Bãi mới"
    place.save()


def edit(row, **values):
    from trunghoa.portal.core.audit import bulk

    bulk.update(type(row).objects.filter(pk=row.pk), **values)


def test_readers_who_see_different_things_never_share(landfills):
    officer, alpha = signed_in("o"), signed_in("a", "operator", landfills[0].place.operator)
    beta = signed_in("b", "operator", landfills[1].place.operator)
    for _ in range(2):
        assert ("Bãi số 1" in text(officer), "Bãi số 2" in text(officer)) == (True, True)
        assert ("Bãi số 1" in text(alpha), "Bãi số 2" in text(alpha)) == (True, False)
        assert ("Bãi số 1" in text(beta), "Bãi số 2" in text(beta)) == (False, True)


def test_a_reader_who_loses_a_role_sees_less_at_once(landfills):
    client = signed_in("o")
    assert "Bãi số 2" in text(client)
    user = User.objects.get(username="o")
    user.role = User.Role.OBSERVER
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "Bãi số 2" not in text(client)


def test_name_and_form_token_are_each_readers_own(landfills):
    one, two = signed_in("one"), signed_in("two")
    first, second = text(one), text(two)
    assert ">one<" in first
    assert ">two<" in second
    assert ">one<" not in second
    assert token(first) != token(second)
    for client, page in ((one, first), (two, second)):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = client.cookies
        answer = strict.post("/vi/logout/", {"csrfmiddlewaretoken": token(page)})
        assert answer.status_code == 302


def test_what_stands_holds_nothing_of_the_reader(landfills):
    text(signed_in("one"))
    (kept,) = [caches[standing.CACHE].get(key) for key in _keys()]
    assert "Bãi số 1" in kept
    assert "csrf" not in kept
    assert ">one<" not in kept


def _keys():
    return [key.split(":", 2)[2] for key in caches[standing.CACHE]._cache]


def test_a_message_is_shown_once_and_to_its_reader(landfills):
    client, other = signed_in("one"), signed_in("two")
    text(client)
    tag = client.get(LIST)["ETag"]
    # The site cannot be computed; the next page says so.
    assert client.post("/en/landfills/site-1/run/").status_code == 302
    page = client.get(LIST, headers={"If-None-Match": tag})
    assert page.status_code == 200
    assert "cannot be modelled yet" in page.content.decode()
    assert "ETag" not in page
    assert "cannot be modelled yet" not in text(client)
    assert "cannot be modelled yet" not in text(other)


def test_the_browsers_copy_counts_until_something_changes(landfills):
    client = signed_in("one")
    text(client)
    tag = client.get(LIST)["ETag"]
    again = client.get(LIST, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in again["Cache-Control"]
    rename(landfills[0].place)
    page = client.get(LIST, headers={"If-None-Match": tag})
    assert page.status_code == 200
    assert "Bãi mới" in page.content.decode()


def test_another_persons_copy_does_not_count(landfills):
    one, two = signed_in("one"), signed_in("two")
    text(one)
    tag = one.get(LIST)["ETag"]
    assert two.get(LIST, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("query", ["?q=so+1", "?sort=-opened", "?page=2"])
def test_each_address_and_language_has_its_own(landfills, query):
    client = signed_in("a")
    assert "Bãi chôn lấp" in text(client)
    assert "Landfills" in text(client, "/en/landfills/")
    plain, asked = text(client), text(client, LIST + query)
    assert asked != plain
    assert text(client, LIST + "?q=nothing") != plain


def test_a_download_is_never_kept(landfills):
    client = signed_in("a")
    assert "Bãi số 1" in text(client, LIST + "?format=csv&table=landfills")
    assert _keys() == []
    assert "<!doctype html>" in text(client)


def test_a_page_inside_an_open_transaction_is_not_kept(landfills):
    from django.db import transaction

    client = signed_in("a")
    with transaction.atomic():
        rename(landfills[0].place)
        assert "Bãi mới" in text(client)
        transaction.set_rollback(True)
    assert _keys() == []
    assert "Bãi mới" not in text(client)
