"""Two books of the same units: nothing is lost, the sides are alike, equal books agree."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.crediting import Balance, Held, Match, Piece, compare_balances, compare_blocks
from trunghoa.quantities import InputError


@st.composite
def books(draw: st.DrawFn) -> list[Held]:
    """Blocks without a number twice, in any order, neighbours among them."""
    found: list[Held] = []
    for series in ("A", "B"):
        at = 1
        for gap, size, place in draw(
            st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5), st.sampled_from(["held", "used"])))
        ):
            found.append(Held(series, at + gap, at + gap + size - 1, place))
            at += gap + size
    return draw(st.permutations(found))


def by_number(book: list[Held]) -> dict[tuple[str, int], str]:
    return {(b.series, n): b.place for b in book for n in range(b.first, b.last + 1)}


@given(books(), books())
def test_each_number_of_either_book_stands_in_one_piece_with_what_both_say(
    here: list[Held], there: list[Held]
) -> None:
    ours, theirs = by_number(here), by_number(there)
    said = Counter(
        (p.series, n, p.here, p.there)
        for p in compare_blocks(here, there)
        for n in range(p.first, p.last + 1)
    )
    wanted = {(*key, ours.get(key), theirs.get(key)) for key in ours.keys() | theirs.keys()}
    assert said == Counter(wanted)


@given(books(), books())
def test_swapping_the_books_mirrors_the_answer(here: list[Held], there: list[Held]) -> None:
    mirrored = tuple(Piece(p.series, p.first, p.last, p.there, p.here) for p in compare_blocks(here, there))
    assert compare_blocks(there, here) == mirrored


@given(books(), books(), st.randoms())
def test_the_order_of_the_blocks_and_where_they_are_cut_make_no_difference(
    here: list[Held], there: list[Held], random: object
) -> None:
    units = [Held(series, n, n, place) for (series, n), place in by_number(here).items()]
    random.shuffle(units)  # type: ignore[attr-defined]
    assert compare_blocks(units, there) == compare_blocks(here, there)


@given(books())
def test_equal_books_agree(book: list[Held]) -> None:
    assert {p.match for p in compare_blocks(book, book)} <= {Match.AGREED}
    assert all(row.difference == 0 for row in compare_balances(book, book))


def test_an_overlap_in_part_is_cut_into_exact_ranges() -> None:
    pieces = compare_blocks(
        [Held("A", 1, 100, "held")], [Held("A", 41, 60, "used"), Held("A", 61, 120, "held")]
    )
    assert [(p.first, p.last, p.quantity, p.match) for p in pieces] == [
        (1, 40, 40, Match.ONLY_HERE),
        (41, 60, 20, Match.ELSEWHERE),
        (61, 100, 40, Match.AGREED),
        (101, 120, 20, Match.ONLY_THERE),
    ]


def test_equal_sums_of_other_numbers_are_told_apart_by_blocks_alone() -> None:
    here, there = [Held("A", 1, 10, "held")], [Held("A", 11, 20, "held")]
    assert compare_balances(here, there) == (Balance("A", "held", 10, 10),)
    assert [p.match for p in compare_blocks(here, there)] == [Match.ONLY_HERE, Match.ONLY_THERE]


@pytest.mark.parametrize(
    "book",
    [
        [Held("A", 1, 10, "held"), Held("A", 10, 12, "used")],
        [Held("A", 3, 2, "held")],
        [Held("A", 0, 2, "held")],
    ],
)
def test_it_refuses_a_book_that_has_a_unit_twice_or_a_block_that_is_none(book: list[Held]) -> None:
    with pytest.raises(InputError):
        compare_blocks(book, [])
