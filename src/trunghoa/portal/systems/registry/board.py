"""The board of double counting: each kind with its verdict; what cannot be looked at is unknown."""

from __future__ import annotations

from typing import Any

from trunghoa.portal.core.ledger.models import Block, LedgerTransaction, Posting
from trunghoa.portal.core.record import documents
from trunghoa.quantities import InputError

from . import adjusting, annual, submitting
from .models import Handed, Issuance, PartySettings, Project
from .tasks import counting_twice
from .words_article6 import AUTHORISATION

FINAL = (LedgerTransaction.Kind.RETIRE.value, LedgerTransaction.Kind.CANCEL.value)


def findings() -> list[tuple[str, Any]]:
    """Every check with what it is about: all units, or one Party's."""
    found: list[tuple[str, Any]] = [
        ("", counting_twice.double_issuance(ours(), theirs())),
        ("", counting_twice.double_use(uses(), FINAL)),
    ]
    for settings in PartySettings.objects.order_by("party"):
        made = adjusting.book(settings)
        balance, _said = adjusting.balance_of(made)
        found.append((settings.party, counting_twice.double_claim(balance, by_marks(made))))
    found += [(party, transfers(party)) for party in sorted(p.party for p in PartySettings.objects.all())]
    found.append(("", counting_twice.withdrawn(held_by_project(), withdrawn())))
    return found


def ours() -> list[dict[str, Any]]:
    """Issuances of the JCM that are known: project, sector, days and place."""
    rows = Issuance.objects.filter(state="issued").select_related("project__place")
    return [
        {
            "programme": "JCM",
            "project": str(row.project),
            "country": "VNM",
            "sector": row.project.scope,
            "start": row.start,
            "end": row.end,
        }
        for row in rows
    ]


def theirs() -> list[dict[str, Any]] | None:
    """Issuances of other programmes from the newest list that was handed in; None where there is none."""
    row = Handed.objects.filter(kind="issuances").select_related("document").first()
    if row is None:
        return None
    try:
        return counting_twice.read_issuances(documents.read(row.document))
    except InputError:
        return None


def uses() -> list[dict[str, Any]]:
    rows = Posting.objects.filter(
        transaction__kind__in=FINAL, delta__gt=0, transaction__reverses=None, transaction__reversal=None
    )
    return [
        {"key": str(number), "kind": kind, "series": str(series), "first": first, "last": last}
        for number, kind, series, first, last in rows.values_list(
            "transaction", "transaction__kind", "series", "first", "last"
        )
    ]


def by_marks(made: adjusting.Book) -> dict[int, int]:
    """First transferred by year as the marks of the ledger tell it, apart from how the balance is made."""
    found: dict[int, int] = {}
    for piece in made.pieces.values():
        if piece.at is None or piece.terms is None:
            continue
        issued = piece.terms.issued_at
        moment = issued if piece.event == AUTHORISATION and issued else piece.at
        year = adjusting.year_of(moment)
        found[year] = found.get(year, 0) + piece.size
    return found


def transfers(party: str) -> Any:
    """Transfers of the last year that another Party reported, against what the ledger says of this one."""
    row = Handed.objects.filter(kind="report").exclude(party=party).exclude(year=None).first()
    if row is None or row.year is None:
        return counting_twice.renamed(submitting.aef.mirrored(annual.report(party, 2000), None))
    made = annual.report(party, row.year)
    return counting_twice.renamed(submitting.mirror(made, party, row.year))


def withdrawn() -> list[str]:
    return [str(project) for project in Project.objects.filter(state="withdrawn")]


def held_by_project() -> dict[str, int]:
    projects = {project.pk: str(project) for project in Project.objects.filter(state="withdrawn")}
    found: dict[str, int] = {}
    rows = Block.objects.filter(account__kind="holding", series__attributes__project__in=list(projects))
    for block in rows.select_related("series"):
        name = projects[block.series.attributes["project"]]
        found[name] = found.get(name, 0) + block.size
    return found
