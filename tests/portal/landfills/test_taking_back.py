"""A file of deposits that was taken over can be taken back, while the series stands as it left it."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trunghoa.portal.core.audit import chain
from trunghoa.portal.systems.landfills import series
from trunghoa.portal.systems.landfills.models import DepositImport

FILE = b"year,food,paper\n2015,1.5,10\n2016,110,11.5\n"


@pytest.fixture
def signed_in(client, people):
    client.force_login(people["operator"])
    return client


def imports_url(landfill, record=None, step=""):
    middle = f"{record.pk}/{step}" if record else ""
    return f"/en/landfills/{landfill.place.code}/deposits/import/{middle}"


def take_over(client, landfill, content=FILE, name="deposits.csv"):
    landfill.refresh_from_db()
    data = {
        "file": SimpleUploadedFile(name, content),
        "source": "weighbridge",
        "quality": "unverified",
        "revision": landfill.revision,
    }
    client.post(imports_url(landfill), data)
    record = DepositImport.objects.latest("pk")
    client.post(imports_url(landfill, record, "confirm/"))
    landfill.refresh_from_db()
    return record


def take_back(client, landfill, record):
    answer = client.post(imports_url(landfill, record, "take-back/"), follow=True)
    landfill.refresh_from_db()
    record.refresh_from_db()
    return answer


def test_taking_back_restores_the_series_with_its_sources_as_a_new_revision(signed_in, landfill):
    before = series.stored(landfill)
    record = take_over(signed_in, landfill)
    assert series.stored(landfill) != before
    taken_over = landfill.last_run_id
    take_back(signed_in, landfill, record)
    assert series.stored(landfill) == before
    assert (landfill.revision, record.outcome) == (3, "taken_back")
    assert landfill.last_run_id != taken_over


def test_other_facts_of_the_site_may_change_meanwhile(signed_in, landfill):
    before = series.stored(landfill)
    record = take_over(signed_in, landfill)
    type(landfill).objects.filter(pk=landfill.pk).update(revision=7, cover="soil")
    take_back(signed_in, landfill, record)
    assert series.stored(landfill) == before
    assert (landfill.revision, landfill.cover) == (8, "soil")


@pytest.mark.parametrize("change", [{"tonnes": Decimal(2)}, {"source": "recount"}])
def test_a_series_changed_since_is_not_taken_back_and_the_earlier_file_is_offered(
    signed_in, landfill, change
):
    take_over(signed_in, landfill, b"year,food\n2015,7\n", "first.csv")
    record = take_over(signed_in, landfill)
    landfill.deposits.filter(year=2015, waste="food").update(**change)
    stands = series.stored(landfill)
    page = take_back(signed_in, landfill, record).content.decode()
    assert series.stored(landfill) == stands
    assert (landfill.revision, record.outcome) == (3, "applied")
    assert "no longer stand as this file left them" in page
    assert "first.csv" in page
    assert "take-back" not in page


def test_files_are_taken_back_one_after_the_other(signed_in, landfill):
    before = series.stored(landfill)
    first = take_over(signed_in, landfill, b"year,food\n2015,7\n")
    second = take_over(signed_in, landfill)
    take_back(signed_in, landfill, first)
    assert first.outcome == "applied"
    take_back(signed_in, landfill, second)
    take_back(signed_in, landfill, first)
    assert series.stored(landfill) == before


def test_a_second_click_changes_nothing(signed_in, landfill):
    record = take_over(signed_in, landfill)
    take_back(signed_in, landfill, record)
    take_back(signed_in, landfill, record)
    assert landfill.revision == 3


def test_both_pages_offer_it_to_whoever_may_change_the_site(signed_in, client, people, landfill):
    record = take_over(signed_in, landfill)
    target = imports_url(landfill, record, "take-back/")
    assert target in signed_in.get(imports_url(landfill, record)).content.decode()
    assert target in signed_in.get(f"/en/landfills/{landfill.place.code}/").content.decode()
    client.force_login(people["verifier"])
    assert target not in client.get(f"/en/landfills/{landfill.place.code}/").content.decode()
    assert client.post(target).status_code == 403
    record.refresh_from_db()
    assert record.outcome == "applied"


def test_it_is_entered_in_the_audit_log(signed_in, people, landfill):
    record = take_over(signed_in, landfill)
    last = chain.entries().count()
    take_back(signed_in, landfill, record)
    found = chain.entries().order_by("seq")[last:]
    assert {"rows_deleted", "rows_created"} <= {entry.verb for entry in found}
    assert {entry.actor for entry in found} == {people["operator"]}
    [settled] = [entry for entry in found if entry.object_type == "landfills.depositimport"]
    assert settled.after["outcome"] == "taken_back"
