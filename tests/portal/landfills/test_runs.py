"""A run of a landfill: the kernel's numbers, once, and never quietly replaced."""

from datetime import date
from decimal import Decimal

import pytest
from django_tasks_db.models import DBTaskResult

from trunghoa.landfill import resolve, run
from trunghoa.parameters import Parameters
from trunghoa.portal.core.record.models import Figure, Run
from trunghoa.portal.systems.landfills import description, outcome, tasks, totals
from trunghoa.portal.systems.landfills.models import Deposit, Landfill

from .conftest import make_project, run_now

EMITTED = {"kind": "landfill.ch4_emitted", "scenario": "as_is", "category": ""}


def emitted(landfill, year):
    return Figure.objects.current().get(place=landfill.place, period_start__year=year, **EMITTED)


def test_a_page_has_the_number_the_kernel_gives(landfill):
    run_now(landfill)
    given = tasks.given(description.describe(landfill))
    result = run(resolve(given, Parameters.load(), date(2026, 1, 1)))
    index = result.inputs.years.index(2025)
    assert float(emitted(landfill, 2025).amount) == pytest.approx(
        float(result.methane.emitted[index].sum()), rel=1e-11
    )


def test_the_total_carries_its_interval_and_names_its_run(landfill):
    found = run_now(landfill)
    figure = emitted(landfill, 2025)
    assert figure.lower < figure.amount < figure.upper
    assert figure.run == found
    assert figure.source == "records of the operator"
    deposited = Figure.objects.current().get(
        kind="landfill.deposited", period_start__year=2020, place=landfill.place
    )
    assert (deposited.amount, deposited.source) == (Decimal(100000), "log 2020")


def test_running_again_writes_no_figure_twice(landfill):
    first = run_now(landfill)
    count = Figure.objects.count()
    again = run_now(landfill)
    assert again == first
    assert Figure.objects.count() == count > 0


def test_a_job_delivered_twice_counts_once(landfill):
    found, _ = tasks.request_run(landfill)
    tasks.run_landfill.func(str(found.pk))
    count = Figure.objects.count()
    tasks.run_landfill.func(str(found.pk))
    assert Figure.objects.count() == count


def test_a_correction_supersedes_and_the_old_figure_stays_on_record(landfill):
    run_now(landfill)
    old = emitted(landfill, 2025)
    Deposit.objects.filter(landfill=landfill, year=2020, waste="food").update(tonnes=Decimal(80000))
    Landfill.objects.filter(pk=landfill.pk).update(revision=2)
    run_now(landfill)
    new = emitted(landfill, 2025)
    assert new.supersedes == old
    assert new.amount > old.amount
    assert Figure.objects.filter(pk=old.pk, is_current=False).exists()
    # What did not change is not written again.
    assert emitted(landfill, 2016).run == old.run


def test_a_change_taken_back_brings_the_first_numbers_back(landfill):
    run_now(landfill)
    first = emitted(landfill, 2025).amount
    for revision, tonnes in ((2, 80000), (3, 50000)):
        Deposit.objects.filter(landfill=landfill, year=2020, waste="food").update(tonnes=Decimal(tonnes))
        Landfill.objects.filter(pk=landfill.pk).update(revision=revision)
        run_now(landfill)
    assert emitted(landfill, 2025).amount == first


def test_a_run_of_an_older_revision_puts_nothing_on_record(landfill):
    found, _ = tasks.request_run(landfill)
    Landfill.objects.filter(pk=landfill.pk).update(revision=2)
    assert tasks.execute(found) is None
    found.refresh_from_db()
    assert found.state == Run.State.FAILED
    assert "revision 1 → 2" in found.message["problems"][0]
    assert not Figure.objects.exists()


def test_a_refused_input_stands_on_the_run_with_its_field(landfill):
    Landfill.objects.filter(pk=landfill.pk).update(mat=None, map=None)
    found = run_now(landfill)
    assert found.state == Run.State.FAILED
    assert any("mat_c" in line for line in found.message["problems"])


def test_every_parameter_of_a_run_says_where_it_comes_from(landfill):
    found = run_now(landfill)
    by_key = {p["key"]: p for p in found.parameters}
    assert by_key["k.food"]["value"] == "0.40"
    assert by_key["k.food"]["source"].startswith("IPCC 2006 V5 ch3 table 3.3")
    assert by_key["f"]["quality"] == "unverified"
    assert all(p["source"] for p in found.parameters)


def test_a_figure_is_no_better_than_an_unverified_parameter_behind_it(landfill):
    run_now(landfill)
    assert emitted(landfill, 2025).quality == "unverified"


def test_a_converted_site_is_also_on_record_as_if_it_had_not_been(converted):
    run_now(converted)
    rows = Figure.objects.current().filter(kind="landfill.ch4_emitted", category="", period_start__year=2030)
    amounts = dict(rows.values_list("scenario", "amount"))
    assert amounts["as_is"] < amounts["unconverted"]
    before = Figure.objects.current().filter(
        kind="landfill.ch4_emitted", category="", period_start__year=2022
    )
    # Waste laid down before the conversion keeps its factor, so nothing changes in its first year.
    assert len(set(before.values_list("amount", flat=True))) == 1


def test_the_list_shows_what_the_last_run_found(landfill):
    found = run_now(landfill)
    assert landfill.climate_class == "tropical_wet"
    assert landfill.current_mcf_class == "managed_anaerobic"
    assert landfill.last_run == found
    assert landfill.latest_emitted == emitted(landfill, outcome.shown_year(range(2015, 2081)))


def test_both_tonnes_of_a_project_stand_with_their_gwp_set(landfill, project):
    run_now(landfill)
    rows = Figure.objects.current().filter(place=landfill.place, kind="landfill.cost_per_tonne")
    assert {(f.scenario, f.gwp_set) for f in rows} == {("discounted", "AR5"), ("undiscounted", "AR5")}
    total = Figure.objects.current().get(kind="landfill.emission_reduction_total", scenario="undiscounted")
    yearly = Figure.objects.current().filter(kind="landfill.emission_reduction")
    assert float(total.amount) == pytest.approx(float(sum(f.amount for f in yearly)), rel=1e-10)
    assert total.status == "planned"


def test_sums_are_exact_and_of_the_unit_of_the_year(landfill, other, country, provinces):
    for site in (landfill, other):
        run_now(site)
    totals.run_all(lambda per_cent, what: None)
    at_sites = Figure.objects.current().filter(place__kind="site", period_start__year=2025, **EMITTED)
    national = Figure.objects.current().get(place=country, period_start__year=2025, **EMITTED)
    assert national.amount == sum(f.amount for f in at_sites)
    assert national.lower < national.amount < national.upper
    hanoi = Figure.objects.current().get(place=provinces[0], period_start__year=2025, **EMITTED)
    assert hanoi.amount == emitted(landfill, 2025).amount
    count = Figure.objects.count()
    totals.run_all(lambda per_cent, what: None)
    assert Figure.objects.count() == count


def test_national_errors_do_not_cancel_between_sites(landfill, other, country):
    for site in (landfill, other):
        run_now(site)
    totals.run_all(lambda per_cent, what: None)
    rows = Figure.objects.current().filter(period_start__year=2025, **EMITTED)
    width = {f.place.kind: f.upper - f.lower for f in rows.select_related("place")}
    spread = sum(f.upper - f.lower for f in rows.filter(place__kind="site"))
    assert width["country"] > spread * Decimal("0.85")


def test_an_edit_is_queued_only_once_it_is_committed(landfill, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue(landfill)
        assert not DBTaskResult.objects.exists()
    assert DBTaskResult.objects.count() == 1


def test_a_site_without_deposits_is_not_modelled_and_stops_nothing(landfill, sites):
    bare = Landfill.objects.create(place=sites[1], source="a list of names")
    assert tasks.enqueue(bare) is None
    tasks.run_all(lambda per_cent, what: None)
    assert Run.objects.filter(kernel="landfill.site", state="done").count() == 1


def test_a_withdrawn_project_leaves_no_current_reduction(landfill, project):
    run_now(landfill)
    assert Figure.objects.current().filter(kind="landfill.emission_reduction").exists()
    project.state = "withdrawn"
    project.save()
    Landfill.objects.filter(pk=landfill.pk).update(revision=2)
    run_now(landfill)
    assert not Figure.objects.current().filter(kind="landfill.emission_reduction").exists()
    assert Figure.objects.filter(kind="landfill.emission_reduction").exists()


def test_the_portfolio_on_record_follows_the_fund(landfill, other, project, fund):
    make_project(other, grant="2000000", fund=fund)
    for site in (landfill, other):
        run_now(site)
    totals.run_all(lambda per_cent, what: None)
    rows = Figure.objects.current().filter(kind="landfill.portfolio_grant", category="chosen")
    assert rows.get().amount == Decimal(1200000)
    fund.cap = Decimal(4000000)
    fund.save()
    totals.run_all(lambda per_cent, what: None)
    assert rows.get().amount == Decimal(3200000)
    assert Figure.objects.current().filter(kind="landfill.grant_chosen").count() == 2
    fund.cap = Decimal(1500000)
    fund.save()
    totals.run_all(lambda per_cent, what: None)
    assert Figure.objects.current().get(kind="landfill.grant_chosen").place == landfill.place
