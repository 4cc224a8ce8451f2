"""A workbook that a verifier can follow: inputs, parameters with their sources, and formulas on them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import write_texts as say
from .fod import METHOD
from .run import Result
from .workbook import Book, Column, Sheet, total
from .write_finance import finance_sheet
from .write_fod import fod_sheets, results_sheet, tool04_sheet
from .write_frame import Frame
from .write_project import project_sheets

TEXTS = say.ALL


def workbook(result: Result, labels: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """The xlsx file of one run, with live formulas.

    Parameters
    ----------
    result : a run
    labels : translation of each of :data:`TEXTS`; what is missing stays English

    Returns
    -------
    bytes
        of an xlsx file: Inputs, Parameters, FOD per waste type, Results, TOOL04 where it was run, the
        project's monitoring spreadsheet and Finance where there is one. Beside each formula stands the
        kernel's value, for viewers that do not calculate. Equal inputs give equal bytes.

    Source: IPCC 2006 V5 ch3 eq 3.1-3.6; CDM TOOL04; sheet names MPS(input) and MPS(calc_process) after the
    JCM monitoring spreadsheets.
    """
    book = Book(labels, result.inputs.as_of)
    inputs = book.sheet(say.INPUTS)
    parameters = book.sheet(say.PARAMETERS)
    frame = Frame(book, result, inputs)
    _parameters(frame, parameters)
    _inputs(frame)
    generated, stored = fod_sheets(frame)
    results_sheet(frame, generated, stored)
    if result.tool04_yearly is not None:
        tool04_sheet(frame, say.TOOL04, 1, result.tool04_yearly)
    if result.tool04_monthly is not None:
        tool04_sheet(frame, say.TOOL04_MONTHLY, 12, result.tool04_monthly)
    if result.reductions is not None:
        reductions = project_sheets(frame, result.reductions)
        if result.appraisal is not None and result.inputs.finance is not None:
            finance_sheet(frame, result.inputs.finance, result.appraisal, reductions)
    return book.close()


def _parameters(frame: Frame, sheet: Sheet) -> None:
    sheet.title(say.T_PARAMETERS)
    values = (say.KEY, say.VALUE, say.UNIT, say.LOWER, say.UPPER)
    for column, head in enumerate((*values, say.STATUS, say.SOURCE, say.PARAMETER, say.NOTE)):
        sheet.label(2, column, head, "head")
    for row, (key, parameter) in enumerate(frame.inputs.used.items(), start=3):
        sheet.text(row, 0, key)
        frame.parameter[key] = sheet.number(row, 1, float(parameter))
        sheet.text(row, 2, parameter.unit)
        for column, bound in ((3, parameter.lower), (4, parameter.upper)):
            if bound is not None:
                sheet.number(row, column, float(bound), "plain")
        sheet.label(row, 5, say.QUALITY[parameter.quality.value])
        for column, text in ((6, parameter.source), (7, parameter.label), (8, parameter.note)):
            sheet.text(row, column, text)
    sheet.widths(6, 8, 48)
    sheet.freeze(3, 2)


def _inputs(frame: Frame) -> None:
    sheet, inputs, book = frame.sheet, frame.inputs, frame.book
    sheet.title(say.T_INPUTS)
    sheet.label(1, 0, say.HOW)
    site = inputs.site
    top = sheet.facts(3, _site_facts(frame))
    top = sheet.facts(
        top,
        [
            (say.CONVERSION, f"{c.on.isoformat()}: {book.say(say.CLASSES[c.mcf_class])}")
            for c in site.conversions
        ],
    )
    frame.first_row = top + 3
    recovery = inputs.choices.recovery
    columns = [Column(say.DEPOSITED, "t", inputs.deposited)]
    frame.tonnes_column = 1 + len(columns)
    columns += [
        Column(say.WASTE[waste], "t", inputs.tonnes[:, j]) for j, waste in enumerate(inputs.waste_types)
    ]
    shares_column = 1 + len(columns)
    columns += [
        Column(f"{book.say(say.SHARE_IN)}: {book.say(say.CLASSES[name])}", "1", inputs.mcf_shares[:, c])
        for c, name in enumerate(inputs.mcf_classes)
    ]

    def mcf(i: int) -> str:
        return total(
            [
                f"{sheet.ref(frame.first_row + i, shares_column + c)}*{frame.parameter[f'mcf.{name}']}"
                for c, name in enumerate(inputs.mcf_classes)
            ]
        )

    frame.mcf_column = 1 + len(columns)
    columns += [
        Column(say.MCF_YEAR, "1", inputs.mcf, mcf, "share"),
        Column(say.OX, "1", inputs.oxidation, lambda _: frame.parameter["oxidation"], "share"),
        Column(say.R_TONNES, "t", [float(recovery.tonnes.get(y, 0)) for y in inputs.years]),
        Column(say.R_SHARE, "1", [float(recovery.fraction.get(y, 0)) for y in inputs.years]),
    ]
    sheet.table(top + 1, inputs.years, say.YEAR, columns)


def _site_facts(frame: Frame) -> list[tuple[str, str]]:
    inputs, book = frame.inputs, frame.book
    site, climate = inputs.site, inputs.climate
    why = "; ".join(str(c) for c in climate.comparisons) or climate.reason
    return [
        (say.SITE, site.name),
        (say.KEY, str(site.key)),
        (say.OPENED, str(site.opened)),
        (say.CLOSED, "" if site.closed is None else str(site.closed)),
        (say.SOURCE, site.source),
        (say.STATUS, book.say(say.QUALITY[site.quality.value])),
        (say.GUIDELINE, METHOD[inputs.guideline]),
        (say.AS_OF, inputs.as_of.isoformat()),
        (say.GWP_SET, inputs.gwp_set),
        (say.CLIMATE, f"{book.say(say.CLASSES[climate.name])} ({why})"),
        (say.MCF_CLASS, _class_and_why(frame)),
    ]


def _class_and_why(frame: Frame) -> str:
    found, book = frame.inputs.site_class, frame.book
    name = frame.inputs.mcf_classes[0]
    rule = book.say(found.rule) % {"value": found.value, "limit": found.limit}
    return f"{book.say(say.CLASSES[name])} ({frame.inputs.site.mcf_reason or rule})"
