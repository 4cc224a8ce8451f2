"""Bad blocks and inventories: each is refused with file, row, field, value and limit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trunghoa.cli import app

Write = Callable[..., Path]
GOOD = "1,GS,Host,Authorisation,0,1,2024,,1,100,2023"


def refused(*arguments: str) -> list[str]:
    result = CliRunner().invoke(app, ["article6", "balance", *arguments])
    assert result.exit_code == 1, result.output
    return result.stderr.strip().splitlines()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('2,GS,Host,Authorisation,0,1,2024,,1,"1,312,595",2023', "field volume_tco2e: “1,312,595” has a “,”"),
        ("2,GS,Host,Authorisation,0,1,2024,,1,10.5,2023", "field volume_tco2e: “10.5” is not a whole number"),
        ("2,GS,Host,Authorisation,0,1,2024,,1,-4,2023", "field volume_tco2e: -4 t is not a quantity"),
        ("2,GS,Host,Authorisation,0,1,2024,,1,0,2023", "field volume_tco2e: 0 t is not a quantity"),
        ("2,GS,Host,Authorisation,0,1,2024,,1,,2023", "field volume_tco2e: The cell is empty"),
        ("2,GS,Host,Authorisation,0,1,2024,,1,1e400,2023", "too large"),
        ("2,GS,Host,Authorisation,0,1,2024,,1,NaN,2023", "not a finite number"),
        ("2,GS,Host,Authorisation,0,1,2024,,1,１００,2023", "full-width"),
        ("2,GS,Host,Authorisation,0,1,2024,,1,100,2019", "The vintage 2019 is earlier than 2021"),
        ("2,GS,Host,Authorisation,0,1,2031,,1,100,2023", "2031 lies outside the NDC period 2021 to 2030"),
        ("2,GS,Host,Authorisation,0,1,24,,1,100,2023", "field auth_year: The year 24 is outside"),
        ("2,GS,Host,Authorisation,maybe,1,2024,,1,100,2023", "field authorised_ndc: “maybe” is not"),
        ("2,GS,,Authorisation,0,1,2024,,1,100,2023", "field party: The cell is empty"),
        ("1,GS,Host,Authorisation,0,1,2024,,1,100,2023", "The block 1 stands twice; the other is in row 2"),
        ("2,GS,Host,Authorisation,0,1,2024", "The row has 7 cells, the header 11"),
    ],
)  # fmt: skip
def test_it_refuses_a_cell(row: str, says: str, blocks_file: Write) -> None:
    lines = refused(str(blocks_file(GOOD, row)))
    assert len(lines) == 1, lines
    assert lines[0].startswith("blocks.csv, row 3")
    assert says in lines[0]


def test_all_problems_come_at_once(blocks_file: Write) -> None:
    bad = blocks_file(
        "1,GS,Host,Authorisation,0,x,2024,,1,ten,2023", "2,GS,Host,Authorisation,0,1,2024,,1,5,way"
    )
    assert len(refused(str(bad))) == 3


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["2024,100,many"], "inventory.csv, row 2, field used: “many” is not a number"),
        (["2024,100,-5"], "inventory.csv, row 2, field used: -5 t cannot have been used"),
        (
            ["2024,100,0", "2024,101,0"],
            "inventory.csv, row 3, field year: The year 2024 of Host stands twice",
        ),
        (["2031,100,0"], "inventory.csv, row 2, field year: 2031 lies outside the NDC period 2021 to 2030"),
        (["2024,12,345,0"], "inventory.csv, row 2: The row has 4 cells"),
    ],
)
def test_it_refuses_a_report(rows: list[str], says: str, blocks_file: Write) -> None:
    reports = blocks_file(*rows, header="year,inventory,used", name="inventory.csv")
    lines = refused(str(blocks_file(GOOD)), "--inventory", str(reports), "--party", "Host")
    assert any(says in line for line in lines), lines


def test_an_inventory_without_a_party_needs_one_named(blocks_file: Write) -> None:
    reports = blocks_file("2024,100", header="year,inventory", name="inventory.csv")
    assert "does not say of which Party" in refused(str(blocks_file(GOOD)), "--inventory", str(reports))[0]


@pytest.mark.parametrize("option", ["--method", "--denominator", "--scope", "--period"])
def test_it_refuses_an_unknown_choice(option: str, blocks_file: Write) -> None:
    assert "“guess”" in refused(str(blocks_file(GOOD)), option, "guess")[0]


def test_it_refuses_a_period_that_ends_before_it_begins(blocks_file: Write) -> None:
    assert (
        "ends in 2020, before it begins in 2030"
        in refused(str(blocks_file(GOOD)), "--period", "2030-2020")[0]
    )


def test_what_is_not_known_to_stand_on_the_platform_is_not_in_its_scope(blocks_file: Write) -> None:
    unknown = "1,GS,Host,Authorisation,0,1,2024,,,100,2023"
    assert "No block says whether" in refused(str(blocks_file(unknown)), "--scope", "carp")[0]
    on = "2,GS,Host,Authorisation,0,1,2024,,1,30,2023"
    result = CliRunner().invoke(
        app, ["article6", "balance", str(blocks_file(unknown, on)), "--scope", "carp"]
    )
    (party,) = json.loads(result.stdout)["parties"]
    assert sum(y["first_transferred"] for y in party["years"]) == 30
