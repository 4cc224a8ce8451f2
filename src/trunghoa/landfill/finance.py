"""What avoided methane costs and earns: NPV, IRR, cost per tonne, break-even price, grant, credit share.

Convention (year t counted from ``first_year``): t = 0 is the year of works and has capital cost and grant
only; from t = 1 on there are revenue, other income, operating cost and the tonnes that count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import fsum

import numpy as np
from numpy.typing import NDArray

from trunghoa.quantities import (
    N_,
    Figure,
    InputError,
    Period,
    PlaceKey,
    Problem,
    Quality,
    Status,
    from_float,
)

from .irr import rates_of_return

FloatArray = NDArray[np.float64]
CONVENTION = "capital cost and grant from year 0; revenue, operating cost and tonnes from year 1"


@dataclass(frozen=True)
class Terms:
    """The money side of a project, exact in USD.

    Parameters
    ----------
    first_year : calendar year of t = 0
    discount_rate : r, 1/yr, above −1
    price : p, USD/tCO2e paid for a credit
    share : s, share of the reductions that is sold as credits, 0 to 1
    capex, grants : USD by calendar year, any year of the horizon
    opex : USD by calendar year, from the second year on, or one amount for each of these years
    other_income : USD by calendar year, from the second year on
    """

    first_year: int
    discount_rate: Decimal
    price: Decimal
    share: Decimal
    capex: Mapping[int, Decimal]
    opex: Mapping[int, Decimal] | Decimal = Decimal(0)
    grants: Mapping[int, Decimal] = field(default_factory=dict)
    other_income: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Appraisal:
    """The answer; money in USD, emission reductions ER in tCO2e of ``gwp_set``.

    ``levelised_cost`` = PV(cost)/PV(ER) and ``undiscounted_cost`` = Σcost/ΣER leave the grant out: they
    say what a tonne costs, whoever pays. ``grant_per_tonne`` = Σgrant/ΣER. ``irr`` holds every real rate
    above −1 at which the net present value is zero, in rising order: none, one or several.
    Where a figure has no meaning it is None and ``notices`` says why.
    """

    years: tuple[int, ...]
    gwp_set: str
    cash_flow: FloatArray
    reductions: FloatArray
    reduction: float
    reduction_discounted: float
    cost: float
    cost_discounted: float
    grant: float
    grant_discounted: float
    other_discounted: float
    npv: float
    irr: tuple[float, ...]
    levelised_cost: float | None
    undiscounted_cost: float | None
    grant_per_tonne: float | None
    break_even_price: float | None
    notices: tuple[Problem, ...] = ()

    def figures(self, place: PlaceKey, *, quality: Quality, source: str) -> list[Figure]:
        """The citable numbers, over the whole horizon; what is None or not unique is left out."""
        period = Period.years(self.years[0], self.years[-1])
        per_tonne = "USD/tCO2e"
        rows: list[tuple[str, float | None, str, str]] = [
            ("landfill.cost_per_tonne", self.levelised_cost, per_tonne, "discounted"),
            ("landfill.cost_per_tonne", self.undiscounted_cost, per_tonne, "undiscounted"),
            ("landfill.break_even_price", self.break_even_price, per_tonne, "project"),
            ("landfill.npv", self.npv, "USD", "project"),
            ("landfill.irr", self.irr[0] if len(self.irr) == 1 else None, "1", "project"),
        ]
        return [
            Figure(
                system="S8",
                kind=kind,
                place=place,
                period=period,
                amount=from_float(amount),
                unit=unit,
                status=Status.PLANNED,
                quality=quality,
                source=source,
                method=CONVENTION,
                gwp_set=self.gwp_set if unit == per_tonne else "",
                scenario=scenario,
            )
            for kind, amount, unit, scenario in rows
            if amount is not None
        ]


def appraise(terms: Terms, reductions: Iterable[float], *, gwp_set: str) -> Appraisal:
    """Appraise a project.

    Parameters
    ----------
    terms : the money side
    reductions : ER_t, tCO2e, one per year from ``terms.first_year``; ER_0 earns nothing
    gwp_set : name of the set that made them CO2e

    NPV = Σ (p·s·ER_t + grant_t + other_t − capex_t − opex_t)/(1+r)^t;
    break-even price p* = (PV(cost) − PV(grant) − PV(other))/(s·PV(ER)).

    Raises
    ------
    InputError
        for r ≤ −1, a share outside 0 to 1, a negative amount, a number that is not finite, an amount
        outside the horizon, or income or operating cost in the year of works; all at once.
    """
    tonnes = np.asarray(list(reductions), dtype=np.float64)
    _check(terms, tonnes, gwp_set)
    years = tuple(range(terms.first_year, terms.first_year + len(tonnes)))
    earning = tonnes.copy()
    earning[0] = 0.0
    opex = terms.opex if isinstance(terms.opex, Mapping) else dict.fromkeys(years[1:], terms.opex)
    cost = _series(terms.capex, years) + _series(opex, years)
    grant, other = _series(terms.grants, years), _series(terms.other_income, years)
    share, rate = float(terms.share), float(terms.discount_rate)
    flow = float(terms.price) * share * earning + grant + other - cost
    with np.errstate(all="ignore"):
        factor = (1.0 + rate) ** -np.arange(len(years), dtype=np.float64)
    if not (np.isfinite(flow).all() and np.isfinite(factor).all()):
        raise InputError(
            Problem(
                N_("With a discount rate of %(value)s these amounts are too large to add up."),
                field="discount_rate",
                value=str(terms.discount_rate),
            )
        )

    def present(series: FloatArray) -> float:
        return fsum(series * factor)

    er, pv_er, pv_cost = fsum(earning), present(earning), present(cost)
    pv_grant, pv_other = present(grant), present(other)
    gap = pv_cost - pv_grant - pv_other
    irr = rates_of_return(flow)
    return Appraisal(
        years=years,
        gwp_set=gwp_set,
        cash_flow=flow,
        reductions=earning,
        reduction=er,
        reduction_discounted=pv_er,
        cost=fsum(cost),
        cost_discounted=pv_cost,
        grant=fsum(grant),
        grant_discounted=pv_grant,
        other_discounted=pv_other,
        npv=present(flow),
        irr=irr,
        levelised_cost=pv_cost / pv_er if pv_er > 0 else None,
        undiscounted_cost=fsum(cost) / er if er > 0 else None,
        grant_per_tonne=fsum(grant) / er if er > 0 else None,
        break_even_price=gap / (share * pv_er) if pv_er > 0 and share > 0 else None,
        notices=tuple(_notices(terms, tonnes, er, pv_er, irr)),
    )


def _series(amounts: Mapping[int, Decimal], years: tuple[int, ...]) -> FloatArray:
    return np.array([float(amounts.get(year, 0)) for year in years])


def _notices(
    terms: Terms, tonnes: FloatArray, er: float, pv_er: float, irr: tuple[float, ...]
) -> Iterable[Problem]:
    if er <= 0 or pv_er <= 0:
        yield Problem(
            N_("The emission reduction is %(value)s tCO2e: no cost per tonne, no break-even price."),
            field="reductions",
            value=str(from_float(min(er, pv_er))),
        )
    elif (tonnes[1:] < 0).any():
        yield Problem(
            N_(
                "In %(value)s year(s) the project emits more than the reference; they count against the rest."
            ),
            field="reductions",
            value=str(int((tonnes[1:] < 0).sum())),
        )
    if terms.discount_rate > 1:
        yield Problem(
            N_("The discount rate %(value)s is more than 100 %% a year."),
            N_("Write 8 %% as 0.08."),
            field="discount_rate",
            value=str(terms.discount_rate),
        )
    if tonnes[0]:
        yield Problem(
            N_("The %(value)s tCO2e of the year of works do not count."),
            field="reductions",
            value=str(from_float(tonnes[0])),
        )
    if not terms.share:
        yield Problem(N_("No credit is sold: there is no break-even price."), field="share", value="0")
    if not terms.price:
        yield Problem(N_("The price is 0: credits earn nothing."), field="price", value="0")
    if not irr:
        yield Problem(N_("No rate of return makes the net present value zero."), field="irr")
    elif len(irr) > 1:
        yield Problem(
            N_("Several rates of return make the net present value zero: %(value)s. Do not rank by them."),
            field="irr",
            value=", ".join(f"{rate:.6g}" for rate in irr),
        )


def _check(terms: Terms, tonnes: FloatArray, gwp_set: str) -> None:
    problems: list[Problem] = []
    if not gwp_set:
        problems.append(Problem(N_("Tonnes of CO2e need the name of their GWP set."), field="gwp_set"))
    if len(tonnes) == 0:
        problems.append(Problem(N_("There is no year to appraise."), field="reductions"))
    elif not np.isfinite(tonnes).all():
        problems.append(Problem(N_("An emission reduction is not a finite number."), field="reductions"))
    problems += _check_rates(terms)
    years = range(terms.first_year, terms.first_year + len(tonnes))
    for name, amounts, first in (
        ("capex", terms.capex, 0),
        ("grants", terms.grants, 0),
        ("opex", terms.opex if isinstance(terms.opex, Mapping) else {}, 1),
        ("other_income", terms.other_income, 1),
    ):
        problems += _check_amounts(name, amounts, years[first:])
    if not isinstance(terms.opex, Mapping):
        problems += _check_amount("opex", terms.opex)
    if problems:
        raise InputError(problems)


def _check_rates(terms: Terms) -> Iterable[Problem]:
    rate = terms.discount_rate
    if not rate.is_finite() or rate <= -1:
        yield Problem(
            N_("The discount rate %(value)s must be a number above %(limit)s."),
            N_("Write 8 %% as 0.08."),
            field="discount_rate",
            value=str(rate),
            limit="-1",
        )
    if not terms.share.is_finite() or not 0 <= terms.share <= 1:
        yield Problem(
            N_("The share of credits sold %(value)s must lie within %(limit)s."),
            field="share",
            value=str(terms.share),
            limit="0 to 1",
        )
    yield from _check_amount("price", terms.price)


def _check_amount(name: str, amount: Decimal) -> Iterable[Problem]:
    if not amount.is_finite() or amount < 0:
        yield Problem(
            N_("%(field)s %(value)s must be a finite amount, 0 or more."),
            N_("Enter costs and income both as positive amounts."),
            field=name,
            value=str(amount),
        )


def _check_amounts(name: str, amounts: Mapping[int, Decimal], years: range) -> Iterable[Problem]:
    for year, amount in amounts.items():
        yield from _check_amount(f"{name} {year}", amount)
        if year not in years:
            yield Problem(
                N_("%(field)s in %(value)s lies outside the years it may have (%(limit)s)."),
                N_("The year of works has capital cost and grant only."),
                field=name,
                value=str(year),
                limit=f"{years.start} to {years.stop - 1}",
            )
