"""The ``[project]`` and ``[finance]`` tables of ``site.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from trunghoa.quantities import N_

from .choices import Departure, Fuel, Project
from .finance import Terms
from .sections import Section
from .site import Checklist
from .waste import waste_type


def read_project(section: Section) -> Project | None:
    """Read a project; electricity and fuel are by year, or one number for each project year."""
    start, end = section.integer("start_year", required=True), section.integer("end_year")
    marks = section.section("checklist")
    checklist = Checklist(
        permeable_cover=marks.flag("permeable_cover"),
        leachate_drainage_not_sunk=marks.flag("leachate_drainage_not_sunk"),
        regulated_pondage=marks.flag("regulated_pondage"),
        gas_vents=marks.flag("gas_vents"),
    )
    marks.finish()
    default = Project(start_year=0)
    found = Project(
        start_year=start or 0,
        end_year=end,
        template=section.text("template") or default.template,
        version=section.text("version") or default.version,
        to=section.text("to") if "to" in section.data else default.to,
        checklist=checklist,
        electricity=_yearly(section, "electricity_mwh", start, end),
        grid_ef=section.number("grid_ef") or Decimal(0),
        grid_ef_source=section.text("grid_ef_source"),
        fuels=tuple(_fuel(fuel, start, end) for fuel in section.sections("fuels")),
        departure=_departure(section.section("departure")) if section.is_table("departure") else None,
    )
    section.asked.add("departure")
    section.finish()
    return found if start is not None else None


def _fuel(section: Section, start: int | None, end: int | None) -> Fuel:
    found = Fuel(
        name=section.text("name", required=True),
        tonnes=_yearly(section, "tonnes", start, end),
        ncv=section.number("ncv_tj_per_gg", required=True) or Decimal(0),
        ef=section.number("ef_tco2_per_tj", required=True) or Decimal(0),
        source=section.text("source", required=True),
    )
    section.finish()
    return found


def _departure(section: Section) -> Departure:
    docf: dict[str, Decimal] = {}
    for name, value in section.by_name("docf_reference").items():
        waste = section.parsed(f"docf_reference.{name}", lambda name=name: waste_type(name))  # type: ignore[misc]
        if waste is not None:
            docf[waste] = value
    found = Departure(section.text("reason", required=True), section.number("oxidation_reference"), docf)
    section.finish()
    return found


def _yearly(section: Section, key: str, start: int | None, end: int | None) -> dict[int, Decimal]:
    """By year, or one number that stands for each year of a project whose end is given."""
    if key not in section.data or section.is_table(key):
        return section.by_year(key)
    amount = section.number(key)
    if amount is None or start is None:
        return {}
    if end is None:
        section.refuse(
            key, N_("One number for every year needs a last year."), N_("Give end_year, or amounts by year.")
        )
        return {}
    return dict.fromkeys(range(start, end + 1), amount)


def read_finance(section: Section, start_year: int | None) -> Terms | None:
    """Read the money side; year 0 is ``first_year``, by default the project's first."""
    first = section.integer("first_year") if "first_year" in section.data else start_year
    section.asked.add("first_year")
    rate, price = section.number("discount_rate", required=True), section.number("price", required=True)
    share = section.number("share", required=True)
    opex: Mapping[int, Decimal] | Decimal
    if "opex" in section.data and not section.is_table("opex"):
        opex = section.number("opex") or Decimal(0)
    else:
        opex = section.by_year("opex")
    capex, grants = _at_first(section, "capex", first), _at_first(section, "grants", first)
    other = section.by_year("other_income")
    section.finish()
    if first is None or rate is None or price is None or share is None:
        return None
    return Terms(
        first_year=first,
        discount_rate=rate,
        price=price,
        share=share,
        capex=capex,
        opex=opex,
        grants=grants,
        other_income=other,
    )


def _at_first(section: Section, key: str, first: int | None) -> dict[int, Decimal]:
    """By year, or one number for the year of works."""
    if key not in section.data or section.is_table(key):
        return section.by_year(key)
    amount = section.number(key)
    return {first: amount} if amount is not None and first is not None else {}
