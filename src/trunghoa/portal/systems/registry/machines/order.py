"""The life of an order to the ledger: prepared by one person, carried out by another, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.ledger.errors import LedgerError
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.core.workflow.machine import Machine, State, Transition, Wait, register
from trunghoa.quantities import N_, InputError

from .. import posting
from ..models import Order
from ..rules import approves_order, takes_back_order, visible_orders
from .issuance import REGISTRARS
from .project import REASON


def is_possible(order: Order, user: User, inputs: Mapping[str, Any]) -> str:
    return " ".join(posting.hindrances(order))


def is_by_another(order: Order, user: User, inputs: Mapping[str, Any]) -> str:
    if order.prepared_by_id != user.pk:
        return ""
    return _("You prepared it: another registry administrator of your side approves it.")


def carry_out(order: Order, inputs: Mapping[str, Any], by: User) -> None:
    try:
        posting.carry_out(order, by)
    except InputError as error:
        raise Refused([str(problem) for problem in error.problems]) from None
    except LedgerError as error:
        raise Refused([str(error)]) from None


def waits(order: Order) -> Sequence[Wait]:
    if order.state != "prepared":
        return []
    return [Wait(side=order.side, what=N_("Approve the order or refuse it."))]


ORDER = register(
    Machine(
        name="jcm-order",
        label=N_("Order to the ledger"),
        model="registry.Order",
        states=(
            State("prepared", N_("prepared")),
            State("executed", N_("carried out"), final=True),
            State("refused", N_("refused"), final=True),
            State("taken_back", N_("taken back"), final=True),
        ),
        transitions=(
            Transition(
                "approve",
                N_("Approve and carry out"),
                ("prepared",),
                "executed",
                approves_order,
                REGISTRARS,
                guards=(is_by_another, is_possible),
                apply=carry_out,
            ),
            Transition(
                "refuse",
                N_("Refuse"),
                ("prepared",),
                "refused",
                approves_order,
                REGISTRARS,
                inputs=(REASON,),
                aside=True,
            ),
            Transition(
                "take_back",
                N_("Take back"),
                ("prepared",),
                "taken_back",
                takes_back_order,
                N_("who prepared it"),
                aside=True,
            ),
        ),
        waits=waits,
        visible=visible_orders,
    )
)
