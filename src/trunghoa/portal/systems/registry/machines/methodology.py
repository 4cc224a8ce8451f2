"""The life of a methodology: proposed, public inputs, considered and approved by the Joint Committee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import rules
from django.db.models import Q
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.rules import is_officer, may_write, only_reads
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.machine import Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from ..cycle import after
from ..models import Methodology
from ..rules import PUBLIC_METHODOLOGY, in_committee, is_secretariat
from ..words import PARTY
from .opinions import window_is_over
from .project import COMMITTEE, REASON, SECRETARIAT

PROPONENT = N_("people of the organisation that proposes it")


@rules.predicate
def proposes(user: User, methodology: Methodology) -> bool:
    return user.organisation_id is not None and user.organisation_id == methodology.proponent_id


writes = may_write & ~only_reads & proposes
rules.add_perm("registry.change_methodology", writes)


def visible(user: Any) -> Q:
    seen = Q(state__in=PUBLIC_METHODOLOGY)
    if not user.is_authenticated:
        return seen
    if is_officer(user):
        seen |= ~Q(state="draft")
    if user.organisation_id:
        seen |= Q(proponent=user.organisation_id)
    return seen


def has_equations(methodology: Methodology, user: User, inputs: Mapping[str, Any]) -> str:
    if methodology.definition:
        return ""
    return _("Equations and parameters are missing: hand in the definition first.")


def open_inputs(methodology: Methodology, inputs: Mapping[str, Any], by: User) -> None:
    methodology.input_from = days.today("VN")
    methodology.input_until = after(methodology.input_from, "methodology_input_days")


def approved(methodology: Methodology, inputs: Mapping[str, Any], by: User) -> None:
    methodology.approved_on = days.today("VN")


def waits(methodology: Methodology) -> Sequence[Wait]:
    day = days.today("VN")
    match methodology.state:
        case "submitted":
            due = after(day, "completeness_days")
            return [Wait(side="VN", due=due, what=N_("Check the proposed methodology for completeness."))]
        case "consideration":
            due = after(day, "methodology_decision_days")
            return [Wait(side=side, due=due, what=N_("Decide in the Joint Committee.")) for side in PARTY]
    return []


def signed(methodology: Methodology) -> Mapping[str, Any]:
    return {"methodology": str(methodology), "definition": methodology.definition, "scope": methodology.scope}


METHODOLOGY = register(
    Machine(
        name="jcm-methodology",
        label=N_("JCM methodology"),
        model="registry.Methodology",
        states=(
            State("draft", N_("draft")),
            State("submitted", N_("submitted")),
            State("public_input", N_("public inputs")),
            State("consideration", N_("considered by the Joint Committee")),
            State("approved", N_("approved")),
            State("rejected", N_("rejected"), final=True),
            State("suspended", N_("suspended")),
            State("withdrawn", N_("withdrawn"), final=True),
        ),
        transitions=(
            Transition(
                "submit", N_("Submit"), ("draft",), "submitted", writes, PROPONENT, guards=(has_equations,)
            ),
            Transition(
                "complete",
                N_("Complete: open public inputs"),
                ("submitted",),
                "public_input",
                is_secretariat,
                SECRETARIAT,
                apply=open_inputs,
                not_by=("submit",),
            ),
            Transition(
                "give_back",
                N_("Ask for a revision"),
                ("submitted", "public_input", "consideration"),
                "draft",
                is_secretariat,
                SECRETARIAT,
                inputs=(REASON,),
                aside=True,
            ),
            Transition(
                "consider",
                N_("Put before the Joint Committee"),
                ("public_input",),
                "consideration",
                is_secretariat,
                SECRETARIAT,
                guards=(window_is_over,),
            ),
            Transition(
                "approve",
                N_("Approve"),
                ("consideration",),
                "approved",
                in_committee,
                COMMITTEE,
                both_sides=True,
                apply=approved,
            ),
            Transition(
                "reject",
                N_("Reject"),
                ("consideration",),
                "rejected",
                in_committee,
                COMMITTEE,
                inputs=(REASON,),
                both_sides=True,
                aside=True,
            ),
            Transition(
                "suspend",
                N_("Put on hold"),
                ("approved",),
                "suspended",
                in_committee,
                COMMITTEE,
                inputs=(REASON,),
                both_sides=True,
                aside=True,
            ),
            Transition(
                "resume",
                N_("Lift the hold"),
                ("suspended",),
                "approved",
                in_committee,
                COMMITTEE,
                both_sides=True,
            ),
            Transition(
                "withdraw",
                N_("Withdraw"),
                ("submitted", "public_input", "consideration"),
                "withdrawn",
                writes,
                PROPONENT,
                inputs=(REASON,),
                aside=True,
            ),
        ),
        waits=waits,
        visible=visible,
        signed=signed,
    )
)
