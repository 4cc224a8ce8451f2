"""What was deposited in which year: by waste type, or in total with a composition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

import numpy as np

from trunghoa.parameters import Parameter
from trunghoa.quantities import N_, InputError, Problem
from trunghoa.quantities.periods import FIRST_YEAR, LAST_YEAR

from .fod import FloatArray
from .site import Site, year_problem
from .waste import DEGRADABLE, WASTE_TYPES

# What a typed-in total may differ from the sum of its parts by rounding alone.
_ROUNDING = Decimal("1e-6")


@dataclass(frozen=True, slots=True)
class DepositRow:
    """One year. ``tonnes`` by waste type, wet t; ``total`` wet t, inert waste included, or None.

    ``row`` is the line of the file it came from, for messages.
    """

    year: int
    tonnes: Mapping[str, Decimal] = field(default_factory=dict)
    total: Decimal | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Deposits:
    """All deposits of a site.

    Attributes
    ----------
    rows : one per year, in any order
    composition : share of each waste type in ``total``, for rows that give only the total
    gap_years : years without deposits, declared so; a missing year that is not declared is refused
    source : where the tonnes come from
    """

    rows: tuple[DepositRow, ...]
    composition: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    gap_years: tuple[int, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        problems = row_problems(self.rows, composed=bool(self.composition))
        if not self.rows:
            problems.append(Problem(N_("There is no year with a deposit."), N_("Give at least one row.")))
        problems += series_problems([(row.year, row.row) for row in self.rows], self.gap_years)
        if problems:
            raise InputError(problems)

    @property
    def first(self) -> int:
        return min(row.year for row in self.rows)

    @property
    def last(self) -> int:
        return max(row.year for row in self.rows)


@dataclass(frozen=True, eq=False)
class DepositArrays:
    """Deposits from the first year to a horizon: (Y,), (J,), (Y, J) and (Y,)."""

    years: tuple[int, ...]
    waste_types: tuple[str, ...]
    tonnes: FloatArray
    total: FloatArray


def row_problems(rows: Iterable[DepositRow], *, composed: bool) -> list[Problem]:
    """What is wrong within each row; ``composed`` says that a composition divides totals."""
    return [problem for row in rows for problem in _row_problems(row, composed)]


def series_problems(
    years: Sequence[tuple[int, int | None]], gap_years: Sequence[int], *, all_known: bool = True
) -> list[Problem]:
    """What is wrong with the years together, each with the row it stands in.

    Missing years are judged where every year is known: one that cannot be read may be one of them.
    """
    possible = all_known and all(FIRST_YEAR <= year <= LAST_YEAR for year, _row in years)
    return [*_duplicates(years), *(_gaps({year for year, _row in years}, gap_years) if possible else [])]


def site_problems(rows: Iterable[DepositRow], site: Site) -> list[Problem]:
    """Deposits before the site opened or after it closed."""
    found: list[Problem] = []
    for row in rows:
        amount = row.total if row.total is not None else sum(row.tonnes.values())
        if site.closed is not None and row.year > site.closed and amount:
            found.append(
                Problem(
                    N_("A deposit in %(value)s, but the site closed after %(limit)s."),
                    N_("Correct the year of the deposit or the year of closure."),
                    row=row.row,
                    field="year",
                    value=str(row.year),
                    limit=str(site.closed),
                )
            )
        if row.year < site.opened:
            found.append(
                Problem(
                    N_("A deposit in %(value)s, but the site opened in %(limit)s."),
                    N_("Correct the year of the deposit or the year of opening."),
                    row=row.row,
                    field="year",
                    value=str(row.year),
                    limit=str(site.opened),
                )
            )
    return found


def _row_problems(row: DepositRow, has_composition: bool) -> list[Problem]:
    found: list[Problem] = []
    if not FIRST_YEAR <= row.year <= LAST_YEAR:
        found.append(year_problem(row.year, "year"))
    for name, amount in [*row.tonnes.items(), *([("total_t", row.total)] if row.total is not None else [])]:
        if name != "total_t" and name not in WASTE_TYPES:
            found.append(Problem(N_("“%(value)s” is not a known waste type."), field=name, value=name))
        if not amount.is_finite() or amount < 0:
            found.append(negative(amount, name))
    if not row.tonnes and row.total is None:
        found.append(Problem(N_("The row has no tonnes."), field="total_t"))
    elif not row.tonnes and not has_composition:
        found.append(
            Problem(
                N_("Only the total is given, and there is no composition to divide it."),
                N_("Give tonnes per waste type, or a [composition]."),
                field="total_t",
            )
        )
    elif row.tonnes and row.total is not None:
        parts = sum(row.tonnes.values(), Decimal(0))
        if parts > row.total * (1 + _ROUNDING):
            found.append(
                Problem(
                    N_("The waste types add up to %(value)s t, more than the total of %(limit)s t."),
                    N_("What the types leave of the total counts as inert; they cannot exceed it."),
                    field="total_t",
                    value=str(parts),
                    limit=str(row.total),
                )
            )
    return [p.at(row=row.row) for p in found]


def negative(amount: Decimal, label: str) -> Problem:
    return Problem(
        N_("%(value)s t cannot be a deposit."),
        N_("Waste taken out again is not a negative deposit; leave it out and say so."),
        field=label,
        value=str(amount),
        limit="0",
    )


def _duplicates(years: Sequence[tuple[int, int | None]]) -> list[Problem]:
    found: list[Problem] = []
    seen: dict[int, int | None] = {}
    for year, row in years:
        if year in seen:
            found.append(
                Problem(
                    N_("The year %(value)s stands twice (first in row %(limit)s)."),
                    N_("Add the two rows up, or delete the one that is superseded."),
                    row=row,
                    field="year",
                    value=str(year),
                    limit=str(seen[year] or "?"),
                )
            )
        seen.setdefault(year, row)
    return found


def _gaps(present: set[int], gap_years: Sequence[int]) -> list[Problem]:
    within = range(min(present), max(present) + 1) if present else ()
    undeclared = [y for y in within if y not in present and y not in gap_years]
    both = [y for y in gap_years if y in present]
    found: list[Problem] = []
    if undeclared:
        found.append(
            Problem(
                N_("Years without a row: %(value)s."),
                N_("Add the rows (0 if nothing was deposited), or list the years in gap_years."),
                field="year",
                value=", ".join(map(str, undeclared)),
            )
        )
    if both:
        found.append(
            Problem(
                N_("Declared as years without deposits, but they have a row: %(value)s."),
                field="gap_years",
                value=", ".join(map(str, both)),
            )
        )
    return found


def normalised(
    composition: Mapping[str, Decimal], *, rounding: Parameter, refused: Parameter
) -> tuple[dict[str, Decimal], list[Problem]]:
    """Shares that add up to 1, and the notice that they did not.

    A composition whose sum is off by no more than ``refused`` is scaled; beyond ``rounding`` the notice
    says that it is more than rounded figures.

    Raises
    ------
    InputError
        for a negative share or a sum further from 1 than ``refused``.
    """
    problems = [
        Problem(
            N_("%(value)s cannot be a share."), field=f"composition.{name}", value=str(share), limit="0 to 1"
        )
        for name, share in composition.items()
        if not share.is_finite() or share < 0
    ]
    total = sum(composition.values(), Decimal(0))
    if not problems and abs(total - 1) > refused.value:
        hint = N_("Check the shares; they must add up to 1.")
        if abs(total / 100 - 1) <= refused.value:
            hint = N_('These look like per cent: write unit = "%%".')
        problems.append(
            Problem(
                N_("The composition adds up to %(value)s %%, further from 100 %% than %(limit)s %%."),
                hint,
                field="composition",
                value=_percent(total),
                limit=_percent(refused.value),
                source=refused.source,
            )
        )
    if problems:
        raise InputError(problems)
    notices: list[Problem] = []
    if total != 1:
        message = (
            N_("The composition adds up to %(value)s %%; it was scaled to 100 %%.")
            if abs(total - 1) <= rounding.value
            else N_(
                "The composition adds up to %(value)s %%, more than rounding explains; it was scaled to 100."
            )
        )
        notices.append(Problem(message, field="composition", value=_percent(total), source=rounding.source))
    return {name: share / total for name, share in composition.items()}, notices


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"


def arrays(
    deposits: Deposits, shares: Mapping[str, Decimal], horizon: int
) -> tuple[DepositArrays, list[Problem]]:
    """Lay the rows out from the first year to ``horizon``; ``shares`` divide rows that give only a total."""
    rows = {row.year: row for row in deposits.rows}
    years = tuple(range(deposits.first, horizon + 1))
    split = {y: _split(row, shares) for y, row in rows.items()}
    types = tuple(t for t in DEGRADABLE if any(t in parts for parts in split.values()))
    tonnes = np.zeros((len(years), len(types)))
    total = np.zeros(len(years))
    for index, year in enumerate(years):
        if year in rows:
            parts, row = split[year], rows[year]
            tonnes[index] = [float(parts.get(t, Decimal(0))) for t in types]
            total[index] = float(row.total if row.total is not None else sum(parts.values(), Decimal(0)))
    return DepositArrays(years, types, tonnes, total), _inert_notices(deposits)


def _split(row: DepositRow, shares: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    if row.tonnes or row.total is None:
        return row.tonnes
    return {name: row.total * share for name, share in shares.items()}


def _inert_notices(deposits: Deposits) -> list[Problem]:
    """Say how much of a stated total no column accounts for, and which years were declared empty."""
    rest = sum(
        (
            r.total - sum(r.tonnes.values(), Decimal(0))
            for r in deposits.rows
            if r.total is not None and r.tonnes
        ),
        Decimal(0),
    )
    notices: list[Problem] = []
    if rest > 0:
        whole = sum((r.total for r in deposits.rows if r.total is not None and r.tonnes), Decimal(0))
        notices.append(
            Problem(
                N_("%(value)s %% of the total is in no waste type and counts as inert."),
                field="total_t",
                value=f"{rest / whole * 100:.1f}",
            )
        )
    if deposits.gap_years:
        notices.append(
            Problem(
                N_("Years declared without deposits count 0: %(value)s."),
                field="gap_years",
                value=", ".join(map(str, deposits.gap_years)),
            )
        )
    return notices
