"""A decision stands when both sides have signed the same words; any edit takes the signatures back."""

from collections.abc import Mapping, Sequence
from typing import Any

import rules
from django.db.models import Q

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.rules import is_locality, reads_everything
from trunghoa.portal.core.workflow import signing
from trunghoa.portal.core.workflow.machine import Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from ..models.meetings import Decision
from ..rules import officer_of_a_side
from .proposals import LANGUAGES

rules.add_perm("workplan.keep_minutes", officer_of_a_side)


def attends(user: User) -> bool:
    """Who may read meetings: those who read working records, localities and observers."""
    return bool(reads_everything(user) or is_locality(user) or user.role == User.Role.OBSERVER)


rules.add_perm("workplan.view_meeting", rules.predicate(lambda user: attends(user), name="attends"))


def visible(user: User) -> Q:
    return Q(pk__isnull=False) if attends(user) else Q(pk__in=[])


def waits(decision: Decision) -> Sequence[Wait]:
    if decision.state == "agreed":
        return []
    return [Wait(side=side, what=N_("Sign the decision.")) for side in signing.missing_sides(decision)]


def signed(decision: Decision) -> Mapping[str, Any]:
    return {
        **{f"text_{lang}": getattr(decision, f"text_{lang}") for lang in LANGUAGES},
        "actions": [
            {
                **{f"title_{lang}": getattr(action, f"title_{lang}") for lang in LANGUAGES},
                "organisation": action.organisation.code,
                "due": action.due,
            }
            for action in decision.actions.select_related("organisation").order_by("pk")
        ],
    }


DECISION = register(
    Machine(
        name="decision",
        label=N_("Decisions"),
        model="workplan.Decision",
        states=(State("recorded", N_("recorded")), State("agreed", N_("agreed by both sides"), final=True)),
        transitions=(
            Transition(
                verb="agree",
                label=N_("Sign the decision"),
                sources=("recorded",),
                target="agreed",
                who=officer_of_a_side,
                who_text=N_("officers of both sides, one of each"),
                both_sides=True,
            ),
            Transition(
                verb="reopen",
                label=N_("Taken back by an edit"),
                sources=("agreed",),
                target="recorded",
                who=officer_of_a_side,
                who_text=N_("follows by itself when the words are edited"),
                automatic=True,
            ),
        ),
        waits=waits,
        visible=visible,
        signed=signed,
    )
)
