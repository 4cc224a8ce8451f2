"""Mistakes that registries in use make with Article 6.2. One test each, named after the mistake."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trunghoa.cli import app
from trunghoa.crediting import Method, PartyYear, balances, first_transfer, read_blocks, split
from trunghoa.quantities import InputError

from .conftest import block, inputs

HOST = (PartyYear("Host", 2024, Decimal(1000)),)
USER = (PartyYear("User", 2024, Decimal(1000), used=100),)


def test_trap_1_what_is_first_transferred_adds_and_what_is_used_subtracts() -> None:
    sold = balances(inputs(block(vintage=2024), reported=HOST)).party("Host")
    used = balances(inputs(block(), reported=USER)).party("User")
    assert sold.year(2024).balance == 1100
    assert used.year(2024).balance == 900


def test_trap_2_trajectory_counts_by_vintage_and_averaging_by_first_transfer() -> None:
    one = block(vintage=2022, authorised=2025)
    trajectory = balances(inputs(one)).party("Host")
    averaging = balances(inputs(one, method=Method.AVERAGING)).party("Host")
    assert [y.year for y in trajectory.years if y.adjustment] == [2022]
    assert [y.year for y in averaging.years if y.adjustment] == list(range(2025, 2031))


def test_trap_3_an_average_is_over_elapsed_years_unless_the_whole_period_is_asked_for() -> None:
    one = block(authorised=2022)
    assert balances(inputs(one, method=Method.AVERAGING)).party("Host").year(2022).adjustment == 50


def test_trap_4_a_part_of_a_block_keeps_when_it_was_first_transferred() -> None:
    whole = block(ndc=True, oimp=False, definition="", transferred=2025, quantity=10)
    for part in split(whole, 3):
        assert first_transfer(part) == first_transfer(whole)
        assert (part.party, part.vintage, part.transferred) == ("Host", 2023, 2025)
    with pytest.raises(InputError, match="cannot be cut after 10"):
        split(whole, 10)


def test_trap_6_each_authorisation_has_its_own_first_transfer() -> None:
    at = {"authorised": 2024, "issued": 2025, "used": 2026}
    found = [
        first_transfer(block(definition=d, **at)).year
        for d in ("Authorisation", "Issuance", "Use or Cancellation")
    ]
    assert found == [2024, 2025, 2026]


def test_trap_6_a_definition_may_be_spelled_the_other_way() -> None:
    assert first_transfer(block(definition=" authorization ", authorised=2024)).year == 2024


@pytest.mark.parametrize("definition", ["", "First international transfer", "as agreed"])
def test_an_unspecified_first_transfer_counts_nowhere_and_blocks(definition: str) -> None:
    party = balances(inputs(block(definition=definition))).party("Host")
    assert all(y.first_transferred == y.adjustment == y.cumulative == 0 for y in party.years)
    assert party.unresolved_quantity == 100
    assert not party.complete
    assert party.unresolved[0].blocks == ("1",)
    assert party.unresolved[0].reason == {
        "": "No first transfer is specified for OIMP.",
        "as agreed": "The first transfer specified for OIMP is not one that exists.",
    }.get(definition, "The year of the event that is the first transfer is not recorded.")


def test_for_ndc_and_oimp_the_earlier_event_is_the_first_transfer() -> None:
    both = {"ndc": True, "oimp": True, "definition": "Issuance"}
    assert first_transfer(block(**both, issued=2026, transferred=2025)).year == 2025
    assert first_transfer(block(**both, issued=2024, transferred=2025)).year == 2024
    assert first_transfer(block(**both, issued=None, transferred=2025)).year == 2025


def test_for_the_ndc_alone_what_is_specified_for_oimp_does_not_count() -> None:
    alone = block(ndc=True, oimp=False, definition="Authorisation", authorised=2022, transferred=2025)
    assert first_transfer(alone).year == 2025


def test_what_is_authorised_for_nothing_is_no_first_transfer() -> None:
    party = balances(inputs(block(ndc=False, oimp=False))).party("Host")
    assert (party.not_authorised, party.unresolved_quantity) == (100, 0)


def test_trap_7_a_balance_without_an_inventory_is_unknown_not_zero() -> None:
    party = balances(inputs(block(vintage=2024))).party("Host")
    assert party.year(2024).balance is None


def test_trap_8_a_party_typed_wrong_is_refused_not_zero(blocks_file: Callable[..., Path]) -> None:
    path = blocks_file("1,GS,Tanzania,Authorisation,0,1,2024,,1,100,2023")
    asked = CliRunner().invoke(app, ["article6", "balance", str(path), "--party", "Tansania"])
    assert asked.exit_code == 1
    assert "“Tansania”" in asked.stderr
    assert "Tanzania" in asked.stderr.replace("Tansania", "")
    reports = blocks_file("Tansania,2024,100", header="party,year,inventory", name="inventory.csv")
    asked = CliRunner().invoke(
        app, ["article6", "balance", str(path), "--inventory", str(reports), "--party", "Tanzania"]
    )
    assert asked.exit_code == 1
    assert "inventory.csv, row 2, field party: No block is of the Party “Tansania”" in asked.stderr
    with pytest.raises(InputError, match="some are of “Host”"):
        balances(inputs(block(), reported=(PartyYear("Hosst", 2024),)))


def test_trap_10_a_block_listed_twice_is_refused_though_a_blank_follows_it(
    blocks_file: Callable[..., Path],
) -> None:
    row = "{},GS,Host,Authorisation,0,1,2024,,1,100,2023"
    found = read_blocks(blocks_file(row.format("A-1"), row.format('"A-1 "')))
    with pytest.raises(InputError, match="A-1 stands twice"):
        balances(inputs(*found))


def test_a_first_transfer_before_its_authorisation_is_told() -> None:
    party = balances(inputs(block(definition="Issuance", authorised=2024, issued=2023))).party("Host")
    assert party.year(2023).first_transferred == 100
    assert "before its authorisation in 2024" in str(party.notices[0])
