"""Semi-aerobic landfill project: reference, project and reduction, after the JCM methodology TN_PM001.

The template ``JCM_SEMI_AEROBIC`` takes over the Tunisian methodology; none approved for Viet Nam was found,
so its parameters are unverified. Reference: an anaerobic managed site receives the monitored waste of each
project year. Project: the same waste at the site's semi-aerobic MCF, plus electricity and fuel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from trunghoa.quantities import N_, Problem

from .choices import JCM_SEMI_AEROBIC, Departure, Project
from .fod import FloatArray, first_order_decay
from .inputs import Inputs, ProjectInputs
from .site import SEMI_AEROBIC, Site

METHOD = "{template} version {version}, after JCM TN_PM001"
_AERATED = frozenset({"managed_well_active_aeration", "managed_poorly_active_aeration"})


@dataclass(frozen=True, eq=False)
class Reductions:
    """Reference, project and reduction of each counted year (N,).

    Attributes
    ----------
    years : N calendar years
    reference_ch4, project_ch4 : (N, J), t CH4 emitted, by waste type
    electricity, fuel : (N,), t CO2
    reference, project, reduction : RE, PE and ER = RE − PE, (N,), tCO2e
    reduction_same_basis : ER with the project's OX and DOCf on both sides, where a departure was declared
    """

    years: tuple[int, ...]
    reference_ch4: FloatArray
    project_ch4: FloatArray
    electricity: FloatArray
    fuel: FloatArray
    reference: FloatArray
    project: FloatArray
    reduction: FloatArray
    reduction_same_basis: FloatArray | None


def reductions(inputs: Inputs, project: ProjectInputs) -> Reductions:
    """Emission reduction of a project, year by year.

    RE = CH4 of an anaerobic managed site by FOD × GWP; PE = CH4 of the project's site × GWP
    + electricity × grid factor + fuel × NCV × EF; ER = RE − PE. Only waste deposited from the first project
    year on counts, in both.

    Source: JCM TN_PM001, introduction of semi-aerobic landfill technology in SWDS.
    """
    tonnes = inputs.tonnes.copy()
    tonnes[: project.first] = 0.0
    counted = slice(project.first, project.last + 1)
    level = np.full(len(inputs.years), project.mcf_reference)
    proposed = _emitted(inputs, tonnes, project.mcf, inputs.docf, inputs.oxidation)[counted]
    same = _emitted(inputs, tonnes, level, inputs.docf, inputs.oxidation)[counted]
    reference = same
    departs = project.project.departure is not None
    if departs:
        reference = _emitted(inputs, tonnes, level, project.docf_reference, project.oxidation_reference)[
            counted
        ]
    gwp = float(inputs.gwp)
    electricity, fuel = project.electricity_co2[counted], project.fuel_co2[counted]
    pe = proposed.sum(axis=1) * gwp + electricity + fuel
    re = reference.sum(axis=1) * gwp
    return Reductions(
        years=inputs.years[counted],
        reference_ch4=reference,
        project_ch4=proposed,
        electricity=electricity,
        fuel=fuel,
        reference=re,
        project=pe,
        reduction=re - pe,
        reduction_same_basis=same.sum(axis=1) * gwp - pe if departs else None,
    )


def _emitted(
    inputs: Inputs, tonnes: FloatArray, mcf: FloatArray, docf: FloatArray, oxidation: FloatArray
) -> FloatArray:
    return first_order_decay(
        tonnes,
        mcf,
        inputs.doc,
        docf,
        inputs.k,
        f=inputs.f,
        oxidation=oxidation,
        recovered=np.zeros(len(inputs.years)),
        reaction_start_month=inputs.reaction_start_month,
    ).emitted


def project_problems(
    project: Project, site: Site, years: tuple[int, ...], last_deposit: int
) -> list[Problem]:
    """Everything in a project's description that cannot be computed or must not be credited."""
    found: list[Problem] = []
    if project.template != JCM_SEMI_AEROBIC:
        found.append(
            Problem(
                N_("“%(value)s” is not a known template."),
                N_("Use %(limit)s."),
                field="project.template",
                value=project.template,
                limit=JCM_SEMI_AEROBIC,
            )
        )
    if not years[0] <= project.start_year <= last_deposit:
        found.append(
            Problem(
                N_("The project starts in %(value)s, but waste is deposited in %(limit)s only."),
                N_("Only waste deposited under the project can be credited."),
                field="project.start_year",
                value=str(project.start_year),
                limit=f"{years[0]} to {last_deposit}",
            )
        )
    if project.end_year is not None and not project.start_year <= project.end_year <= years[-1]:
        found.append(
            Problem(
                N_("The project ends in %(value)s; it can end from %(limit)s."),
                N_("Set the horizon later, or correct the year."),
                field="project.end_year",
                value=str(project.end_year),
                limit=f"{project.start_year} to {years[-1]}",
            )
        )
    if not project.to and not site.conversions:
        found.append(
            Problem(
                N_("The project says nothing about how the waste is laid down."),
                N_('Write to = "semi_aerobic", or give the site a dated conversion.'),
                field="project.to",
            )
        )
    if project.departure is not None and not project.departure.reason:
        found.append(
            Problem(
                N_("Reference and project differ in oxidation or DOCf without a reason."),
                N_("Name the methodology and its paragraph, or leave the departure out."),
                field="project.departure.reason",
            )
        )
    return found + _departure_problems(project.departure) + _energy_problems(project, years)


def _departure_problems(departure: Departure | None) -> list[Problem]:
    if departure is None:
        return []
    given = {f"docf_reference.{waste}": value for waste, value in departure.docf_reference.items()}
    if departure.oxidation_reference is not None:
        given["oxidation_reference"] = departure.oxidation_reference
    return [
        Problem(
            N_("%(value)s is outside %(limit)s."),
            field=f"project.departure.{name}",
            value=str(value),
            limit="0 to 1",
        )
        for name, value in given.items()
        if not 0 <= value <= 1
    ]


def _energy_problems(project: Project, years: tuple[int, ...]) -> list[Problem]:
    found: list[Problem] = []
    if project.electricity and (project.grid_ef <= 0 or not project.grid_ef_source):
        found.append(
            Problem(
                N_("Electricity is used, but its emission factor or the factor's source is missing."),
                N_("Give grid_ef in tCO2e/MWh and grid_ef_source."),
                field="project.grid_ef",
                value=str(project.grid_ef),
            )
        )
    series: list[tuple[str, Mapping[int, Decimal]]] = [("project.electricity", project.electricity)]
    for fuel in project.fuels:
        series.append((f"project.fuels.{fuel.name}", fuel.tonnes))
        if not fuel.source or fuel.ncv <= 0 or fuel.ef <= 0:
            found.append(
                Problem(
                    N_("The fuel %(value)s needs ncv (TJ/Gg), ef (tCO2/TJ) and a source."),
                    field=f"project.fuels.{fuel.name}",
                    value=fuel.name,
                )
            )
    for label, amounts in series:
        for year, amount in amounts.items():
            if year not in years or not amount.is_finite() or amount < 0:
                found.append(
                    Problem(
                        N_(
                            "%(value)s is not an amount the project can use in a year of the run (%(limit)s)."
                        ),
                        field=f"{label}.{year}",
                        value=str(amount),
                        limit=f"{years[0]} to {years[-1]}",
                    )
                )
    return found


def class_problems(classes: tuple[str, ...]) -> list[Problem]:
    """A project that is credited for air must end up with air."""
    if classes and classes[-1] in SEMI_AEROBIC | _AERATED:
        return []
    return [
        Problem(
            N_("The project leaves the site %(value)s, which is neither semi-aerobic nor aerated."),
            field="project.to",
            value=classes[-1] if classes else "",
        )
    ]


def departure_notice(departure: Departure) -> Problem:
    """A declared departure is always shown."""
    parts = [f"OX {departure.oxidation_reference}"] if departure.oxidation_reference is not None else []
    parts += [f"DOCf {waste} {value}" for waste, value in departure.docf_reference.items()]
    return Problem(
        N_("The reference departs from the project: %(value)s. Reason given: %(limit)s."),
        field="project.departure",
        value=", ".join(parts),
        limit=departure.reason,
    )
