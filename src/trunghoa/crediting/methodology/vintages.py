"""From reductions to credits: split by calendar year, rounded down, by a rule with a name and a date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import floor

from trunghoa.parameters import Parameter, Parameters
from trunghoa.quantities import N_, InputError, ParameterError, Period, Problem

from ..verdict import Verdict
from .run import Reduction

Shares = Mapping[int, Fraction]


@dataclass(frozen=True, slots=True)
class CreditRule:
    """How credits come of reductions: names of rounding and split, and the parameter with size and source."""

    rounding: str
    split: str
    parameter: Parameter

    @property
    def credit(self) -> Fraction:
        """Size of one credit, t CO2e."""
        return Fraction(self.parameter.value)


@dataclass(frozen=True, slots=True)
class Vintage:
    """RE, PE and ER of one calendar year, t CO2e, and the whole credits they give; the rest is dropped."""

    year: int
    reduction: Fraction
    credits: int
    reference: Fraction
    project: Fraction


def credit_rule(scheme: str, parameters: Parameters, as_of: date) -> CreditRule:
    """The rule of a scheme on a day.

    Raises
    ------
    ParameterError
        where there is none, or more than one.
    """
    rows = parameters.rows("credit_rules", as_of=as_of, scheme=scheme)
    if len(rows) != 1:
        raise ParameterError(f"{len(rows)} rules make credits of {scheme} on {as_of.isoformat()}; one must.")
    keys = dict(rows[0].keys)
    return CreditRule(keys["rounding"], keys["split"], rows[0])


def by_days(period: Period) -> Shares:
    """Share of each calendar year in a period, by its days."""
    years = range(period.start.year, period.end.year + 1)
    parts = {y: Period(max(period.start, date(y, 1, 1)), min(period.end, date(y, 12, 31))) for y in years}
    return {year: Fraction(part.days, period.days) for year, part in parts.items()}


def down_per_vintage(reduction: Fraction, credit: Fraction) -> int:
    """Whole credits in the reduction of a year; a year that emitted more gives none."""
    return max(0, floor(reduction / credit))


SPLITS: dict[str, Callable[[Period], Shares]] = {"by_days": by_days}
ROUNDINGS: dict[str, Callable[[Fraction, Fraction], int]] = {"down_per_vintage": down_per_vintage}


def credits_by_vintage(found: Iterable[Reduction], rule: CreditRule) -> tuple[Vintage, ...]:
    """Credits of a project's monitoring periods by calendar-year vintage.

    A period that crosses a year is split by the rule; where the report gives each year its own readings,
    give each year as its own period. What several periods give one year is added before it is rounded.

    Raises
    ------
    InputError
        for periods that overlap, tonnes of different GWP sets, and a project that does not meet, or has not
        answered, every criterion.
    ParameterError
        for a rule with a name that is not known.
    """
    periods = sorted(found, key=lambda r: r.period)
    if problems := [*_overlaps(periods), *_mixed(periods), *_ineligible(periods)]:
        raise InputError(problems)
    if rule.split not in SPLITS or rule.rounding not in ROUNDINGS:
        raise ParameterError(f"The rule {rule.parameter.label} names a split or rounding that is not known.")
    years: dict[int, tuple[Fraction, Fraction]] = {}
    for one in periods:
        for year, share in SPLITS[rule.split](one.period).items():
            reference, project = years.get(year, (Fraction(0), Fraction(0)))
            years[year] = (reference + one.reference * share, project + one.project * share)
    rounded = ROUNDINGS[rule.rounding]
    return tuple(
        Vintage(year, reference - project, rounded(reference - project, rule.credit), reference, project)
        for year, (reference, project) in sorted(years.items())
    )


def _overlaps(periods: list[Reduction]) -> Iterable[Problem]:
    for before, after in pairwise(periods):
        if after.period.start <= before.period.end:
            yield Problem(
                N_("The monitoring period %(value)s overlaps %(limit)s."),
                N_("A tonne would be counted twice."),
                field="period",
                value=after.period.code(),
                limit=before.period.code(),
            )


def _mixed(periods: list[Reduction]) -> Iterable[Problem]:
    if len(sets := sorted({p.gwp_set for p in periods})) > 1:
        yield Problem(
            N_("The periods use different potentials: %(value)s."), field="gwp_set", value=", ".join(sets)
        )


def _ineligible(periods: list[Reduction]) -> Iterable[Problem]:
    for one in periods:
        if one.eligible is not Verdict.PASSED:
            yield Problem(
                N_("The eligibility of the period %(value)s is %(limit)s."),
                N_("Every criterion must be met before there are credits."),
                field="eligibility",
                value=one.period.code(),
                limit=one.eligible.value,
            )
