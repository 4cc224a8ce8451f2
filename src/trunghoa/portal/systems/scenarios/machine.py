"""The life of a scenario: one's own, shared, proposed for publication, published by a second officer."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.models import Run
from trunghoa.portal.core.workflow.machine import Input, Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from .models import Scenario
from .rules import decides, keeps, visible_scenarios

OWNERS = N_("people of the organisation that made it")
OFFICERS = N_("officers of either side")


def has_a_result(scenario: Scenario, user: User, inputs: Mapping[str, Any]) -> str:
    """What is proposed or published is what was computed, not what was meant."""
    run = scenario.last_run
    if run is None or run.state != Run.State.DONE:
        return _("Run it first: it has no result for its present state.")
    if scenario.shown_run_id != run.pk or not fits(scenario, run):
        return _("It was changed after its last run. Run it again first.")
    if run.solve.summary.get("status") != "optimal":
        return _("Its run found no solution; see what is missing on its page.")
    return ""


def fits(scenario: Scenario, run: Run) -> bool:
    from . import tasks

    return tasks.inputs_sha256(scenario) == run.inputs_sha256


def behind(scenario: Scenario) -> str:
    """What is to be said of a result that is not of the present state; nothing where it is."""
    shown, last = scenario.shown_run, scenario.last_run
    if shown is None or fits(scenario, shown):
        return ""
    if last is None or last.pk == shown.pk or not fits(scenario, last):
        return _(
            "It was changed after this run: what is shown is of the earlier state until it is run again."
        )
    if last.state in (Run.State.QUEUED, Run.State.RUNNING):
        return _("A run of the present state is under way; until it has ended, an earlier result is shown.")
    return _("What is shown is of an earlier state; the last run left no result that could replace it.")


def another_than_who_changed(scenario: Scenario, user: User, inputs: Mapping[str, Any]) -> str:
    if scenario.changed_by_id != user.pk:
        return ""
    return _("You changed it last: ask a colleague to publish it.")


def shared(scenario: Scenario, inputs: Mapping[str, Any], by: User) -> None:
    if organisation := inputs.get("organisation"):
        scenario.shared_with.add(organisation)


def unshared(scenario: Scenario, inputs: Mapping[str, Any], by: User) -> None:
    scenario.shared_with.clear()


def published(scenario: Scenario, inputs: Mapping[str, Any], by: User) -> None:
    from . import outcome

    outcome.publish(scenario)


def withdrawn(scenario: Scenario, inputs: Mapping[str, Any], by: User) -> None:
    from . import outcome

    outcome.withdraw(scenario)


def waits(scenario: Scenario) -> list[Wait]:
    if scenario.state != "proposed":
        return []
    side = scenario.owner.side if scenario.owner else "VN"
    what = N_("Look at the scenario and publish it, or give it back.")
    return [Wait(side if side in ("VN", "JP") else "VN", what=what)]


SCENARIO = register(
    Machine(
        name="scenario",
        label=N_("Scenario"),
        model="scenarios.Scenario",
        states=(
            State("own", N_("own")),
            State("shared", N_("shared")),
            State("proposed", N_("proposed for publication")),
            State("published", N_("published")),
            State("withdrawn", N_("withdrawn"), final=True),
        ),
        transitions=(
            Transition(
                "share", N_("Share"), ("own", "shared"), "shared", keeps, OWNERS,
                inputs=(
                    Input(
                        "organisation", N_("Also with the organisation"), "organisation", required=False,
                        help=N_(
                            "Officers of both sides see what is shared; name one organisation more at a time."
                        ),
                    ),
                ),
                apply=shared,
            ),
            Transition(
                "unshare", N_("Share no longer"), ("shared",), "own", keeps, OWNERS, apply=unshared
            ),
            Transition(
                "propose", N_("Propose for publication"), ("shared",), "proposed", keeps, OWNERS,
                guards=(has_a_result,),
            ),
            Transition(
                "give_back", N_("Give back"), ("proposed",), "shared", decides, OFFICERS,
                inputs=(Input("reason", N_("Reason")),),
            ),
            Transition(
                "publish", N_("Publish"), ("proposed",), "published", decides, OFFICERS,
                guards=(has_a_result, another_than_who_changed), not_by=("propose",), apply=published,
            ),
            Transition(
                "withdraw", N_("Withdraw"), ("published",), "withdrawn", decides, OFFICERS,
                inputs=(Input("reason", N_("Reason")),), apply=withdrawn,
            ),
        ),
        waits=waits,
        visible=visible_scenarios,
    )
)  # fmt: skip
