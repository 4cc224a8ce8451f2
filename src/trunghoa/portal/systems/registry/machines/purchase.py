"""The lives of an offer, of an agreement that both parties sign, and of a payment that both know of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.ledger.errors import LedgerError
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.core.workflow.machine import Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from .. import granting, purchasing
from ..models import Agreement, Offer, Payment
from ..rules_purchases import (
    keeps_agreement,
    keeps_offer,
    visible_agreements,
    visible_offers,
    visible_payments,
)
from .project import REASON

SELLER = N_("the seller")
PARTIES = N_("seller and buyer")
OTHER = N_("the other party than the one that proposed it")


def is_valid(offer: Offer, user: User, inputs: Mapping[str, Any]) -> str:
    if days.today(offer.seller.side) <= offer.valid_until:
        return ""
    return _("The day until which it would hold is over.")


OFFER = register(
    Machine(
        name="purchase-offer",
        label=N_("Offer of credits"),
        model="registry.Offer",
        states=(
            State("draft", N_("draft")),
            State("published", N_("published")),
            State("closed", N_("closed"), final=True),
            State("withdrawn", N_("withdrawn"), final=True),
        ),
        transitions=(
            Transition(
                "publish",
                N_("Publish the offer"),
                ("draft",),
                "published",
                keeps_offer,
                SELLER,
                guards=(is_valid,),
            ),
            Transition("close", N_("Close the offer"), ("published",), "closed", keeps_offer, SELLER),
            Transition(
                "withdraw",
                N_("Withdraw the offer"),
                ("draft", "published"),
                "withdrawn",
                keeps_offer,
                SELLER,
                aside=True,
            ),
        ),
        waits=lambda offer: [],
        visible=visible_offers,
    )
)


def adds_up(agreement: Agreement, user: User, inputs: Mapping[str, Any]) -> str:
    planned = sum(row.volume for row in agreement.schedule.all())
    if planned == agreement.volume:
        return ""
    return _("The schedule adds up to %(planned)s units, the agreement is on %(volume)s.") % {
        "planned": planned,
        "volume": agreement.volume,
    }


def payer_is_party(agreement: Agreement, user: User, inputs: Mapping[str, Any]) -> str:
    """Nobody commits another one's money."""
    fund = agreement.fund
    if fund is None or fund.payer_id in (agreement.seller_id, agreement.buyer_id):
        return ""
    return _("The payer of the fund %(fund)s is neither seller nor buyer: it has to be one of them.") % {
        "fund": fund
    }


def is_by_the_other(agreement: Agreement, user: User, inputs: Mapping[str, Any]) -> str:
    proposer = agreement.proposed_by
    if proposer is None or proposer.organisation_id != user.organisation_id:
        return ""
    return _("Your organisation proposed it: the other party answers.")


def has_nothing_left(agreement: Agreement, user: User, inputs: Mapping[str, Any]) -> str:
    if purchasing.standing(agreement).is_settled:
        return ""
    return _("Something is still to be delivered or paid: see the schedule and the payments.")


def propose(agreement: Agreement, inputs: Mapping[str, Any], by: User) -> None:
    agreement.proposed_by = by


def sign(agreement: Agreement, inputs: Mapping[str, Any], by: User) -> None:
    if agreement.proposed_by is not None:
        _in_ledger(lambda: granting.commit(agreement, agreement.proposed_by, by))


def end(agreement: Agreement, inputs: Mapping[str, Any], by: User) -> None:
    if agreement.proposed_by is not None:
        _in_ledger(lambda: granting.give_back(agreement, agreement.proposed_by, by))


def _in_ledger(entry: Any) -> None:
    try:
        entry()
    except LedgerError as error:
        raise Refused([str(error)]) from None


def agreement_waits(agreement: Agreement) -> Sequence[Wait]:
    proposer = agreement.proposed_by
    if agreement.state in ("proposed", "ending") and proposer is not None:
        other = agreement.other(proposer.organisation)
        what = N_("Sign the agreement or give it back.")
        if agreement.state == "ending":
            what = N_("Confirm the end of the agreement or keep it.")
        return [Wait(side=other.side, organisation=other, what=what)]
    if agreement.state == "in_force":
        found = purchasing.standing(agreement)
        open_rows = [row for row in found.settlement.rows if row.delivered < row.owed and not row.short]
        if open_rows:
            seller = agreement.seller
            return [
                Wait(
                    side=seller.side,
                    organisation=seller,
                    due=open_rows[0].due,
                    what=N_("Deliver what is due."),
                )
            ]
    return []


AGREEMENT = register(
    Machine(
        name="purchase-agreement",
        label=N_("Purchase agreement"),
        model="registry.Agreement",
        states=(
            State("draft", N_("draft")),
            State("proposed", N_("proposed")),
            State("in_force", N_("in force")),
            State("ending", N_("end proposed")),
            State("fulfilled", N_("fulfilled"), final=True),
            State("terminated", N_("terminated"), final=True),
        ),
        transitions=(
            Transition(
                "propose",
                N_("Sign and propose"),
                ("draft",),
                "proposed",
                keeps_agreement,
                PARTIES,
                guards=(adds_up, payer_is_party),
                apply=propose,
            ),
            Transition(
                "sign",
                N_("Sign"),
                ("proposed",),
                "in_force",
                keeps_agreement,
                OTHER,
                guards=(is_by_the_other, adds_up, payer_is_party),
                not_by=("propose",),
                apply=sign,
            ),
            Transition(
                "give_back",
                N_("Give back"),
                ("proposed",),
                "draft",
                keeps_agreement,
                PARTIES,
                inputs=(REASON,),
                aside=True,
            ),
            Transition(
                "fulfil",
                N_("Close as fulfilled"),
                ("in_force",),
                "fulfilled",
                keeps_agreement,
                PARTIES,
                guards=(has_nothing_left,),
            ),
            Transition(
                "propose_end",
                N_("Propose to end it"),
                ("in_force",),
                "ending",
                keeps_agreement,
                PARTIES,
                inputs=(REASON,),
                apply=propose,
                aside=True,
            ),
            Transition(
                "confirm_end",
                N_("Confirm the end"),
                ("ending",),
                "terminated",
                keeps_agreement,
                OTHER,
                guards=(is_by_the_other,),
                not_by=("propose_end",),
                apply=end,
            ),
            Transition(
                "keep", N_("Keep it in force"), ("ending",), "in_force", keeps_agreement, PARTIES, aside=True
            ),
        ),
        waits=agreement_waits,
        visible=visible_agreements,
    )
)


def is_by_the_other_party(payment: Payment, user: User, inputs: Mapping[str, Any]) -> str:
    if payment.recorded_by.organisation_id != user.organisation_id:
        return ""
    return _("Your organisation recorded it: the other party confirms it.")


def confirm(payment: Payment, inputs: Mapping[str, Any], by: User) -> None:
    if payment.purpose == Payment.Purpose.GRANT:
        _in_ledger(lambda: granting.pay_out(payment, by))


def payment_waits(payment: Payment) -> Sequence[Wait]:
    if payment.state != "recorded":
        return []
    other = payment.agreement.other(payment.recorded_by.organisation)
    return [
        Wait(side=other.side, organisation=other, what=N_("Confirm the payment or say that it did not come."))
    ]


PAYMENT = register(
    Machine(
        name="purchase-payment",
        label=N_("Payment"),
        model="registry.Payment",
        states=(
            State("recorded", N_("recorded")),
            State("confirmed", N_("confirmed"), final=True),
            State("disputed", N_("disputed"), final=True),
        ),
        transitions=(
            Transition(
                "confirm",
                N_("Confirm the payment"),
                ("recorded",),
                "confirmed",
                keeps_agreement,
                OTHER,
                guards=(is_by_the_other_party,),
                apply=confirm,
            ),
            Transition(
                "dispute",
                N_("It did not come"),
                ("recorded",),
                "disputed",
                keeps_agreement,
                PARTIES,
                inputs=(REASON,),
                aside=True,
            ),
        ),
        waits=payment_waits,
        visible=visible_payments,
    )
)
