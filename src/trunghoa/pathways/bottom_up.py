"""The expert's abatement cost curve: measures in the order of their cost, each taken by itself.

It is not a model: measures that compete for the same tonne, or need one another, are added up as if they
did not. A curve made by solving (:func:`trunghoa.pathways.osemosys.price_sweep`) does not have that fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trunghoa.quantities import N_, ModelError

WARNING = N_("Expert curve: measures are added up by themselves, interaction between them is ignored.")


@dataclass(frozen=True)
class Measure:
    """One measure.

    Attributes
    ----------
    saving : tonnes of CO2e a year, more than 0
    cost : money a year, below 0 where the measure pays for itself
    source : where the two numbers come from
    """

    name: str
    saving: float
    cost: float
    source: str


@dataclass(frozen=True)
class Bar:
    """A measure in the curve: its cost per tonne, and the tonnes saved before and with it."""

    measure: Measure
    per_tonne: float
    begins: float
    ends: float


def bottom_up(measures: Sequence[Measure]) -> list[Bar]:
    """Order measures by cost per tonne.

    Raises
    ------
    ModelError
        A measure saves nothing, or has no source.
    """
    for m in measures:
        if not m.saving > 0:
            raise ModelError(f"“{m.name}” saves {m.saving:g} t; a measure saves more than 0.")
        if not m.source.strip():
            raise ModelError(f"“{m.name}” has no source.")
    bars, total = [], 0.0
    for m in sorted(measures, key=lambda m: (m.cost / m.saving, m.name)):
        bars.append(Bar(m, m.cost / m.saving, total, total + m.saving))
        total += m.saving
    return bars
