"""The life of a joint report: both sides sign one hash before anybody else reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import rules
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import Side, User
from trunghoa.portal.core.accounts.rules import active, is_officer
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.core.workflow.machine import Input, Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from .models import Publication

S = Publication.State
OFFICER = N_("Ministry officer of Viet Nam or Japan")


@rules.predicate
def of_a_side(user: User, publication: Any = None) -> bool:
    return user.organisation is not None and user.organisation.side in signing.SIDES


officer_of_a_side = active & is_officer & of_a_side


def signed(publication: Publication) -> dict[str, Any]:
    """What both sides sign: the manifest, every file made of it, and what is said when it is published."""
    return {
        "manifest": publication.manifest_sha256,
        "official": publication.official,
        "files": {f"{f.lang}.{f.format}": f.document_id for f in publication.files.all()},
        "announcement": {lang: publication.announcement(lang) for lang in Publication.LANGUAGES},
    }


def rendered(publication: Publication, user: User, inputs: Mapping[str, Any]) -> str:
    if publication.is_rendered:
        return ""
    return _("Its files are not all rendered: wait until the job is done, or freeze anew if it failed.")


def signatures(publication: Publication) -> dict[str, Any]:
    """The signatures of the present hash given for signing, by side."""
    return {side: row for side, row in signing.signatures(publication).items() if row.verb == "sign"}


def signed_by_both(publication: Publication, user: User, inputs: Mapping[str, Any]) -> str:
    if set(signing.SIDES) <= set(signatures(publication)):
        return ""
    return _("Both sides have to sign this revision before it is published.")


def as_it_is(publication: Publication, user: User, inputs: Mapping[str, Any]) -> str:
    """What is called official rests on verified figures only, whatever the row says."""
    if publication.official and publication.figures.exclude(quality="verified").exists():
        return _("An official report rests on verified figures only: freeze it anew as a working draft.")
    return ""


def _publish(publication: Publication, inputs: Mapping[str, Any], by: User) -> None:
    publication.published_at = timezone.now()
    _classify(publication, Document.Classification.PUBLIC)
    earlier = publication.supersedes
    if earlier is not None and earlier.state == S.PUBLISHED:
        moves.follow(earlier, "supersede", by)


def _withdraw(publication: Publication, inputs: Mapping[str, Any], by: User) -> None:
    publication.withdrawn_at = timezone.now()
    publication.withdrawn_because = inputs["reason"]
    _classify(publication, Document.Classification.OFFICERS)


def _classify(publication: Publication, classification: str) -> None:
    keys = [publication.manifest_id, *publication.files.values_list("document_id", flat=True)]
    bulk.update(Document.objects.filter(pk__in=keys), classification=classification)


def waits(publication: Publication) -> Sequence[Wait]:
    """A proposed report waits for the sides that have not signed; a signed one for whoever publishes it."""
    if publication.state == S.PROPOSED:
        have = signing.pending(publication, "sign")
        return [
            Wait(side=side, what=N_("Sign the joint report")) for side in signing.SIDES if side not in have
        ]
    if publication.state == S.SIGNED:
        return [Wait(side=side, what=N_("Publish the joint report")) for side in signing.SIDES]
    if publication.state == S.DRAFT and publication.requested_by is not None:
        return [Wait(person=publication.requested_by, what=N_("Propose the joint report for signature"))]
    return []


def visible(user: User) -> Q:
    """Officers see all; everybody else what was published and not withdrawn."""
    if (active & is_officer)(user):
        return Q(pk__isnull=False)
    return Q(state__in=Publication.PUBLIC)


REASON = Input("reason", N_("Reason"), help=N_("It stands on the report's page for everyone who knew it."))
MACHINE = register(
    Machine(
        name="publication",
        label=N_("Joint reports"),
        model="publication.Publication",
        states=(
            State(S.DRAFT, N_("Draft")),
            State(S.PROPOSED, N_("Proposed")),
            State(S.SIGNED, N_("Signed by both sides")),
            State(S.PUBLISHED, N_("Published")),
            State(S.SUPERSEDED, N_("Superseded"), final=True),
            State(S.WITHDRAWN, N_("Withdrawn"), final=True),
        ),
        transitions=(
            Transition(
                "propose", N_("Propose for signature"), (S.DRAFT,), S.PROPOSED, officer_of_a_side, OFFICER,
                guards=(rendered, as_it_is),
            ),
            Transition(
                "sign", N_("Sign"), (S.PROPOSED,), S.SIGNED, officer_of_a_side, OFFICER,
                guards=(rendered, as_it_is), both_sides=True,
            ),
            Transition(
                "publish", N_("Publish"), (S.SIGNED,), S.PUBLISHED, officer_of_a_side, OFFICER,
                guards=(rendered, as_it_is, signed_by_both), apply=_publish,
            ),
            Transition(
                "reopen", N_("Back to draft after an edit"), (S.PROPOSED, S.SIGNED), S.DRAFT,
                officer_of_a_side, OFFICER, automatic=True,
            ),
            Transition(
                "supersede", N_("Superseded by a later report"), (S.PUBLISHED,), S.SUPERSEDED,
                officer_of_a_side, OFFICER, automatic=True,
            ),
            Transition(
                "withdraw", N_("Withdraw"), (S.DRAFT, S.PROPOSED), S.WITHDRAWN, officer_of_a_side, OFFICER,
                inputs=(REASON,), apply=_withdraw, aside=True,
            ),
            # What two governments signed, only the two take back.
            Transition(
                "retract", N_("Withdraw what was signed"), (S.SIGNED, S.PUBLISHED, S.SUPERSEDED), S.WITHDRAWN,
                officer_of_a_side, OFFICER, inputs=(REASON,), both_sides=True, apply=_withdraw, aside=True,
            ),
        ),
        waits=waits,
        visible=visible,
        signed=signed,
    )
)  # fmt: skip
SIDE_NAMES = {side.value: side.label for side in (Side.VN, Side.JP)}
