"""Who may see, change, run and publish a scenario: by its organisation and its state."""

import rules
from django.db.models import Exists, OuterRef, Q, QuerySet

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.rules import is_officer, is_verifier, may_write, only_reads
from trunghoa.portal.core.record.models import Run

from .description import KERNELS
from .models import PathwayModel, Scenario, TablesImport

EDITABLE = ("own", "shared")
# Shared: for officers of both sides and for the organisations it was shared with.
SHARED = ("shared", "proposed")
OPEN = ("published", "withdrawn")


@rules.predicate
def owns(user: User, scenario: Scenario) -> bool:
    """Of the organisation that made it; where somebody without an organisation did, that person."""
    if scenario.owner_id is None:
        return scenario.created_by_id is not None and scenario.created_by_id == user.pk
    return scenario.owner_id == user.organisation_id


@rules.predicate
def is_editable(user: User, scenario: Scenario) -> bool:
    return scenario.state in EDITABLE


@rules.predicate
def is_seen(user: User, scenario: Scenario) -> bool:
    if scenario.state in OPEN or owns(user, scenario):
        return True
    if scenario.state not in SHARED:
        return False
    return is_officer(user) or scenario.shared_with.filter(pk=user.organisation_id).exists()


makes = may_write & ~only_reads & ~is_verifier
keeps = makes & owns
decides = may_write & is_officer

rules.add_perm("scenarios.add_scenario", makes)
rules.add_perm("scenarios.change_scenario", keeps & is_editable)
# What is published stands still; an officer may have it computed anew after the model was loaded anew.
rules.add_perm("scenarios.run_scenario", (keeps & is_editable) | (decides & is_seen))


def visible_scenarios(user: User, prefix: str = "") -> Q:
    """Condition on scenarios; ``prefix`` leads from the queried table to the scenario."""

    def on(**conditions: object) -> Q:
        return Q(**{prefix + key: value for key, value in conditions.items()})

    seen = on(state__in=OPEN) | (on(owner__isnull=True) & on(created_by=user.pk))
    if user.organisation_id is not None:
        seen |= on(owner=user.organisation_id)
        if not is_officer(user):
            # A subquery, so that a scenario shared with several stands once.
            through = Scenario.shared_with.through.objects.filter(organisation_id=user.organisation_id)
            seen |= on(state__in=SHARED) & on(pk__in=through.values("scenario_id"))
    if is_officer(user):
        seen |= on(state__in=SHARED)
    return seen


def visible_runs(user: User) -> Q:
    """Condition on runs: those that a scenario asked for which the reader may see."""
    asked = Scenario.runs.through.objects.filter(visible_scenarios(user, "scenario__"))
    return Q(pk__in=asked.values("run_id"))


def visible_models(user: User) -> Q:
    """Condition on models: the workspace's, and handed-in ones with a scenario that the reader sees."""
    seen = Scenario.objects.filter(visible_scenarios(user))
    return Q(kind=PathwayModel.Kind.ENDUSE) | Q(pk__in=seen.values("model_id"))


def hidden_papers(user: User, document: str) -> Q:
    """Condition on papers of scenarios, none of which the reader may see: results, workbooks, models."""
    left = Run.outputs.through.objects.filter(run__kernel__in=KERNELS.values(), document=OuterRef(document))
    asked = Run.objects.filter(visible_runs(user))
    # A paper is the scenario's as the person brought it who handed it in there.
    given = TablesImport.objects.filter(document=OuterRef(document), by=OuterRef("added_by"))
    models = PathwayModel.objects.exclude(kind=PathwayModel.Kind.ENDUSE).filter(
        document=OuterRef(document), scenarios__created_by=OuterRef("added_by")
    )
    return (
        (Q(added_by__isnull=True) & _unseen(left, Q(run__in=asked.values("pk"))))
        | _unseen(given, visible_scenarios(user, "scenario__"))
        | _unseen(models, visible_models(user))
    )


def _unseen(rows: QuerySet, seen: Q) -> Q:
    return Q(Exists(rows)) & ~Q(Exists(rows.filter(seen)))
