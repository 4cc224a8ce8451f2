"""Reports against themselves, the year before and the other Party."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunghoa.crediting import Verdict
from trunghoa.crediting.aef import Report, Row, check_consistency, check_mirror, holdings
from trunghoa.crediting.aef.template import FIRST_ROW

from .aef_reports import TEMPLATE, action, authorization, held, report


def verdicts(given: Report, **options: Any) -> dict[str, Verdict]:
    options = {"first_vintage": 2021, "first_report": True, **options}
    return {f.check: f.verdict for f in check_consistency(given, **options)}


def failed(given: Report, **options: Any) -> set[str]:
    return {name for name, verdict in verdicts(given, **options).items() if verdict is not Verdict.PASSED}


def issued(first: int, last: int, **given: Any) -> Row:
    subtype = {"ActionSubtype": "Issuance", "AcquiringPartyID": None}
    return action("First transfer", first, last, **{**subtype, **given})


GOOD = report(actions=[issued(1, 100), action("Use", 1, 40, ActionDateTime=datetime(2025, 9, 1, tzinfo=UTC))])


def test_a_sound_report_passes_every_check() -> None:
    assert failed(replace_rows(GOOD, 4, held(41, 100))) == set()


def replace_rows(given: Report, number: int, *rows: Row) -> Report:
    return replace(given, tables={**given.tables, TEMPLATE.table(number).sheet: rows})


@pytest.mark.parametrize(
    ("actions", "checks"),
    [
        ([action("First transfer", 1, 10, QuantityCO2=11)], "quantity"),
        ([action("First transfer", 10, 1, QuantityCO2=10)], "quantity"),
        ([action("First transfer", 1, 10, Vintage=2020)], "vintage authorization"),
        ([action("First transfer", 1, 10, Vintage=2026)], "vintage"),
        ([action("First transfer", 1, 10, AuthorizationID="AAA 9")], "authorization"),
        ([action("First transfer", 1, 10, ActionDateTime=datetime(2025, 1, 9, tzinfo=UTC))], "authorization"),
        ([action("First transfer", 1, 10, CooperativeApproachID="CA0002")], "authorization"),
        ([action("First transfer", 1, 10), action("First transfer", 10, 12)], "first_transfer_once"),
        ([action("First transfer", 1, 10, GWPValues="AR4")], "gwp"),
    ],
)
def test_each_fault_fails_its_own_checks(actions: list[Row], checks: str) -> None:
    assert failed(report(actions=actions)) == set(checks.split())


def test_nothing_happens_to_a_unit_after_its_use() -> None:
    later = action("Transfer", 40, 45, ActionDateTime=datetime(2025, 10, 1, tzinfo=UTC))
    found = failed(replace_rows(GOOD, 3, *GOOD.rows(3), later))
    assert "after_use" in found


def test_units_used_in_an_earlier_report_stay_used() -> None:
    next_year = report(
        year=2026, actions=[action("Transfer", 1, 5, ActionDateTime=datetime(2026, 2, 1, tzinfo=UTC))]
    )
    assert "after_use" in failed(next_year, earlier=[GOOD])


def test_holdings_are_the_year_before_plus_in_minus_out() -> None:
    wrong = replace_rows(GOOD, 4, held(41, 99))
    assert failed(wrong) == {"holdings"}
    cut_otherwise = replace_rows(GOOD, 4, held(41, 70), held(71, 100))
    assert failed(cut_otherwise) == set()
    twice = replace_rows(GOOD, 4, held(41, 100), held(100, 100))
    assert "overlap" in failed(twice)


def test_trap_7_a_check_without_its_data_is_unknown_not_passed() -> None:
    second_year = report(year=2026, holdings=[held(41, 100)])
    assert verdicts(second_year, first_report=False)["holdings"] is Verdict.UNKNOWN
    # Nor is an empty report right where the year before held something, or is not there.
    empty = report(year=2026)
    assert verdicts(empty, first_report=False)["holdings"] is Verdict.UNKNOWN
    held_before = replace_rows(GOOD, 4, held(41, 100))
    assert failed(empty, earlier=[held_before]) == {"holdings"}
    assert check_mirror(GOOD, None).verdict is Verdict.UNKNOWN


def test_trap_11_the_year_of_an_action_is_its_year_in_utc() -> None:
    ha_noi = timezone(timedelta(hours=7))
    last_evening = datetime(2025, 12, 31, 23, 30, tzinfo=ha_noi)
    new_years_night = datetime(2026, 1, 1, 2, 0, tzinfo=ha_noi)
    morning = datetime(2026, 1, 1, 8, 0, tzinfo=ha_noi)
    by_moment = [failed(report(actions=[action("First transfer", 1, 5, ActionDateTime=t)]))
                 for t in (last_evening, new_years_night, morning)]  # fmt: skip
    assert by_moment == [set(), set(), {"year"}]


def test_trap_12_a_changed_authorization_does_not_touch_what_was_transferred_under_the_old_one() -> None:
    old = authorization(AuthorizedTimeframe="2021 - 2025")
    new = authorization(
        AuthorizationVersion=2, DateOfAuthorization=date(2025, 7, 1), AuthorizedTimeframe="2025 - 2030"
    )
    before = action("First transfer", 1, 5)
    after = action("First transfer", 6, 9, ActionDateTime=datetime(2025, 8, 1, tzinfo=UTC))
    assert failed(report(authorizations=[old, new], actions=[before])) == set()
    assert failed(report(authorizations=[old, new], actions=[after])) == {"authorization"}


def test_trap_16_many_small_first_transfers_do_not_pass_a_cap() -> None:
    capped = [authorization(AuthorizedQuantity=25)]
    small = [action("First transfer", n, n + 9) for n in (1, 11, 21)]
    assert failed(report(authorizations=capped, actions=small[:2])) == set()
    assert failed(report(authorizations=capped, actions=small)) == {"authorized_quantity"}
    last_year = report(authorizations=capped, actions=small[:2])
    this_year = report(
        year=2026,
        authorizations=capped,
        actions=[{**small[2], "ActionDateTime": datetime(2026, 1, 5, tzinfo=UTC)}],
    )
    assert "authorized_quantity" in failed(this_year, earlier=[last_year])


def test_trap_18_one_authorization_has_one_set_of_gwp_values() -> None:
    mixed = report(actions=[action("First transfer", 1, 5), action("First transfer", 6, 9, GWPValues="AR4")])
    assert failed(mixed) == {"gwp"}


def test_what_one_party_transfers_the_other_acquires() -> None:
    host = report(actions=[action("First transfer", 1, 100)])
    user = report(
        party="BBB", authorizations=(), actions=[action("Acquisition", 1, 60), action("Acquisition", 61, 100)]
    )
    assert check_mirror(host, user).verdict is Verdict.PASSED
    less = report(party="BBB", authorizations=(), actions=[action("Acquisition", 1, 99)])
    found = check_mirror(host, less)
    assert found.verdict is Verdict.FAILED
    assert "1-100" in str(found.problems[0])
    assert "1-99" in str(found.problems[0])


def test_what_is_not_held_cannot_go_out_and_what_is_held_cannot_come_in() -> None:
    _, problems = holdings([held(1, 10)], [action("Use", 8, 12)], TEMPLATE)
    assert "only 3 of them are held" in str(problems[0])
    _, problems = holdings([held(1, 10)], [issued(10, 12)], TEMPLATE)
    assert "1-10 are held already" in str(problems[0])


@pytest.mark.parametrize("kind", ["Sale", None])
def test_an_action_of_no_known_kind_is_told_by_its_cell(kind: str | None) -> None:
    rows, problems = holdings([held(1, 10)], [action("Use", 1, 2, ActionType=kind)], TEMPLATE)
    assert [(p.row, p.field, p.value) for p in problems] == [(FIRST_ROW, "ActionType", str(kind))]
    assert [r["LastID"] for r in rows] == [10]


def test_an_amount_in_another_metric_goes_with_its_units() -> None:
    whole = held(1, 100, **{"QuantityNon-GHG": "500", "Metric": "non-GHG"})
    rows, _ = holdings([whole], [action("Use", 1, 40)], TEMPLATE)
    assert [(r["FirstID"], r["QuantityNon-GHG"]) for r in rows] == [(41, "300")]


def test_trap_4_a_part_keeps_every_attribute_of_its_block() -> None:
    whole = held(
        1, 10, UnderlyingUnitFirstUnitID=501, UnderlyingUnitLastUnitID=510, UnderlyingUnitRegistryID="JCM"
    )
    rows, problems = holdings([whole], [action("Use", 4, 6)], TEMPLATE)
    assert problems == ()
    changing = {"FirstID", "LastID", "QuantityCO2", "UnderlyingUnitFirstUnitID", "UnderlyingUnitLastUnitID"}
    assert [[r[n] for n in sorted(changing)] for r in rows] == [[1, 3, 3, 501, 503], [7, 10, 4, 507, 510]]
    assert all({k: v for k, v in r.items() if k not in changing} == {
        k: v for k, v in whole.items() if k not in changing} for r in rows)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 12), st.booleans()), max_size=12))
def test_held_is_in_minus_out_unit_by_unit(moves: list[tuple[int, int, bool]]) -> None:
    """Against a plain set of numbers."""
    known: set[int] = set()
    actions: list[Row] = []
    refused = 0
    for number, (first, length, comes) in enumerate(moves):
        chosen = set(range(first, first + length))
        when = datetime(2025, 2, 1, tzinfo=UTC) + timedelta(days=number)
        make = issued if comes else lambda a, b, **g: action("Use", a, b, **g)
        actions.append(make(first, first + length - 1, ActionDateTime=when))
        if comes and not known & chosen:
            known |= chosen
        elif not comes and chosen <= known:
            known -= chosen
        else:
            refused += 1
    rows, problems = holdings((), actions, TEMPLATE)
    found = [n for r in rows for n in range(int(str(r["FirstID"])), int(str(r["LastID"])) + 1)]
    assert sorted(found) == sorted(known)
    assert len(problems) == refused
    assert sum(int(str(r["QuantityCO2"])) for r in rows) == len(known)
