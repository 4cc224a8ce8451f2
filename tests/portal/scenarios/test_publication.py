"""From one's own to what everybody sees: by four eyes, with figures on the record and in the report."""

from decimal import Decimal

import pytest

from trunghoa.portal.core.publication.blocks import Missing, Number, Paragraph, figures_in
from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.scenarios import outcome, reading, report
from trunghoa.portal.systems.scenarios.models import Scenario
from trunghoa.portal.systems.scenarios.section import SECTION

from .conftest import run_now
from .test_pages import aims  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def go(scenario, verb, user, **inputs):
    scenario.refresh_from_db()
    moves.move(scenario, verb, user, revision=scenario.revision, inputs=inputs)
    scenario.refresh_from_db()
    return scenario


def reasons(scenario, verb, user, **inputs):
    scenario.refresh_from_db()
    with pytest.raises(Refused) as caught:
        moves.move(scenario, verb, user, revision=scenario.revision, inputs=inputs)
    return " ".join(caught.value.reasons)


@pytest.fixture
def published(make, people, aims):  # noqa: F811
    scenario = make(state="shared", by="vn1")
    run_now(scenario)
    go(scenario, "propose", people["vn1"])
    return go(scenario, "publish", people["vn2"])


def test_a_scenario_is_shared_with_officers_and_named_organisations(make, people, agencies, signed_in):
    scenario = make()
    assert signed_in("vn1").get("/en/scenarios/mine/").status_code == 404
    go(scenario, "share", people["ann"], organisation=agencies["province"])
    for name in ("vn1", "jp1", "local"):
        assert signed_in(name).get("/en/scenarios/mine/").status_code == 200
    go(scenario, "unshare", people["ben"])
    assert signed_in("local").get("/en/scenarios/mine/").status_code == 404
    assert not scenario.shared_with.exists()


def test_only_what_was_run_as_it_stands_is_proposed(make, people):
    scenario = make(state="shared")
    assert "Run it first" in reasons(scenario, "propose", people["ann"])
    run_now(scenario)
    scenario.levers = [["carbon_price", "1"]]
    scenario.save()
    assert "It was changed after its last run." in reasons(scenario, "propose", people["ann"])
    run_now(scenario)
    assert go(scenario, "propose", people["ann"]).state == "proposed"


def test_a_scenario_without_solution_is_not_published(make, people):
    scenario = make(state="shared")
    scenario.edits.create(
        table="emission_limit", keys=["*", "ghg"], bound="max", value="-500", source="s", by=people["ann"]
    )
    run_now(scenario)
    assert reasons(scenario, "propose", people["ann"])


def test_publishing_needs_four_eyes(make, people):
    scenario = make(state="shared", by="vn1")
    run_now(scenario)
    go(scenario, "propose", people["vn1"])
    assert "The same person may not do both" in reasons(scenario, "publish", people["vn1"])
    assert "This move is for: officers of either side." in reasons(scenario, "publish", people["ann"])
    Scenario.objects.filter(pk=scenario.pk).update(changed_by=people["vn2"])
    assert "You changed it last" in reasons(scenario, "publish", people["vn2"])
    assert go(scenario, "publish", people["jp1"]).state == "published"


def test_what_is_proposed_or_published_is_not_edited(published, signed_in):
    client = signed_in("vn1")
    for path in ("edit/", "levers/", "tables/demand/row/", "import/"):
        assert client.get(f"/en/scenarios/mine/{path}").status_code == 403


def test_a_published_scenario_puts_projected_figures_with_all_they_rest_on(published):
    rows = Figure.objects.current().filter(kind="pathways.total_emissions", category="with_lulucf")
    result = reading.of_scenario(published)
    assert [f.period_start.year for f in rows.order_by("period_start")] == result.years
    for figure, amount in zip(rows.order_by("period_start"), result.total_emissions(), strict=True):
        assert float(figure.amount) == pytest.approx(amount)
        assert (figure.unit, figure.gwp_set, figure.status) == ("MtCO2e", "AR5", "projected")
        assert (figure.scenario, figure.quality) == ("mine", "illustrative")
        assert figure.method == "AIM/Enduse, recursive foresight, simplex"
        assert figure.run == published.shown_run
        assert "study" in figure.source
    parts = Figure.objects.current().filter(kind="pathways.emissions", period_start__year=2030)
    assert {f.category for f in parts} == {"energy", "agriculture", "lulucf"}
    total = rows.get(period_start__year=2030).amount
    assert float(sum(f.amount for f in parts)) == pytest.approx(float(total))


def test_the_gap_is_the_emissions_less_the_level_that_the_targets_leave(published):
    total = Figure.objects.get(
        kind="pathways.total_emissions", category="with_lulucf", period_start__year=2030
    )
    gap = Figure.objects.get(kind="pathways.gap", category="conditional")
    assert gap.amount == total.amount - Decimal(108)
    computed = {
        f.category: f.amount for f in Figure.objects.filter(kind="target.total_emissions", scenario="")
    }
    levels = {"conditional_reduction": 108, "unconditional_reduction": 162}
    assert computed == {**levels, "sum_of_sector_caps": 110, "mismatch": 2}


def test_the_worst_of_the_inputs_is_the_quality_of_a_figure(make, people):
    scenario = make(state="published", quality="verified")
    run_now(scenario)
    outcome.publish(scenario)
    # The scenario may be verified; the model's numbers are illustrative.
    assert set(Figure.objects.filter(scenario="mine").values_list("quality", flat=True)) == {"illustrative"}


def test_withdrawing_takes_the_figures_back_and_keeps_them_on_record(published, people):
    before = Figure.objects.filter(scenario="mine").count()
    go(published, "withdraw", people["vn1"], reason="superseded")
    assert not Figure.objects.current().filter(scenario="mine").exists()
    assert Figure.objects.filter(scenario="mine", withdrawn_by__isnull=False).count() == before


def test_two_published_scenarios_keep_their_figures_apart(make, people):
    first, second = (
        make("one", state="published"),
        make("two", state="published", levers=[["carbon_price", "1"]]),
    )
    for scenario in (first, second):
        run_now(scenario)
    kinds = Figure.objects.current().filter(
        kind="pathways.total_emissions", category="with_lulucf", period_start__year=2030
    )
    assert {f.scenario for f in kinds} == {"one", "two"}
    assert kinds.get(scenario="two").amount < kinds.get(scenario="one").amount


def test_without_a_published_scenario_the_report_says_what_is_missing(make):
    run_now(make())
    figures = Figure.objects.current().filter(system_id="S1")
    assert isinstance(report.headline(figures), Missing)
    [missing] = report.blocks(figures)
    assert isinstance(missing, Missing)


def test_the_report_takes_every_number_from_a_figure(published):
    figures = Figure.objects.current().filter(system_id="S1")
    line = report.headline(figures)
    assert isinstance(line, Paragraph)
    last = figures.get(kind="pathways.total_emissions", category="with_lulucf", period_start__year=2050)
    assert line.slots["amount"] == Number(last, 1, shown_in="MtCO2e")
    blocks = report.blocks(figures)
    printed = {f.pk for block in blocks for f in figures_in(block)}
    assert printed <= set(figures.values_list("pk", flat=True))
    text = " ".join(block.msgid for block in blocks if hasattr(block, "msgid"))
    assert "The two official targets differ" in text
    assert set(SECTION.kinds) >= {f.kind for f in figures if f.kind.startswith("pathways.")}
    known = SECTION.codes()
    assert {f.category for f in figures if f.category} <= set(known)
    assert "mine" in known


def test_a_pathways_kind_can_be_claimed_by_an_activity(published):
    """What an activity's indicator may name are the kinds that the sections declare."""
    from trunghoa.portal.systems.workplan.models import Activity, Indicator, WorkPlan

    plan = WorkPlan.objects.create(year=2026)
    activity = Activity.objects.create(
        plan=plan, ref="A-01", system_id="S1", title_vi="Giảm phát thải", source="minutes", state="draft"
    )
    figure = Figure.objects.get(kind="pathways.gap", category="conditional")
    indicator = Indicator.objects.create(
        activity=activity, title_vi="Khoảng cách", kind=figure.kind, place=figure.place, unit=figure.unit,
        status="projected", scenario="mine", category="conditional", target=Decimal(0),
        target_date="2030-12-31",
    )  # fmt: skip
    from trunghoa.portal.core.accounts.models import User
    from trunghoa.portal.systems.workplan.indicators import standings

    [standing] = standings([indicator], User.objects.get(username="vn1"))
    assert standing.current == figure
