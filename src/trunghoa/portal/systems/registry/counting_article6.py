"""Adjustments and balances as Figures, only of Parties where nothing is unresolved or missing."""

from __future__ import annotations

from datetime import UTC, datetime

from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record import figures
from trunghoa.portal.core.record.models import Figure, Place, System
from trunghoa.quantities import N_

from . import adjusting
from .models import PartySettings
from .tasks import article6
from .words import PARTY

SYSTEM = "S2"
ADJUSTMENT, BALANCE = "article6.adjustment", "article6.emissions_balance"
KINDS = {
    ADJUSTMENT: N_("Corresponding adjustment"),
    BALANCE: N_("Emissions balance after adjustment"),
}
SOURCE = "Ledger of the registry; inventory: {inventory}"


def record() -> list[Figure]:
    """Put the figures of years that are over; those that no longer follow are no longer current."""
    if not System.objects.filter(code=SYSTEM).exists():
        return []
    made = []
    for settings in PartySettings.objects.order_by("party"):
        place = place_of(settings.party)
        if place is not None:
            made += _of(settings, place)
    put = figures.put(made)
    kept = {figure.pk for figure in put}
    old = list(Figure.objects.current().filter(system=SYSTEM).values_list("pk", flat=True))
    bulk.update_keys(Figure, [pk for pk in old if pk not in kept], is_current=False)
    return put


def place_of(party: str) -> Place | None:
    """The country of a Party, where it is on the map."""
    code = next((side for side, known in PARTY.items() if known == party), "")
    return Place.objects.filter(kind=Place.Kind.COUNTRY, code=code).first()


def _of(settings: PartySettings, place: Place) -> list:
    made = adjusting.book(settings)
    found, _said = adjusting.balance_of(made)
    if found is None or found.unresolved:
        return []
    inventories = made.inventories.values()
    source = "; ".join(sorted({row.source for row in inventories if row.source})) or "–"
    checked = all(row.quality == "verified" for row in (settings, *inventories))
    rows = article6.figures(
        made.account,
        place.key,
        gwp_set=settings.gwp_set,
        quality="verified" if checked else "unverified",
        source=SOURCE.format(inventory=source),
    )
    now = datetime.now(tz=UTC).year
    return [row for row in rows if row.period.end.year < now]
