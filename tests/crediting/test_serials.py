"""Serial numbers: read by part, compared by number, refused when they are none."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.crediting import gaps, parse_serial, render_serial, serial_problems
from trunghoa.quantities import InputError

VERRA = "17310-823503762-823591051-VCS-VCU-1491-VER-RW-3-4150-01032023-31122023-1"
GOLD = "GS1-1-TZ-GS11732-16-2022-25700-1-100"


@pytest.mark.parametrize(
    ("text", "form", "first", "last", "vintage", "country"),
    [
        (VERRA, "verra", 823503762, 823591051, 2023, "RW"),
        (GOLD, "gold_standard", 1, 100, 2022, "TZ"),
        ("VU-ITMO-11-356-2022-0-27-35", "undp_old", 27, 35, 2022, "VU"),
        ("VNM-ITMO-3-12-101-250-2024", "undp", 101, 250, 2024, "VNM"),
        ("CA0003-VNM01-VNM-123-2024", "itmo", 123, 123, 2024, "VNM"),
        ("JCM-VN-JP-VN004-2024-1-151", "jcm", 1, 151, 2024, "VN"),
    ],
)
def test_each_format_is_read(text: str, form: str, first: int, last: int, vintage: int, country: str) -> None:
    found = parse_serial(text)
    assert (found.format, found.first, found.last, found.vintage) == (form, first, last, vintage)
    assert found.parts["country"] == country
    assert found.quantity == last - first + 1


@pytest.mark.parametrize(
    "text",
    ["", "17310", VERRA[:-2], GOLD + "-", GOLD.replace("2022", "22"), "=1+1",
     "JCM-VN-JP-VN004-2024-1,312-2,000", "CA0003-VNM01-VNM-123-2024\n-1",
     VERRA.replace("01032023", "31022023"), GOLD.replace("1-100", "100-1"),
     GOLD.replace("-1-100", "-0-100"), "JCM-VN-JP-VN004-2024-１-２"],
)  # fmt: skip
def test_what_is_no_serial_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_serial(text)


def test_trap_10_a_blank_behind_a_serial_does_not_make_it_another() -> None:
    assert parse_serial(VERRA + " ") == parse_serial(VERRA)
    (problem,) = serial_problems([VERRA, GOLD, VERRA + " "])
    assert (problem.row, problem.limit) == (3, "1")


def test_units_that_stand_in_two_blocks_are_found_whatever_their_length() -> None:
    """Trap 9: compared as text, 99 would lie behind 100."""
    one, other = (GOLD.replace("1-100", numbers) for numbers in ("99-99", "100-1000"))
    assert serial_problems([one, other]) == ()
    found = serial_problems([other, one, GOLD.replace("1-100", "9-100")])
    assert {p.value for p in found} == {"99-99", "100-100"}


def test_blocks_of_different_series_do_not_clash() -> None:
    assert serial_problems([GOLD, GOLD.replace("GS11732", "GS11733"), GOLD.replace("2022", "2023")]) == ()


def test_a_serial_that_cannot_be_read_is_named_with_its_row() -> None:
    (problem,) = serial_problems([GOLD, "GS-oops"])
    assert problem.row == 2


def test_trap_9_numbers_of_a_serial_have_no_separators() -> None:
    text = render_serial("VN", "JP", "VN004", 2024, 1312595, 2000000)
    assert text == "JCM-VN-JP-VN004-2024-1312595-2000000"
    assert (
        render_serial("VN", "JP", "VN004", 2024, 1, 2, "{project}/{vintage}/{first}-{last}")
        == "VN004/2024/1-2"
    )


def test_a_real_batch_is_whole(credit_cases: Path) -> None:
    with (credit_cases / "serial_blocks_gm4000_18813.csv").open(encoding="utf-8", newline="") as stream:
        rows = [{k: int(v) for k, v in row.items()} for row in csv.DictReader(stream)]
    assert all(r["last_unit"] - r["first_unit"] + 1 == r["quantity"] for r in rows)
    blocks = [(r["first_unit"], r["last_unit"]) for r in rows]
    assert gaps(blocks) == ()
    start = "18813-{}-{}-VCS-VCU-1-VER-GM-1-4000-01012023-31122023-1".format
    assert serial_problems(start(*b) for b in blocks) == ()
    assert max(b[1] for b in blocks) - min(b[0] for b in blocks) + 1 == sum(r["quantity"] for r in rows)
    assert gaps([*blocks[:3], *blocks[4:]]) == (blocks[3],)


@given(st.integers(1, 10**12), st.integers(0, 10**9), st.integers(2013, 2099))
def test_what_is_rendered_is_read_back(first: int, more: int, vintage: int) -> None:
    found = parse_serial(render_serial("VN", "JP", "VN001", vintage, first, first + more))
    assert (found.first, found.quantity, found.vintage) == (first, more + 1, vintage)


@given(st.text(max_size=60) | st.from_regex(r"[A-Z0-9-]{0,60}", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_serial(text)
    except InputError:
        return
    assert 1 <= found.first <= found.last


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), max_size=8))
def test_gaps_are_what_no_block_holds(blocks: list[tuple[int, int]]) -> None:
    ranges = [(first, first + more) for first, more in blocks]
    held = {n for first, last in ranges for n in range(first, last + 1)}
    missing = {n for first, last in gaps(ranges) for n in range(first, last + 1)}
    assert missing == (set(range(min(held), max(held) + 1)) - held if held else set())
