"""The structured summary: table 4 of the regular information (Decision 2/CMA.3 annex paras 21-23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trunghoa.quantities import N_, InputError, Problem

from .balance import Method, PartyBalance, YearBalance


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One row: its number and official label, and its value by year; None where it is not known."""

    number: int
    label: str
    values: Mapping[int, Fraction | None]


def structured_summary(
    party: PartyBalance,
    labels: Mapping[int, str],
    targets: Mapping[int, Decimal] | None = None,
    *,
    draft: bool = False,
) -> tuple[SummaryRow, ...]:
    """The rows of table 4 for one Party.

    Parameters
    ----------
    labels : official labels by row number, see :func:`read_summary_labels`
    targets : trajectory or budget by year, t CO2e; row 2 of a multi-year NDC, else row 1
    draft : also make it while first transfers are unresolved, to look at and not to submit

    Raises
    ------
    InputError
        naming the tonnes whose first transfer is unresolved, unless ``draft``.
    """
    if not party.complete and not draft:
        raise InputError(
            Problem(
                N_("The first transfer of %(value)s t of %(field)s (%(limit)s) is unresolved."),
                N_("State it before the report is submitted: a tonne must not be missing in silence."),
                field=party.party,
                value=str(lack.quantity),
                limit=lack.definition or lack.reason,
                source="Decision 2/CMA.3 annex para 2",
            )
            for lack in party.unresolved
        )
    given = targets or {}
    multi_year = party.method is Method.MULTI_YEAR

    def row(number: int, year: YearBalance) -> Fraction | None:
        target = given.get(year.year)
        wanted: Fraction | Decimal | int | None = {
            1: None if multi_year else target,
            2: target if multi_year else None,
            3: year.inventory,
            4: None,
            5: year.first_transferred_ndc,
            6: year.first_transferred_oimp_only,
            7: year.used,
            8: year.net,
            9: year.adjustment if party.method is Method.AVERAGING else None,
            10: year.adjustment,
            11: year.cumulative,
            12: year.balance,
        }[number]
        return None if wanted is None else Fraction(wanted)

    return tuple(
        SummaryRow(number, labels[number], {year.year: row(number, year) for year in party.years})
        for number in sorted(labels)
    )
