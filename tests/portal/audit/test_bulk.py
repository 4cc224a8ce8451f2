"""Many rows at once make one entry, from which it can be told which rows and what they held."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.audit import bulk, chain, context
from trunghoa.portal.core.audit.verification import verify
from trunghoa.portal.core.record import figures, runs
from trunghoa.portal.core.record.models import Figure, Run
from trunghoa.quantities import Figure as Value
from trunghoa.quantities import Period, Quality, Status


def values(place, count, amount=1):
    return [
        Value(
            system="S8", kind=f"test.k{n}", place=place.key, period=Period.years(2024, 2024), unit="t",
            amount=Decimal(amount), status=Status.REPORTED, quality=Quality.VERIFIED, source="a test",
        )
        for n in range(count)
    ]  # fmt: skip


def log(**wanted):
    return list(chain.entries().filter(**wanted))


def test_a_thousand_figures_make_one_entry(systems, country):
    figures.put(values(country, 1000))
    (entry,) = log(object_type="record.figure")
    first = Figure.objects.order_by("pk").first().pk
    assert entry.verb == "rows_created"
    assert entry.after["count"] == 1000
    assert entry.after["ranges"] == [[first, first + 999]]
    assert len(entry.after["sha256"]) == 64
    assert verify().whole


def test_corrected_figures_make_one_entry_for_the_old_and_one_for_the_new(systems, country):
    figures.put(values(country, 600))
    figures.put(values(country, 600, amount=2))
    old, new = log(object_type="record.figure")[1:]
    assert (old.verb, old.after["count"], old.after["values"]) == ("rows_changed", 600, {"is_current": False})
    assert (new.verb, new.after["count"]) == ("rows_created", 600)


def test_the_hash_of_an_entry_depends_on_what_the_rows_held(systems, country):
    figures.put(values(country, 30))
    figures.put(values(country, 30, amount=2))
    one, _, two = log(object_type="record.figure")
    assert one.after["sha256"] != two.after["sha256"]


def test_an_update_of_few_rows_says_of_each_what_changed(operators):
    assert bulk.update(Organisation.objects.all(), name_en="New") == 2
    entries = log(verb="changed")
    assert {e.label for e in entries} == {"alpha", "beta"}
    assert [(e.before, e.after) for e in entries] == [({"name_en": None}, {"name_en": "New"})] * 2


def test_an_update_of_many_rows_makes_one_entry(db):
    bulk.create(
        Organisation.objects,
        [Organisation(code=f"o{n}", name_vi="o", side="VN", kind="city") for n in range(50)],
    )
    bulk.update(Organisation.objects.filter(kind="city"), kind="province")
    (entry,) = log(verb="rows_changed")
    assert entry.after["count"] == 50
    assert entry.before["sha256"] != entry.after["sha256"]


def test_an_update_that_changes_nothing_enters_nothing(operators):
    bulk.update(Organisation.objects.all(), kind="facility")
    assert log(verb="changed") == []


def test_deleted_rows_make_one_entry_with_what_they_held(operators):
    bulk.delete(Organisation.objects.all())
    (entry,) = log(verb="rows_deleted")
    assert [row["code"] for row in entry.before["rows"]] == ["alpha", "beta"]
    assert log(verb="deleted") == []


def test_progress_of_a_run_makes_no_entry_but_its_end_does(systems, country, people):
    run, _ = runs.request(
        "k", version="1", parameters_version="1", inputs={"a": 1}, place=country, by=people["officer"]
    )
    with context.acting(origin="job x"):
        runs.execute(run, lambda progress: (progress(50, "half"), values(country, 2), [])[1:])
    changes = log(object_type="record.run", verb="changed")
    assert [e.after["state"] for e in changes] == ["running", "done"]
    assert {e.actor for e in changes} == {people["officer"]}
    assert Run.objects.get().progress == 100


def test_a_change_of_rows_that_belong_to_something_names_it(sites, systems):
    from trunghoa.portal.systems.landfills.models import Deposit, Landfill

    landfill = Landfill.objects.create(place=sites[0], source="a test")
    fresh = [Deposit(landfill=landfill, year=2020, waste="total", tonnes=Decimal(5))]
    bulk.create(Deposit.objects, fresh, about=landfill)
    (entry,) = log(object_type="landfills.deposit")
    assert entry.parent == f"landfills.landfill:{landfill.pk}"
    assert entry.after["rows"][0]["tonnes"] == "5"


def test_related_rows_are_entered(systems, country, people):
    run, _ = runs.request("k", version="1", parameters_version="1", inputs={}, place=country)
    from trunghoa.portal.core.record import documents

    run.outputs.add(documents.store(b"x", media_type="text/plain", filename="x.txt"))
    (entry,) = log(verb="related")
    assert entry.object_id == str(run.pk)
    run.outputs.clear()
    assert log(verb="parted")[0].before["rows"] == entry.after["rows"]


@pytest.fixture
def person(db):
    return User.objects.create_user("somebody", password="correct horse battery", role="observer")


def test_signing_in_and_out_is_entered_with_the_number_of_the_request(person):
    client = Client()
    page = client.post(reverse("login"), {"username": "somebody", "password": "correct horse battery"})
    (entry,) = log(verb="signed_in")
    assert entry.actor == person
    assert entry.request_id == page["X-Request-ID"]
    client.post(reverse("logout"))
    assert log(verb="signed_out")[0].actor == person


def test_failed_attempts_and_the_lockout_are_entered_without_what_was_typed(person):
    client = Client()
    for _ in range(6):
        client.post(reverse("login"), {"username": "somebody", "password": "my secret guess"})
    client.post(reverse("login"), {"username": "my password by mistake", "password": "x"})
    attempts = log(verb="sign_in_failed")
    assert attempts[0].object_id == str(person.pk)
    assert attempts[-1].label == ""
    assert log(verb="locked_out")
    everything = str([[e.label, e.before, e.after] for e in chain.entries()])
    assert "guess" not in everything
    assert "mistake" not in everything
