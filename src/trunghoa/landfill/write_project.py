"""Sheets of a project, after the JCM monitoring spreadsheets: what is monitored, fixed and summed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from . import write_texts as say
from .fod import FloatArray, decomposable_carbon
from .inputs import ProjectInputs
from .semi_aerobic import Reductions
from .workbook import CellOf, Column, Sheet, total
from .write_fod import MOLAR, shifted
from .write_frame import Frame


@dataclass
class Monitored:
    """The sheet MPS(input): where the calculation finds what was monitored and what is fixed."""

    frame: Frame
    project: ProjectInputs
    sheet: Sheet
    fixed: dict[str, str] = field(default_factory=dict)
    first: int = 0

    def cell(self, column: int) -> CellOf:
        return lambda i: self.sheet.ref(self.first + i, column)


@dataclass(frozen=True)
class Side:
    """Reference or project: MCF of year i and DOCf of type j, as cells and as values; OX as a cell."""

    name: str
    mcf: CellOf
    mcf_values: FloatArray
    docf: list[str]
    docf_values: FloatArray
    oxidation: str


def project_sheets(frame: Frame, found: Reductions) -> CellOf:
    """MPS(input) and MPS(calc_process); returns where each counted year's emission reduction stands."""
    project = frame.inputs.project
    if project is None:
        raise ValueError("A run with reductions has a project.")
    monitored = Monitored(frame, project, frame.book.sheet(say.MPS_INPUT))
    monitored.sheet.title(say.T_MPS_INPUT)
    top = _fixed(monitored, 2)
    top = _monitored(monitored, found, top + 1)
    sums = _calculation(monitored, frame.book.sheet(say.MPS_CALC), found)
    return _reductions(monitored, found, sums, top + 1)


def _fixed(monitored: Monitored, top: int) -> int:
    """Table 2; the reference shares OX and DOCf with the project unless a departure gives its own."""
    frame, project, sheet = monitored.frame, monitored.project, monitored.sheet
    inputs, at, book, chosen = frame.inputs, frame.parameter, frame.book, project.project
    departure = chosen.departure
    sheet.label(top, 0, say.TABLE_FIXED, "head")
    facts = [(say.METHODOLOGY, f"{chosen.template} {chosen.version}"), (say.GWP_SET, inputs.gwp_set)]
    if departure is not None:
        facts.append((say.DEPARTURE, departure.reason))
    top = sheet.facts(top + 1, facts)
    month = at["reaction_start_month"]
    wait = f"MAX(0,ROUNDUP(({month}-13)/12,0))"
    rows = [
        ("mcf_reference", say.MCF_REFERENCE, "1", at["project.mcf_reference"], project.mcf_reference),
        ("f", say.F, "1", at["f"], inputs.f),
        ("gwp", say.GWP, "tCO2e/t", at["gwp"], float(inputs.gwp)),
        ("ox", say.OX_PROJECT, "1", at["oxidation"], float(inputs.oxidation[0])),
        ("wait", say.WAIT, "", wait, float(frame.wait)),
        ("fraction", say.FRACTION, "1", f"(13+12*{wait}-{month})/12", frame.fraction),
    ]
    for fuel in chosen.fuels:
        ncv, ef = f"project.{fuel.name}.ncv", f"project.{fuel.name}.ef"
        rows.append((ncv, f"{book.say(say.NCV)}: {fuel.name}", "TJ/Gg", at[ncv], float(fuel.ncv)))
        rows.append((ef, f"{book.say(say.FUEL_EF)}: {fuel.name}", "tCO2/TJ", at[ef], float(fuel.ef)))
    if chosen.electricity:
        grid = "project.grid_ef"
        rows.append((grid, say.GRID_EF, "tCO2e/MWh", at[grid], float(chosen.grid_ef)))
    top, cells = sheet.constants(top, [row[1:] for row in rows])
    monitored.fixed = {row[0]: cell for row, cell in zip(rows, cells, strict=True)}
    own_ox = None if departure is None else departure.oxidation_reference
    monitored.fixed["ox_reference"] = _own_or_same(
        sheet, top, say.OX_REFERENCE, own_ox, monitored.fixed["ox"], float(project.oxidation_reference[0])
    )
    own_docf: Mapping[str, Decimal] = {} if departure is None else departure.docf_reference
    for j, waste in enumerate(inputs.waste_types):
        name, key = f"{book.say(say.DOCF_REFERENCE)}: {book.say(say.WASTE[waste])}", f"docf.{waste}"
        value = float(project.docf_reference[j])
        top += 1
        monitored.fixed[key] = _own_or_same(sheet, top, name, own_docf.get(waste), at[key], value)
    return top + 1


def _own_or_same(sheet: Sheet, row: int, name: str, own: Decimal | None, same: str, value: float) -> str:
    sheet.label(row, 0, name)
    sheet.text(row, 2, "1")
    return sheet.number(row, 1, value) if own is not None else sheet.formula(row, 1, same, value, "plain")


def _monitored(monitored: Monitored, found: Reductions, top: int) -> int:
    """Table 1: waste by type, MCF of the year, electricity, fuel."""
    frame, project = monitored.frame, monitored.project
    inputs, book, chosen, start = frame.inputs, frame.book, project.project, project.first
    counted = slice(project.first, project.last + 1)
    monitored.sheet.label(top, 0, say.TABLE_MONITORED, "head")
    monitored.first = top + 3

    def tonnes(j: int) -> CellOf:
        return lambda i: frame.tonnes(start + i, j)

    def mcf(i: int) -> str:
        return frame.parameter[f"mcf.{project.mcf_classes[-1]}"] if chosen.to else frame.mcf(start + i)

    columns = [Column(say.DEPOSITED, "t", inputs.deposited[counted], lambda i: frame.deposited(start + i))]
    for j, waste in enumerate(inputs.waste_types):
        columns.append(Column(say.WASTE[waste], "t", inputs.tonnes[counted, j], tonnes(j)))
    columns.append(Column(say.MCF_PROJECT, "1", project.mcf[counted], mcf, "share"))
    power = [float(chosen.electricity.get(year, 0)) for year in found.years]
    columns.append(Column(say.ELECTRICITY, "MWh", power))
    for fuel in chosen.fuels:
        burnt = [float(fuel.tonnes.get(year, 0)) for year in found.years]
        columns.append(Column(f"{book.say(say.FUEL)}: {fuel.name}", "t", burnt))
    monitored.sheet.table(top + 1, found.years, say.YEAR, columns)
    return monitored.first + len(found.years)


def _calculation(monitored: Monitored, sheet: Sheet, found: Reductions) -> dict[str, CellOf]:
    """Decay per waste type for both sides, then RE, PE and ER; returns where the sums stand."""
    frame, project, fixed = monitored.frame, monitored.project, monitored.fixed
    inputs, book, first = frame.inputs, frame.book, 4
    types, level = len(inputs.waste_types), np.full(len(inputs.years), project.mcf_reference)
    sheet.title(say.T_MPS_CALC)
    own_docf = [frame.parameter[f"docf.{w}"] for w in inputs.waste_types]
    same_docf = [fixed[f"docf.{w}"] for w in inputs.waste_types]
    sides = (
        Side(
            say.REFERENCE,
            lambda _: fixed["mcf_reference"],
            level,
            same_docf,
            project.docf_reference,
            fixed["ox_reference"],
        ),
        Side(say.PROJECT, monitored.cell(2 + types), project.mcf, own_docf, inputs.docf, fixed["ox"]),
    )

    def cell(column: int) -> CellOf:
        return lambda i: sheet.ref(first + i, column)

    columns: list[Column] = []
    decomposed: dict[str, list[CellOf]] = {side.name: [] for side in sides}
    for j in range(types):
        for side in sides:
            base = 1 + len(columns)
            columns += _decay_columns(monitored, side, j, [cell(0), *(cell(base + n) for n in range(3))])
            decomposed[side.name].append(cell(base + 3))
    names = ("ch4_reference", "ch4_project", "re", "electricity", "fuel", "pe", "er", "cumulative")
    at = {name: cell(1 + len(columns) + position) for position, name in enumerate(names)}

    def methane(side: Side) -> CellOf:
        parts = decomposed[side.name]
        return lambda i: f"({total([p(i) for p in parts])})*{fixed['f']}*{MOLAR}*(1-{side.oxidation})"

    def electricity(i: int) -> str:
        used = monitored.cell(3 + types)(i)
        return f"{used}*{fixed['project.grid_ef']}" if "project.grid_ef" in fixed else f"0*{used}"

    def fuel(i: int) -> str:
        burnt = [
            f"{monitored.cell(4 + types + n)(i)}*{fixed[f'project.{f.name}.ncv']}"
            f"*{fixed[f'project.{f.name}.ef']}/1000"
            for n, f in enumerate(project.project.fuels)
        ]
        return total(burnt) or f"0*{at['electricity'](i)}"

    def project_emissions(i: int) -> str:
        return f"{at['ch4_project'](i)}*{fixed['gwp']}+{at['electricity'](i)}+{at['fuel'](i)}"

    def cumulative(i: int) -> str:
        return at["er"](i) + (f"+{at['cumulative'](i - 1)}" if i else "")

    co2e = f"tCO2e ({inputs.gwp_set})"
    for side, ch4 in zip(sides, (found.reference_ch4, found.project_ch4), strict=True):
        heading = f"{book.say(say.EMITTED)}: {book.say(side.name)}"
        columns.append(Column(heading, "t CH4", ch4.sum(axis=1), methane(side)))
    columns += [
        Column(say.RE, co2e, found.reference, lambda i: f"{at['ch4_reference'](i)}*{fixed['gwp']}"),
        Column(say.CO2_ELECTRICITY, "t CO2", found.electricity, electricity),
        Column(say.CO2_FUEL, "t CO2", found.fuel, fuel),
        Column(say.PE, co2e, found.project, project_emissions),
        Column(say.ER, co2e, found.reduction, lambda i: f"{at['re'](i)}-{at['pe'](i)}"),
        Column(say.CUMULATIVE, co2e, np.cumsum(found.reduction), cumulative),
    ]
    sheet.table(first - 2, found.years, say.YEAR, columns)
    return at


def _decay_columns(monitored: Monitored, side: Side, j: int, cells: list[CellOf]) -> list[Column]:
    """DDOCm, started, accumulated and decomposed of one waste type; only the project's waste counts.

    ``cells`` are those of the year, DDOCm, started and accumulated.
    """
    frame, project, fixed = monitored.frame, monitored.project, monitored.fixed
    inputs, at, book = frame.inputs, frame.parameter, frame.book
    year, ddocm, started, kept = cells
    waste, deposited = inputs.waste_types[j], monitored.cell(2 + j)
    k, doc, docf, fraction = at[f"k.{waste}"], at[f"doc.{waste}"], side.docf[j], fixed["fraction"]
    tonnes = inputs.tonnes.copy()
    tonnes[: project.first] = 0.0
    carbon = decomposable_carbon(tonnes, inputs.doc, side.docf_values, side.mcf_values)[:, j]
    decay = frame.decay(carbon, j)
    counted = slice(project.first, project.last + 1)

    def after(first_year: str, later: str) -> CellOf:
        return lambda i: f"{started(i)}*{first_year}" + (f"+{kept(i - 1)}*{later}" if i else "")

    length = project.last + 1 - project.first
    rows: list[tuple[str, FloatArray, CellOf]] = [
        (say.DDOCM, carbon, lambda i: f"{deposited(i)}*{doc}*{docf}*{side.mcf(i)}"),
        (say.STARTED, frame.started(carbon), shifted(year, ddocm, fixed["wait"], length)),
        (say.ACCUMULATED, decay.accumulated, after(f"EXP(-{k}*{fraction})", f"EXP(-{k})")),
        (say.DECOMPOSED, decay.decomposed, after(f"(1-EXP(-{k}*{fraction}))", f"(1-EXP(-{k}))")),
    ]
    tail = f"{book.say(say.WASTE[waste])}, {book.say(side.name)}"
    return [Column(f"{book.say(name)}: {tail}", "t C", values[counted], form) for name, values, form in rows]


def _reductions(monitored: Monitored, found: Reductions, sums: Mapping[str, CellOf], top: int) -> CellOf:
    """Table 3; returns the cells of ER."""
    sheet, co2e = monitored.sheet, f"tCO2e ({monitored.frame.inputs.gwp_set})"
    sheet.label(top, 0, say.TABLE_REDUCTIONS, "head")
    columns = [
        Column(say.RE, co2e, found.reference, sums["re"]),
        Column(say.PE, co2e, found.project, sums["pe"]),
        Column(say.ER, co2e, found.reduction, sums["er"]),
        Column(say.CUMULATIVE, co2e, np.cumsum(found.reduction), sums["cumulative"]),
    ]
    sheet.table(top + 1, found.years, say.YEAR, columns)
    return lambda i: sheet.ref(top + 3 + i, 3)
