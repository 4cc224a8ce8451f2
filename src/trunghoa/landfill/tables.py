"""A run as plain lists, texts and numbers: what JSON, a notebook or a page shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from trunghoa.parameters import Parameter

from .fod import METHOD, FloatArray
from .inputs import Inputs
from .semi_aerobic import Reductions
from .tool04 import sum_of_years

if TYPE_CHECKING:
    from .finance import Appraisal
    from .run import Result


def as_dict(result: Result) -> dict[str, Any]:
    """Everything a run used and found. Mass in t, CO2e in tCO2e of the set named under ``gwp``."""
    inputs, methane = result.inputs, result.methane
    table: dict[str, Any] = {
        "site": _site(inputs),
        "guideline": inputs.guideline,
        "method": METHOD[inputs.guideline],
        "as_of": inputs.as_of.isoformat(),
        "reaction_start_month": inputs.reaction_start_month,
        "gwp": {"set": inputs.gwp_set, "ch4": float(inputs.gwp)},
        "years": list(inputs.years),
        "waste_types": list(inputs.waste_types),
        "deposited_t": inputs.deposited.tolist(),
        "deposits_t": _columns(inputs, inputs.tonnes),
        "mcf": inputs.mcf.tolist(),
        "oxidation": inputs.oxidation.tolist(),
        "ch4_generated_t": _by_type(inputs, methane.generated),
        "ch4_recovered_t": methane.recovered.tolist(),
        "ch4_emitted_t": _by_type(inputs, methane.emitted),
        "carbon_stored_t": _by_type(inputs, methane.stored),
        "carbon_left_t": methane.accumulated.sum(axis=1).tolist(),
    }
    if result.unconverted is not None:
        table["without_conversions"] = {
            "ch4_generated_t": _by_type(inputs, result.unconverted.generated),
            "ch4_emitted_t": _by_type(inputs, result.unconverted.emitted),
        }
    table |= _other_methods(result)
    if result.reductions is not None:
        table["project"] = _project(inputs, result.reductions)
    if result.appraisal is not None:
        table["finance"] = _finance(result.appraisal)
    table["parameters"] = [parameter_row(key, p) for key, p in inputs.used.items()]
    table["notices"] = [str(notice) for notice in result.notices]
    return table


def parameter_row(key: str, parameter: Parameter) -> dict[str, Any]:
    """One line of the provenance table."""
    return {
        "key": key,
        "parameter": parameter.label,
        "value": float(parameter.value),
        "unit": parameter.unit,
        "lower": None if parameter.lower is None else float(parameter.lower),
        "upper": None if parameter.upper is None else float(parameter.upper),
        "status": parameter.quality.value,
        "source": parameter.source,
        "note": parameter.note,
    }


def _site(inputs: Inputs) -> dict[str, Any]:
    site = inputs.site
    return {
        "key": str(site.key),
        "name": site.name,
        "place": str(site.place) if site.place is not None else None,
        "opened": site.opened,
        "closed": site.closed,
        "source": site.source,
        "status": site.quality.value,
        "climate_class": {
            "name": inputs.climate.name,
            "comparisons": [
                {**asdict(c), "value": float(c.value), "threshold": float(c.threshold)}
                for c in inputs.climate.comparisons
            ],
            "reason": inputs.climate.reason,
        },
        "mcf_class": {"name": inputs.mcf_classes[0], "because": str(inputs.site_class)},
        "conversions": [
            {"on": c.on.isoformat(), "to": c.mcf_class, "lacking": list(c.checklist.lacking)}
            for c in site.conversions
        ],
    }


def _columns(inputs: Inputs, values: FloatArray) -> dict[str, list[float]]:
    return dict(zip(inputs.waste_types, values.T.tolist(), strict=True))


def _by_type(inputs: Inputs, values: FloatArray) -> dict[str, Any]:
    return {"total": values.sum(axis=1).tolist(), "by_type": _columns(inputs, values)}


def _other_methods(result: Result) -> dict[str, Any]:
    inputs, table = result.inputs, {}
    if inputs.tool04 is not None:
        table["tool04"] = asdict(inputs.tool04)
        if result.tool04_yearly is not None:
            table["tool04"]["yearly_tco2e"] = result.tool04_yearly.tolist()
        if result.tool04_monthly is not None:
            table["tool04"]["months"] = [f"{y:04d}-{m:02d}" for y in inputs.years for m in range(1, 13)]
            table["tool04"]["monthly_tco2e"] = result.tool04_monthly.tolist()
            table["tool04"]["monthly_by_year_tco2e"] = sum_of_years(result.tool04_monthly).tolist()
    if inputs.landgem is not None and result.landgem_volume is not None and result.landgem_mass is not None:
        table["landgem"] = asdict(inputs.landgem) | {
            "ch4_m3": result.landgem_volume.tolist(),
            "ch4_t": result.landgem_mass.tolist(),
        }
    return table


def _project(inputs: Inputs, found: Reductions) -> dict[str, Any]:
    same = found.reduction_same_basis
    return {
        "template": inputs.project.project.template if inputs.project is not None else "",
        "version": inputs.project.project.version if inputs.project is not None else "",
        "gwp_set": inputs.gwp_set,
        "years": list(found.years),
        "reference_ch4_t": found.reference_ch4.sum(axis=1).tolist(),
        "project_ch4_t": found.project_ch4.sum(axis=1).tolist(),
        "electricity_tco2": found.electricity.tolist(),
        "fuel_tco2": found.fuel.tolist(),
        "reference_tco2e": found.reference.tolist(),
        "project_tco2e": found.project.tolist(),
        "reduction_tco2e": found.reduction.tolist(),
        "cumulative_reduction_tco2e": np.cumsum(found.reduction).tolist(),
        "reduction_same_basis_tco2e": same.tolist() if same is not None else None,
    }


def _finance(appraisal: Appraisal) -> dict[str, Any]:
    return {
        "years": list(appraisal.years),
        "gwp_set": appraisal.gwp_set,
        "cash_flow_usd": appraisal.cash_flow.tolist(),
        "reduction_tco2e": appraisal.reduction,
        "reduction_discounted_tco2e": appraisal.reduction_discounted,
        "cost_usd": appraisal.cost,
        "cost_discounted_usd": appraisal.cost_discounted,
        "grant_usd": appraisal.grant,
        "npv_usd": appraisal.npv,
        "irr": list(appraisal.irr),
        "levelised_cost_usd_per_tco2e": appraisal.levelised_cost,
        "undiscounted_cost_usd_per_tco2e": appraisal.undiscounted_cost,
        "grant_usd_per_tco2e": appraisal.grant_per_tonne,
        "break_even_price_usd_per_tco2e": appraisal.break_even_price,
    }
