"""Annual information (para 20) of a Party for a year, from the ledger: what was done, and what is held.

The year is that of UTC. Actions are what happened to units after they became ITMOs. Holdings are where they
stood at the end of 31 December, read from the postings and not from the actions: one checks the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from trunghoa.portal.core.ledger.models import LedgerTransaction, Posting

from . import itmos
from .models import AuthorisedEntity, PartySettings, RegistryAccount, Terms
from .tasks import aef
from .words import PARTY
from .words_article6 import AUTHORISATION, ISSUANCE, TRANSFER, USE, for_oimp

# How an event is called in table 3.
SUBTYPES = {
    AUTHORISATION: "Authorization",
    ISSUANCE: "Issuance",
    USE: "Use or cancellation",
    TRANSFER: "First transfer to another Party",
}
Kind = LedgerTransaction.Kind
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """What one transaction did to one piece."""

    piece: itmos.Piece
    pk: int
    kind: str
    at: datetime
    mark: str
    details: dict[str, Any]
    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Place:
    """An account of the registry: whose, and of which kind."""

    party: str
    kind: str
    organisation: int | None


class Story:
    """Everything that happened to authorised units, read once for any number of years and Parties."""

    def __init__(self) -> None:
        self.pieces = itmos.pieces()
        self.places = {
            row.account_id: Place(row.account.party, row.kind, row.account.organisation_id)
            for row in RegistryAccount.objects.select_related("account")
        }
        self.settings = {row.party: row for row in PartySettings.objects.all()}
        self.entities = {
            (row.organisation_id, row.approach_id): row.identifier
            for row in AuthorisedEntity.objects.exclude(organisation=None)
        }
        self.events = list(self._events())

    def _events(self) -> Iterator[Event]:
        """In order of posting; reversals are among them, what was reversed is marked by no kind."""
        index = itmos.Index(self.pieces)
        postings = Posting.objects.filter(series__in=list(index.series)).order_by("pk")
        found = list(postings.values_list("pk", "transaction", "account", "series", "first", "last", "delta"))
        told = _transactions({row[1] for row in found})
        undone = set(LedgerTransaction.objects.exclude(reverses=None).values_list("reverses", flat=True))
        left = 0
        for _pk, number, account, series, first, last, delta in found:
            if delta < 0:
                left = account
                continue
            kind, at, mark, details = told[number]
            kind = "undone" if number in undone else kind
            source = left if delta else account
            for piece, _size in index.within(series, first, last):
                yield Event(piece, number, kind, at, mark, details, source, account)

    def located(self, until: datetime) -> dict[int, int]:
        """In which account each piece stood before a moment, by the piece's place in the list."""
        number_of = {id(piece): number for number, piece in enumerate(self.pieces)}
        found: dict[int, int] = {}
        for event in self.events:
            if event.at < until:
                found[number_of[id(event.piece)]] = event.target
        return found


def _transactions(keys: set[int]) -> dict[int, tuple[str, datetime, str, dict[str, Any]]]:
    listed, found = sorted(keys), {}
    for start in range(0, len(listed), 500):
        rows = LedgerTransaction.objects.filter(pk__in=listed[start : start + 500])
        for pk, kind, at, mark, body in rows.values_list("pk", "kind", "at", "mark", "body"):
            found[pk] = (kind, at, mark, body.get("details", {}))
    return found


def report(party: str, year: int, *, story: Story | None = None, template: str = "", **more: Any) -> Any:
    """The report as it follows from the ledger now; ``more`` is version and day of submission."""
    told = story or Story()
    settings = told.settings.get(party)
    version = template or (settings.template if settings else "")
    chosen = aef.template(version)
    actions = list(_actions(told, party, year))
    held = list(_holdings(told, party, year))
    named = {row["AuthorizationID"] for row in (*actions, *held)}
    tables = [
        [_submission(settings, party, year, **more)],
        _authorisations(party, year, named),
        [_written(row, chosen) for row in actions],
        [_written(row, chosen) for row in held],
        _entities(party, year),
    ]
    return aef.report(chosen, tables)


def _submission(settings: PartySettings | None, party: str, year: int, **more: Any) -> Row:
    return {
        "ParticipatingParty": party,
        "SubmissionVersion": more.get("version") or "1.0",
        "ReportedYear": year,
        "DateOfSubmission": more.get("on"),
        "FirstYearOfNDCPeriod": settings.period_first if settings else None,
        "LastYearOfNDCPeriod": settings.period_last if settings else None,
    }


def _authorisations(party: str, year: int, named: set[str]) -> list[Row]:
    """Versions issued by the end of the year: the Party's own, and those that its ITMOs bear."""
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    rows = Terms.objects.filter(issued_at__lt=end).select_related("authorisation__approach")
    rows = rows.prefetch_related("entities").order_by("authorisation__code", "version")
    return [
        _terms(terms)
        for terms in rows
        if terms.authorisation.party == party or terms.authorisation.code in named
    ]


def _terms(terms: Terms) -> Row:
    oimp = for_oimp(terms.purpose)
    span = f"{terms.occurs_from} - {terms.occurs_to}" if terms.occurs_from and terms.occurs_to else None
    entities = "; ".join(entity.identifier for entity in terms.entities.all())
    return {
        "AuthorizationID": terms.authorisation.code,
        "DateOfAuthorization": terms.issued_at.astimezone(UTC).date() if terms.issued_at else None,
        "CooperativeApproachID": terms.authorisation.approach.code,
        "AuthorizationVersion": terms.version,
        "AuthorizedQuantity": terms.quantity,
        "Metric": terms.metric,
        "GWPValues": terms.gwp_set or None,
        "Non-GHGMetric": terms.other_metric or None,
        "Sectors": terms.sectors or None,
        "ActivityType": terms.activity_type or None,
        "PurposeForAuthorization": terms.purpose or None,
        "AuthorizedPartyIDs": "; ".join(terms.parties.split()) or None,
        "AuthorizedEntityIDs": entities or None,
        "OIMPAuthorized": (terms.oimp or None) if oimp else None,
        "AuthorizedTimeframe": span,
        "AuthorizationT&Cs": one_line(terms.conditions),
        "FirstTransferDefnForOIMP": (terms.definition or None) if oimp else None,
        "AdditionalExplanatoryInformation": one_line(terms.information),
    }


def one_line(text: str) -> str | None:
    """A text as a cell takes it: without control signs and blanks around it."""
    return " ".join(text.split()) or None


def _entities(party: str, year: int) -> list[Row]:
    rows = AuthorisedEntity.objects.filter(party=party, authorised_on__lte=date(year, 12, 31))
    return [
        {
            "DateOfAuthorization": row.authorised_on,
            "AuthorizedEntityName": row.name,
            "AuthorizedEntityCountryOfIncorporation": row.country,
            "AuthorizedEntityID": row.identifier,
            "CooperativeApproachID": row.approach.code,
            "AuthorizedEntityConditions": one_line(row.conditions),
            "AuthorizedEntityChangeConditions": one_line(row.change_conditions),
        }
        for row in rows.select_related("approach")
    ]


def _units(told: Story, piece: itmos.Piece) -> Row:
    """Units as tables 3 and 4 name them."""
    terms, at = piece.terms, piece.block.series.attributes
    keeper = told.settings.get(PARTY.get(at.get("side", ""), ""))
    return {
        "CooperativeApproachID": piece.authorisation.approach.code,
        "AuthorizationID": piece.authorisation.code,
        "FirstTransferringPartyID": piece.host,
        "PartyITMORegistryID": (keeper.itmo_registry or None) if keeper else None,
        "FirstID": piece.itmo or None,
        "LastID": piece.itmo + piece.size - 1 if piece.itmo else None,
        "UnderlyingUnitRegistryID": at.get("programme"),
        "UnderlyingUnitFirstUnitID": piece.block.first,
        "UnderlyingUnitLastUnitID": piece.block.last,
        "Metric": terms.metric if terms else "GHG",
        "GWPValues": (terms.gwp_set or None) if terms else None,
        "QuantityCO2": piece.size,
        "MitigationType": terms.mitigation if terms else None,
        "Vintage": piece.vintage,
    }


def _actions(told: Story, party: str, year: int) -> Iterator[Row]:
    for event in told.events:
        if event.kind in ("undone", Kind.REVERSE) or event.at.astimezone(UTC).year != year:
            continue
        for said in _said(told, event, party):
            moment = event.at.astimezone(UTC)
            # The format takes no finer time than a thousandth of a second.
            moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
            yield {"ActionDateTime": moment, **_units(told, event.piece), **said}


def _said(told: Story, event: Event, party: str) -> Iterator[Row]:
    """What a Party says of an event: nothing, one action, or two that come with each other."""
    piece = event.piece
    if event.kind == Kind.MARK and event.mark == piece.authorisation.mark and piece.host == party:
        yield {"ActionType": "Authorization"}
    if event.pk == piece.by:
        yield from _first(told, event, party)
    elif piece.by and event.pk > piece.by and (later := _later(told, event, party)):
        yield later


def _first(told: Story, event: Event, party: str) -> Iterator[Row]:
    piece, target = event.piece, told.places.get(event.target)
    if target is None:
        return
    if party == piece.host:
        row: Row = {"ActionType": "First transfer", "ActionSubtype": SUBTYPES[piece.event]}
        if piece.event == TRANSFER:
            row["AcquiringPartyID"] = target.party
        if piece.event == USE:
            row |= _use(told, target, event)
        yield row
    if target.party == piece.host or piece.event == USE:
        return
    if party == target.party:
        yield {"ActionType": "Acquisition", "TransferringPartyID": piece.host}
    elif party == piece.host and piece.event != TRANSFER:
        # First transferred by authorisation or issuance while they stand with the other Party.
        yield {"ActionType": "Transfer", "AcquiringPartyID": target.party}


def _use(told: Story, target: Place, event: Event) -> Row:
    row: Row = {"Using/cancellingPartyID": target.party}
    source = told.places.get(event.source)
    if source and (entity := told.entities.get((source.organisation, event.piece.authorisation.approach_id))):
        row["Using/cancellingEntityID"] = entity
    if target.kind == "retirement_oimp":
        row["PurposeITMOUsedForOIMP"] = (
            event.details.get("beneficiary") or event.details.get("reason") or None
        )
    return row


def _later(told: Story, event: Event, party: str) -> Row | None:
    """What a Party reports of units that were first transferred before."""
    source, target = told.places.get(event.source), told.places.get(event.target)
    if source is None or target is None:
        return None
    if event.kind == Kind.TRANSFER:
        if target.kind == "adaptation" and source.party == party:
            told_so = "Contribution to adaptation under Article 6.2"
            return {"ActionType": "Transfer", "AdditionalExplanatoryInformation": told_so}
        if source.party == target.party:
            return None
        if source.party == party:
            return {"ActionType": "Transfer", "AcquiringPartyID": target.party}
        if target.party == party:
            return {"ActionType": "Acquisition", "TransferringPartyID": source.party}
        return None
    if source.party != party:
        return None
    if event.kind == Kind.RETIRE:
        row = {"ActionType": "Use", **_use(told, target, event)}
        if target.kind == "retirement_ndc":
            row["YearITMOUsedTowardsNDC"] = event.details.get("year") or event.at.astimezone(UTC).year
        return row
    if event.kind == Kind.CANCEL:
        omge = target.kind == "cancel_omge"
        kind = "Cancellation" if omge else "Voluntary Cancellation"
        subtype = {"ActionSubtype": "Voluntary cancellation to deliver OMGE"} if omge else {}
        return {"ActionType": kind, **subtype, **_use(told, target, event)}
    return None


def _holdings(told: Story, party: str, year: int) -> Iterator[Row]:
    """ITMOs in the holding accounts of a Party at the end of 31 December UTC."""
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    located = told.located(end)
    for number, piece in enumerate(told.pieces):
        place = told.places.get(located.get(number, 0))
        if piece.at is None or piece.at >= end or place is None or place.party != party:
            continue
        if place.kind in ("national", "entity", "pending", "external"):
            yield _units(told, piece)


def _written(row: Row, chosen: Any) -> Row:
    """A row as a version of the format writes numbers and moments; CARP's fields stay blank."""
    fields = {field.name: field for field in (*chosen.table(3).fields, *chosen.table(4).fields)}
    given = dict(row)
    if fields["FirstID"].kind.value == "string":
        for name in ("FirstID", "LastID"):
            if given.get(name) is not None:
                given[name] = itmo_id(given, given[name])
    if "ActionDateTime" in given and fields["ActionDateTime"].kind.value == "date":
        given["ActionDateTime"] = given["ActionDateTime"].date()
    return given


def itmo_id(row: Row, number: int) -> str:
    """An identifier in full, such as ``CA0003-VNM01-VNM-123-2024``: no separators inside numbers."""
    parts = (row["CooperativeApproachID"], row["PartyITMORegistryID"], row["FirstTransferringPartyID"])
    return f"{'-'.join(str(part) for part in parts)}-{number}-{row['Vintage']}"


def first_year(told: Story, party: str) -> int | None:
    """The first year in which a Party has something to report."""
    years = sorted({piece.at.astimezone(UTC).year for piece in told.pieces if piece.at})
    return next((y for y in years if any(True for _row in _actions(told, party, y))), None)
