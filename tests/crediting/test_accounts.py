"""Summary, non-GHG metrics, contributions, caps: amounts that are conserved and never silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.crediting import (
    Levies,
    Method,
    MetricYear,
    PartyYear,
    adjusted_indicators,
    balances,
    check_transfer,
    propose_levies,
    read_summary_labels,
    structured_summary,
    transfer_cap,
)
from trunghoa.crediting.aef import holdings
from trunghoa.parameters import Parameters
from trunghoa.quantities import InputError, ParameterError

from .aef_reports import TEMPLATE, action
from .conftest import block, inputs

TABLES = Parameters.load()
DAY = date(2026, 6, 1)


def test_the_summary_has_the_official_rows(case_json: Callable[[str], Any]) -> None:
    assert read_summary_labels() == {r["row"]: r["label"] for r in case_json("structured_summary_rows.json")}


def test_the_summary_says_what_the_balance_says() -> None:
    blocks = [
        block("1", ndc=True, oimp=False, definition="", transferred=2024, quantity=30),
        block("2", quantity=12),
    ]
    reported = (PartyYear("Host", 2024, Decimal(500), 8),)
    party = balances(inputs(*blocks, reported=reported, method=Method.AVERAGING)).party("Host")
    rows = {
        r.number: r.values for r in structured_summary(party, read_summary_labels(), {2024: Decimal(600)})
    }
    at_2024 = {number: values[2024] for number, values in rows.items()}
    assert at_2024 == {
        1: 600, 2: None, 3: 500, 4: None, 5: 30, 6: 12, 7: 8, 8: 34,
        9: Decimal("8.5"), 10: Decimal("8.5"), 11: 34, 12: Decimal("508.5"),
    }  # fmt: skip
    multi = balances(inputs(*blocks, method=Method.MULTI_YEAR)).party("Host")
    rows = {
        r.number: r.values for r in structured_summary(multi, read_summary_labels(), {2024: Decimal(600)})
    }
    assert (rows[1][2024], rows[2][2024], rows[9][2024]) == (None, 600, None)


def test_the_summary_is_refused_while_a_first_transfer_is_unresolved() -> None:
    party = balances(inputs(block(definition="First international transfer"))).party("Host")
    with pytest.raises(InputError, match=r"first transfer of 100 t of Host .* is unresolved"):
        structured_summary(party, read_summary_labels())
    assert structured_summary(party, read_summary_labels(), draft=True)


def test_the_mirror_of_two_parties(case_json: Callable[[str], Any]) -> None:
    """250,000 t first transferred; of them 180,000 used, 20,000 cancelled, 50,000 held."""
    expected = next(c for c in case_json("adjustment_text_cases.json") if c["name"] == "mirror")["expect"]
    sold, used, cancelled = 250000, 180000, 20000
    host = block(
        party="AAA", ndc=True, oimp=False, definition="", transferred=2024, vintage=2024, quantity=sold
    )
    found = balances(inputs(host, reported=(PartyYear("BBB", 2024, None, used),)))
    ours = {p.party: sum(y.adjustment for y in p.years) for p in found.parties}
    assert ours["AAA"] == expected["host_adjustment"]
    assert ours["BBB"] == expected["partner_adjustment"]
    assert sum(ours.values()) == expected["world_net_adjustment"]
    when = [{"ActionDateTime": datetime(2025, m, 1, tzinfo=UTC)} for m in (1, 2, 3)]
    actions = [
        action("Acquisition", 1, sold, **when[0]),
        action("Use", 1, used, **when[1]),
        action("Voluntary Cancellation", used + 1, used + cancelled, **when[2]),
    ]
    rows, problems = holdings((), actions, TEMPLATE)
    assert problems == ()
    assert sum(int(str(r["QuantityCO2"])) for r in rows) == expected["partner_holding"]
    assert sum(ours.values()) == expected["partner_holding"] + expected["partner_cancelled"]


def test_each_non_ghg_metric_has_an_account_of_its_own() -> None:
    years = [
        MetricYear("AAA", "MWh", 2024, Decimal(1000), first_transferred=Decimal(50)),
        MetricYear("AAA", "ha", 2024, Decimal(70), used=Decimal(5)),
        MetricYear("BBB", "MWh", 2024, None, used=Decimal(50)),
    ]
    found = {(a.party, a.metric): (a.adjustment, a.adjusted) for a in adjusted_indicators(years, TABLES, DAY)}
    assert found == {("AAA", "MWh"): (-50, 950), ("AAA", "ha"): (5, 75), ("BBB", "MWh"): (50, None)}
    assert all(s.quality == "unverified" for a in adjusted_indicators(years, TABLES, DAY) for s in a.signs)


def test_tonnes_are_no_non_ghg_metric_and_no_year_stands_twice() -> None:
    with pytest.raises(InputError, match="no non-GHG metric"):
        adjusted_indicators([MetricYear("AAA", "t CO2e", 2024)], TABLES, DAY)
    with pytest.raises(InputError, match="stands twice"):
        adjusted_indicators([MetricYear("AAA", "MWh", 2024)] * 2, TABLES, DAY)


def test_trap_5_a_contribution_is_units_that_move_not_a_flag() -> None:
    levies, shares = propose_levies(1001, "A6.4", TABLES, DAY)
    assert (levies.adaptation, levies.omge, levies.remaining) == (51, 21, 929)
    assert levies.postings() == (("levy_sop", 51), ("cancel_omge", 21))
    assert all("3/CMA.3" in p.source for p in shares)


def test_nothing_is_required_under_article_6_2_and_what_is_given_is_taken() -> None:
    assert propose_levies(1000, "A6.2", TABLES, DAY)[0].postings() == ()
    for few in range(4):
        levies, _shares = propose_levies(few, "A6.4", TABLES, DAY)
        assert levies.adaptation + levies.omge + levies.remaining == few
        assert levies.remaining >= 0
    assert Levies(1000, 50, 0).postings() == (("levy_sop", 50),)


@given(st.integers(0, 10**12), st.data())
def test_contributions_and_rest_are_the_whole(quantity: int, data: st.DataObject) -> None:
    adaptation = data.draw(st.integers(0, quantity))
    levies = Levies(quantity, adaptation, data.draw(st.integers(0, quantity - adaptation)))
    assert sum(amount for _, amount in levies.postings()) + levies.remaining == quantity


def test_more_than_there_is_cannot_be_contributed() -> None:
    with pytest.raises(InputError, match="Contributions of 11 units are more than the 10"):
        Levies(10, 6, 5)
    with pytest.raises(InputError, match="-1 units cannot"):
        Levies(10, -1, 0)


def test_trap_16_many_small_transfers_do_not_pass_the_cap_of_a_project() -> None:
    made: list[int] = []
    for _ in range(9):
        cap = transfer_cap(1000, made, "VN", "priority", TABLES, DAY)
        check_transfer(cap, 100)
        made.append(100)
    cap = transfer_cap(1000, made, "VN", "priority", TABLES, DAY)
    with pytest.raises(
        InputError, match=r"1 units cannot be transferred; the cap leaves 0\. \[Decree 112/2026"
    ):
        check_transfer(cap, 1)


def test_the_cap_is_the_laws_on_that_day() -> None:
    assert transfer_cap(1000, [], "VN", "other", TABLES, DAY).share.quality == "unverified"
    with pytest.raises(ParameterError, match="no value on 2026-05-18"):
        transfer_cap(1000, [], "VN", "priority", TABLES, date(2026, 5, 18))
