"""CDM methodological tool TOOL04, emissions from solid waste disposal sites: yearly and monthly.

It differs from the inventory equations: decay starts IN the year (month) of deposit, one year ahead of IPCC
with M = 13, and a model correction factor φ is applied, which has no place in an inventory.
"""

from __future__ import annotations

import numpy as np

from .fod import CH4_PER_CARBON, FloatArray, recurrence

METHOD = "CDM TOOL04 {version}, {form} form"


def yearly(
    tonnes: FloatArray,
    doc: FloatArray,
    k: FloatArray,
    *,
    docf: float,
    mcf: float | FloatArray,
    f: float,
    oxidation: float,
    phi: float,
    captured: float,
    gwp: float,
) -> FloatArray:
    """Emissions of each year, tCO2e.

    ``BE_y = φ(1−f)·GWP·(1−OX)·16/12·F·DOCf·MCF·Σ_{x≤y}Σ_j W_{j,x}·DOC_j·e^{−k_j(y−x)}·(1−e^{−k_j})``

    Parameters
    ----------
    tonnes : W, (Y, J), t wet
    doc, k : (J,); 1, 1/yr
    docf, f, oxidation : DOCf, F, OX; 1
    mcf : of the emission year, as the tool has it: one value, or (Y,) under a moving water table
    phi : φ, model correction factor, 1
    captured : f, share of CH4 captured at the site and flared, burnt or used, 1
    gwp : tCO2e/t CH4

    Returns
    -------
    (Y,) tCO2e

    Source: UNFCCC CDM TOOL04, yearly model.
    """
    decomposed = recurrence(tonnes * doc, k, 1.0).decomposed.sum(axis=1)
    factor = phi * (1 - captured) * gwp * (1 - oxidation) * CH4_PER_CARBON * f * docf
    return np.asarray(decomposed * factor * mcf, dtype=np.float64)


def monthly(
    tonnes: FloatArray,
    doc: FloatArray,
    k: FloatArray,
    *,
    docf: float,
    mcf: float | FloatArray,
    f: float,
    oxidation: float,
    phi: float,
    captured: float,
    gwp: float,
) -> FloatArray:
    """Emissions of each month, tCO2e: as :func:`yearly` with k/12 and months.

    Parameters
    ----------
    tonnes : W, (12·Y, J), t wet of each month
    mcf : one value, or (12·Y,)

    Returns
    -------
    (12·Y,) tCO2e

    Source: UNFCCC CDM TOOL04, monthly model.
    """
    return yearly(
        tonnes, doc, k / 12.0,
        docf=docf, mcf=mcf, f=f, oxidation=oxidation, phi=phi, captured=captured, gwp=gwp,
    )  # fmt: skip


def spread_over_months(tonnes: FloatArray) -> FloatArray:
    """Twelve equal months of each year's deposit: (Y, J) to (12·Y, J)."""
    return np.repeat(tonnes / 12.0, 12, axis=0)


def sum_of_years(months: FloatArray) -> FloatArray:
    """(12·Y,) to (Y,)."""
    return np.asarray(months.reshape(-1, 12).sum(axis=1), dtype=np.float64)


def high_water_table_mcf(depth: float, water_table: float) -> float:
    """``MCF = max(1 − 2/d, h_w/d)`` where the water table stands in the waste; depths in m.

    Source: UNFCCC CDM TOOL04, from memory.
    """
    return min(max(1.0 - 2.0 / depth, water_table / depth), 1.0)
