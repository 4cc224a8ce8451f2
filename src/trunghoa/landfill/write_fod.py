"""Sheets of the recurrences: first-order decay per waste type, the site's methane, TOOL04."""

from __future__ import annotations

import numpy as np

from . import write_texts as say
from .fod import FloatArray, decomposable_carbon, recurrence
from .workbook import CellOf, Column, Sheet, span, total
from .write_frame import Frame

MOLAR = "16/12"  # CH4 per carbon


def fod_sheets(frame: Frame) -> tuple[list[CellOf], list[CellOf]]:
    """One sheet per waste type; returns where each year's CH4 generated and carbon stored stand."""
    found = [_fod_sheet(frame, j) for j in range(len(frame.inputs.waste_types))]
    return [generated for generated, _ in found], [stored for _, stored in found]


def _fod_sheet(frame: Frame, j: int) -> tuple[CellOf, CellOf]:
    inputs, result = frame.inputs, frame.result
    waste = inputs.waste_types[j]
    sheet = frame.book.sheet(f"{frame.book.say(say.FOD)} {frame.book.say(say.WASTE[waste])}")
    sheet.title(say.T_FOD)
    top, (k, doc, docf, f, _m, wait, fraction) = _constants(frame, sheet, j)
    first = top + 3
    carbon = decomposable_carbon(inputs.tonnes, inputs.doc, inputs.docf, inputs.mcf)[:, j]
    started = frame.started(carbon)
    decay = frame.decay(carbon, j)
    dec0 = started * -np.expm1(-inputs.k[j] * frame.fraction)

    def cell(column: int) -> CellOf:
        return lambda i: sheet.ref(first + i, column)

    w, mcf, ddocm, start, burnt, left, kept, gone = (cell(c) for c in range(1, 9))

    def before(i: int, factor: str) -> str:
        return f"+{kept(i - 1)}*{factor}" if i else ""

    columns = [
        Column(say.W, "t", inputs.tonnes[:, j], lambda i: frame.tonnes(i, j)),
        Column(say.MCF_YEAR, "1", inputs.mcf, frame.mcf, "share"),
        Column(say.DDOCM, "t C", carbon, lambda i: f"{w(i)}*{doc}*{docf}*{mcf(i)}"),
        Column(say.STARTED, "t C", started, shifted(cell(0), ddocm, wait, len(carbon))),
        Column(say.DEC0, "t C", dec0, lambda i: f"{start(i)}*(1-EXP(-{k}*{fraction}))"),
        Column(say.REM0, "t C", started - dec0, lambda i: f"{start(i)}-{burnt(i)}"),
        Column(say.ACCUMULATED, "t C", decay.accumulated, lambda i: left(i) + before(i, f"EXP(-{k})")),
        Column(say.DECOMPOSED, "t C", decay.decomposed, lambda i: burnt(i) + before(i, f"(1-EXP(-{k}))")),
        Column(say.GENERATED, "t CH4", result.methane.generated[:, j], lambda i: f"{gone(i)}*{f}*{MOLAR}"),
        Column(say.STORED, "t C", result.methane.stored[:, j], lambda i: f"{w(i)}*{doc}*(1-{docf})*{mcf(i)}"),
    ]
    sheet.table(top + 1, inputs.years, say.YEAR, columns)
    return cell(9), cell(10)


def _constants(frame: Frame, sheet: Sheet, j: int) -> tuple[int, list[str]]:
    inputs, at = frame.inputs, frame.parameter
    waste = inputs.waste_types[j]
    month = at["reaction_start_month"]
    rows = [
        (say.K, "1/yr", at[f"k.{waste}"], float(inputs.k[j])),
        (say.DOC, "1", at[f"doc.{waste}"], float(inputs.doc[j])),
        (say.DOCF, "1", at[f"docf.{waste}"], float(inputs.docf[j])),
        (say.F, "1", at["f"], inputs.f),
        (say.M, "", month, inputs.reaction_start_month),
        (say.WAIT, "", f"MAX(0,ROUNDUP(({month}-13)/12,0))", float(frame.wait)),
    ]
    top, references = sheet.constants(2, rows)
    rest = f"(13+12*{references[5]}-{references[4]})/12"
    top, last = sheet.constants(top, [(say.FRACTION, "1", rest, frame.fraction)])
    return top, references + last


def shifted(year: CellOf, column: CellOf, wait: str, length: int) -> CellOf:
    """What stands in the column ``wait`` years above, 0 before that: follows when M is changed."""
    whole = span(column, length)

    def formula(i: int) -> str:
        passed = f"{year(i)}-{year(0)}"
        return f"IF({passed}<{wait},0,INDEX({whole},{passed}-{wait}+1))"

    return formula


def results_sheet(frame: Frame, generated: list[CellOf], stored: list[CellOf]) -> None:
    """The site's methane: generated, recovered, oxidised, emitted (IPCC 2006 V5 ch3 eq 3.1)."""
    inputs, methane = frame.inputs, frame.result.methane
    sheet = frame.book.sheet(say.RESULTS)
    sheet.title(say.T_RESULTS)
    types = len(inputs.waste_types)
    first, at = 5, 1 + types
    emitted = methane.emitted.sum(axis=1)

    def cell(column: int) -> CellOf:
        return lambda i: sheet.ref(first + i, column)

    whole, taken, oxidised, out = (cell(at + c) for c in range(1, 5))

    def recovered(i: int) -> str:
        tonnes, share = frame.recovery(i)
        return f"{tonnes}+{share}*{whole(i)}"

    columns = [Column(say.DEPOSITED, "t", inputs.deposited, frame.deposited)]
    columns += [
        Column(
            f"{frame.book.say(say.GENERATED)}: {frame.book.say(say.WASTE[waste])}",
            "t CH4",
            methane.generated[:, j],
            generated[j],
        )
        for j, waste in enumerate(inputs.waste_types)
    ]
    columns += [
        Column(
            say.GENERATED,
            "t CH4",
            methane.generated.sum(axis=1),
            lambda i: total([sheet.ref(first + i, 2 + j) for j in range(types)]),
        ),
        Column(say.RECOVERED, "t CH4", methane.recovered, recovered),
        Column(say.OX, "1", inputs.oxidation, frame.oxidation, "share"),
        Column(say.EMITTED, "t CH4", emitted, lambda i: f"({whole(i)}-{taken(i)})*(1-{oxidised(i)})"),
        Column(
            say.CO2E,
            f"tCO2e ({inputs.gwp_set})",
            emitted * float(inputs.gwp),
            lambda i: f"{out(i)}*{frame.parameter['gwp']}",
        ),
        Column(say.STORED, "t C", methane.stored.sum(axis=1), lambda i: total([s(i) for s in stored])),
    ]
    sheet.table(first - 2, inputs.years, say.YEAR, columns)


def tool04_sheet(frame: Frame, name: str, steps: int, emissions: FloatArray) -> None:
    """TOOL04 with ``steps`` of a year: 1 yearly, 12 monthly with k/12 and twelve equal months."""
    inputs, tool = frame.inputs, frame.inputs.tool04
    if tool is None:
        return
    sheet = frame.book.sheet(name)
    sheet.title(say.T_TOOL04)
    at = frame.parameter
    mcf = at["tool04.mcf"] if "tool04.mcf" in at else at["mcf.declared"]
    rows = [
        (say.PHI, "1", at["tool04.phi"], tool.phi),
        (say.CAPTURED, "1", at["tool04.captured"], tool.captured),
        (say.GWP, "tCO2e/t", at["gwp"], float(inputs.gwp)),
        (say.OX, "1", at["tool04.oxidation"], tool.oxidation),
        (say.F, "1", at["tool04.f"], tool.f),
        (say.DOCF, "1", at["tool04.docf"], tool.docf),
        (say.MCF, "1", mcf, tool.mcf),
    ]
    top, (phi, captured, gwp, ox, f, docf, mcf) = sheet.constants(2, rows)
    first, types, word = top + 3, len(inputs.waste_types), frame.book.say
    pace = "" if steps == 1 else f"/{steps}"
    keep = [f"EXP(-{at[f'k.{w}']}{pace})" for w in inputs.waste_types]
    state, decaying = _tool04_states(frame, steps)

    def remaining(j: int) -> CellOf:
        def formula(i: int) -> str:
            added = f"{frame.tonnes(i // steps, j)}{pace}*{at[f'doc.{inputs.waste_types[j]}']}"
            return f"{added}+{sheet.ref(first + i - 1, 1 + j)}*{keep[j]}" if i else added

        return formula

    columns = [
        Column(f"{word(say.STATE)}: {word(say.WASTE[waste])}", "t C", state[:, j], remaining(j))
        for j, waste in enumerate(inputs.waste_types)
    ]
    factor = f"{phi}*(1-{captured})*{gwp}*(1-{ox})*{MOLAR}*{f}*{docf}*{mcf}"
    columns += [
        Column(
            say.DECAYING,
            "t C",
            decaying,
            lambda i: total([f"{sheet.ref(first + i, 1 + j)}*(1-{keep[j]})" for j in range(types)]),
        ),
        Column(
            say.BASELINE,
            f"tCO2e ({inputs.gwp_set})",
            emissions,
            lambda i: f"{factor}*{sheet.ref(first + i, 1 + types)}",
        ),
    ]
    rows_of: list[int | str] = (
        list(inputs.years) if steps == 1 else [f"{y}-{m:02d}" for y in inputs.years for m in range(1, 13)]
    )
    sheet.table(top + 1, rows_of, say.YEAR if steps == 1 else say.MONTH, columns)


def _tool04_states(frame: Frame, steps: int) -> tuple[FloatArray, FloatArray]:
    """Σ W·DOC·e^(−k·age) with the deposit of the step itself, (N, J), and what decays of it, (N,)."""
    inputs = frame.inputs
    added = np.repeat(inputs.tonnes / steps, steps, axis=0) * inputs.doc
    k = inputs.k / steps
    decomposed, accumulated = recurrence(added, k, 1.0)
    return decomposed + accumulated, decomposed.sum(axis=1)
