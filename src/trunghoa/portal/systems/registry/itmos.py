"""Units that are ITMOs, read from the ledger: which, under what terms, when they were first transferred."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from trunghoa.portal.core.ledger.models import Account, Block

from .authorising import Book, mark_in
from .models import Authorisation, ItmoRange, Terms
from .serials import serial


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring units that are alike in everything: the blocks of the ledger as they stand now.

    Blocks are only ever cut, never joined, so whatever happened to a unit of a piece happened to all of it.
    """

    block: Block
    authorisation: Authorisation
    terms: Terms | None
    authorised_at: datetime
    at: datetime | None  # of the first transfer, UTC
    event: str
    by: int  # the transaction that made them first transferred ITMOs; 0 where none did
    itmo: int  # number of the first unit; 0 where none was given

    @property
    def size(self) -> int:
        return self.block.size

    @property
    def host(self) -> str:
        return str(self.block.series.attributes.get("host", ""))

    @property
    def vintage(self) -> int:
        return int(self.block.series.attributes.get("vintage", 0))

    @property
    def account(self) -> Account:
        return self.block.account

    @property
    def serial(self) -> str:
        return serial(self.block)

    @property
    def itmo_text(self) -> str:
        return f"{self.itmo}-{self.itmo + self.size - 1}" if self.itmo else ""

    @property
    def day(self) -> date | None:
        return self.at.astimezone(UTC).date() if self.at else None

    @property
    def is_resolved(self) -> bool:
        """Whether the authorisation that holds tells when the units are first transferred."""
        return self.terms is None or self.terms.is_defined


def pieces(host: str = "") -> list[Piece]:
    """Every authorised unit, of one first transferring Party or of all, by series and number."""
    rows = Block.objects.exclude(marks={}).exclude(account__kind="issuing")
    if host:
        rows = rows.filter(series__attributes__host=host)
    blocks = [
        b for b in rows.select_related("series", "account").order_by("series", "first") if mark_in(b.marks)
    ]
    book, numbers = Book.of(blocks), Numbers()
    found = []
    for block in blocks:
        if (bearing := book.authorisation_of(block)) is None:
            continue
        authorisation, by = bearing
        found.append(
            Piece(
                block=block,
                authorisation=authorisation,
                terms=book.terms_of(block),
                authorised_at=by.at,
                at=book.first_transferred_at(block),
                event=book.event_of(block),
                by=book.first_transferred_by(block),
                itmo=numbers.of(block),
            )
        )
    return found


class Index:
    """Pieces by series and unit, to be found by a span."""

    def __init__(self, found: Iterable[Piece]) -> None:
        self.series: dict[int, list[Piece]] = {}
        for piece in found:
            self.series.setdefault(piece.block.series_id, []).append(piece)
        self.firsts = {key: [p.block.first for p in rows] for key, rows in self.series.items()}

    def within(self, series: int, first: int, last: int) -> Iterator[tuple[Piece, int]]:
        """The pieces that a span touches, each with how many units of it."""
        rows = self.series.get(series, [])
        at = max(0, bisect_right(self.firsts.get(series, []), first) - 1)
        for piece in rows[at:]:
            if piece.block.first > last:
                return
            size = min(piece.block.last, last) - max(piece.block.first, first) + 1
            if size > 0:
                yield piece, size


class Numbers:
    """Numbers of ITMOs by series and unit, read once."""

    def __init__(self) -> None:
        self.ranges: dict[int, list[tuple[int, int, int]]] = {}
        rows = ItmoRange.objects.order_by("series", "first")
        for series, first, last, number in rows.values_list("series", "first", "last", "number"):
            self.ranges.setdefault(series, []).append((first, last, number))

    def of(self, block: Block) -> int:
        ranges = self.ranges.get(block.series_id, [])
        at = bisect_right(ranges, (block.first, 1 << 63, 0)) - 1
        if at < 0 or ranges[at][1] < block.last:
            return 0
        first, _last, number = ranges[at]
        return number + block.first - first
