"""A landfill as a folder: ``site.toml`` and ``deposits.csv``. All problems are reported at once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from trunghoa.quantities import N_, InputError, PlaceKey, Problem, Quality, search_key

from .choices import METHODS, Choices, LandgemChoice, Override, Project, Recovery, Tool04Choice
from .deposits import DepositRow, Deposits, row_problems, series_problems, site_problems
from .finance import Terms
from .inputs import Landfill
from .read_deposits import Rows, read_rows
from .read_project import read_finance, read_project
from .sections import Section
from .site import Checklist, Climate, Conversion, Site
from .waste import waste_type

SITE_FILE, DEPOSITS_FILE = "site.toml", "deposits.csv"
# Attributes of a site whose key in the file says the unit.
KEYS = {"depth": "depth_m", "water_table": "water_table_m"}


class Folder(NamedTuple):
    """What a folder holds; ``as_of`` is None where the folder leaves the date to whoever runs it."""

    landfill: Landfill
    as_of: date | None


def read_folder(folder: Path) -> Folder:
    """Read a landfill.

    Raises
    ------
    InputError
        with one Problem for each thing wrong, naming file, row and field.
    """
    problems: list[Problem] = []
    root = Section("", _toml(folder / SITE_FILE, problems), SITE_FILE, problems)
    rows = read_rows(folder / DEPOSITS_FILE)
    if problems:
        raise InputError([*problems, *rows.problems])
    site = _site(root)
    choices, as_of = _model(root)
    composition = _composition(root.section("composition"))
    source = _deposits_source(root.section("deposits"))
    project = read_project(root.section("project")) if root.is_table("project") else None
    finance = _finance(root, project)
    gap_years = root.years("gap_years")
    root.finish()
    if rows.problems:
        problems += _beside(rows, site, gap_years, composed=root.is_table("composition"))
        raise InputError(sorted(problems, key=lambda p: (p.file == DEPOSITS_FILE, p.row or 0)))
    deposits = _deposits(rows.whole, composition, gap_years, source, problems)
    if not problems and site is not None and deposits is not None:
        try:
            return Folder(Landfill(site, deposits, choices, project, finance), as_of)
        except InputError as error:
            problems += error.at(file=DEPOSITS_FILE).problems
    raise InputError(problems)


def _beside(rows: Rows, site: Site | None, gap_years: tuple[int, ...], *, composed: bool) -> list[Problem]:
    """Problems of cells, and what can still be judged beside them: whole rows, and the years together."""
    found = row_problems(rows.whole, composed=composed)
    found += site_problems(rows.whole, site) if site is not None else []
    found += series_problems(rows.years, gap_years, all_known=rows.all_known)
    return [*rows.problems, *(problem.at(file=DEPOSITS_FILE) for problem in found)]


def located(error: InputError) -> InputError:
    """Name the file of problems found after reading: those with a row are of the deposits."""
    return InputError(
        p.at(file=DEPOSITS_FILE if p.row is not None or p.field in ("year", "total_t") else SITE_FILE)
        for p in error.problems
    )


def _toml(path: Path, problems: list[Problem]) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except FileNotFoundError:
        problems.append(Problem(N_("The file is missing."), file=path.name))
    except UnicodeDecodeError as error:
        problems.append(
            Problem(N_("The file is not UTF-8 (byte %(value)s)."), file=path.name, value=str(error.start))
        )
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(N_("The file is not TOML: %(value)s."), file=path.name, value=str(error)))
    return {}


def _deposits(
    rows: list[DepositRow],
    composition: dict[str, Decimal],
    gap_years: tuple[int, ...],
    source: str,
    problems: list[Problem],
) -> Deposits | None:
    try:
        return Deposits(tuple(rows), composition, gap_years, source)
    except InputError as error:
        problems += error.at(file=DEPOSITS_FILE).problems
        return None


def _site(root: Section) -> Site | None:
    section = root.section("site")
    name = section.text("name", required=True)
    opened = section.integer("opened", required=True)
    place = section.text("place")
    climate = _climate(root.section("climate"))
    checklist = read_checklist(section.section("checklist"))
    conversions = _conversions(root.sections("conversions"), checklist)
    status = section.text("status", known=[q.value for q in Quality])
    arguments = {
        "closed": section.integer("closed"),
        "place": section.parsed("place", lambda: PlaceKey.parse(place)) if place else None,
        "latitude": section.float("latitude"),
        "longitude": section.float("longitude"),
        "managed": section.flag("managed"),
        "depth": section.float("depth_m"),
        "water_table": section.float("water_table_m"),
        "high_water_table": section.flag("high_water_table"),
        "cover": section.text("cover"),
        "mcf_class": section.text("mcf_class"),
        "mcf": section.float("mcf"),
        "mcf_reason": section.text("mcf_reason"),
        "source": section.text("source", required=True),
    }
    slug = section.text("slug") or re.sub(r"[^a-z0-9]+", "-", search_key(name)).strip("-")
    if name and not slug:
        section.refuse(
            "slug",
            N_("No slug can be made from the name “%(value)s”."),
            N_("Give one: a-z, 0-9 and single hyphens."),
            value=name,
        )
    elif slug and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        section.refuse(
            "slug", N_("“%(value)s” is not a slug."), N_("Use a-z, 0-9 and single hyphens."), value=slug
        )
    section.finish()
    if root.problems or opened is None:
        return None
    try:
        return Site(
            PlaceKey("site", slug),
            name,
            opened,
            climate=climate,
            checklist=checklist,
            conversions=conversions,
            quality=Quality(status) if status else Quality.UNVERIFIED,
            **arguments,  # type: ignore[arg-type]
        )
    except InputError as error:
        for problem in error.problems:
            name = problem.field
            if not name.startswith("conversions"):
                name = f"site.{KEYS.get(name, name)}"
            root.problems.append(replace(problem, file=SITE_FILE, field=name))
        return None


def read_checklist(section: Section) -> Checklist:
    found = Checklist(
        permeable_cover=section.flag("permeable_cover"),
        leachate_drainage_not_sunk=section.flag("leachate_drainage_not_sunk"),
        regulated_pondage=section.flag("regulated_pondage"),
        gas_vents=section.flag("gas_vents"),
    )
    section.finish()
    return found


def _conversions(sections: list[Section], of_site: Checklist) -> tuple[Conversion, ...]:
    found: list[Conversion] = []
    for section in sections:
        on, to = section.day("on", required=True), section.text("to", required=True)
        own = read_checklist(section.section("checklist")) if section.is_table("checklist") else of_site
        source = section.text("source")
        section.finish()
        if on is not None:
            found.append(Conversion(on, to, own, source))
    return tuple(found)


def _climate(section: Section) -> Climate:
    found = Climate(
        mat=section.float("mat_c"),
        map=section.float("map_mm"),
        pet=section.float("pet_mm"),
        given=section.text("class"),
        reason=section.text("reason"),
        source=section.text("source"),
    )
    section.finish()
    return found


def _composition(section: Section) -> dict[str, Decimal]:
    unit = section.text("unit", known=("1", "%"))
    source = section.text("source")
    shares: dict[str, Decimal] = {}
    for name, share in section.by_name("shares").items():
        waste = section.parsed(f"shares.{name}", lambda name=name: waste_type(name))  # type: ignore[misc]
        if waste in shares:
            section.refuse(f"shares.{name}", N_("The waste type %(value)s stands twice."), value=waste)
        elif waste is not None:
            shares[waste] = share / 100 if unit == "%" else share
    if shares and not source:
        section.refuse("source", N_("A composition needs a source."))
    section.finish()
    return shares


def _deposits_source(section: Section) -> str:
    source = section.text("source")
    section.finish()
    return source


def _model(root: Section) -> tuple[Choices, date | None]:
    section = root.section("model")
    as_of = section.day("as_of")
    default = Choices()
    by_class = section.data.get("oxidation") in ("none", "well_managed_cover")
    tool, landgem = root.section("tool04"), root.section("landgem")
    choices = Choices(
        guideline=section.text("guideline") or default.guideline,
        reaction_start_month=section.float("reaction_start_month"),
        oxidation=None if by_class else section.number("oxidation"),
        oxidation_class=section.text("oxidation") if by_class else default.oxidation_class,
        oxidation_reason=section.text("oxidation_reason"),
        horizon=section.integer("horizon"),
        gwp_set=section.text("gwp_set") or default.gwp_set,
        methods=section.texts("methods", default.methods),
        recovery=_recovery(root.section("recovery")),
        tool04=Tool04Choice(
            version=tool.text("version") or default.tool04.version,
            application=tool.text("application", known=("A", "B")) or default.tool04.application,
            climate=tool.text("climate", known=("humid", "dry")),
            captured=tool.number("captured"),
        ),
        landgem=LandgemChoice(
            parameter_set=landgem.text("set") or default.landgem.parameter_set,
            density=landgem.text("density", known=("density_20C", "density_0C")) or default.landgem.density,
        ),
        overrides=_overrides(root.sections("overrides")),
    )
    for part in (section, tool, landgem):
        part.finish()
        _refuse_unused(root, part.name, choices.methods)
    return choices, as_of


def _refuse_unused(root: Section, table: str, methods: tuple[str, ...]) -> None:
    """A table for a method that is not asked for would change nothing: that must not pass in silence."""
    forms = [m for m in METHODS if m.startswith(table)]
    if root.is_table(table) and not set(forms) & set(methods) and table != "model":
        root.refuse(
            table,
            N_("The method that this table is for is not asked for."),
            N_("Add %(limit)s to model.methods, or leave the table out."),
            limit=" / ".join(forms),
        )


def _recovery(section: Section) -> Recovery:
    found = Recovery(
        tonnes=section.by_year("tonnes"),
        fraction=section.by_year("fraction"),
        metered=bool(section.flag("metered")),
        semi_aerobic_reason=section.text("semi_aerobic_reason"),
        source=section.text("source"),
    )
    if (found.tonnes or found.fraction) and not found.source:
        section.refuse("source", N_("Recovered methane needs a source."))
    section.finish()
    return found


def _overrides(sections: list[Section]) -> dict[str, Override]:
    found: dict[str, Override] = {}
    for section in sections:
        key, value = section.text("parameter", required=True), section.number("value", required=True)
        status = section.text("status", known=[q.value for q in Quality])
        override = Override(
            value=value if value is not None else Decimal(0),
            source=section.text("source", required=True),
            quality=Quality(status) if status else Quality.UNVERIFIED,
            lower=section.number("lower"),
            upper=section.number("upper"),
            basis=section.text("basis", known=("wet", "dry")),
            dry_matter=section.number("dry_matter"),
        )
        section.finish()
        if key in found:
            section.refuse("parameter", N_("The parameter %(value)s stands twice."), value=key)
        found[key] = override
    return found


def _finance(root: Section, project: Project | None) -> Terms | None:
    if not root.is_table("finance"):
        return None
    if not root.is_table("project"):
        root.refuse("finance", N_("There are costs, but no project that they belong to."))
    return read_finance(root.section("finance"), project.start_year if project is not None else None)
