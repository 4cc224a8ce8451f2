"""Two registries' books of the same units: balances first, then number by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from trunghoa.quantities import N_, InputError, Problem


class Match(StrEnum):
    """What two books say of the same numbers."""

    AGREED = "agreed"
    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Held:
    """Numbers ``first`` to ``last`` of a series in one book, both included.

    ``place`` is how they stand there, such as held, used or cancelled.
    """

    series: str
    first: int
    last: int
    place: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Numbers of which each book says one thing throughout; None where a book does not have them."""

    series: str
    first: int
    last: int
    here: str | None
    there: str | None

    @property
    def quantity(self) -> int:
        return self.last - self.first + 1

    @property
    def match(self) -> Match:
        if self.there is None:
            return Match.ONLY_HERE
        if self.here is None:
            return Match.ONLY_THERE
        return Match.AGREED if self.here == self.there else Match.ELSEWHERE


@dataclass(frozen=True, slots=True)
class Balance:
    """Units of one series in one place, by both books."""

    series: str
    place: str
    here: int
    there: int

    @property
    def difference(self) -> int:
        return self.here - self.there


def compare_balances(here: Iterable[Held], there: Iterable[Held]) -> tuple[Balance, ...]:
    """Sums of both books by series and place, those that agree too.

    Equal sums do not show that the numbers are the same: for that see ``compare_blocks``.
    """
    sums: dict[tuple[str, str], list[int]] = {}
    for side, book in enumerate((here, there)):
        for block in book:
            sums.setdefault((block.series, block.place), [0, 0])[side] += block.last - block.first + 1
    return tuple(Balance(*key, *both) for key, both in sorted(sums.items()))


def compare_blocks(here: Iterable[Held], there: Iterable[Held]) -> tuple[Piece, ...]:
    """Cut both books into the longest pieces of which each says one thing.

    One sweep over the ends of all blocks, sorted: O(n log n) in their number, whatever they hold.

    Parameters
    ----------
    here, there
        Blocks of the two books, in any order. A book has no number twice.

    Returns
    -------
    tuple of Piece
        By series and number. Together they hold each number that either book has, once.

    Raises
    ------
    InputError
        where a book has a number twice, or a block ends before it begins.
    """
    ends: dict[str, list[tuple[int, int, int, str]]] = {}
    for side, book in enumerate((here, there)):
        for block in book:
            if not 1 <= block.first <= block.last:
                raise InputError(_no_block(block))
            # At one number, what ends comes before what begins.
            of_series = ends.setdefault(block.series, [])
            of_series += [(block.last + 1, 0, side, block.place), (block.first, 1, side, block.place)]
    return tuple(piece for series in sorted(ends) for piece in _joined(_sweep(series, sorted(ends[series]))))


def _sweep(series: str, ends: list[tuple[int, int, int, str]]) -> Iterator[Piece]:
    now: list[str | None] = [None, None]
    start = 0
    for at, begins, side, place in ends:
        if at > start and now != [None, None]:
            yield Piece(series, start, at - 1, *now)
        start = at
        if begins and now[side] is not None:
            raise InputError(_twice(series, at))
        now[side] = place if begins else None


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of which the same is said are one: how a book was cut makes no difference."""
    held: Piece | None = None
    for piece in pieces:
        if held and held.last + 1 == piece.first and (held.here, held.there) == (piece.here, piece.there):
            held = Piece(held.series, held.first, piece.last, held.here, held.there)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _twice(series: str, number: int) -> Problem:
    return Problem(
        N_("The unit %(value)s of %(field)s stands twice in one book."),
        N_("A unit is in one account at a time: have the book put right first."),
        field=series,
        value=str(number),
    )


def _no_block(block: Held) -> Problem:
    return Problem(
        N_("The last unit %(value)s of “%(field)s” lies before the first, %(limit)s."),
        N_("Numbers begin with 1."),
        field=block.series,
        value=str(block.last),
        limit=str(block.first),
    )
