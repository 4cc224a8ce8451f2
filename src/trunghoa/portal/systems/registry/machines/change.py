"""The life of a change after registration (form 3.12): both sides approve it before it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import rules
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.machine import Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from ..models import Change, Project
from ..rules import in_committee, visible_projects, writes
from ..words import PARTY
from .project import COMMITTEE, PARTICIPANTS, REASON

rules.add_perm("registry.change_change", writes)


def visible(user: Any) -> Q:
    """Approved ones with their project; others for who has a part in it or decides."""
    if not user.is_authenticated:
        return Q(state="approved") & visible_projects(user, "project__")
    seen = Q(state="approved") & visible_projects(user, "project__")
    if user.role == User.Role.OFFICER:
        return visible_projects(user, "project__")
    if user.organisation_id:
        parts = Project.objects.filter(
            pk=OuterRef("project"), participants__organisation=user.organisation_id
        )
        seen |= Q(Exists(parts)) | Q(project__focal_point=user.organisation_id)
        seen |= Q(project__third_party=user.organisation_id)
    return seen | Q(created_by=user.pk)


def still_stands(change: Change, user: User, inputs: Mapping[str, Any]) -> str:
    if change.project.state not in ("registered", "ended"):
        return _("The project is not registered, or is withdrawn.")
    if change.project.registration != change.before:
        return _("The registration was changed since this was written: write the change again.")
    return ""


def approved(change: Change, inputs: Mapping[str, Any], by: User) -> None:
    def change_it(held: Project) -> None:
        held.registration = change.registration

    project = Project.objects.get(pk=change.project_id)
    moves.edit(project, by, revision=project.revision, change=change_it)


def waits(change: Change) -> Sequence[Wait]:
    if change.state != "submitted":
        return []
    return [Wait(side=side, what=N_("Decide on the change in the Joint Committee.")) for side in PARTY]


def signed(change: Change) -> Mapping[str, Any]:
    return {"project": change.project_id, "before": change.before, "registration": change.registration,
            "reason": change.reason}  # fmt: skip


CHANGE = register(
    Machine(
        name="jcm-change",
        label=N_("Post-registration change"),
        model="registry.Change",
        states=(
            State("submitted", N_("submitted")),
            State("approved", N_("approved"), final=True),
            State("rejected", N_("rejected"), final=True),
            State("withdrawn", N_("withdrawn"), final=True),
        ),
        transitions=(
            Transition(
                "approve", N_("Approve the change"), ("submitted",), "approved", in_committee, COMMITTEE,
                both_sides=True, guards=(still_stands,), apply=approved,
            ),
            Transition(
                "reject", N_("Reject"), ("submitted",), "rejected", in_committee, COMMITTEE,
                inputs=(REASON,), both_sides=True, aside=True,
            ),
            Transition(
                "withdraw", N_("Withdraw"), ("submitted",), "withdrawn", writes, PARTICIPANTS,
                inputs=(REASON,), aside=True,
            ),
        ),
        waits=waits,
        visible=visible,
        signed=signed,
    )
)  # fmt: skip
