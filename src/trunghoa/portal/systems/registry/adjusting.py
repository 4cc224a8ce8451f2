"""A Party's account under Article 6, from the ledger and from what the Party sets and reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.ledger.models import LedgerTransaction, Posting
from trunghoa.portal.core.workflow import signing
from trunghoa.quantities import InputError, Problem

from . import itmos
from .models import AnnualReport, FinalYear, InventoryYear, PartyReport, PartySettings, RegistryAccount
from .tasks import article6
from .tasks.methods import exact
from .words_article6 import AUTHORISATION, ISSUANCE, TRANSFER, USE, for_ndc, for_oimp

SLOTS = {AUTHORISATION: "authorised", ISSUANCE: "issued", TRANSFER: "transferred", USE: "used"}


@dataclass
class Book:
    """One Party's account as it stands, with everything that stands in the way of reporting it."""

    settings: PartySettings
    account: article6.Account
    inventories: dict[int, InventoryYear]
    pieces: dict[str, itmos.Piece] = field(default_factory=dict)
    waiting: int = 0  # authorised, not yet first transferred
    lapsed: int = 0  # no authorisation in force any more, not first transferred
    other_metric: int = 0
    unauthorised_use: int = 0
    problems: list[str] = field(default_factory=list)
    reckoned: tuple[Any | None, list[str]] | None = None

    @property
    def party(self) -> str:
        return self.settings.party


def year_of(moment: datetime) -> int:
    """The year in UTC: the calendar of reports, whatever the clock on the wall said."""
    return moment.astimezone(UTC).year


def book(settings: PartySettings) -> Book:
    """Put a Party's account together; what cannot be added up stands among the problems."""
    party = settings.party
    inventories = {row.year: row for row in InventoryYear.objects.filter(party=party)}
    made = Book(settings, article6.Account(party, (), (), (0, 0)), inventories)
    blocks = list(_blocks(made))
    used, made.unauthorised_use = used_by_year(party)
    first, last = settings.period_first, settings.period_last
    reported = tuple(
        article6.party_year(
            party, year, inventories[year].amount if year in inventories else None, used.get(year, 0)
        )
        for year in sorted({*inventories, *used, first})
    )
    made.account = article6.Account(
        party, tuple(blocks), reported, (first, last), settings.method, settings.denominator
    )
    made.problems += _mixed(made)
    return made


def _blocks(made: Book) -> Iterator[Any]:
    for piece in itmos.pieces(made.party):
        terms = piece.terms
        if terms is None:
            made.lapsed += piece.size
            continue
        if terms.metric != "GHG":
            made.other_metric += piece.size
            continue
        if terms.is_defined and piece.at is None:
            made.waiting += piece.size
            continue
        years = {"authorised": year_of(terms.issued_at)} if terms.issued_at else {}
        if piece.at is not None and terms.is_defined:
            years[SLOTS[piece.event]] = (
                years["authorised"] if piece.event == AUTHORISATION else year_of(piece.at)
            )
        made.pieces[piece.serial] = piece
        yield article6.block(
            key=piece.serial,
            party=made.party,
            definition=terms.definition,
            ndc=for_ndc(terms.purpose),
            oimp=for_oimp(terms.purpose),
            quantity=piece.size,
            vintage=piece.vintage,
            **years,
        )


def used_by_year(party: str) -> tuple[dict[int, int], int]:
    """ITMOs of others that a Party used towards its NDC, by calendar year of use; and what was no ITMO."""
    accounts = RegistryAccount.objects.filter(kind="retirement_ndc", account__party=party)
    rows = Posting.objects.filter(
        account__in=accounts.values("account"),
        delta__gt=0,
        transaction__kind=LedgerTransaction.Kind.RETIRE,
        transaction__reversal=None,
    ).select_related("transaction", "series")
    foreign = [row for row in rows if row.series.attributes.get("host") != party]
    index = itmos.Index(itmos.pieces())
    used: dict[int, int] = {}
    rest = 0
    for row in foreign:
        year = row.transaction.body.get("details", {}).get("year") or year_of(row.transaction.at)
        itmo = sum(size for piece, size in index.within(row.series_id, row.first, row.last) if piece.at)
        used[year] = used.get(year, 0) + itmo
        rest += row.last - row.first + 1 - itmo
    return {year: amount for year, amount in used.items() if amount}, rest


def _mixed(made: Book) -> list[str]:
    """Tonnes of two sets of GWP values do not add up."""
    sets = {made.settings.gwp_set}
    sets |= {row.gwp_set for row in made.inventories.values()}
    sets |= {p.terms.gwp_set for p in made.pieces.values() if p.terms and p.terms.gwp_set}
    if len(sets) < 2:
        return []
    return [
        _("Tonnes of different GWP values do not add up: %(sets)s. Give everything by one set.")
        % {"sets": ", ".join(sorted(sets))}
    ]


def balance_of(made: Book) -> tuple[Any | None, list[str]]:
    """The balance by the Party's own method, or why there is none; reckoned once for a book at hand."""
    if made.reckoned is None:
        made.reckoned = _reckoned(made)
    return made.reckoned


def _reckoned(made: Book) -> tuple[Any | None, list[str]]:
    if made.problems:
        return None, made.problems
    try:
        return article6.balance(made.account), []
    except InputError as error:
        return None, [str(problem) for problem in error.problems]


# Years that were made final.


def hindrances(made: Book, year: int) -> list[str]:
    """Why a year cannot be made final, or reported."""
    found, said = balance_of(made)
    if found is None:
        return said
    reasons = []
    if made.settings.quality != "verified":
        reasons.append(_("The settings of the Party are not verified: give their source and check it."))
    if found.unresolved:
        reasons.append(
            _("The first transfer of %(tonnes)s t is unresolved: specify it first.")
            % {"tonnes": found.unresolved_quantity}
        )
    if not made.settings.period_first <= year <= made.settings.period_last:
        reasons.append(_("The year lies outside the NDC period."))
    elif year >= timezone.now().astimezone(UTC).year:
        reasons.append(_("The year is not over (UTC)."))
    inventory = made.inventories.get(year)
    if inventory is None:
        reasons.append(_("The inventory of %(year)s is not known.") % {"year": year})
    elif inventory.quality != "verified":
        reasons.append(_("The inventory of %(year)s is not verified.") % {"year": year})
    return reasons


def values_of(made: Book, year: int) -> dict[str, Any]:
    """What is made final of a year, as exact texts."""
    found, said = balance_of(made)
    if found is None:
        raise InputError([Problem(text.replace("%", "%%")) for text in said])
    row = found.year(year)
    return {
        "method": made.settings.method,
        "denominator": made.settings.denominator,
        "period": [made.settings.period_first, made.settings.period_last],
        "gwp_set": made.settings.gwp_set,
        "first_transferred_ndc": row.first_transferred_ndc,
        "first_transferred_oimp_only": row.first_transferred_oimp_only,
        "used": row.used,
        "by_vintage": row.by_vintage,
        "adjustment": exact(row.adjustment),
        "inventory": f"{row.inventory:f}" if row.inventory is not None else "",
        "balance": exact(row.balance) if row.balance is not None else "",
    }


def is_as_kept(final: FinalYear, made: Book) -> bool:
    """Whether the ledger still says what was made final."""
    if balance_of(made)[0] is None:
        return False
    return signing.content_hash(values_of(made, final.year)) == final.sha256


def standing(party: str) -> dict[int, FinalYear]:
    """The final years that are not reversed."""
    rows = FinalYear.objects.filter(party=party, state__in=("final", "reversal_proposed"))
    return {row.year: row for row in rows}


def is_settled(party: str) -> bool:
    """Whether anything rests on the method already: it is one for the whole period."""
    return (
        FinalYear.objects.filter(party=party).exclude(state__in=("reversed", "refused")).exists()
        or PartyReport.objects.filter(party=party, kind="regular", state="submitted").exists()
        or AnnualReport.objects.filter(party=party, state="submitted").exists()
    )
