"""Which parameter matters most: each in turn at its lower and upper bound, the others at their defaults."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import numpy as np

from .fod import FloatArray
from .spread import FIXED, Spread
from .uncertainty import Factors, UncertainSite, emissions


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: the parameter's bounds, and methane emitted (t over the years asked for) at each.

    ``parameter`` is the short key, such as ``k.food``; ``recovery`` is a factor on the tonnes recovered.
    """

    parameter: str
    lower: float
    upper: float
    at_lower: float
    at_upper: float
    base: float

    @property
    def swing(self) -> float:
        return abs(self.at_upper - self.at_lower)


def tornado(site: UncertainSite, *, years: Container[int] | None = None) -> list[Bar]:
    """Bars in order of effect on the methane emitted in ``years`` (default: all).

    Parameters without a range, and waste types that were never deposited, have no bar. All variants are
    evaluated in one pass.
    """
    spreads = site.spreads()
    idle = {w for w, t in zip(site.waste_types, site.tonnes.sum(axis=0), strict=True) if not t}
    names = [
        name
        for name, spread in spreads.items()
        if spread.shape != FIXED
        and name.partition(".")[2] not in idle
        and (name != "recovery" or site.recovered.any())
    ]
    counted = np.array([years is None or year in years for year in site.years])
    totals = emissions(site, _one_at_a_time(site, spreads, names))[counted].sum(axis=0).tolist()
    bars = [
        Bar(name, spreads[name].lower, spreads[name].upper, totals[1 + 2 * i], totals[2 + 2 * i], totals[0])
        for i, name in enumerate(names)
    ]
    return sorted(bars, key=lambda bar: (-bar.swing, bar.parameter))


def at_defaults(site: UncertainSite) -> FloatArray:
    """Methane emitted, (Y,) t, with every parameter at its default."""
    return emissions(site, _one_at_a_time(site, site.spreads(), []))[:, 0]


def _one_at_a_time(site: UncertainSite, spreads: dict[str, Spread], names: list[str]) -> Factors:
    """Column 0 has the defaults; 1 + 2i and 2 + 2i have parameter i at its lower and upper bound."""
    values = {name: np.full(1 + 2 * len(names), spread.default) for name, spread in spreads.items()}
    for i, name in enumerate(names):
        values[name][1 + 2 * i : 3 + 2 * i] = spreads[name].lower, spreads[name].upper

    def stack(kind: str, members: tuple[str, ...]) -> FloatArray:
        return np.array([values[f"{kind}.{member}"] for member in members])

    return Factors(
        k=stack("k", site.waste_types),
        carbon=stack("doc", site.waste_types) * stack("docf", site.waste_types),
        mcf=stack("mcf", site.mcf_classes),
        f=values["f"],
        recovery=values["recovery"],
    )
