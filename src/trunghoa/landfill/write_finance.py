"""Sheet of a project's costs and income."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from . import write_texts as say
from .finance import Appraisal, Terms
from .workbook import CellOf, Column, Sheet, span
from .write_frame import Frame


def finance_sheet(frame: Frame, terms: Terms, found: Appraisal, reduction: CellOf) -> None:
    """Yearly cash flow and what follows from it; ``reduction`` says where each counted year's ER stands."""
    sheet = frame.book.sheet(say.FINANCE)
    sheet.title(say.T_FINANCE)
    sheet.label(1, 0, say.CONVENTION)
    terms_cells = []
    for row, (name, unit, value) in enumerate(
        (
            (say.PRICE, "USD/tCO2e", terms.price),
            (say.CREDIT_SHARE, "1", terms.share),
            (say.RATE, "1/yr", terms.discount_rate),
        ),
        start=2,
    ):
        sheet.label(row, 0, name)
        terms_cells.append(sheet.number(row, 1, float(value)))
        sheet.text(row, 2, unit)
    outcomes, table = 6, 20
    ranges = _cash_flow(frame, sheet, terms, found, reduction, terms_cells, table)
    _outcomes(frame, sheet, found, ranges, terms_cells[1], outcomes)


def _cash_flow(
    frame: Frame,
    sheet: Sheet,
    terms: Terms,
    found: Appraisal,
    reduction: CellOf,
    cells: list[str],
    top: int,
) -> dict[str, str]:
    """The yearly table; returns the range of each column."""
    price, share, rate = cells
    years, first = found.years, top + 2
    reductions = frame.result.reductions
    counted_years = reductions.years if reductions is not None else ()
    early = len(years) - len(counted_years)
    er = np.concatenate([np.zeros(early), reductions.reduction if reductions is not None else []])
    opex = terms.opex if isinstance(terms.opex, Mapping) else dict.fromkeys(years[1:], terms.opex)

    def cell(column: int) -> CellOf:
        return lambda i: sheet.ref(first + i, column)

    year, t, all_er, capex, cost, grant, other, counted, revenue, flow, factor = (cell(c) for c in range(11))

    def series(amounts: Mapping[int, Decimal]) -> list[float]:
        return [float(amounts.get(y, 0)) for y in years]

    co2e = f"tCO2e ({found.gwp_set})"
    earned = found.reductions * float(terms.price) * float(terms.share)
    steps = np.arange(len(years), dtype=np.float64)
    columns = [
        Column(say.T, "", steps, lambda i: f"{year(i)}-{year(0)}", "year"),
        Column(say.ER, co2e, er, lambda i: reduction(i - early) if i >= early else ""),
        Column(say.CAPEX, "USD", series(terms.capex)),
        Column(say.OPEX, "USD", series(opex)),
        Column(say.GRANT, "USD", series(terms.grants)),
        Column(say.OTHER, "USD", series(terms.other_income)),
        Column(say.COUNTED, co2e, found.reductions, lambda i: f"IF({t(i)}>0,{all_er(i)},0)"),
        Column(say.REVENUE, "USD", earned, lambda i: f"{price}*{share}*{counted(i)}", "money"),
        Column(
            say.CASH_FLOW,
            "USD",
            found.cash_flow,
            lambda i: f"{revenue(i)}+{grant(i)}+{other(i)}-{capex(i)}-{cost(i)}",
            "money",
        ),
        Column(
            say.FACTOR,
            "1",
            (1.0 + float(terms.discount_rate)) ** -steps,
            lambda i: f"(1+{rate})^(-{t(i)})",
            "share",
        ),
    ]
    sheet.table(top, years, say.YEAR, columns)
    names = {"er": counted, "capex": capex, "opex": cost, "grant": grant, "other": other}
    names |= {"flow": flow, "factor": factor}
    return {name: span(at, len(years)) for name, at in names.items()}


def _outcomes(
    frame: Frame, sheet: Sheet, found: Appraisal, over: dict[str, str], share: str, top: int
) -> None:
    book = frame.book

    def present(name: str) -> str:
        return f"SUMPRODUCT({over[name]},{over['factor']})"

    def put(row: int, name: str, unit: str, formula: str, value: float | None) -> str:
        sheet.label(row, 0, name)
        sheet.text(row, 2, unit)
        if value is None:
            sheet.label(row, 1, say.NO_MEANING)
            return ""
        return sheet.formula(row, 1, formula, value, "money" if unit == "USD" else "plain")

    co2e, per_tonne = f"tCO2e ({found.gwp_set})", f"USD/tCO2e ({found.gwp_set})"
    er = put(top, say.UNDISCOUNTED_ER, co2e, f"SUM({over['er']})", found.reduction)
    pv_er = put(top + 1, say.PV_ER, co2e, present("er"), found.reduction_discounted)
    costs = f"{present('capex')}+{present('opex')}"
    pv_cost = put(top + 2, say.PV_COST, "USD", costs, found.cost_discounted)
    pv_grant = put(top + 3, say.PV_GRANT, "USD", present("grant"), found.grant_discounted)
    pv_other = put(top + 4, say.PV_OTHER, "USD", present("other"), found.other_discounted)
    put(top + 5, say.NPV, "USD", present("flow"), found.npv)
    if len(found.irr) == 1:
        put(top + 6, say.IRR, "1/yr", f"IRR({over['flow']})", found.irr[0])
    else:
        sheet.label(top + 6, 0, say.IRR)
        sheet.text(top + 6, 1, book.say(say.MANY_IRR if found.irr else say.NO_IRR))
    put(top + 7, say.LEVELISED, per_tonne, f"{pv_cost}/{pv_er}", found.levelised_cost)
    undiscounted = f"(SUM({over['capex']})+SUM({over['opex']}))/{er}"
    put(top + 8, say.UNDISCOUNTED, per_tonne, undiscounted, found.undiscounted_cost)
    grant_each = f"SUM({over['grant']})/{er}"
    put(top + 9, say.GRANT_PER_TONNE, per_tonne, grant_each, found.grant_per_tonne)
    break_even = f"({pv_cost}-{pv_grant}-{pv_other})/({share}*{pv_er})"
    put(top + 10, say.BREAK_EVEN, per_tonne, break_even, found.break_even_price)
