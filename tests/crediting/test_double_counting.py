"""A tonne is issued, used, claimed and transferred once; what cannot be checked is unknown."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from trunghoa.crediting import (
    Method,
    Move,
    PartyYear,
    ProgrammeIssuance,
    Verdict,
    balances,
    double_claim,
    double_issuance,
    double_transfer,
    double_use,
    withdrawn_with_units,
)
from trunghoa.quantities import ParameterError, Period, PlaceKey, Quality

from .conftest import block, inputs

ONE = ProgrammeIssuance("JCM", "VN001", "VN", "waste", Period.year(2024), 21.0, 105.8)
NEAR = replace(
    ONE, programme="Other", project="17", latitude=21.01, period=Period.parse("2024-07-01/2025-06-30")
)


def test_two_programmes_for_one_place_sector_and_time_are_a_double_issuance() -> None:
    found = double_issuance([ONE, NEAR], within_km=5)
    assert found.verdict is Verdict.FAILED
    assert "JCM VN001 and Other 17" in str(found.problems[0])


@pytest.mark.parametrize(
    "change",
    [
        {"country": "TH"},
        {"sector": "energy"},
        {"programme": "JCM"},
        {"latitude": 22.0},
        {"period": Period.year(2025)},
    ],
)
def test_what_differs_is_no_double_issuance(change: dict[str, object]) -> None:
    assert double_issuance([ONE, replace(NEAR, **change)], within_km=5).verdict is Verdict.PASSED  # type: ignore[arg-type]


def test_trap_7_a_place_that_is_not_known_is_a_question_not_a_pass() -> None:
    found = double_issuance([ONE, replace(NEAR, longitude=None)], within_km=5)
    assert found.verdict is Verdict.UNKNOWN
    assert "a place is missing" in str(found.problems[0])


def test_a_unit_is_used_once() -> None:
    moves = [
        Move("1", "use_ndc", "S", 1, 10),
        Move("2", "transfer", "S", 5, 20),
        Move("3", "use_ndc", "S", 11, 12),
    ]
    assert double_use(moves, ["use_ndc", "cancel_voluntary"]).verdict is Verdict.PASSED
    again = [*moves, Move("4", "cancel_voluntary", "S", 10, 10), Move("5", "use_ndc", "T", 10, 10)]
    found = double_use(again, ["use_ndc", "cancel_voluntary"])
    assert found.verdict is Verdict.FAILED
    assert [(p.row, p.value, p.limit) for p in found.problems] == [(4, "10-10", "1")]


def test_what_is_reported_is_what_the_ledger_moved() -> None:
    party = balances(inputs(block(quantity=100, authorised=2024))).party("Host")
    assert double_claim(party, {2024: 100}).verdict is Verdict.PASSED
    assert double_claim(party, {2024: 99}).verdict is Verdict.FAILED
    assert double_claim(party, {2024: 100, 2035: 5}).verdict is Verdict.FAILED
    assert double_claim(party, None).verdict is Verdict.UNKNOWN
    unresolved = balances(inputs(block(definition=""))).party("Host")
    assert double_claim(unresolved, {}).verdict is Verdict.UNKNOWN


def test_a_transfer_stands_alike_in_both_registries() -> None:
    sent = [Move("t1", "transfer", "S", 1, 10, "VN", "JP")]
    assert double_transfer(sent, sent).verdict is Verdict.PASSED
    assert double_transfer(sent, [replace(sent[0], last=9)]).verdict is Verdict.FAILED
    assert double_transfer(sent, [*sent, *sent]).verdict is Verdict.FAILED
    assert double_transfer(sent, []).verdict is Verdict.FAILED
    assert double_transfer(sent, None).verdict is Verdict.UNKNOWN


def test_trap_20_units_of_a_withdrawn_project_are_told() -> None:
    found = withdrawn_with_units({"VN001": 5, "VN002": 0, "VN003": 7}, ["VN001", "VN002"])
    assert found.verdict is Verdict.FAILED
    assert [p.field for p in found.problems] == ["VN001"]


PLACES = {"Host": PlaceKey("country", "AAA")}
SAID = {"gwp_set": "AR5", "quality": Quality.UNVERIFIED, "source": "invented for this test"}


def test_figures_say_method_status_and_potentials() -> None:
    reported = (PartyYear("Host", 2025, Decimal(1000)),)
    result = balances(inputs(block(), reported=reported, method=Method.AVERAGING))
    found = {(f.kind, f.period.code()): f for f in result.figures(PLACES, **SAID)}  # type: ignore[arg-type]
    assert found["article6.adjustment", "2024"].amount == 25
    assert found["article6.emissions_balance", "2025"].amount == 1020
    assert ("article6.emissions_balance", "2024") not in found
    one = found["article6.adjustment", "2024"]
    assert (one.status, one.unit, one.gwp_set) == ("adjusted", "tCO2e", "AR5")
    assert one.method.endswith("averaging over elapsed years")


def test_nothing_unresolved_becomes_a_figure_and_no_place_is_guessed() -> None:
    assert balances(inputs(block(definition=""))).figures(PLACES, **SAID) == []  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="No place is given for Host"):
        balances(inputs(block())).figures({}, **SAID)  # type: ignore[arg-type]
