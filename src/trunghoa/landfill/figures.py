"""Figures of a landfill run: the numbers people cite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from trunghoa.quantities import Figure, Period, Quality, Status, from_float, worst
from trunghoa.quantities.gases import CH4_BIOGENIC

from . import fod, semi_aerobic
from .fod import FloatArray
from .inputs import Inputs

if TYPE_CHECKING:
    from .run import Result
    from .uncertainty import Band

SYSTEM = "S8"
AS_IS, REFERENCE, PROJECT = "as_is", "reference", "project"
_OTHER_METHODS = ("tool04.", "landgem.")


def as_figures(result: Result, band: Band | None = None) -> list[Figure]:
    """Every citable number of a run, in the order of kind, category and year."""
    return [*_site(result, band), *_project(result)]


def quality(inputs: Inputs, *, project: bool = False) -> Quality:
    """Worst quality of everything the numbers rest on; other methods' parameters do not count."""
    left_out = _OTHER_METHODS if project else (*_OTHER_METHODS, "project.", "gwp")
    return worst(
        [inputs.site.quality, *(p.quality for key, p in inputs.used.items() if not key.startswith(left_out))]
    )


def _site(result: Result, band: Band | None) -> Iterator[Figure]:
    inputs, methane = result.inputs, result.methane
    laid = inputs.years.index(inputs.last_deposit) + 1
    grade, method = quality(inputs), fod.METHOD[inputs.guideline]
    yield from _series(inputs, "landfill.deposited", inputs.deposited[:laid], grade=inputs.site.quality)
    for kind, by_type, gas, length in (
        ("landfill.ch4_generated", methane.generated, "CH4", len(inputs.years)),
        ("landfill.ch4_emitted", methane.emitted, "CH4", len(inputs.years)),
        ("landfill.carbon_stored", methane.stored, "", laid),
    ):
        bounds = band if kind == "landfill.ch4_emitted" else None
        total = by_type.sum(axis=1)[:length]
        yield from _series(inputs, kind, total, gas=gas, method=method, grade=grade, band=bounds)
        for column, waste in enumerate(inputs.waste_types):
            yield from _series(
                inputs, kind, by_type[:length, column], gas=gas, method=method, grade=grade, category=waste
            )


def _project(result: Result) -> Iterator[Figure]:
    inputs, found = result.inputs, result.reductions
    if found is None or inputs.project is None:
        return
    chosen = inputs.project.project
    method = semi_aerobic.METHOD.format(template=chosen.template, version=chosen.version)
    grade = quality(inputs, project=True)
    first = inputs.years.index(found.years[0])
    for scenario, by_type in ((REFERENCE, found.reference_ch4), (PROJECT, found.project_ch4)):
        yield from _series(
            inputs, "landfill.ch4_emitted", by_type.sum(axis=1),
            gas="CH4", method=method, grade=grade, scenario=scenario, first=first,
        )  # fmt: skip
    for kind, scenario, values in (
        ("landfill.reference_emissions", REFERENCE, found.reference),
        ("landfill.project_emissions", PROJECT, found.project),
        ("landfill.emission_reduction", PROJECT, found.reduction),
    ):
        yield from _series(
            inputs, kind, values,
            unit="tCO2e", method=method, grade=grade, scenario=scenario, first=first, status=Status.PLANNED,
        )  # fmt: skip
    if result.appraisal is not None:
        yield from result.appraisal.figures(inputs.site.key, quality=grade, source=inputs.site.source)


def _series(
    inputs: Inputs,
    kind: str,
    values: FloatArray,
    *,
    grade: Quality,
    unit: str = "t",
    gas: str = "",
    method: str = "",
    scenario: str = AS_IS,
    category: str = "",
    first: int = 0,
    status: Status = Status.PROJECTED,
    band: Band | None = None,
) -> Iterator[Figure]:
    co2e = unit == "tCO2e"
    for offset, value in enumerate(np.asarray(values).tolist()):
        year = inputs.years[first + offset]
        yield Figure(
            system=SYSTEM,
            kind=kind,
            place=inputs.site.key,
            period=Period.year(year),
            amount=from_float(value),
            unit=unit,
            status=status,
            quality=grade,
            source=inputs.site.source,
            method=method,
            gas=CH4_BIOGENIC if gas == "CH4" and co2e else gas,
            gwp_set=inputs.gwp_set if co2e else "",
            scenario=scenario,
            category=category,
            lower=from_float(band.lower[offset]) if band is not None else None,
            upper=from_float(band.upper[offset]) if band is not None else None,
        )
