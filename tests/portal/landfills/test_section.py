"""What landfills take from a workspace, and give the home page and the joint report."""

import pytest

from trunghoa import workspace
from trunghoa.portal import loading
from trunghoa.portal.core.publication import blocks as b
from trunghoa.portal.core.record.models import Figure, Place
from trunghoa.portal.systems.landfills import report, tasks, totals
from trunghoa.portal.systems.landfills.models import Deposit, Fund, Landfill, Project

from .conftest import make_project, run_now

pytestmark = pytest.mark.first


def of(found, kind):
    return [block for block in found if isinstance(block, kind)]


def current():
    return Figure.objects.current().filter(system="S8")


@pytest.fixture
def loaded(db):
    return loading.load(workspace.find("vietnam"))


def snapshot():
    return {
        model.__name__: sorted(map(str, model.objects.values_list(*fields)))
        for model, fields in (
            (Landfill, ("place__code", "opened", "mcf_class", "quality", "revision", "as_of")),
            (Deposit, ("landfill__place__code", "year", "waste", "tonnes")),
            (Project, ("code", "capex", "opex", "grants")),
            (Fund, ("code", "cap")),
        )
    }


def test_loading_twice_changes_nothing(loaded):
    first = snapshot()
    loading.load(workspace.find("vietnam"))
    second = snapshot()
    assert {k: sorted(map(str, v)) for k, v in first.items()} == {
        k: sorted(map(str, v)) for k, v in second.items()
    }
    assert len(first["Landfill"]) == len(loaded.landfills) > 5


def test_what_was_changed_here_is_not_overwritten_by_loading_again(loaded):
    row = Landfill.objects.get(place__code="khanh-son")
    Landfill.objects.filter(pk=row.pk).update(revision=2, opened=2008)
    row.deposits.filter(year=2036).delete()
    loading.load(workspace.find("vietnam"))
    row.refresh_from_db()
    assert row.opened == 2008
    assert not row.deposits.filter(year=2036).exists()


@pytest.mark.once
def test_the_database_gives_the_numbers_of_the_command_line_and_a_second_run_none_twice(loaded):
    tasks.run_all(lambda per_cent, what: None)
    mine = {
        (f.kind, str(f.place.key), f.period.code(), f.scenario, f.category): f
        for f in current().select_related("place")
    }
    wanted = [f for f in workspace.run(loaded).figures if f.system == "S8"]
    assert len(wanted) > 5000
    for figure in wanted:
        key = (
            figure.kind,
            str(figure.place),
            figure.period.code(),
            figure.scenario,
            figure.category,
        )
        row = mine[key]
        assert (row.amount, row.lower, row.upper, row.quality, row.source) == (
            figure.amount, figure.lower, figure.upper, figure.quality.value, figure.source,
        ), key  # fmt: skip
    count, seen = Figure.objects.count(), []
    tasks.run_all(lambda per_cent, what: seen.append(per_cent))
    assert Figure.objects.count() == count
    assert seen == sorted(seen)
    assert seen[-1] == 100


def test_without_a_run_the_headline_says_what_is_missing(systems):
    assert isinstance(report.headline(current()), b.Missing)
    assert report.blocks(current()) == []


@pytest.fixture
def all_run(landfill, other, project, fund):
    make_project(other, grant="2000000", fund=fund)
    for site in (landfill, other):
        run_now(site)
    totals.run_all(lambda per_cent, what: None)
    place = Place.objects.create(era="site", code="bare", kind="site", name_vi="Bãi trống")
    Landfill.objects.create(place=place, source="a list of names")


def test_the_headline_is_the_country_in_the_last_complete_year(all_run, country):
    found = report.headline(current())
    figure = found.slots["amount"].figure
    assert (figure.place, figure.kind, figure.category) == (country, "landfill.ch4_emitted", "")
    assert figure.period_start.year == figure.recorded_on.year - 1


def test_the_report_holds_sites_reductions_portfolio_and_what_is_missing(all_run):
    found = report.blocks(current())
    captions = [t.caption.msgid for t in of(found, b.Table)]
    assert captions == [
        "Landfills in {year}", "Reference emissions, project emissions and emission reduction",
        "Projects that ask for a grant",
    ]  # fmt: skip
    sites, reductions, grants = of(found, b.Table)
    assert (len(sites.rows), len(reductions.rows), len(grants.rows)) == (2, 8, 2)
    [missing] = of(found, b.Missing)
    assert missing.what.slots["site"].vi == "Bãi trống"
    assert missing.owner is not None
    [note] = of(found, b.Note)
    assert "unverified or illustrative" in note.msgid
    assert of(found, b.ChartBlock)


def test_tonnes_of_each_gwp_set_stand_in_a_table_of_their_own(all_run, other):
    Landfill.objects.filter(pk=other.pk).update(gwp_set="AR4", revision=2)
    run_now(other)
    found = report.blocks(current())
    tables = [t for t in of(found, b.Table) if "emission reduction" in t.caption.msgid]
    assert [len(t.rows) for t in tables] == [4, 4]
    said = [p.slots["gwp_set"].text for p in of(found, b.Paragraph) if p.msgid.startswith("Ex-ante")]
    assert said == ["AR4", "AR5"]
    for table, gwp_set in zip(tables, said, strict=True):
        assert {f.gwp_set for f in b.figures_in(table)} == {gwp_set}


def test_every_number_of_the_report_is_a_current_figure(all_run):
    printed = {f.pk for block in report.blocks(current()) for f in b.figures_in(block)}
    assert printed
    assert printed <= set(current().values_list("pk", flat=True))


def test_every_kind_on_record_has_a_name(all_run):
    assert set(current().values_list("kind", flat=True)) <= set(report.KINDS)
    assert not any(char.isdigit() for text in report.KINDS.values() for char in text)
