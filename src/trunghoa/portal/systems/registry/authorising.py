"""Which units an authorisation makes ITMOs, and when each is first transferred: marks of the ledger.

A unit bears the mark of its authorisation, and at its first transfer the mark ``first_transfer``, each once.
What the authorisation says of a unit that was first transferred is what it said then: neither a change nor a
revocation reaches back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.ledger import services
from trunghoa.portal.core.ledger.models import Block, LedgerTransaction, Posting, Series
from trunghoa.portal.core.ledger.spans import Span
from trunghoa.portal.core.ledger.writing import Act

from .models import Authorisation, CooperativeApproach, ItmoRange, Order, Project, Terms
from .words import PARTY
from .words_article6 import (
    AUTHORISATION,
    AUTHORISED,
    FIRST_TRANSFER,
    ISSUANCE,
    TRANSFER,
    USE,
    for_ndc,
    for_oimp,
)

MARK_OF_KIND = {Order.Kind.TRANSFER: TRANSFER, Order.Kind.USE: USE, Order.Kind.CANCEL: USE}


def events(terms: Terms) -> frozenset[str]:
    """The events of which the earliest is the first transfer (Decision 2/CMA.3 annex para 2)."""
    found = {TRANSFER} if for_ndc(terms.purpose) else set()
    if for_oimp(terms.purpose) and terms.definition:
        found.add(terms.definition)
    return frozenset(found)


def authorisations() -> dict[str, Authorisation]:
    """All that were issued, by the mark that their units bear, with their versions."""
    rows = Authorisation.objects.exclude(state__in=("draft", "proposed")).select_related("approach")
    return {row.mark: row for row in rows.prefetch_related("versions__projects")}


def mark_in(marks: Mapping[str, int]) -> list[str]:
    """The authorisations that a block bears, in the order in which they were given."""
    return [name for name, _by in sorted(marks.items(), key=lambda m: m[1]) if name.startswith(AUTHORISED)]


@dataclass
class Book:
    """Authorisations and the transactions that gave marks, so that many blocks are told at once."""

    known: dict[str, Authorisation]
    transactions: dict[int, LedgerTransaction]

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> Book:
        wanted = {
            by
            for block in blocks
            for name, by in block.marks.items()
            if name.startswith(AUTHORISED) or name == FIRST_TRANSFER
        }
        return cls(authorisations(), LedgerTransaction.objects.in_bulk(wanted))

    def authorisation_of(self, block: Block) -> tuple[Authorisation, LedgerTransaction] | None:
        """The authorisation whose mark was given last and is on record."""
        for name in reversed(mark_in(block.marks)):
            if (found := self.known.get(name)) and (by := self.transactions.get(block.marks[name])):
                return found, by
        return None

    def first_transferred_by(self, block: Block) -> int:
        """The transaction that made units first transferred ITMOs: not before they were authorised."""
        found, by = self.authorisation_of(block), block.marks.get(FIRST_TRANSFER, 0)
        return max(by, found[1].pk) if found and by in self.transactions else 0

    def first_transferred_at(self, block: Block) -> datetime | None:
        by = self.transactions.get(self.first_transferred_by(block))
        return by.at if by else None

    def event_of(self, block: Block) -> str:
        """By which event units were first transferred."""
        by = self.transactions.get(block.marks.get(FIRST_TRANSFER, 0))
        if by is None:
            return ""
        details = by.body.get("details", {})
        return details.get("event") or MARK_OF_KIND.get(details.get("kind"), TRANSFER)

    def terms_of(self, block: Block, now: datetime | None = None) -> Terms | None:
        """What holds for units: as at their first transfer, else as it stands now, if anything does."""
        found = self.authorisation_of(block)
        if found is None:
            return None
        authorisation, by = found
        moment = self.first_transferred_at(block)
        if moment is not None:
            given = authorisation.version(by.body.get("details", {}).get("version", 0))
            return authorisation.in_force(moment) or given
        terms = authorisation.in_force(now or timezone.now())
        at = block.series.attributes
        return terms if terms and terms.covers(at.get("project", 0), at.get("vintage", 0)) else None


def in_force_for(project: Project, at: datetime) -> list[Terms]:
    """Versions in force that name a project, in the order of their authorisations' numbers."""
    rows = Authorisation.objects.exclude(state__in=("draft", "proposed", "revoked")).order_by("code")
    found = [row.in_force(at) for row in rows.prefetch_related("versions__projects")]
    return [terms for terms in found if terms and project.pk in terms.project_keys]


def lock(project: Project) -> None:
    """Numbers of ITMOs are given under the approach's lock; it is taken before any account's."""
    keys = {terms.authorisation.approach_id for terms in in_force_for(project, timezone.now())}
    list(CooperativeApproach.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def units_of(authorisation: Authorisation) -> int:
    """Units that bear the mark of an authorisation."""
    rows = Block.objects.filter(marks__has_key=authorisation.mark).exclude(account__kind="issuing")
    return sum(last - first + 1 for first, last in rows.values_list("first", "last"))


def cover(project: Project, maker: User, checker: User) -> int:
    """Mark the units of a project that an authorisation in force covers; how many were marked.

    Units that are blocked, used or cancelled are left as they are. Where the authorised quantity does not
    reach, the lowest numbers of the earliest vintages come first and the rest stays without.
    """
    done = 0
    for terms in in_force_for(project, timezone.now()):
        left = None
        if terms.quantity is not None:
            left = max(0, terms.quantity - units_of(terms.authorisation))
        for block, first, last in _uncovered(project, terms, left):
            _authorise(block, Span(block.series_id, first, last), terms, maker, checker)
            done += last - first + 1
    return done


def _uncovered(project: Project, terms: Terms, left: int | None) -> Iterator[tuple[Block, int, int]]:
    rows = Block.objects.filter(
        series__attributes__project=project.pk, account__kind="holding", state=Block.State.HELD
    ).select_related("series", "account")
    blocks = sorted(rows, key=lambda b: (b.series.attributes.get("vintage", 0), b.series_id, b.first))
    book, off = Book.of(blocks), _taken_off(project, terms)
    for block in blocks:
        if left == 0:
            return
        bears = terms.authorisation.mark in block.marks or book.terms_of(block) is not None
        if bears or not terms.covers(project.pk, block.series.attributes.get("vintage", 0)):
            continue
        if any(series == block.series_id and first <= block.first <= last for series, first, last in off):
            continue
        taken = block.size if left is None else min(block.size, left)
        left = None if left is None else left - taken
        yield block, block.first, block.first + taken - 1


def _taken_off(project: Project, terms: Terms) -> list[tuple[int, int, int]]:
    """Units of which two administrators took this version's mark off: only another version covers them again.

    Blocks are only ever cut, so each stands within such a span or outside it.
    """
    rows = Posting.objects.filter(
        series__attributes__project=project.pk,
        transaction__mark=terms.authorisation.mark,
        transaction__reversal__isnull=False,
        transaction__body__details__version=terms.version,
    )
    return list(rows.values_list("series", "first", "last"))


def _authorise(block: Block, span: Span, terms: Terms, maker: User, checker: User) -> None:
    details = {"authorisation": terms.authorisation.code, "version": terms.version}

    def act(**more: str) -> Act:
        return Act(key=uuid4(), by=maker, approved_by=checker, details={**details, **more})

    services.mark(act(), block.account, [span], terms.authorisation.mark)
    _number(block.series, span, terms)
    if FIRST_TRANSFER not in block.marks and (event := _event_now(block, terms)):
        services.mark(act(event=event), block.account, [span], FIRST_TRANSFER)


def _event_now(block: Block, terms: Terms) -> str:
    """The event by which issued units are first transferred as soon as they are authorised, if any.

    Units that the other side's registry issued were internationally transferred by that issuance.
    """
    possible = events(terms)
    at = block.series.attributes
    if TRANSFER in possible and PARTY.get(at.get("side", "")) != at.get("host"):
        return TRANSFER
    return next((event for event in (AUTHORISATION, ISSUANCE) if event in possible), "")


def _number(series: Series, span: Span, terms: Terms) -> None:
    at = series.attributes
    group = {
        "approach": terms.authorisation.approach.code,
        "side": at.get("side", ""),
        "party": at.get("host", ""),
        "vintage": at.get("vintage", 0),
    }
    # Units that were numbered under an earlier authorisation keep their numbers.
    if ItmoRange.objects.filter(series=series, first__lte=span.first, last__gte=span.last).exists():
        return
    last = ItmoRange.objects.filter(**group).order_by("number").last()
    number = last.number + last.last - last.first + 1 if last else 1
    ItmoRange.objects.create(series=series, first=span.first, last=span.last, number=number, **group)


# Orders that move units.


@dataclass(frozen=True)
class Part:
    """Units of an order that move together, and the mark that they get by it."""

    spans: tuple[Span, ...]
    mark: str


def pieces(order: Order) -> list[tuple[Block, int, int]]:
    """The blocks of an order's units, each with the numbers of it that are meant."""
    found = []
    for series, first, last in order.units:
        rows = Block.objects.filter(series=series, first__lte=last, last__gte=first).order_by("first")
        found += [
            (block, max(first, block.first), min(last, block.last))
            for block in rows.select_related("series", "account")
        ]
    return found


def parts(order: Order, first_abroad: bool) -> list[Part]:
    """An order's units by whether it is their first transfer; in the order of their numbers.

    Without an authorisation, leaving the host for the first time counts as it.
    """
    held = pieces(order)
    book = Book.of([block for block, _first, _last in held])
    event = MARK_OF_KIND.get(Order.Kind(order.kind), "")
    if order.target is not None and order.target.kind == "retirement_ndc":
        event = ""  # use towards an NDC is no event that a Party may specify
    marked: dict[str, list[Span]] = {}
    for block, first, last in held:
        terms = book.terms_of(block)
        by_this = event in events(terms) if terms else first_abroad
        if event == TRANSFER and not first_abroad:
            by_this = False
        mark = FIRST_TRANSFER if by_this and FIRST_TRANSFER not in block.marks else ""
        marked.setdefault(mark, []).append(Span(block.series_id, first, last))
    return [Part(tuple(spans), mark) for mark, spans in marked.items()]


def hindrances(order: Order) -> list[str]:
    """What the authorisation of the units forbids."""
    if order.kind not in MARK_OF_KIND:
        return []
    held = pieces(order)
    book = Book.of([block for block, _first, _last in held])
    found = [_hindrance(order, block, terms) for block, _f, _l in held if (terms := book.terms_of(block))]
    return sorted({said for said in found if said})


def _hindrance(order: Order, block: Block, terms: Terms) -> str:
    named = {"authorisation": terms}
    if not terms.is_defined:
        return (
            _("The first transfer is not specified in %(authorisation)s: its units do not move before it is.")
            % named
        )
    purpose = order.target.kind if order.target and order.kind == Order.Kind.USE else ""
    if purpose == "retirement_oimp" and not for_oimp(terms.purpose):
        return _("%(authorisation)s is for use towards an NDC only.") % named
    if purpose == "retirement_ndc" and order.target and order.target.account.party != _host(block):
        if not for_ndc(terms.purpose):
            return _("%(authorisation)s is not for use towards an NDC.") % named
        first, last = terms.use_from or 0, terms.use_to or 9999
        if order.year and not first <= order.year <= last:
            return _("%(authorisation)s allows use from %(first)s to %(last)s.") % {
                **named,
                "first": terms.use_from or "…",
                "last": terms.use_to or "…",
            }
    return ""


def _host(block: Block) -> Any:
    return block.series.attributes.get("host")
