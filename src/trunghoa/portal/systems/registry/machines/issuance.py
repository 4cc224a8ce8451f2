"""The way of a monitoring period to credits: monitored, verified, requested, decided, issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.form_fields import full_text
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.machine import Input, Machine, State, Transition, Wait, register
from trunghoa.quantities import N_, TrungHoaError

from .. import monitoring
from ..cycle import after
from ..models import Issuance, Opinion
from ..rules import (
    gives_opinion,
    in_committee,
    is_registrar,
    is_secretariat,
    requests,
    visible_issuances,
    writes,
)
from ..tasks import calculation
from ..words import PARTY
from .opinions import OPINION, corrections_are_closed, is_designated, is_positive, record_opinion
from .project import COMMITTEE, ENTITY, FOCAL, PARTICIPANTS, REASON, SECRETARIAT

REGISTRARS = N_("registry administrators of the side")


def is_computed(issuance: Issuance, user: User, inputs: Mapping[str, Any]) -> str:
    """The report gives whole credits by vintage, all within the crediting period and counted once."""
    if not issuance.computed or not issuance.requested:
        return _(
            "The monitoring report has no readings from which credits follow: hand in the workbook first."
        )
    return overlaps(issuance) or outside(issuance) or not_recomputed(issuance) or above_computed(issuance)


def not_recomputed(issuance: Issuance) -> str:
    try:
        same = monitoring.recomputed(issuance)
    except TrungHoaError as error:
        return str(error)
    if same:
        return ""
    return _(
        "What the project has fixed was changed since the report was computed: hand in the workbook again."
    )


def above_computed(issuance: Issuance) -> str:
    """A verifier may confirm fewer credits than were computed, never more."""
    computed = {year: row.get("credits", 0) for year, row in issuance.computed.items()}
    return _above(issuance, computed)


def within_verified(issuance: Issuance, user: User, inputs: Mapping[str, Any]) -> str:
    """No more is asked for than the latest verification opinion confirms."""
    opinion = Opinion.objects.about(issuance).last()
    return _above(issuance, opinion.amounts) if opinion is not None else ""


def _above(issuance: Issuance, limit: Mapping[str, Any]) -> str:
    if issuance.start is None or issuance.end is None:
        return ""
    found = calculation.above_verified(
        str(issuance.project), issuance.start, issuance.end, issuance.requested, limit
    )
    return " ".join(full_text(problem) for problem in found)


def overlaps(issuance: Issuance) -> str:
    others = issuance.project.issuances.exclude(pk=issuance.pk).exclude(state="withdrawn")
    others = others.filter(start__isnull=False, start__lte=issuance.end, end__gte=issuance.start)
    if other := others.first():
        return _(
            "The period overlaps that of %(other)s (%(start)s to %(end)s): a tonne would be counted twice."
        ) % {
            "other": other,
            "start": other.start.isoformat() if other.start else "",
            "end": other.end.isoformat() if other.end else "",
        }
    return ""


def outside(issuance: Issuance) -> str:
    project = issuance.project
    if project.crediting_from is None or issuance.start is None or issuance.end is None:
        return ""
    if issuance.start < project.crediting_from or (
        project.crediting_to and issuance.end > project.crediting_to
    ):
        return _("The period lies outside the crediting period of the project.")
    return ""


def is_registered(issuance: Issuance, user: User, inputs: Mapping[str, Any]) -> str:
    if issuance.project.state in ("registered", "ended"):
        return ""
    return _("The project is not registered, or is withdrawn: nothing can be issued for it.")


def is_allotted(issuance: Issuance, user: User, inputs: Mapping[str, Any]) -> str:
    """The table of the decision adds up to what was verified, vintage by vintage."""
    verified = {int(year): int(amount) for year, amount in issuance.requested.items() if int(amount)}
    given = {year: amount for year, amount in issuance.amounts.items() if amount}
    if verified != given:
        return _(
            "The allocation table (%(given)s) does not add up to the verified credits (%(verified)s)."
        ) % {
            "given": _listed(given),
            "verified": _listed(verified),
        }
    return ""


def _listed(amounts: Mapping[int, int]) -> str:
    return ", ".join(f"{year}: {amount}" for year, amount in sorted(amounts.items())) or "–"


def decided(issuance: Issuance, inputs: Mapping[str, Any], by: User) -> None:
    issuance.decided_on = days.today("VN")


def waits(issuance: Issuance) -> Sequence[Wait]:
    project = issuance.project
    match issuance.state:
        case "verification" if project.third_party:
            return [Wait(organisation=project.third_party, what=N_("Verify the monitoring report."))]
        case "verified" if project.focal_point:
            return [Wait(organisation=project.focal_point, what=N_("Request issuance."))]
        case "requested":
            due = after(days.today("VN"), "completeness_days")
            return [Wait(side="VN", due=due, what=N_("Check the issuance request for completeness."))]
        case "complete":
            return [Wait(side=side, what=N_("Decide the amount in the Joint Committee.")) for side in PARTY]
        case "decided":
            return [
                Wait(side=side, what=N_("Issue in the own registry."))
                for side in sides_of(issuance)
                if not issuance.has_issued(side)
            ]
    return []


def sides_of(issuance: Issuance) -> list[str]:
    """The sides in whose registry something is to be issued."""
    rows = issuance.allotments.filter(amount__gt=0).select_related("account__account")
    found = {row.account.side for row in rows}
    return [side for side in PARTY if side in found]


def signed(issuance: Issuance) -> Mapping[str, Any]:
    """What both sides decide: amounts by vintage and account."""
    rows = issuance.allotments.values_list("vintage", "account__number", "amount") if issuance.pk else []
    return {
        "issuance": str(issuance),
        "period": [issuance.start, issuance.end],
        "verified": issuance.requested,
        "allocation": sorted(rows),
    }


ISSUANCE = register(
    Machine(
        name="jcm-issuance",
        label=N_("Issuance of credits"),
        model="registry.Issuance",
        states=(
            State("monitoring", N_("monitoring report")),
            State("verification", N_("verification")),
            State("verified", N_("verified by the third-party entity")),
            State("requested", N_("issuance requested")),
            State("complete", N_("request complete")),
            State("decided", N_("decided by the Joint Committee")),
            State("issued", N_("issued"), final=True),
            State("withdrawn", N_("withdrawn"), final=True),
        ),
        transitions=(
            Transition(
                "hand_over",
                N_("Hand over for verification (form 3.7)"),
                ("monitoring",),
                "verification",
                writes,
                PARTICIPANTS,
                guards=(is_registered, is_computed),
            ),
            Transition(
                "verify",
                N_("Give the verification opinion (form 3.8)"),
                ("verification",),
                "verified",
                gives_opinion,
                ENTITY,
                inputs=OPINION,
                guards=(is_designated, is_positive, is_computed, corrections_are_closed),
                apply=record_opinion,
            ),
            Transition(
                "give_back",
                N_("Give back with requests for correction"),
                ("verification",),
                "monitoring",
                gives_opinion,
                ENTITY,
                inputs=(Input("text", N_("What is to be corrected")),),
                aside=True,
            ),
            Transition(
                "request",
                N_("Request issuance (form 3.9)"),
                ("verified",),
                "requested",
                requests,
                FOCAL,
                guards=(is_registered, within_verified),
            ),
            Transition(
                "complete",
                N_("The request is complete"),
                ("requested",),
                "complete",
                is_secretariat,
                SECRETARIAT,
            ),
            Transition(
                "incomplete",
                N_("Give back as incomplete"),
                ("requested",),
                "verified",
                is_secretariat,
                SECRETARIAT,
                inputs=(REASON,),
                aside=True,
            ),
            Transition(
                "decide",
                N_("Decide the amount"),
                ("complete",),
                "decided",
                in_committee,
                COMMITTEE,
                both_sides=True,
                guards=(is_registered, within_verified, is_allotted),
                apply=decided,
            ),
            Transition(
                "issue",
                N_("Issued by every side"),
                ("decided",),
                "issued",
                is_registrar,
                REGISTRARS,
                automatic=True,
            ),
            Transition(
                "withdraw",
                N_("Withdraw the request (form 3.15)"),
                ("monitoring", "verification", "verified", "requested", "complete"),
                "withdrawn",
                requests,
                FOCAL,
                inputs=(REASON,),
                aside=True,
            ),
        ),
        waits=waits,
        visible=visible_issuances,
        signed=signed,
    )
)
