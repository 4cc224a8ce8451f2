"""The landfills of a workspace, put together from their tables for the kernel."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

from trunghoa.landfill import (
    Checklist,
    Choices,
    Climate,
    Conversion,
    Landfill,
    Project,
    Recovery,
    Site,
    waste_type,
)
from trunghoa.landfill.finance import Terms
from trunghoa.parameters import Parameter, Parameters
from trunghoa.quantities import N_, InputError, PlaceKey, Problem, Quality, worst

from .deposits import FILE as DEPOSITS
from .deposits import deposits_of
from .model import LandfillRecord
from .rows import (
    Backed,
    LandfillClimate,
    LandfillConversion,
    LandfillProject,
    LandfillRow,
)
from .settings import Settings

Row = TypeVar("Row", bound=Backed)
Numbered = list[tuple[int, Any]]
Rows = Mapping[str, Numbered]


@dataclass(frozen=True)
class _Parts:
    """The rows of one site."""

    row_number: int
    row: LandfillRow
    climate: Numbered
    deposits: Numbered
    conversions: Numbered
    recovery: Numbered
    projects: Numbered


def landfill_records(
    settings: Settings, tables: Rows, parameters: Parameters, problems: list[Problem], notices: list[Problem]
) -> tuple[LandfillRecord, ...]:
    """One record per row of ``landfills.csv``; faults go to ``problems`` with their own file and row."""
    rule = parameters.get("landfill_settings", as_of=settings.as_of, item="composition_refused")
    shares = _compositions(tables, rule, problems, notices)
    by_site = {
        name: _by_site(tables.get(name, []))
        for name in (
            "landfill_climate",
            "landfill_deposits",
            "landfill_conversions",
            "landfill_recovery",
            "landfill_projects",
        )
    }
    records = []
    for number, row in tables.get("landfills", ()):
        parts = _Parts(number, row, *(found[row.slug] for found in by_site.values()))
        records.append(_record(settings, parts, shares, problems, notices))
    return tuple(records)


def _by_site(rows: Numbered) -> dict[str, Numbered]:
    found: dict[str, Numbered] = defaultdict(list)
    for number, row in rows:
        found[row.site].append((number, row))
    return found


def _compositions(
    tables: Rows, rule: Parameter, problems: list[Problem], notices: list[Problem]
) -> dict[str, dict[str, Decimal]]:
    """Shares by composition. How far a sum may be from 1 is a rule of the kernel, kept as a parameter."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    first_row: dict[str, int] = {}
    file = "compositions.csv"
    for number, row in tables.get("compositions", ()):
        first_row.setdefault(row.composition, number)
        try:
            found[row.composition][waste_type(row.waste)] = row.share
        except InputError as error:
            problems += error.at(file=file, row=number, field="waste").problems
        if not 0 <= row.share <= 1:
            problems.append(
                Problem(
                    N_("%(value)s is outside %(limit)s."), "", file, number, "share", str(row.share), "0 to 1"
                )
            )
    for code, shares in found.items():
        total = sum(shares.values(), Decimal(0))
        if abs(total - 1) > rule.value:
            problems.append(
                Problem(
                    N_("The shares of %(value)s add up to %(limit)s, not 1."),
                    N_("Check the shares."),
                    file,
                    first_row[code],
                    "share",
                    code,
                    str(total),
                    rule.source,
                )
            )
        elif total != 1:
            notices.append(
                Problem(
                    N_("The shares of %(value)s add up to %(limit)s; they are scaled to 1."),
                    "",
                    file,
                    first_row[code],
                    "share",
                    code,
                    str(total),
                )
            )
    return found


def _record(
    settings: Settings,
    parts: _Parts,
    shares: Mapping[str, Mapping[str, Decimal]],
    problems: list[Problem],
    notices: list[Problem],
) -> LandfillRecord:
    row = parts.row
    rows = (parts.climate, parts.deposits, parts.conversions, parts.recovery)
    quality = worst([row.quality, *(r.quality for found in rows for _, r in found)])
    project = parts.projects[0][1] if parts.projects else None
    problems += [
        Problem(
            N_("%(value)s has a project already, in row %(limit)s."),
            N_("Put alternatives in a workspace of their own."),
            "landfill_projects.csv",
            number,
            "site",
            row.slug,
            str(parts.projects[0][0]),
        )
        for number, _ in parts.projects[1:]
    ]
    landfill = None
    if not parts.deposits:
        notices.append(
            Problem(
                N_("%(value)s has no deposits: it is listed and not modelled."),
                "",
                "landfills.csv",
                parts.row_number,
                "slug",
                row.slug,
            )
        )
    elif row.opened is None:
        problems.append(
            Problem(
                N_("%(value)s has deposits but no year of opening."),
                N_("Give the year, or leave the deposits out."),
                "landfills.csv",
                parts.row_number,
                "opened",
                row.slug,
            )
        )
    else:
        before = len(problems)
        made = _landfill(settings, parts, row.opened, shares.get(row.composition, {}), quality, problems)
        landfill = made if len(problems) == before else None
    return LandfillRecord(row, landfill, project, quality)


def _landfill(
    settings: Settings,
    parts: _Parts,
    opened: int,
    shares: Mapping[str, Decimal],
    quality: Quality,
    problems: list[Problem],
) -> Landfill | None:
    site, deposits = _site(parts, opened, quality, problems), deposits_of(parts.deposits, shares, problems)
    project, terms = _project(parts)
    if site is None or deposits is None:
        return None
    try:
        return Landfill(
            site=site,
            deposits=deposits,
            choices=Choices(
                gwp_set=settings.gwp_set,
                oxidation_class=parts.row.oxidation_class or "none",
                recovery=_recovery(parts),
            ),
            project=project,
            finance=terms,
        )
    except InputError as error:
        problems += error.at(file=DEPOSITS).problems
    return None


def _site(parts: _Parts, opened: int, quality: Quality, problems: list[Problem]) -> Site | None:
    row = parts.row
    try:
        return Site(
            key=PlaceKey("site", row.slug),
            name=row.name_vi,
            opened=opened,
            closed=row.closed,
            place=row.place,
            latitude=_float(row.latitude),
            longitude=_float(row.longitude),
            climate=_climate(parts.climate),
            managed=row.managed,
            depth=_float(row.depth),
            water_table=_float(row.water_table),
            cover=row.cover,
            checklist=_checklist(row),
            mcf_class=row.mcf_class,
            mcf_reason=row.mcf_reason,
            conversions=tuple(
                Conversion(on=c.on, to=c.to, checklist=_checklist(c), source=c.source)
                for _, c in _in_order(parts.conversions)
            ),
            source=row.source,
            quality=quality,
        )
    except InputError as error:
        problems += [_placed(p, parts) for p in error.problems]
    return None


def _placed(problem: Problem, parts: _Parts) -> Problem:
    """A fault of the site in the file and row it comes from: ``conversions[2].on`` is the second one."""
    match = re.match(r"conversions(?:\[(\d+)\]\.)?(.*)", problem.field)
    if match is None:
        return problem.at(file="landfills.csv", row=parts.row_number)
    number, _ = _in_order(parts.conversions)[int(match[1] or 1) - 1]
    return replace(problem, file="landfill_conversions.csv", row=number, field=match[2] or "on")


def _in_order(conversions: Numbered) -> Numbered:
    return sorted(conversions, key=lambda numbered: numbered[1].on)


def _climate(rows: Numbered) -> Climate:
    if not rows:
        return Climate()
    row: LandfillClimate = rows[0][1]
    return Climate(
        mat=_float(row.mat),
        map=_float(row.map),
        pet=_float(row.pet),
        given=row.given,
        reason=row.reason,
        source=row.source,
    )


def _checklist(row: LandfillRow | LandfillConversion | LandfillProject) -> Checklist:
    return Checklist(
        permeable_cover=row.permeable_cover,
        leachate_drainage_not_sunk=row.leachate_drainage_not_sunk,
        regulated_pondage=row.regulated_pondage,
        gas_vents=row.gas_vents,
    )


def _recovery(parts: _Parts) -> Recovery:
    rows = [row for _, row in parts.recovery]
    return Recovery(
        tonnes=MappingProxyType({row.year: row.tonnes for row in rows}),
        metered=bool(rows) and all(row.metered for row in rows),
        source="; ".join(dict.fromkeys(row.source for row in rows)),
    )


def _project(parts: _Parts) -> tuple[Project | None, Terms | None]:
    if not parts.projects:
        return None, None
    row: LandfillProject = parts.projects[0][1]
    counted = range(row.works_year + 1, row.end_year + 1)
    project = Project(
        start_year=row.works_year + 1,
        end_year=row.end_year,
        to=row.to,
        checklist=_checklist(row),
        electricity=MappingProxyType(
            dict.fromkeys(counted, row.electricity_mwh_per_year) if row.electricity_mwh_per_year else {}
        ),
        grid_ef=row.grid_ef_tco2_per_mwh,
        grid_ef_source=row.grid_ef_source,
    )
    terms = Terms(
        first_year=row.works_year,
        discount_rate=row.discount_rate,
        price=row.price_usd_per_tco2e,
        share=row.credit_share,
        capex=MappingProxyType({row.works_year: row.capex_usd}),
        opex=row.opex_usd_per_year,
        grants=MappingProxyType({row.works_year: row.grant_usd}),
    )
    return project, terms


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
