"""Credits as Figures: what the ledger holds, by project, for the home page, the map and the joint report."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from trunghoa import quantities
from trunghoa.portal.core.ledger.models import Posting, Series
from trunghoa.portal.core.record import figures
from trunghoa.portal.core.record.models import Figure, Place, System
from trunghoa.portal.core.workflow import days
from trunghoa.quantities import N_

from .models import Issuance, Project
from .words import SIDE_OF, UNTOLD_PARTY

SYSTEM = "S7"
SOURCE = "Ledger of the JCM registry"
METHOD = "Sum over the postings of issuances"
KINDS = {
    "jcm.credits_issued": N_("JCM credits issued"),
    "jcm.credits_stated": N_("JCM credits issued, as a source states"),
    "jcm.projects_stated": N_("JCM projects, as a source states"),
}
ISSUED = "jcm.credits_issued"


def issued_by_project() -> dict[int, dict[str, int]]:
    """Units issued and not taken back, by project and by the party in whose account they came."""
    rows = Posting.objects.filter(
        transaction__kind="issue",
        transaction__reversal=None,
        delta__gt=0,
        series__attributes__programme="JCM",
    )
    projects = {pk: at.get("project") for pk, at in Series.objects.values_list("pk", "attributes")}
    found: dict[int, dict[str, int]] = {}
    for series, party, delta in rows.values_list("series", "account__party", "delta"):
        if (project := projects.get(series)) is not None:
            parts = found.setdefault(project, {})
            parts[party] = parts.get(party, 0) + delta
    return found


def record() -> list[Figure]:
    """Put the figures; those that no longer hold are superseded by what does."""
    system = System.objects.filter(code=SYSTEM).first()
    country = Place.objects.filter(kind=Place.Kind.COUNTRY).order_by("pk").first()
    if system is None or country is None:
        return []
    projects = Project.objects.in_bulk()
    made = [
        _figure(projects[pk], party, amount, country)
        for pk, parts in sorted(issued_by_project().items())
        if pk in projects
        for party, amount in sorted(parts.items())
    ]
    return figures.put(made)


def _figure(project: Project, party: str, amount: int, country: Place) -> quantities.Figure:
    place = project.place or country
    return quantities.Figure(
        system=SYSTEM,
        kind=ISSUED,
        place=place.key,
        period=_period(project),
        amount=Decimal(amount),
        unit="1",
        status=quantities.Status.ISSUED,
        quality=quantities.Quality(project.quality),
        scenario=project.code,
        category=SIDE_OF.get(party, "untold" if party == UNTOLD_PARTY else party).lower(),
        source=f"{SOURCE}: {project}",
        method=METHOD,
    )


def _period(project: Project) -> quantities.Period:
    """From the first monitored or registered day that is known, to the last issuance."""
    rows = Issuance.objects.filter(project=project, state="issued")
    starts = [row.start for row in rows if row.start] + (
        [project.registered_on] if project.registered_on else []
    )
    ends = [day for row in rows for day in (row.end or row.decided_on or row.known_on,) if day]
    last = max(ends, default=days.today("VN"))
    first = min(starts, default=date(last.year, 1, 1))
    return quantities.Period(min(first, last), last)
