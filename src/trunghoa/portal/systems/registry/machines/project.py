"""The life of a JCM project: idea, design document, validation, registration, crediting period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.machine import Input, Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from ..cycle import after
from ..models import Opinion, Project
from ..rules import gives_opinion, in_committee, is_secretariat, requests, visible_projects, writes
from ..words import PARTY
from .opinions import OPINION, is_designated, is_positive, record_opinion, window_is_over

PARTICIPANTS = N_("people of the participants and of the focal point")
COMMITTEE = N_("members of the Joint Committee, one of each side")
SECRETARIAT = N_("secretariat of the Joint Committee")
ENTITY = N_("people of the third-party entity named for the project")
FOCAL = N_("people of the focal point")
REASON = Input("reason", N_("Reason"))


def is_described(project: Project, user: User, inputs: Mapping[str, Any]) -> str:
    if project.title_vi or project.title_ja or project.title_en:
        return ""
    return _("A title is missing: edit the project first.")


def design_is_complete(project: Project, user: User, inputs: Mapping[str, Any]) -> str:
    """What a design document must say before others spend time on it."""
    lacks = []
    if project.methodology is None:
        lacks.append(_("a methodology"))
    elif project.methodology.state != "approved":
        return _(
            "The methodology %(code)s is not approved: choose another version, or wait for the decision."
        ) % {"code": project.methodology}
    if project.third_party is None:
        lacks.append(_("a third-party entity"))
    if not (project.crediting_from and project.crediting_to):
        lacks.append(_("the crediting period"))
    if not project.expected:
        lacks.append(_("expected reductions by year"))
    if not project.registration:
        lacks.append(_("parameters fixed ex ante, each with its source"))
    return _("Missing in the design document: %(what)s.") % {"what": ", ".join(lacks)} if lacks else ""


def is_set_for_registration(project: Project, user: User, inputs: Mapping[str, Any]) -> str:
    if project.focal_point is None:
        return _("The modalities of communication name no focal point: edit the project.")
    if not project.shares:
        return _("The allocation of credits is missing: edit the project.")
    return ""


def reference_is_free(project: Project, user: User, inputs: Mapping[str, Any]) -> str:
    wanted = inputs.get("reference") or ""
    if wanted and Project.objects.filter(reference=wanted).exclude(pk=project.pk).exists():
        return _("The reference %(value)s is taken.") % {"value": wanted}
    return ""


def new_end_is_later(project: Project, user: User, inputs: Mapping[str, Any]) -> str:
    until = inputs.get("until")
    if until and project.crediting_to and until <= project.crediting_to:
        return _("The new end of the crediting period must lie after %(limit)s.") % {
            "limit": project.crediting_to.isoformat()
        }
    return ""


def open_inputs(project: Project, inputs: Mapping[str, Any], by: User) -> None:
    project.input_from = days.today("VN")
    project.input_until = after(project.input_from, "project_input_days")


def registered(project: Project, inputs: Mapping[str, Any], by: User) -> None:
    project.registered_on = days.today("VN")
    project.reference = project.reference or next_reference("VN")


def next_reference(side: str) -> str:
    """The next number of the host: VN001, VN002 and so on; a withdrawn project keeps its own."""
    taken = Project.objects.filter(reference__startswith=side).values_list("reference", flat=True)
    numbers = [int(ref[len(side) :]) for ref in taken if ref[len(side) :].isdecimal()]
    return f"{side}{max(numbers, default=0) + 1:03d}"


def renewed(project: Project, inputs: Mapping[str, Any], by: User) -> None:
    project.crediting_to = inputs["until"]


def waits(project: Project) -> Sequence[Wait]:
    committee = [Wait(side=side, what=N_("Decide in the Joint Committee.")) for side in PARTY]
    holder = project.focal_point or (
        project.created_by.organisation if project.created_by and project.created_by.organisation else None
    )
    match project.state:
        case "pin_submitted" | "registration_requested":
            return committee
        case "pin_no_objection" if holder:
            return [Wait(organisation=holder, what=N_("Hand in the project design document."))]
        case "design_submitted":
            due = after(days.today("VN"), "completeness_days")
            return [Wait(side="VN", due=due, what=N_("Check the design document for completeness."))]
        case "validation" if project.third_party:
            return [Wait(organisation=project.third_party, what=N_("Validate the project."))]
        case "validated" if holder:
            return [Wait(organisation=holder, what=N_("Request registration."))]
    return []


def signed(project: Project) -> Mapping[str, Any]:
    """What both sides decide on: the design and its allocation, not who typed it."""
    return {
        "code": project.code,
        "titles": [project.title_vi, project.title_ja, project.title_en],
        "methodology": str(project.methodology or project.methodology_said),
        "scope": project.scope,
        "crediting": [_iso(project.crediting_from), _iso(project.crediting_to)],
        "expected": project.expected,
        "registration": project.registration,
        "shares": project.shares,
        "rounding": project.rounding,
        "focal_point": project.focal_point_id,
        "third_party": project.third_party_id,
        "participants": sorted(project.participants.values_list("organisation", "part"))
        if project.pk
        else [],
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


PROJECT = register(
    Machine(
        name="jcm-project",
        label=N_("JCM project"),
        model="registry.Project",
        states=(
            State("draft", N_("draft")),
            State("pin_submitted", N_("idea note (PIN) submitted")),
            State("pin_no_objection", N_("no objection to the idea note")),
            State("pin_objection", N_("objection to the idea note"), final=True),
            State("design_submitted", N_("design document (PDD) submitted")),
            State("validation", N_("public inputs and validation")),
            State("validated", N_("validated")),
            State("registration_requested", N_("registration requested")),
            State("registered", N_("registered")),
            State("rejected", N_("registration rejected"), final=True),
            State("ended", N_("crediting period ended")),
            State("withdrawn", N_("withdrawn"), final=True),
        ),
        transitions=(
            Transition(
                "submit_pin",
                N_("Submit the idea note (form 3.1)"),
                ("draft",),
                "pin_submitted",
                writes,
                PARTICIPANTS,
                guards=(is_described,),
            ),
            Transition(
                "no_objection",
                N_("No objection"),
                ("pin_submitted",),
                "pin_no_objection",
                in_committee,
                COMMITTEE,
                both_sides=True,
            ),
            Transition(
                "object",
                N_("Raise an objection"),
                ("pin_submitted",),
                "pin_objection",
                in_committee,
                COMMITTEE,
                inputs=(REASON,),
                both_sides=True,
                aside=True,
            ),
            Transition(
                "submit_design",
                N_("Submit the design document"),
                ("pin_no_objection",),
                "design_submitted",
                writes,
                PARTICIPANTS,
                guards=(design_is_complete, is_designated),
            ),
            Transition(
                "complete",
                N_("Complete: open public inputs"),
                ("design_submitted",),
                "validation",
                is_secretariat,
                SECRETARIAT,
                apply=open_inputs,
                not_by=("submit_design",),
            ),
            Transition(
                "incomplete",
                N_("Give back as incomplete"),
                ("design_submitted",),
                "pin_no_objection",
                is_secretariat,
                SECRETARIAT,
                inputs=(REASON,),
                aside=True,
            ),
            Transition(
                "validate",
                N_("Give the validation opinion (form 3.4)"),
                ("validation",),
                "validated",
                gives_opinion,
                ENTITY,
                inputs=OPINION,
                guards=(is_designated, window_is_over, is_positive),
                apply=record_opinion,
            ),
            Transition(
                "decline",
                N_("Give an adverse validation opinion"),
                ("validation",),
                "pin_no_objection",
                gives_opinion,
                ENTITY,
                inputs=(Input("text", N_("Opinion")),),
                guards=(is_designated, window_is_over),
                apply=record_opinion,
                aside=True,
            ),
            Transition(
                "request_registration",
                N_("Request registration (form 3.6)"),
                ("validated",),
                "registration_requested",
                requests,
                FOCAL,
                guards=(is_set_for_registration,),
            ),
            Transition(
                "register",
                N_("Register"),
                ("registration_requested",),
                "registered",
                in_committee,
                COMMITTEE,
                both_sides=True,
                guards=(is_set_for_registration,),
                apply=registered,
            ),
            Transition(
                "review",
                N_("Give back for review"),
                ("registration_requested",),
                "validated",
                in_committee,
                COMMITTEE,
                inputs=(REASON,),
                both_sides=True,
                aside=True,
            ),
            Transition(
                "reject",
                N_("Reject"),
                ("registration_requested",),
                "rejected",
                in_committee,
                COMMITTEE,
                inputs=(REASON,),
                both_sides=True,
                aside=True,
            ),
            Transition(
                "end",
                N_("End of the crediting period"),
                ("registered",),
                "ended",
                is_secretariat,
                SECRETARIAT,
                aside=True,
            ),
            Transition(
                "renew",
                N_("Renew the crediting period (form 3.10)"),
                ("registered", "ended"),
                "registered",
                in_committee,
                COMMITTEE,
                inputs=(Input("until", N_("New end"), "date"),),
                guards=(new_end_is_later,),
                both_sides=True,
                apply=renewed,
                aside=True,
            ),
            Transition(
                "withdraw",
                N_("Withdraw (forms 3.13, 3.14)"),
                (
                    "pin_submitted",
                    "pin_no_objection",
                    "design_submitted",
                    "validation",
                    "validated",
                    "registration_requested",
                    "registered",
                    "ended",
                ),
                "withdrawn",
                writes,
                PARTICIPANTS,
                inputs=(REASON,),
                aside=True,
            ),
        ),
        waits=waits,
        visible=visible_projects,
        signed=signed,
    )
)
__all__ = ["PROJECT", "Opinion", "next_reference"]
