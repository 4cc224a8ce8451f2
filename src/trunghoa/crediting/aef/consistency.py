"""Checks of a whole report before it is exported: against itself, the year before and the other Party."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from trunghoa.quantities import N_, Problem

from ..verdict import Finding, finding, unknown
from .holdings import Series, holdings, ids, in_order, moment
from .report import Report, Row
from .template import FIRST_ROW

FIRST_TRANSFER, ACQUISITION = "First transfer", "Acquisition"
FINAL = ("Use", "Cancellation", "Voluntary Cancellation")
OUT = (FIRST_TRANSFER, "Transfer")


def check_consistency(
    report: Report, *, first_vintage: int, earlier: Sequence[Report] = (), first_report: bool = False
) -> tuple[Finding, ...]:
    """All checks of one Party's report.

    Parameters
    ----------
    first_vintage : no ITMO is of an earlier year (Decision 2/CMA.3 annex para 1)
    earlier : the Party's reports of earlier years, oldest first
    first_report : there is no earlier year; nothing was held before
    """
    return (
        finding("quantity", _quantities(report)),
        finding("vintage", _vintages(report, first_vintage)),
        finding("year", _years(report)),
        finding("authorization", _authorizations(report)),
        finding("authorized_quantity", _caps(report, earlier)),
        finding(
            "first_transfer_once", _once(report, earlier, lambda row: row.get("ActionType") == FIRST_TRANSFER)
        ),
        finding("after_use", _after_use(report, earlier)),
        finding("gwp", _gwp(report)),
        finding("overlap", _overlaps(report)),
        _roll(report, earlier, first_report),
    )


def _rows(report: Report, number: int) -> Iterator[tuple[str, int, Row]]:
    sheet = report.template.table(number).sheet
    for row_number, row in enumerate(report.rows(number), start=FIRST_ROW):
        yield sheet, row_number, row


def _quantities(report: Report) -> Iterator[Problem]:
    for table in (3, 4):
        for sheet, number, row in _rows(report, table):
            units = ids(row)
            if units is None:
                yield Problem(N_("The row does not name its units."), file=sheet, row=number, field="FirstID")
            elif row.get("Metric") != "non-GHG" and row.get("QuantityCO2") != units.quantity:
                yield Problem(
                    N_("The quantity is %(value)s, but the identifiers name %(limit)s units."),
                    file=sheet,
                    row=number,
                    field="QuantityCO2",
                    value=str(row.get("QuantityCO2")),
                    limit=str(units.quantity),
                )


def _vintages(report: Report, first_vintage: int) -> Iterator[Problem]:
    last = report.year
    for table in (3, 4):
        for sheet, number, row in _rows(report, table):
            vintage = row.get("Vintage")
            if isinstance(vintage, int) and not first_vintage <= vintage <= (last or vintage):
                yield Problem(
                    N_("The vintage %(value)s lies outside %(limit)s."),
                    file=sheet,
                    row=number,
                    field="Vintage",
                    value=str(vintage),
                    limit=f"{first_vintage} to {last}",
                    source="Decision 2/CMA.3 annex para 1",
                )


def _years(report: Report) -> Iterator[Problem]:
    """An action belongs to the year it has in UTC, whatever the clock on the wall said."""
    for sheet, number, row in _rows(report, 3):
        when = moment(row)
        if when is not None and report.year is not None and when.year != report.year:
            yield Problem(
                N_("The action of %(value)s (UTC) is not of the reported year %(limit)s."),
                file=sheet,
                row=number,
                field="ActionDateTime",
                value=when.isoformat(),
                limit=str(report.year),
            )


def authorization_on(report: Report, identifier: object, day: date) -> Row | None:
    """The version of an authorization in force on a day: a later change does not reach back."""
    versions = [
        row
        for row in report.rows(2)
        if row.get("AuthorizationID") == identifier
        and isinstance(made := row.get("DateOfAuthorization"), date)
        and made <= day
    ]
    return max(
        versions,
        key=lambda r: (str(r["DateOfAuthorization"]), r.get("AuthorizationVersion") or 0),
        default=None,
    )


def _authorizations(report: Report) -> Iterator[Problem]:
    for sheet, number, row in _rows(report, 3):
        when, identifier = moment(row), row.get("AuthorizationID")
        if when is None:
            continue
        authorization = authorization_on(report, identifier, when.date())
        if authorization is None:
            yield Problem(
                N_("No authorization “%(value)s” is in force on %(limit)s."),
                N_("Table 2 must hold it, with a date not after the action's."),
                sheet,
                number,
                "AuthorizationID",
                str(identifier),
                when.date().isoformat(),
            )
            continue
        for field, value, limit in _departures(authorization, row):
            yield Problem(
                N_("“%(value)s” is not what the authorization allows: %(limit)s."),
                file=sheet,
                row=number,
                field=field,
                value=value,
                limit=limit,
            )


def _departures(authorization: Row, row: Row) -> Iterator[tuple[str, str, str]]:
    if row.get("CooperativeApproachID") != authorization.get("CooperativeApproachID"):
        limit = str(authorization.get("CooperativeApproachID"))
        yield "CooperativeApproachID", str(row.get("CooperativeApproachID")), limit
    span = re.findall(r"\d{4}", str(authorization.get("AuthorizedTimeframe") or ""))
    vintage = row.get("Vintage")
    if len(span) == 2 and isinstance(vintage, int) and not int(span[0]) <= vintage <= int(span[1]):
        yield "Vintage", str(vintage), f"{span[0]} to {span[1]}"
    entity, entities = (
        row.get("Using/cancellingEntityID"),
        str(authorization.get("AuthorizedEntityIDs") or ""),
    )
    if entity and entities and entity not in [e.strip() for e in entities.split(";")]:
        yield "Using/cancellingEntityID", str(entity), entities
    purposes = str(authorization.get("PurposeForAuthorization") or "").split(" and ")
    if row.get("YearITMOUsedTowardsNDC") is not None and "NDC" not in purposes:
        yield "YearITMOUsedTowardsNDC", str(row["YearITMOUsedTowardsNDC"]), " and ".join(purposes)
    if row.get("PurposeITMOUsedForOIMP") and purposes == ["NDC"]:
        yield "PurposeITMOUsedForOIMP", str(row["PurposeITMOUsedForOIMP"]), "NDC"


def _caps(report: Report, earlier: Sequence[Report]) -> Iterator[Problem]:
    """Many small first transfers under one authorization add up."""
    total: dict[object, Decimal] = {}
    for past in earlier:
        for row in past.rows(3):
            _add(total, row)
    for number, row in in_order(report.rows(3)):
        when, identifier = moment(row), row.get("AuthorizationID")
        authorization = authorization_on(report, identifier, when.date()) if when else None
        cap = authorization.get("AuthorizedQuantity") if authorization else None
        if not _add(total, row) or not isinstance(cap, int | Decimal) or total[identifier] <= cap:
            continue
        yield Problem(
            N_("With this first transfer %(value)s t are first transferred; authorized are %(limit)s t."),
            file=report.template.table(3).sheet,
            row=number,
            field="QuantityCO2",
            value=str(total[identifier]),
            limit=str(cap),
        )


def _add(total: dict[object, Decimal], row: Row) -> bool:
    quantity, identifier = row.get("QuantityCO2"), row.get("AuthorizationID")
    if row.get("ActionType") != FIRST_TRANSFER or not isinstance(quantity, int | Decimal):
        return False
    total[identifier] = total.get(identifier, Decimal(0)) + quantity
    return True


def _once(report: Report, earlier: Sequence[Report], chosen: Callable[[Row], bool]) -> Iterator[Problem]:
    """No unit may stand in two of the chosen actions, of this year or an earlier one."""
    ranges: dict[Series, list[tuple[int, int, int]]] = {}
    rows = [(0, row) for past in earlier for row in past.rows(3)]
    rows += [(number, row) for _, number, row in _rows(report, 3)]
    for number, row in rows:
        if chosen(row) and (units := ids(row)) is not None:
            ranges.setdefault(units.series, []).append((units.first, units.last, number))
    for found in ranges.values():
        yield from _clashes(
            found, report.template.table(3).sheet, N_("The units %(value)s stand in two such actions.")
        )


def _clashes(found: list[tuple[int, int, int]], sheet: str, message: str) -> Iterator[Problem]:
    reach, at = 0, 0
    for first, last, number in sorted(found):
        if first <= reach:
            yield Problem(
                message,
                N_("The other stands in row %(limit)s; row 0 is of an earlier report."),
                sheet,
                max(number, at),
                "FirstID",
                f"{first}-{min(last, reach)}",
                str(min(number, at)),
            )
        if last > reach:
            reach, at = last, number


def _after_use(report: Report, earlier: Sequence[Report]) -> Iterator[Problem]:
    """A unit that was used or cancelled has no further action."""
    gone: dict[Series, list[tuple[int, int]]] = {}
    history = [(0, row) for past in earlier for _, row in in_order(past.rows(3))]
    for number, row in [*history, *in_order(report.rows(3))]:
        units = ids(row)
        if units is None:
            continue
        those = gone.setdefault(units.series, [])
        at = bisect_right(those, (units.last, sys.maxsize))
        if at and those[at - 1][1] >= units.first:
            yield Problem(
                N_("The units %(value)s were used or cancelled before."),
                file=report.template.table(3).sheet,
                row=number,
                field="ActionType",
                value=f"{units.first}-{units.last}",
            )
        elif row.get("ActionType") in FINAL:
            insort(those, (units.first, units.last))


def _gwp(report: Report) -> Iterator[Problem]:
    """One set of GWP values per authorization: tonnes of two sets do not add."""
    sets: dict[object, str] = {}
    for table in (2, 3, 4):
        for sheet, number, row in _rows(report, table):
            given = str(row.get("GWPValues") or "")
            known = sets.setdefault(row.get("AuthorizationID"), given) if given else ""
            if given != known:
                yield Problem(
                    N_("The GWP values “%(value)s” differ from “%(limit)s” of the same authorization."),
                    file=sheet,
                    row=number,
                    field="GWPValues",
                    value=given,
                    limit=known,
                )


def _overlaps(report: Report) -> Iterator[Problem]:
    ranges: dict[Series, list[tuple[int, int, int]]] = {}
    for _, number, row in _rows(report, 4):
        if (units := ids(row)) is not None:
            ranges.setdefault(units.series, []).append((units.first, units.last, number))
    for found in ranges.values():
        yield from _clashes(found, report.template.table(4).sheet, N_("The units %(value)s are held twice."))


def _roll(report: Report, earlier: Sequence[Report], first_report: bool) -> Finding:
    """Holdings are those of the year before, plus what came in, minus what went out."""
    year = report.year
    before = next((r for r in earlier if year is not None and r.year == year - 1), None)
    if before is None and not first_report:
        return unknown("holdings", N_("The report of the year before is missing."))
    rows, problems = holdings(before.rows(4) if before else (), report.rows(3), report.template)
    if problems:
        return finding("holdings", problems)
    ours, theirs = _units(rows), _units(report.rows(4))
    sheet = report.template.table(4).sheet
    return finding(
        "holdings",
        [
            Problem(
                N_("Held of %(field)s are %(value)s units; what came in and went out leaves %(limit)s."),
                file=sheet,
                field="-".join(str(part) for part in series),
                value=_shown(theirs.get(series)),
                limit=_shown(ours.get(series)),
            )
            for series in sorted(ours.keys() | theirs.keys())
            if ours.get(series) != theirs.get(series)
        ],
    )


def _units(rows: Sequence[Row]) -> dict[Series, tuple[tuple[int, int], ...]]:
    """Ranges held by series, touching ones joined: how a block is cut is no difference."""
    by_series: dict[Series, list[tuple[int, int]]] = {}
    for units in sorted(found for row in rows if (found := ids(row)) is not None):
        ranges = by_series.setdefault(units.series, [])
        if ranges and ranges[-1][1] + 1 == units.first:
            ranges[-1] = (ranges[-1][0], units.last)
        else:
            ranges.append((units.first, units.last))
    return {series: tuple(ranges) for series, ranges in by_series.items()}


def _shown(ranges: tuple[tuple[int, int], ...] | None) -> str:
    return ", ".join(f"{first}-{last}" for first, last in ranges) if ranges else "0"


def check_mirror(report: Report, partner: Report | None) -> Finding:
    """What one Party transferred to the other, the other acquired: the same units, the same quantity.

    Unknown while the other's report is missing; that is not a pass.
    """
    if partner is None:
        return unknown("mirror", N_("The other Party's report is missing."))
    sent = _moved(report, OUT, "AcquiringPartyID", partner.party)
    got = _moved(partner, (ACQUISITION,), "TransferringPartyID", report.party)
    return finding(
        "mirror",
        [
            Problem(
                N_("%(field)s: one side reports %(value)s, the other %(limit)s."),
                file=report.template.table(3).sheet,
                field="-".join(str(part) for part in series),
                value=_shown(sent.get(series)),
                limit=_shown(got.get(series)),
            )
            for series in sorted(sent.keys() | got.keys())
            if sent.get(series) != got.get(series)
        ],
    )


def _moved(
    report: Report, kinds: tuple[str, ...], field: str, other: str
) -> dict[Series, tuple[tuple[int, int], ...]]:
    return _units([r for r in report.rows(3) if r.get("ActionType") in kinds and r.get(field) == other])
