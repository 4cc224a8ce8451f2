"""Who reaches which address of the room: each role against each address."""

import pytest

from trunghoa.portal.systems.landfills.models import Conversion, DepositImport

from .conftest import run_now

ROLES = ("officer", "locality", "operator", "verifier", "researcher", "observer")
ROOM = ("", "map/", "portfolio/")
READ = ("", "runs/", "deposits/template/")
CHANGE = (
    "edit/", "conversions/new/", "conversions/{conversion}/", "project/", "deposits/new/", "deposits/2020/",
    "deposits/import/", "deposits/import/{record}/",
)  # fmt: skip
ACT = ("run/", "conversions/{conversion}/remove/", "deposits/import/{record}/confirm/")
# Locality Hà Nội and operator alpha have the first site; the second is of Cần Thơ and beta.
SEES = {
    "officer": (True, True), "verifier": (True, True), "researcher": (True, True),
    "locality": (True, False), "operator": (True, False), "observer": (False, False),
}  # fmt: skip
CHANGES = {
    **dict.fromkeys(ROLES, (False, False)),
    "officer": (True, True),
    "locality": (True, False),
    "operator": (True, False),
}


@pytest.fixture
def both(landfill, other, people):
    found = []
    for site in (landfill, other):
        conversion = Conversion.objects.create(
            landfill=site, on="2022-01-01", to="semi_aerobic", source="certificate"
        )
        record = DepositImport.objects.create(
            landfill=site, filename="a.csv", by=people["officer"], outcome="checked", revision=1
        )
        found.append((site, conversion, record))
    return found


def addresses(both, patterns):
    for index, (site, conversion, record) in enumerate(both):
        for pattern in patterns:
            path = pattern.format(conversion=conversion.pk, record=record.pk)
            yield index, f"/vi/landfills/{site.place.code}/{path}"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_what_is_its_own_and_does_not_learn_of_the_rest(client, people, both, role):
    client.force_login(people[role])
    for path in ROOM:
        assert client.get(f"/vi/landfills/{path}").status_code == 200
    for index, url in addresses(both, READ):
        assert client.get(url).status_code == (200 if SEES[role][index] else 404), url


@pytest.mark.parametrize("role", ROLES)
def test_a_role_changes_only_what_it_may(client, people, both, role):
    client.force_login(people[role])
    for index, url in addresses(both, CHANGE):
        expected = 200 if CHANGES[role][index] else 403 if SEES[role][index] else 404
        assert client.get(url).status_code == expected, url
    for index, url in addresses(both, ACT):
        expected = 302 if CHANGES[role][index] else 403 if SEES[role][index] else 404
        assert client.post(url).status_code == expected, url


def test_who_has_not_signed_in_is_sent_to_the_sign_in_page(client, both):
    urls = [f"/vi/landfills/{path}" for path in ROOM] + [url for _, url in addresses(both, READ + CHANGE)]
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 302, url
        assert answer["Location"].startswith("/vi/login/"), url
    for _, url in addresses(both, ACT):
        assert client.post(url)["Location"].startswith("/vi/login/"), url


def test_a_refused_post_changes_nothing(client, people, landfill):
    client.force_login(people["researcher"])
    answer = client.post(
        f"/vi/landfills/{landfill.place.code}/edit/", {"revision": 1, "name_vi": "X", "source": "x"}
    )
    assert answer.status_code == 403
    landfill.place.refresh_from_db()
    assert landfill.place.name_vi == "Bãi số 1"


@pytest.mark.parametrize(
    ("role", "count"), [("officer", 2), ("locality", 1), ("operator", 1), ("observer", 0)]
)
def test_the_list_its_downloads_and_the_map_hold_only_what_one_may_see(
    client, people, landfill, other, role, count
):
    for site in (landfill, other):
        type(site.place).objects.filter(pk=site.place_id).update(latitude=16, longitude=107)
        run_now(site)
    client.force_login(people[role])
    assert client.get("/vi/landfills/").content.decode().count(">Bãi số") == count
    assert len(client.get("/vi/landfills/?format=json&table=landfills").json()) == count
    assert client.get("/vi/landfills/map/").content.decode().count("<circle cx") >= count
    assert client.get("/vi/landfills/map/").content.decode().count("/vi/landfills/site-") == count


def test_the_workbook_and_pages_of_a_site_hold_only_get_and_post_where_they_act(client, people, landfill):
    client.force_login(people["officer"])
    assert client.get(f"/vi/landfills/{landfill.place.code}/run/").status_code == 405
    assert client.post(f"/vi/landfills/{landfill.place.code}/runs/").status_code == 405
