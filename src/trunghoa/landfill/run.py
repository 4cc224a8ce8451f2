"""One site, from inputs to result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from trunghoa.quantities import Figure, InputError, Problem

from . import landgem, tool04
from .figures import as_figures
from .finance import Appraisal, appraise
from .fod import FloatArray, Methane, first_order_decay
from .inputs import Inputs
from .semi_aerobic import Reductions, reductions
from .tables import as_dict
from .uncertainty import Band


@dataclass(frozen=True, eq=False)
class Result:
    """What one run found.

    Attributes
    ----------
    inputs : what it was run with, each parameter with its source in ``inputs.used``
    methane : of the site as it is, its conversions included
    unconverted : as if it had never been converted; None where it never was
    reductions : of the project, where there is one
    appraisal : of its costs, where they were given
    tool04_yearly : (Y,), tCO2e; tool04_monthly : (12·Y,), tCO2e
    landgem_volume : (Y,), m³ CH4; landgem_mass : (Y,), t CH4
    """

    inputs: Inputs
    methane: Methane
    unconverted: Methane | None = None
    reductions: Reductions | None = None
    appraisal: Appraisal | None = None
    tool04_yearly: FloatArray | None = None
    tool04_monthly: FloatArray | None = None
    landgem_volume: FloatArray | None = None
    landgem_mass: FloatArray | None = None

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What was accepted but should be looked at."""
        return self.inputs.notices + (self.appraisal.notices if self.appraisal else ())

    def figures(self, band: Band | None = None) -> list[Figure]:
        """The citable numbers; with ``band`` the total CH4 emitted carries its 95 % interval."""
        return as_figures(self, band)

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain lists, texts and numbers, ready for JSON."""
        return as_dict(self)


def run(inputs: Inputs) -> Result:
    """Compute one site by every method asked for.

    Parameters
    ----------
    inputs : made by :func:`trunghoa.landfill.resolve`

    Raises
    ------
    InputError
        when the costs of a project cannot be appraised.

    Source: IPCC 2006 and 2019 V5 ch3; CDM TOOL04; US EPA LandGEM 3.02; JCM TN_PM001.
    """
    found = reductions(inputs, inputs.project) if inputs.project is not None else None
    result = Result(
        inputs=inputs,
        methane=methane(inputs, inputs.mcf),
        unconverted=_unconverted(inputs),
        reductions=found,
        appraisal=_appraisal(inputs, found),
    )
    if inputs.tool04 is not None:
        result = _with_tool04(result)
    if inputs.landgem is not None:
        volume = landgem.methane_volume(inputs.deposited, inputs.landgem.k, inputs.landgem.l0)
        mass = landgem.methane_mass(volume, inputs.landgem.density)
        result = replace(result, landgem_volume=volume, landgem_mass=mass)
    return result


def methane(inputs: Inputs, mcf: FloatArray) -> Methane:
    """First-order decay of a site's deposits under the MCF of each year of deposit, (Y,)."""
    return first_order_decay(
        inputs.tonnes,
        mcf,
        inputs.doc,
        inputs.docf,
        inputs.k,
        f=inputs.f,
        oxidation=inputs.oxidation,
        recovered=inputs.recovered,
        reaction_start_month=inputs.reaction_start_month,
    )


def _unconverted(inputs: Inputs) -> Methane | None:
    if not inputs.site.conversions:
        return None
    level = np.full(len(inputs.years), inputs.mcf_first)
    # A site that had stayed anaerobic would have generated at least what was recovered, or more was
    # recovered than there can have been: what is recovered is then all of it.
    free = replace(inputs, recovered=np.zeros(len(inputs.years)))
    generated = methane(free, level).generated.sum(axis=1)
    return methane(replace(inputs, recovered=np.minimum(inputs.recovered, generated)), level)


def _with_tool04(result: Result) -> Result:
    inputs, tool = result.inputs, result.inputs.tool04
    if tool is None:
        return result
    arguments = {
        "docf": tool.docf,
        "mcf": tool.mcf,
        "f": tool.f,
        "oxidation": tool.oxidation,
        "phi": tool.phi,
        "captured": tool.captured,
        "gwp": float(inputs.gwp),
    }
    if "tool04_yearly" in inputs.choices.methods:
        yearly = tool04.yearly(inputs.tonnes, inputs.doc, inputs.k, **arguments)
        result = replace(result, tool04_yearly=yearly)
    if "tool04_monthly" in inputs.choices.methods:
        months = tool04.spread_over_months(inputs.tonnes)
        result = replace(result, tool04_monthly=tool04.monthly(months, inputs.doc, inputs.k, **arguments))
    return result


def _appraisal(inputs: Inputs, found: Reductions | None) -> Appraisal | None:
    if inputs.finance is None or found is None:
        return None
    early = found.years[0] - inputs.finance.first_year
    try:
        return appraise(inputs.finance, [0.0] * early + found.reduction.tolist(), gwp_set=inputs.gwp_set)
    except InputError as error:
        raise InputError(replace(p, field=f"finance.{p.field}") for p in error.problems) from None
