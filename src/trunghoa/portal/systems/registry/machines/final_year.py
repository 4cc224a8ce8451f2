"""The life of a year that is made final: proposed, final, and ended by a reversal only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.workflow.machine import Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from .. import adjusting
from ..models import FinalYear, PartySettings
from ..rules_article6 import officer_of_party, visible_final_years
from ..words import SIDE_OF
from .authorisation import OFFICERS, SECOND
from .project import REASON


def may_be_final(final: FinalYear, user: User, inputs: Mapping[str, Any]) -> str:
    """Nothing is missing, and the ledger still says what was proposed."""
    made = adjusting.book(PartySettings.objects.get(party=final.party))
    if reasons := adjusting.hindrances(made, final.year):
        return " ".join(reasons)
    if not adjusting.is_as_kept(final, made):
        return _("The ledger or the inventory changed since it was proposed: refuse it and propose anew.")
    return ""


def is_by_another(final: FinalYear, user: User, inputs: Mapping[str, Any]) -> str:
    if final.made_by_id != user.pk:
        return ""
    return _("You proposed it: another officer of the Party makes it final.")


def waits(final: FinalYear) -> Sequence[Wait]:
    side = SIDE_OF[final.party]
    return {
        "proposed": [Wait(side=side, what=N_("Make the year final or refuse it."))],
        "reversal_proposed": [Wait(side=side, what=N_("Reverse the final year or keep it."))],
    }.get(final.state, [])


FINAL = register(
    Machine(
        name="article6-final-year",
        label=N_("Final year of a Party"),
        model="registry.FinalYear",
        states=(
            State("proposed", N_("proposed")),
            State("final", N_("final")),
            State("reversal_proposed", N_("final, reversal proposed")),
            State("reversed", N_("reversed"), final=True),
            State("refused", N_("refused"), final=True),
        ),
        transitions=(
            Transition(
                "confirm",
                N_("Make the year final"),
                ("proposed",),
                "final",
                officer_of_party,
                SECOND,
                guards=(is_by_another, may_be_final),
            ),
            Transition(
                "refuse",
                N_("Refuse"),
                ("proposed",),
                "refused",
                officer_of_party,
                OFFICERS,
                inputs=(REASON,),
                aside=True,
            ),
            Transition(
                "propose_reversal",
                N_("Propose a reversal entry"),
                ("final",),
                "reversal_proposed",
                officer_of_party,
                OFFICERS,
                inputs=(REASON,),
                aside=True,
            ),
            Transition(
                "reverse",
                N_("Enter the reversal"),
                ("reversal_proposed",),
                "reversed",
                officer_of_party,
                SECOND,
                not_by=("propose_reversal",),
            ),
            Transition(
                "keep",
                N_("Keep it final"),
                ("reversal_proposed",),
                "final",
                officer_of_party,
                OFFICERS,
                aside=True,
            ),
        ),
        waits=waits,
        visible=visible_final_years,
    )
)
