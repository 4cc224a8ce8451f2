"""Statements of partner registries over HTTP: what agrees with the ledger, and each mismatch."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from trunghoa.portal.core.record.api import ERRORS, FigureNumber

from . import partnering
from .models import PartnerRegistry, Statement
from .rules_partners import visible_partners

router = Router(tags=["registry"])


class BalanceOut(Schema):
    series: str
    place: str = Field(description="held, used or cancelled")
    here_t: int
    there_t: int


class MismatchOut(Schema):
    series: str
    first: int
    last: int
    match: str = Field(description="only_here, only_there or elsewhere")
    here: str | None
    there: str | None
    note: str


class StatementOut(Schema):
    id: int
    party: str
    day: date
    illustrative: bool = Field(description="an example, and no statement of the partner")
    sha256: str
    agreed_t: int
    differing_t: int
    balances: list[BalanceOut]
    mismatches: list[MismatchOut]


@router.get("/statements/{pk}", response={200: StatementOut, **ERRORS})
def statement(request: HttpRequest, pk: FigureNumber) -> Any:
    """A partner's statement beside the ledger as it stood when that day was over there."""
    if not request.user.has_perm("registry.see_partners"):
        return Status(403, {"detail": "Officers of the side that deals with the partner read this."})
    seen = PartnerRegistry.objects.filter(visible_partners(request.user))
    rows = Statement.objects.filter(registry__in=seen).select_related("registry", "document")
    row = get_object_or_404(rows, pk=pk)
    found, notes = partnering.reconciled(row), partnering.notes_of(row)
    return {
        "id": row.pk,
        "party": row.registry.party,
        "day": row.day,
        "illustrative": row.is_illustrative,
        "sha256": row.document.sha256,
        "agreed_t": found.agreed,
        "differing_t": found.differing,
        "balances": [
            {"series": b.series, "place": b.place, "here_t": b.here, "there_t": b.there}
            for b in found.balances
        ],
        "mismatches": [
            {
                "series": p.series,
                "first": p.first,
                "last": p.last,
                "match": p.match.value,
                "here": p.here,
                "there": p.there,
                "note": notes[key].text if (key := partnering.key_of(p)) in notes else "",
            }
            for p in found.mismatches
        ],
    }
