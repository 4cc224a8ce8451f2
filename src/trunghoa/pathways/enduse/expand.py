"""From records to arrays over years: wildcards, precedence and interpolation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from trunghoa.quantities import N_, Problem

from ..lp import Floats
from .schema import Before, Bound, Values
from .tables import ALL, Record

Key = tuple[str, ...]
_BEFORE = {Before.SAME: None, Before.NONE: math.inf, Before.ZERO: 0.0}


def interpolate(points: Mapping[int, float], years: Sequence[int], before: float | None) -> Floats:
    """Values in years: linear between given years, the last one held, ``before`` ahead of the first.

    Parameters
    ----------
    points : value by given year, at least one
    before : value ahead of the first given year; None holds the first one

    Notes
    -----
    Between two years of which one is infinite the value is infinite, as in AIM/Enduse.
    """
    given = np.array(sorted(points), dtype=float)
    values = np.array([points[int(year)] for year in given])
    asked = np.asarray(years, dtype=float)
    found: Floats
    if np.isfinite(values).all():
        found = np.interp(asked, given, values)
    else:
        after = np.clip(np.searchsorted(given, asked, side="left"), 0, given.size - 1)
        ahead = np.clip(np.searchsorted(given, asked, side="right") - 1, 0, given.size - 1)
        span = np.where(given[after] > given[ahead], given[after] - given[ahead], 1.0)
        weight = np.clip((asked - given[ahead]) / span, 0.0, 1.0)
        low, high = values[ahead], values[after]
        endless = np.isinf(low) | np.isinf(high)
        found = np.where(
            endless,
            np.where(after == ahead, low, math.inf),
            np.where(endless, 0.0, low)
            + weight * (np.where(endless, 0.0, high) - np.where(endless, 0.0, low)),
        )
    if before is not None:
        found = np.where(asked < given[0], before, found)
    return found


class Expander:
    """Finds which records hold for which targets, and reports those that hold for none.

    Parameters
    ----------
    years : solved years
    problems : filled with what is wrong
    """

    def __init__(self, years: Sequence[int], problems: list[Problem]) -> None:
        self.years = tuple(years)
        self.problems = problems

    def series(
        self, table: Values, records: Iterable[Record], targets: Sequence[Key], default: float
    ) -> Floats:
        """Values by year and target, shape (T, targets)."""
        found = np.full((len(self.years), len(targets)), default)
        for target, values in self.by_target(table, records, targets).items():
            found[:, target] = values
        return found

    def by_target(
        self, table: Values, records: Iterable[Record], targets: Sequence[Key], bound: Bound | None = None
    ) -> dict[int, Floats]:
        """Values by position of the target, for the targets that some record holds for; each (T,)."""
        positions = {key: n for n, key in enumerate(targets)}
        patterns: dict[Key, list[Record]] = {}
        for record in records:
            if record.bound is bound:
                patterns.setdefault(record.keys, []).append(record)
        best: dict[int, tuple[int, Key]] = {}
        for pattern, rows in patterns.items():
            exact = sum(cell != ALL for cell in pattern)
            matched = self._matches(pattern, targets, positions)
            if not matched and ALL not in pattern:
                self.problems.append(
                    rows[0].problem(
                        N_("“%(value)s” names nothing that the model has."),
                        table.keys[-1],
                        value=" ".join(pattern),
                        hint=N_("No device of that sector gives or takes it; correct the row or remove it."),
                    )
                )
            for target in matched:
                rank, other = best.get(target, (-1, pattern))
                if rank == exact:
                    self.problems.append(
                        rows[0].problem(
                            N_("“%(value)s” and “%(limit)s” both hold for the same thing."),
                            table.keys[0],
                            value=" ".join(pattern),
                            limit=" ".join(other),
                            hint=N_("Name the region and sector in one of them."),
                        )
                    )
                if exact > rank:
                    best[target] = (exact, pattern)
        ahead = _before(table, bound)
        solved = {p: self._points(rows, ahead) for p, rows in patterns.items()}
        return {target: solved[pattern] for target, (_, pattern) in best.items()}

    def _matches(self, pattern: Key, targets: Sequence[Key], positions: Mapping[Key, int]) -> list[int]:
        if ALL not in pattern:
            return [positions[pattern]] if pattern in positions else []
        fixed = [(n, cell) for n, cell in enumerate(pattern) if cell != ALL]
        return [t for t, key in enumerate(targets) if all(key[n] == cell for n, cell in fixed)]

    def _points(self, rows: Sequence[Record], ahead: float | None) -> Floats:
        points: dict[int, float] = {}
        steady: list[Record] = []
        for record in rows:
            if record.year is None:
                steady.append(record)
            elif record.year in points:
                self.problems.append(
                    record.problem(N_("The year %(value)s stands twice."), "year", value=str(record.year))
                )
            else:
                points[record.year] = record.value
        if len(steady) > 1 or (steady and points):
            self.problems.append(
                steady[-1].problem(
                    N_("A value for every year stands beside another for the same thing."),
                    "year",
                    hint=N_("Give each row its year, or leave one row without a year."),
                )
            )
        if steady:
            return np.full(len(self.years), steady[0].value)
        return interpolate(points, self.years, ahead)


def _before(table: Values, bound: Bound | None) -> float | None:
    """What holds ahead of the first given year; no least value is minus infinity."""
    if table.before is Before.NONE and bound is Bound.MIN:
        return -math.inf
    return _BEFORE[table.before]
