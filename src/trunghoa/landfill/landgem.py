"""US EPA LandGEM 3.02: one stream of waste, tenths of a year, first gas in the year AFTER acceptance."""

from __future__ import annotations

import numpy as np

from .fod import FloatArray

METHOD = "US EPA LandGEM 3.02"


def methane_volume(accepted: FloatArray, k: float, l0: float, *, parts: int = 10) -> FloatArray:
    """Methane generated in each year, m³.

    ``Q_n = Σ_{i<n} Σ_{j=1..10} k·L0·(M_i/10)·e^{−k·t_ij}`` with ``t_ij = (n−1−i) + j/10`` years. The inner
    sum does not depend on i, so one state is carried instead of all acceptance years.

    Parameters
    ----------
    accepted : M, (Y,), Mg/yr of all waste, inert included
    k : 1/yr
    l0 : L0, potential methane generation capacity, m³/Mg
    parts : into how many parts a year is cut; EPA's model has 10

    Returns
    -------
    (Y,) m³ CH4; the year of acceptance has none of its own

    Source: US EPA, LandGEM 3.02, first-order decomposition rate equation.
    """
    keep = np.exp(-k)
    inner = k * l0 * float(np.exp(-k * np.arange(1, parts + 1) / parts).sum()) / parts
    volume = np.zeros_like(accepted)
    waiting = 0.0
    for n in range(1, len(accepted)):
        waiting = waiting * keep + accepted[n - 1]
        volume[n] = waiting * inner
    return volume


def methane_mass(volume: FloatArray, density: float) -> FloatArray:
    """Mass in t of a volume in m³ at a density in kg/m³; say at which temperature the density is."""
    return volume * (density / 1000.0)
