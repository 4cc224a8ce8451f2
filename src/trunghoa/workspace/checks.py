"""What must hold between the rows of a workspace."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from trunghoa.parameters import Parameters
from trunghoa.quantities import (
    N_,
    Figure,
    Gazetteer,
    InputError,
    Place,
    PlaceError,
    PlaceKey,
    Problem,
    Quality,
    TrungHoaError,
)

from .model import StatedReport
from .rows import (
    TABLES,
    Backed,
    Commitment,
    LandfillRow,
    Organisation,
    PlaceRow,
    Report,
    ReportFigure,
    System,
    SystemLead,
)
from .settings import FILE, Settings
from .tables import columns, key_of

Rows = Mapping[str, list[tuple[int, Any]]]


def check_rows(
    settings: Settings, tables: Rows, parameters: Parameters, broken: Collection[str]
) -> list[Problem]:
    """References, life spans, places, systems and GWP sets; ``broken`` tables were not read whole."""
    problems = [p for table in tables for p in _references(table, tables, broken)]
    problems += [p for table in tables for p in _spans(table, tables[table])]
    problems += [
        Problem(
            N_("“%(value)s” is not a system: write S1, S2 …"), "", "systems.csv", number, "code", row.code
        )
        for number, row in tables.get("systems", ())
        if isinstance(row, System) and not re.fullmatch(r"S[1-9]\d?", row.code)
    ]
    if not problems and "places" not in broken:
        problems += _place_problems(settings, tables)
    problems += _gwp_sets(settings, tables, parameters)
    return problems


def _references(table: str, tables: Rows, broken: Collection[str]) -> Iterator[Problem]:
    for column in columns(TABLES[table]):
        target, _, part = column.refers_to.partition(".")
        if not target or target in broken:
            continue
        known = {getattr(row, part) if part else key_of(row) for _, row in tables.get(target, ())}
        for number, row in tables[table]:
            value = str(getattr(row, column.name) or "")
            if value and value not in known:
                yield Problem(
                    N_("“%(value)s” does not stand in %(limit)s."),
                    N_("Correct it, or add its row there."),
                    f"{table}.csv",
                    number,
                    column.name,
                    value,
                    f"{target}.csv",
                )


def _spans(table: str, rows: Iterable[tuple[int, Backed]]) -> Iterator[Problem]:
    for number, row in rows:
        if isinstance(row, PlaceRow | Organisation | SystemLead):
            first, last, field = row.valid_from, row.valid_to, "valid_to"
        elif isinstance(row, Commitment):
            first, last, field = row.recorded_on, row.due, "due"
        else:
            return
        if first and last and last < first:
            yield Problem(
                N_("%(value)s lies before %(limit)s."),
                "",
                f"{table}.csv",
                number,
                field,
                str(last),
                str(first),
            )


def _place_problems(settings: Settings, tables: Rows) -> Iterator[Problem]:
    try:
        gazetteer = gazetteer_of(tables)
    except PlaceError as error:
        yield Problem(str(error).replace("%", "%%"), file="places.csv")
        return
    if settings.country not in gazetteer.places:
        yield Problem(
            N_("“%(value)s” does not stand in %(limit)s."),
            file=FILE,
            field="country",
            value=str(settings.country),
            limit="places.csv",
        )
    for number, row in tables.get("landfills", ()):
        try:
            gazetteer.unit_on(row.place, settings.as_of)
        except PlaceError as error:
            yield Problem(str(error).replace("%", "%%"), "", "landfills.csv", number, "place", str(row.place))


def _gwp_sets(settings: Settings, tables: Rows, parameters: Parameters) -> Iterator[Problem]:
    known = {dict(row.keys)["gwp_set"] for row in parameters.rows("gwp")}
    named: list[tuple[str, int | None, str]] = [(FILE, None, settings.gwp_set)]
    named += [("report_figures.csv", n, r.gwp_set) for n, r in tables.get("report_figures", ()) if r.gwp_set]
    for file, number, name in named:
        if name not in known:
            yield Problem(
                N_("“%(value)s” is not one of: %(limit)s."),
                "",
                file,
                number,
                "gwp_set",
                name,
                ", ".join(sorted(known)),
            )


def gazetteer_of(tables: Rows) -> Gazetteer:
    """Administrative units, and each landfill as a site in its unit."""
    return Gazetteer.of(
        [
            *(_unit(row) for _, row in tables.get("places", ())),
            *(_site(row) for _, row in tables.get("landfills", ())),
        ]
    )


def _unit(row: PlaceRow) -> Place:
    return Place(
        key=row.place,
        kind=row.kind.value,
        names={"vi": row.name_vi, "ja": row.name_ja, "en": row.name_en},
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        parent=row.parent,
        successor=row.successor,
        iso3166_2=row.iso3166_2,
        source=row.source,
        verified=row.quality is Quality.VERIFIED,
    )


def _site(row: LandfillRow) -> Place:
    return Place(
        key=PlaceKey("site", row.slug),
        kind="site",
        names={"vi": row.name_vi, "ja": row.name_ja, "en": row.name_en},
        parent=row.place,
        source=row.source,
        verified=row.quality is Quality.VERIFIED,
    )


def stated_reports(tables: Rows, problems: list[Problem]) -> tuple[StatedReport, ...]:
    """Each report with its figures; one that breaks the rules of figures becomes a problem of its row."""
    reports: dict[str, Report] = {row.code: row for _, row in tables.get("reports", ())}
    figures: dict[str, list[Figure]] = {code: [] for code in reports}
    for number, row in tables.get("report_figures", ()):
        try:
            figures[row.report].append(_figure(row, reports[row.report]))
        except InputError as error:
            problems += error.at(file="report_figures.csv", row=number).problems
        except TrungHoaError as error:
            problems.append(Problem(str(error).replace("%", "%%"), "", "report_figures.csv", number))
    return tuple(StatedReport(report, tuple(figures[code])) for code, report in reports.items())


def _figure(row: ReportFigure, report: Report) -> Figure:
    return Figure(
        system=row.system,
        kind=row.kind,
        place=row.place,
        period=row.period,
        amount=row.amount,
        unit=row.unit,
        status=row.status,
        quality=row.quality,
        source=f"{row.source} ({row.note})" if row.note else row.source,
        # Charts join only figures of one method, so guidelines keep unlike inventories apart.
        method=report.guidelines,
        gas=row.gas,
        gwp_set=row.gwp_set,
        scenario=row.scenario,
        category=row.category,
    )
