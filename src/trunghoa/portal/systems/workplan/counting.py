"""Proposals opened, answered and overdue by side and year of submission, and the Figures that say so."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import cast

from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import ExtractYear
from django.db.models.signals import post_save

from trunghoa import quantities
from trunghoa.portal.core.record import figures
from trunghoa.portal.core.record.models import Figure, Place, System
from trunghoa.portal.core.workflow import days
from trunghoa.quantities import N_

from .models.proposals import OPEN, OTHER_SIDE, Proposal, ProposalQuerySet, Verdict

SYSTEM = "S10"
SOURCE = "Register of proposals of the joint work plan"
METHOD = "Count over the register"
KINDS = {
    "workplan.proposals_opened": N_("proposals submitted in the year"),
    "workplan.proposals_answered": N_("of these, answered"),
    "workplan.proposals_waiting": N_("of these, waiting for an answer"),
    "workplan.proposals_overdue": N_("of these, overdue"),
}


@dataclass(frozen=True)
class Tally:
    """How the proposals of one side stand. ``asked_back``: more information was asked for."""

    from_side: str
    opened: int = 0
    answered: int = 0
    asked_back: int = 0
    waiting: int = 0
    overdue: int = 0
    # How many rest on a source that says nothing of later answers, or on a due date of our own choice.
    loaded: int = 0
    opened_in: int = 0

    @property
    def to_side(self) -> str:
        return OTHER_SIDE[self.from_side]

    def __add__(self, other: "Tally") -> "Tally":
        sums = {
            f.name: getattr(self, f.name) + getattr(other, f.name)
            for f in fields(self)
            if f.name not in ("from_side", "opened_in")
        }
        return Tally(self.from_side, **sums)


def tallies(rows: ProposalQuerySet, now: datetime | None = None) -> list[Tally]:
    """One tally per side and year of submission, in one query."""
    late = Q(pk__in=[])
    for side in OTHER_SIDE:
        late |= Q(to_side=side, due__lt=days.today(side, now))
    answered = Q(state__in=("answered", "closed"))
    back = answered & Q(verdict=Verdict.MORE_INFORMATION.value)
    counted = (
        rows.told()
        .with_verdict()
        .order_by()
        .values("from_side", opened_in=ExtractYear("submitted_on"))
        .annotate(
            opened=Count("pk"),
            answered=Count("pk", filter=answered & ~Q(verdict=Verdict.MORE_INFORMATION.value)),
            asked_back=Count("pk", filter=back),
            waiting=Count("pk", filter=Q(state__in=OPEN)),
            overdue=Count("pk", filter=Q(state__in=OPEN) & late),
            loaded=Count("pk", filter=Q(state=F("known_state")) | Q(state__in=OPEN, due_by_default=True)),
        )
    )
    return sorted((Tally(**row) for row in counted), key=lambda t: (t.opened_in, t.from_side))


def by_side(rows: ProposalQuerySet, now: datetime | None = None) -> list[Tally]:
    """One tally per side over all years, Viet Nam's proposals first, also where there is none."""
    sums = {side: Tally(side) for side in OTHER_SIDE}
    for tally in tallies(rows, now):
        sums[tally.from_side] += tally
    return list(sums.values())


def connect() -> None:
    """Count again after every change of a proposal, once it is committed."""
    post_save.connect(_changed, sender=Proposal, dispatch_uid="workplan.counting")


def _changed(**kwargs: object) -> None:
    transaction.on_commit(record, robust=True)


@transaction.atomic
def record(now: datetime | None = None) -> list[Figure]:
    """Put the counts on record as they stand now; with nothing changed, nothing is written."""
    place = Place.objects.filter(kind=Place.Kind.COUNTRY).order_by("pk").first()
    # Two who count at once wait here for one another, so that no count stands twice.
    system = list(System.objects.select_for_update().filter(code=SYSTEM))
    if place is None or not system:
        return []
    found = tallies(cast(ProposalQuerySet, Proposal.objects.all()), now)
    return figures.put(figure for tally in found for figure in _figures(tally, place))


def _figures(tally: Tally, place: Place) -> Iterable[quantities.Figure]:
    verified, weak = quantities.Quality.VERIFIED, quantities.Quality.UNVERIFIED
    for kind in KINDS:
        name = kind.removeprefix("workplan.proposals_")
        yield quantities.Figure(
            system=SYSTEM,
            kind=kind,
            place=place.key,
            period=quantities.Period.year(tally.opened_in),
            amount=Decimal(getattr(tally, name)),
            unit="1",
            status=quantities.Status.REPORTED,
            # That a proposal was made is known; that it was not answered, only as far as the sources go.
            quality=weak if tally.loaded and name != "opened" else verified,
            source=SOURCE,
            method=METHOD,
            category=tally.from_side,
        )
