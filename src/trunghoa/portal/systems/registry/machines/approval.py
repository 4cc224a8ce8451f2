"""The life of a transfer approval: proposed and approved by two officers of the host, revoked, or expired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.machine import Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from .. import abroad
from ..models import TransferApproval
from ..rules_article6 import HOST_SIDE, officer_of_host, visible_approvals
from .project import REASON

OFFICERS = N_("officers of the host Party")
SECOND = N_("another officer of the host Party than the one who proposed it")


def is_issued(approval: TransferApproval, user: User, inputs: Mapping[str, Any]) -> str:
    """Only what is issued already can be approved for transfer."""
    issued, _gone = abroad.amounts(approval.project)
    if approval.quantity <= issued:
        return ""
    return _("Only %(issued)s units of the project are issued: approval comes after issuance.") % {
        "issued": issued
    }


def is_not_over(approval: TransferApproval, user: User, inputs: Mapping[str, Any]) -> str:
    if days.today(HOST_SIDE) <= approval.until:
        return ""
    return _("The day until which it would hold is over.")


def approve(approval: TransferApproval, inputs: Mapping[str, Any], by: User) -> None:
    approval.approved_at = timezone.now()


def revoke(approval: TransferApproval, inputs: Mapping[str, Any], by: User) -> None:
    approval.revoked_at = timezone.now()


def waits(approval: TransferApproval) -> Sequence[Wait]:
    if approval.state != "proposed":
        return []
    return [Wait(side=HOST_SIDE, what=N_("Approve the transfer or give it back."))]


APPROVAL = register(
    Machine(
        name="transfer-approval",
        label=N_("Transfer approval"),
        model="registry.TransferApproval",
        states=(
            State("draft", N_("draft")),
            State("proposed", N_("proposed")),
            State("approved", N_("approved")),
            State("revoked", N_("revoked"), final=True),
        ),
        transitions=(
            Transition(
                "propose",
                N_("Propose for approval"),
                ("draft",),
                "proposed",
                officer_of_host,
                OFFICERS,
                guards=(is_issued, is_not_over),
            ),
            Transition(
                "approve",
                N_("Approve the transfer"),
                ("proposed",),
                "approved",
                officer_of_host,
                SECOND,
                guards=(is_issued, is_not_over),
                not_by=("propose",),
                apply=approve,
            ),
            Transition(
                "give_back",
                N_("Give back"),
                ("proposed",),
                "draft",
                officer_of_host,
                OFFICERS,
                inputs=(REASON,),
                aside=True,
            ),
            Transition(
                "revoke",
                N_("Revoke the approval"),
                ("approved",),
                "revoked",
                officer_of_host,
                OFFICERS,
                inputs=(REASON,),
                apply=revoke,
                aside=True,
            ),
        ),
        waits=waits,
        visible=visible_approvals,
    )
)
