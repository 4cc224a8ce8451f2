"""The life of an authorisation: drafted, issued by two officers of the host, changed by versions, revoked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.ledger.errors import LedgerError
from trunghoa.portal.core.ledger.tasks import seal_soon
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.core.workflow.machine import Machine, State, Transition, Wait, register
from trunghoa.portal.core.workflow.models import Move
from trunghoa.quantities import N_

from .. import authorising
from ..models import Authorisation, CooperativeApproach, PartyReport
from ..rules_article6 import officer_of_party, visible_authorisations
from ..words import SIDE_OF
from ..words_article6 import for_oimp
from .project import REASON

OFFICERS = N_("officers of the Party")
SECOND = N_("another officer of the Party than the one who proposed it")


def is_whole(authorisation: Authorisation, user: User, inputs: Mapping[str, Any]) -> str:
    """The version to be issued says what an authorisation has to say."""
    terms = authorisation.draft
    if terms is None:
        return _("There is no version to be issued: write one first.")
    lacks = [
        label
        for value, label in (
            (terms.purpose, _("Purposes for authorization")),
            (terms.occurs_from and terms.occurs_to, _("Years in which the mitigation occurs")),
            (terms.projects.exists(), _("Projects")),
            (terms.sectors, _("Sectors")),
            (terms.gwp_set or terms.metric != "GHG", _("GWP values")),
            (terms.other_metric or terms.metric == "GHG", _("Non-GHG metric")),
            (terms.definition or not for_oimp(terms.purpose), _("First transfer for OIMP")),
        )
        if not value
    ]
    if lacks:
        return _("The version lacks: %(what)s.") % {"what": "; ".join(lacks)}
    if terms.quantity is not None and terms.quantity < authorising.units_of(authorisation):
        return _("More units bear the authorisation already than the new quantity: %(units)s.") % {
            "units": authorising.units_of(authorisation)
        }
    return ""


def is_initial_report_submitted(authorisation: Authorisation, user: User, inputs: Mapping[str, Any]) -> str:
    """No authorisation before the initial report (Decision 2/CMA.3 annex para 18)."""
    report = PartyReport.objects.filter(party=authorisation.party, kind="initial").first()
    if report is not None and report.state == "submitted":
        return ""
    return _(
        "The initial report of %(party)s is not on record as complete and submitted: no authorisation is "
        "issued before it (Decision 2/CMA.3 annex para 18)."
    ) % {"party": authorisation.party}


def is_of_approach(authorisation: Authorisation, user: User, inputs: Mapping[str, Any]) -> str:
    if authorisation.party in authorisation.approach.parties.split():
        return ""
    return _("%(party)s is no Party of %(approach)s.") % {
        "party": authorisation.party,
        "approach": authorisation.approach,
    }


def issue(authorisation: Authorisation, inputs: Mapping[str, Any], by: User) -> None:
    """The version holds from now on, and the units that it covers are marked."""
    # The numbers of ITMOs: this lock comes before any account's.
    CooperativeApproach.objects.select_for_update().get(pk=authorisation.approach_id)
    terms = authorisation.draft
    proposed = Move.objects.about(authorisation).filter(verb__in=("propose", "propose_change")).last()
    if terms is None or proposed is None:
        raise Refused([_("There is no version to be issued: write one first.")])
    terms.issued_at = timezone.now()
    terms.save()
    # Saved before the units are marked: they look for authorisations in force.
    authorisation.state = "issued"
    authorisation.save()
    try:
        for project in terms.projects.all():
            authorising.cover(project, proposed.actor, by)
    except LedgerError as error:
        raise Refused([str(error)]) from None
    seal_soon()


def revoke(authorisation: Authorisation, inputs: Mapping[str, Any], by: User) -> None:
    authorisation.revoked_at = timezone.now()


def waits(authorisation: Authorisation) -> Sequence[Wait]:
    side = SIDE_OF[authorisation.party]
    return {
        "proposed": [Wait(side=side, what=N_("Issue the authorisation or give it back."))],
        "change_proposed": [Wait(side=side, what=N_("Issue the new version or drop it."))],
        "revocation_proposed": [Wait(side=side, what=N_("Revoke the authorisation or keep it."))],
    }.get(authorisation.state, [])


AUTHORISATION = register(
    Machine(
        name="article6-authorisation",
        label=N_("Authorisation"),
        model="registry.Authorisation",
        states=(
            State("draft", N_("draft")),
            State("proposed", N_("proposed")),
            State("issued", N_("in force")),
            State("change_proposed", N_("in force, change proposed")),
            State("revocation_proposed", N_("in force, revocation proposed")),
            State("revoked", N_("revoked"), final=True),
        ),
        transitions=(
            Transition(
                "propose",
                N_("Propose for issue"),
                ("draft",),
                "proposed",
                officer_of_party,
                OFFICERS,
                guards=(is_whole, is_of_approach, is_initial_report_submitted),
            ),
            Transition(
                "issue",
                N_("Issue the authorisation"),
                ("proposed",),
                "issued",
                officer_of_party,
                SECOND,
                guards=(is_whole, is_of_approach, is_initial_report_submitted),
                papers=("any",),
                not_by=("propose",),
                apply=issue,
            ),
            Transition(
                "give_back",
                N_("Give back"),
                ("proposed",),
                "draft",
                officer_of_party,
                OFFICERS,
                inputs=(REASON,),
                aside=True,
            ),
            Transition(
                "propose_change",
                N_("Propose the new version"),
                ("issued",),
                "change_proposed",
                officer_of_party,
                OFFICERS,
                inputs=(REASON,),
                guards=(is_whole,),
            ),
            Transition(
                "issue_change",
                N_("Issue the new version"),
                ("change_proposed",),
                "issued",
                officer_of_party,
                SECOND,
                guards=(is_whole,),
                papers=("any",),
                not_by=("propose_change",),
                apply=issue,
            ),
            Transition(
                "drop_change",
                N_("Leave it as it is"),
                ("change_proposed",),
                "issued",
                officer_of_party,
                OFFICERS,
                aside=True,
            ),
            Transition(
                "propose_revocation",
                N_("Propose to revoke"),
                ("issued",),
                "revocation_proposed",
                officer_of_party,
                OFFICERS,
                inputs=(REASON,),
                aside=True,
            ),
            Transition(
                "revoke",
                N_("Revoke the authorisation"),
                ("revocation_proposed",),
                "revoked",
                officer_of_party,
                SECOND,
                not_by=("propose_revocation",),
                apply=revoke,
            ),
            Transition(
                "keep",
                N_("Keep it in force"),
                ("revocation_proposed",),
                "issued",
                officer_of_party,
                OFFICERS,
                aside=True,
            ),
        ),
        waits=waits,
        visible=visible_authorisations,
    )
)
