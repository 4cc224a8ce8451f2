"""Who leads a system on each side on a day, and so owes what the report misses of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from trunghoa.portal.core.accounts.models import Side
from trunghoa.quantities import N_

from .blocks import Inline, Name, Text
from .models import Lead

LANGS = ("vi", "ja", "en")
NOBODY = N_("nobody is named on either side")


def on(day: date) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Names of the lead organisations by system and side, as a freeze keeps them."""
    standing = Lead.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    ).select_related("organisation")
    found: dict[str, dict[str, list[dict[str, str]]]] = {}
    for lead in standing.order_by("system_id", "organisation__code"):
        organisation = lead.organisation
        if not organisation.exists_on(day):
            continue
        names = {lang: getattr(organisation, f"name_{lang}") for lang in LANGS}
        found.setdefault(lead.system_id, {}).setdefault(organisation.side, []).append(names)
    return found


def owed_by(sides: Mapping[str, Sequence[Mapping[str, Any]]]) -> Inline:
    """The lead organisations of both sides in words; a side without one is said to have none."""
    vn, jp = (_joined(sides.get(side.value, ())) for side in (Side.VN, Side.JP))
    if vn and jp:
        return Text(N_("{vn} (Viet Nam) and {jp} (Japan)"), vn=vn, jp=jp)
    if vn:
        return Text(N_("{vn} (Viet Nam); nobody is named for Japan"), vn=vn)
    if jp:
        return Text(N_("{jp} (Japan); nobody is named for Viet Nam"), jp=jp)
    return Text(NOBODY)


def _joined(names: Sequence[Mapping[str, Any]]) -> Inline | None:
    joined: Inline | None = None
    for given in names:
        name = Name(**given)
        joined = Text("{first}, {more}", first=joined, more=name) if joined else name
    return joined
