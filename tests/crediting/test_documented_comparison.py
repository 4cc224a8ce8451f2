"""The page of the method says what the program computes, and what the published tool does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trunghoa.crediting import Inputs, Method, balances, read_blocks

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "crediting.md"
BLOCKS = "article62_blocks_visible.csv"


def table(name: str) -> list[list[str]]:
    text = PAGE.read_text(encoding="utf-8").split(f"<!-- compared: {name} -->")[1].strip()
    lines = text.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def number(text: str) -> float:
    return float(re.sub("[,+]", "", text).replace("−", "-"))


def test_the_documented_trajectories(credit_cases: Path, case_json: Callable[[str], Any]) -> None:
    known = case_json("article62_expected_visible.json")
    result = balances(Inputs(read_blocks(credit_cases / BLOCKS), (2021, 2030), 2021))
    rows = table("trajectory")
    assert {row[0] for row in rows} == set(known["published_tool_rows"])
    for party, year, tool, ours, unresolved in rows:
        found = result.party(party).year(int(year))
        theirs = known["published_tool_rows"][party]["row12_trajectory"][known["years"].index(int(year))]
        assert (number(tool), number(ours)) == (-theirs, found.adjustment)
        assert number(unresolved) == found.unresolved_by_vintage


def test_the_documented_averages(credit_cases: Path, case_json: Callable[[str], Any]) -> None:
    known = case_json("article62_expected_visible.json")["published_tool_rows"]
    blocks = read_blocks(credit_cases / BLOCKS)
    result = balances(Inputs(blocks, (2021, 2030), 2021, method=Method.AVERAGING))
    for party, tool, *ours in table("averaging"):
        assert number(tool) == (sum(known[party]["row7"]) + sum(known[party]["row8"])) / 4
        for year, text in zip((2024, 2025, 2026), ours, strict=True):
            assert abs(number(text) - float(result.party(party).year(year).adjustment)) < 0.01
