"""What is wrong with a model before anything is solved, and what only looks doubtful."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from trunghoa.quantities import N_, InputError, Problem

from .model import Model, flat
from .schema import INTRADAY, INTRAYEAR, LD, LH, LS, PARAMETERS, F, R, S, T, Y

SHARE_TOLERANCE = 1e-3
"""Official data round their shares of the year to four digits."""
MOST_PER_CHECK = 10

_NOT_NEGATIVE = (
    "YearSplit",
    "DaySplit",
    "CapacityFactor",
    "AvailabilityFactor",
    "CapacityToActivityUnit",
    "ResidualCapacity",
    "SpecifiedDemandProfile",
    "OperationalLifeStorage",
    "ResidualStorageCapacity",
    "CapacityOfOneTechnologyUnit",
    "YearWeight",
    "TradeRoute",
)
_ORDERED = (
    ("TotalAnnualMinCapacity", "TotalAnnualMaxCapacity"),
    ("TotalAnnualMinCapacityInvestment", "TotalAnnualMaxCapacityInvestment"),
    ("TotalTechnologyAnnualActivityLowerLimit", "TotalTechnologyAnnualActivityUpperLimit"),
    ("TotalTechnologyModelPeriodActivityLowerLimit", "TotalTechnologyModelPeriodActivityUpperLimit"),
    ("TechnologyActivityByModeLowerLimit", "TechnologyActivityByModeUpperLimit"),
)


def check(model: Model) -> Model:
    """Refuse what cannot be meant; note what is doubtful.

    Returns
    -------
    model : with further notices

    Raises
    ------
    InputError
        negative lives or shares, minima above maxima, trade without its way back, and the like.
    """
    problems = [
        *_negative(model), *_lives(model), *_methods(model), *_order(model), *_trade(model), *_storage(model),
    ]  # fmt: skip
    if problems:
        raise InputError(problems)
    return replace(model, notices=(*model.notices, *_doubts(model)))


def _problems(
    model: Model, name: str, where: tuple[np.ndarray, ...], message: str, hint: str, limit: str = ""
) -> Iterator[Problem]:
    array, dims = model.dense(name), PARAMETERS[name].dims
    for key in list(zip(*where, strict=True))[:MOST_PER_CHECK]:
        labels = ", ".join(model.sets[d][i] for d, i in zip(dims, key, strict=True))
        yield Problem(
            message, hint, model.source, field=f"{name}[{labels}]", value=f"{array[key]:g}", limit=limit
        )


def _negative(model: Model) -> Iterator[Problem]:
    for name in _NOT_NEGATIVE:
        where = np.nonzero(model.dense(name) < 0)
        message = N_("%(field)s is %(value)s; it cannot be negative.")
        yield from _problems(model, name, where, message, N_("Correct the sign."))
    where = np.nonzero(model.dense("DiscountRate") <= -1)
    message = N_("%(field)s is %(value)s; a discount rate is above −1.")
    yield from _problems(model, "DiscountRate", where, message, N_("Write 5 % as 0.05."))


def _lives(model: Model) -> Iterator[Problem]:
    where = np.nonzero(model.dense("OperationalLife") <= 0)
    message = N_("%(field)s is %(value)s; a life is longer than 0 years.")
    yield from _problems(model, "OperationalLife", where, message, N_("Give the life in years."))


def _methods(model: Model) -> Iterator[Problem]:
    where = np.nonzero(~np.isin(model.dense("DepreciationMethod"), (1, 2)))
    message = N_("%(field)s is %(value)s.")
    hint = N_("Write 1 for sinking fund or 2 for straight line.")
    yield from _problems(model, "DepreciationMethod", where, message, hint)


def _order(model: Model) -> Iterator[Problem]:
    for low, high in _ORDERED:
        lower, upper = model.dense(low), model.limit(high)
        for key in list(zip(*np.nonzero(lower > upper * (1 + 1e-9) + 1e-9), strict=True))[:MOST_PER_CHECK]:
            labels = ", ".join(model.sets[d][i] for d, i in zip(PARAMETERS[low].dims, key, strict=True))
            yield Problem(
                N_("%(field)s is %(value)s, above the maximum of %(limit)s."),
                N_("Lower the minimum or raise the maximum; −1 means no maximum."),
                model.source,
                field=f"{low}[{labels}]",
                value=f"{lower[key]:g}",
                limit=f"{upper[key]:g} ({high})",
            )


def _trade(model: Model) -> Iterator[Problem]:
    """A route with another factor on the way back would make energy out of nothing on a round trip."""
    (r, rr, f, y), route = model.nonzero("TradeRoute")
    if not r.size:
        return
    shape = model.shape("TradeRoute")
    there, back = flat((r, rr, f, y), shape), flat((rr, r, f, y), shape)
    order = np.argsort(there, kind="stable")
    at = order[np.minimum(np.searchsorted(there[order], back), order.size - 1)]
    returned = np.where(there[at] == back, route[at], 0.0)
    for i in np.flatnonzero((returned != route) & (r != rr))[:MOST_PER_CHECK].tolist():
        names = model.sets[R][r[i]], model.sets[R][rr[i]], model.sets[F][f[i]], model.sets[Y][y[i]]
        yield Problem(
            N_("%(field)s is %(value)s, the way back %(limit)s."),
            N_("Give the same value for both directions of a route."),
            model.source,
            field=f"TradeRoute[{', '.join(names)}]",
            value=f"{route[i]:g}",
            limit=f"{returned[i]:g}",
        )


def _storage(model: Model) -> Iterator[Problem]:
    for name in (INTRADAY, INTRAYEAR):
        for member in model.sets.get(name, ()):
            if member not in model.sets[S]:
                yield Problem(
                    N_("“%(value)s” is not a member of the set %(limit)s."),
                    N_("Correct the name, or add it to the set."),
                    model.source,
                    field=name,
                    value=member,
                    limit=S,
                )
    if not (model.any("TechnologyToStorage") or model.any("TechnologyFromStorage")):
        return
    for name in (LS, LD, LH):
        if not model.size(name):
            yield Problem(
                N_("The set %(field)s has no members, but there is storage."),
                N_("Give at least one."),
                model.source,
                field=name,
            )


def _doubts(model: Model) -> Iterator[str]:
    share = model.dense("YearSplit").sum(axis=0)
    off = np.flatnonzero(np.abs(share - 1) > SHARE_TOLERANCE)
    if off.size:
        year = model.sets[Y][off[0]]
        yield f"YearSplit sums to {share[off[0]]:g} in {year} and not to 1 (in {off.size} years)."
    demand, profile = model.dense("SpecifiedAnnualDemand"), model.dense("SpecifiedDemandProfile").sum(axis=2)
    wrong = (demand != 0) & (np.abs(profile - 1) > SHARE_TOLERANCE)
    if wrong.any():
        r, f, y = (k[0] for k in np.nonzero(wrong))
        place = f"{model.sets[R][r]}, {model.sets[F][f]}, {model.sets[Y][y]}"
        yield (
            f"SpecifiedDemandProfile sums to {profile[r, f, y]:g} for {place} and not to 1 "
            f"(for {int(wrong.sum())} demands)."
        )
    yield from _too_much(model)
    if model.dialect == "muio":
        yield from _muio_storage(model)
    steps = np.unique(np.diff(model.years))
    if (steps > 1).any() and not model.given("YearWeight"):
        yield "Years are not consecutive: each year stands for one year only unless YearWeight is given."


def _muio_storage(model: Model) -> Iterator[str]:
    """What MUIO's equations of storage do that who writes the data may not mean."""
    linked = {
        int(i)
        for k in ("TechnologyToStorage", "TechnologyFromStorage")
        for i in model.nonzero(k)[0][2].tolist()
    }
    tied = {*model.sets.get(INTRADAY, ()), *model.sets.get(INTRAYEAR, ())}
    names = [model.sets[S][i] for i in sorted(linked)]
    loose = [name for name in names if name not in tied]
    if loose:
        yield (
            f"Storage {', '.join(loose)} is in neither {INTRADAY} nor {INTRAYEAR}: in MUIO nothing then ties "
            "what it gives in the last season and day type to what it took."
        )
    least = model.dense("MinStorageCharge").max(axis=(0, 2), initial=0.0)
    barred = [model.sets[S][i] for i in sorted(linked) if least[i] > 0]
    if barred:
        yield (
            f"MinStorageCharge of {', '.join(barred)} is above 0, and MUIO starts every year empty: this "
            "storage can have no capacity, and with ResidualStorageCapacity the model has no solution."
        )
    for name in ("Conversionls", "Conversionld", "Conversionlh"):
        if names and not np.isin(model.dense(name), (0.0, 1.0)).all():
            yield f"{name} has shares between 0 and 1; MUIO's own equations of storage do not agree on them."


def _too_much(model: Model) -> Iterator[str]:
    residual, limit = model.dense("ResidualCapacity"), model.limit("TotalAnnualMaxCapacity")
    above = residual > limit + 1e-9
    if above.any():
        r, t, y = (k[0] for k in np.nonzero(above))
        yield (
            f"ResidualCapacity of {model.sets[T][t]} in {model.sets[Y][y]} is {residual[r, t, y]:g}, above "
            f"its TotalAnnualMaxCapacity of {limit[r, t, y]:g}: the model has no solution."
        )
