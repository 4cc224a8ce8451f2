"""Resolving what TOOL04, LandGEM and a project need besides the inventory's inputs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import numpy as np

from trunghoa.quantities import N_, Problem

from .choices import Choices, Project
from .climate_class import TEMPERATE_WET, TROPICAL_WET, ClimateClass
from .deposits import DepositArrays
from .fod import FloatArray
from .inputs import Landfill, LandgemInputs, ProjectInputs, Tool04Inputs
from .lookup import Lookup
from .semi_aerobic import class_problems, departure_notice, project_problems
from .site import Conversion, Site, SiteClass, mcf_shares
from .tool04 import high_water_table_mcf


def mcf_value(name: str, guideline: str, find: Lookup) -> float:
    hint = N_("IPCC 2006 knows fewer classes than 2019; choose IPCC2019 or give the value with its source.")
    return find.get(f"mcf.{name}", "landfill_mcf", hint=hint, guideline=guideline, mcf_class=name)


def tool04_inputs(
    choices: Choices, site: Site, managed: SiteClass, climate: ClimateClass, find: Lookup
) -> Tool04Inputs | None:
    """Arguments of TOOL04, or None when it was not asked for; the baseline is the site before conversions."""
    if not any(m.startswith("tool04") for m in choices.methods):
        return None
    chosen = choices.tool04
    wet = climate.name in (TROPICAL_WET, TEMPERATE_WET)
    weather = chosen.climate or ("humid" if wet else "dry")
    by_weather = {"climate": weather} if chosen.application == "B" else {}

    def item(name: str, **more: str) -> float:
        return find.get(f"tool04.{name}", "landfill_tool04", version=chosen.version, item=name, **more)

    if chosen.captured is None:
        captured = item("captured")
    else:
        captured = find.declare("tool04.captured", chosen.captured, unit="1", source="given with the site")
        if not 0 <= captured <= 1:
            find.problems.append(
                Problem(
                    N_("%(value)s is outside %(limit)s."),
                    N_("It is the share of the methane that is captured and burnt or used."),
                    field="tool04.captured",
                    value=str(chosen.captured),
                    limit="0 to 1",
                )
            )
    return Tool04Inputs(
        version=chosen.version,
        application=chosen.application,
        climate=weather,
        phi=item("phi", application=chosen.application, **by_weather),
        captured=captured,
        oxidation=item("oxidation"),
        f=item("f"),
        docf=item("docf"),
        mcf=_tool04_mcf(site, managed, chosen.version, find),
    )


def _tool04_mcf(site: Site, managed: SiteClass, version: str, find: Lookup) -> float:
    if site.mcf is not None:
        return site.mcf
    if site.water_table and site.depth and "tool04.mcf" not in find.overrides:
        return find.declare(
            "tool04.mcf",
            Decimal(repr(high_water_table_mcf(site.depth, site.water_table))),
            unit="1",
            source="CDM TOOL04, MCF = max(1 − 2/d, h_w/d) under a high water table, from memory",
        )
    hint = N_("The tool has no value for this class; give tool04.mcf with its source.")
    return find.get("tool04.mcf", "landfill_tool04_mcf", hint=hint, version=version, mcf_class=managed.name)


def landgem_inputs(choices: Choices, find: Lookup) -> LandgemInputs | None:
    """Arguments of LandGEM, or None when it was not asked for."""
    if "landgem" not in choices.methods:
        return None
    name, density = choices.landgem.parameter_set, choices.landgem.density
    return LandgemInputs(
        parameter_set=name,
        k=find.get("landgem.k", "landfill_landgem", unit="1/yr", set=name, item="k"),
        l0=find.get("landgem.l0", "landfill_landgem", unit="m3/t", set=name, item="l0"),
        density=find.get("landgem.density", "landfill_landgem", unit="kg/m3", set=density),
        density_at=density,
    )


def project_inputs(
    landfill: Landfill,
    laid: DepositArrays,
    managed: SiteClass,
    docf: FloatArray,
    oxidation: FloatArray,
    find: Lookup,
) -> ProjectInputs | None:
    """A project over the years of the run; oxidation and DOCf of the reference are the project's own."""
    project = landfill.project
    if project is None:
        return None
    problems = project_problems(project, landfill.site, laid.years, landfill.deposits.last)
    if problems:
        find.problems += problems
        return None
    classes, shares = _project_classes(project, landfill.site, managed, laid.years)
    find.problems += class_problems(classes)
    declared = landfill.site.mcf if not project.to else None
    values = np.array(
        [
            declared
            if declared is not None and name == managed.name
            else mcf_value(name, landfill.choices.guideline, find)
            for name in classes
        ]
    )
    departure = project.departure
    oxidation_reference, docf_reference = oxidation, docf
    if departure is not None:
        find.notices.append(departure_notice(departure))
        if departure.oxidation_reference is not None:
            oxidation_reference = np.full(len(laid.years), float(departure.oxidation_reference))
        docf_reference = np.array(
            [
                float(departure.docf_reference.get(waste, Decimal(repr(float(own)))))
                for waste, own in zip(laid.waste_types, docf, strict=True)
            ]
        )
    last = project.end_year if project.end_year is not None else laid.years[-1]
    return ProjectInputs(
        project=project,
        first=laid.years.index(project.start_year),
        last=laid.years.index(last),
        mcf_reference=find.get(
            "project.mcf_reference", "landfill_jcm",
            template=project.template, version=project.version, item="mcf_reference",
        ),
        mcf=shares @ values,
        mcf_classes=classes,
        oxidation_reference=oxidation_reference,
        docf_reference=docf_reference,
        electricity_co2=_electricity(project, laid.years, find),
        fuel_co2=_fuel(project, laid.years, find),
    )  # fmt: skip


def _project_classes(
    project: Project, site: Site, managed: SiteClass, years: tuple[int, ...]
) -> tuple[tuple[str, ...], FloatArray]:
    if not project.to:
        return mcf_shares(years, managed.name, site.conversions)
    start = Conversion(date(project.start_year, 1, 1), project.to, project.checklist)
    return mcf_shares(years, start.mcf_class, ())


def _electricity(project: Project, years: tuple[int, ...], find: Lookup) -> FloatArray:
    if not project.electricity:
        return np.zeros(len(years))
    factor = find.declare("project.grid_ef", project.grid_ef, unit="tCO2e/MWh", source=project.grid_ef_source)
    return _series(project.electricity, years) * factor


def _fuel(project: Project, years: tuple[int, ...], find: Lookup) -> FloatArray:
    """Fuel × NCV × EF: t × (TJ/Gg = GJ/t) × tCO2/TJ / 1000."""
    total = np.zeros(len(years))
    for fuel in project.fuels:
        ncv = find.declare(f"project.{fuel.name}.ncv", fuel.ncv, unit="TJ/Gg", source=fuel.source)
        ef = find.declare(f"project.{fuel.name}.ef", fuel.ef, unit="tCO2e/TJ", source=fuel.source)
        total += _series(fuel.tonnes, years) * (ncv * ef / 1000.0)
    return total


def _series(amounts: Mapping[int, Decimal], years: tuple[int, ...]) -> FloatArray:
    return np.array([float(amounts.get(year, 0)) for year in years])
