"""Non-GHG metrics: each its own account, resulting in an annual adjusted indicator (para 9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trunghoa.parameters import Parameter, Parameters
from trunghoa.quantities import N_, InputError, Problem

# These metrics are tonnes: they stand in the emissions balance, never here.
_TONNES = frozenset({"ghg", "tco2e", "tco2eq", "tco2"})


@dataclass(frozen=True, slots=True)
class MetricYear:
    """One year of one Party's indicator in one metric (such as MWh), all in that metric."""

    party: str
    metric: str
    year: int
    indicator: Decimal | None = None
    first_transferred: Decimal = Decimal(0)
    used: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class AdjustedIndicator:
    """``adjusted`` is None where the indicator is not known; the signs used say how far they are checked."""

    party: str
    metric: str
    year: int
    adjustment: Decimal
    adjusted: Decimal | None
    signs: tuple[Parameter, Parameter]


def adjusted_indicators(
    years: Iterable[MetricYear], parameters: Parameters, as_of: date
) -> tuple[AdjustedIndicator, ...]:
    """Adjust each indicator by what was first transferred and used in its own metric.

    ``adjusted = indicator + s_FT · first transferred + s_U · used``; the signs are dated parameters.
    Nothing of one metric ever enters the account of another, nor the balance in tonnes.

    Raises
    ------
    InputError
        for a year of an account that stands twice, and for a metric that is tonnes of CO2 equivalent.
    """
    signs = tuple(
        parameters.get("article6", as_of=as_of, item=item)
        for item in ("metric_first_transferred", "metric_used")
    )
    rows = sorted(years, key=lambda y: (y.party, y.metric, y.year))
    problems: list[Problem] = []
    for before, row in zip([None, *rows[:-1]], rows, strict=True):
        if "".join(c for c in row.metric.casefold() if c.isalnum()) in _TONNES:
            problems.append(
                Problem(
                    N_("“%(value)s” is no non-GHG metric."),
                    N_("Tonnes stand in the emissions balance."),
                    field="metric",
                    value=row.metric,
                )
            )
        if before and (before.party, before.metric, before.year) == (row.party, row.metric, row.year):
            problems.append(
                Problem(
                    N_("The year %(value)s of the account %(limit)s stands twice."),
                    field="year",
                    value=str(row.year),
                    limit=f"{row.party}, {row.metric}",
                )
            )
    if problems:
        raise InputError(problems)
    found: list[AdjustedIndicator] = []
    for row in rows:
        change = signs[0].value * row.first_transferred + signs[1].value * row.used
        adjusted = None if row.indicator is None else row.indicator + change
        found.append(
            AdjustedIndicator(row.party, row.metric, row.year, change, adjusted, (signs[0], signs[1]))
        )
    return tuple(found)
