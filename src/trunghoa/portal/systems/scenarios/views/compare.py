"""Two or more scenarios beside one another."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trunghoa.portal.core.record.tables import Table, download
from trunghoa.portal.core.record.templatetags import numbers

from .. import drawings, machine, reading, targets
from ..models import Scenario
from ..panels import Panel, Shown
from ..series import rows_table
from ..targets import interpolated
from ..words import KINDS
from .access import visible

MOST = 6


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is asked for by code in the address; what one may not see is not there."""
    lang = numbers.language()
    asked = list(dict.fromkeys(request.GET.getlist("s")))[:MOST]
    rows = list(visible(request).filter(shown_run__isnull=False, model__kind="enduse").order_by("code"))
    by_code = {row.code: row for row in rows}
    chosen = [by_code[code] for code in asked if code in by_code]
    results = {row.code: reading.of_scenario(row) for row in chosen}
    chosen = [row for row in chosen if (r := results[row.code]) is not None and r.optimal]
    panels = panels_of(chosen, lang) if len(chosen) > 1 else []
    if answer := download(request, *(panel.table for panel in panels)):
        return answer
    # The address of a table's download keeps the choice.
    for panel in panels:
        panel.table.query = "&".join(f"s={row.code}" for row in chosen)
    kinds = {row.shown_run.solve.summary.get("objective_kind", "") for row in chosen if row.shown_run}
    context = {
        "choices": [(row.code, row.title(lang), row.code in asked) for row in rows],
        "chosen": [(row, row.title(lang), machine.behind(row)) for row in chosen],
        "panels": panels,
        "most": MOST,
        "asked": asked,
        "mixed": [KINDS.get(kind, kind) for kind in sorted(kinds)] if len(kinds) > 1 else [],
        "units": units_of(chosen),
        "doubtful": any(row.quality != "verified" for row in chosen),
    }
    return render(request, "scenarios/compare.html", context)


def units_of(chosen: Sequence[Scenario]) -> list[str]:
    """Units of money, where the compared scenarios do not share one."""
    found = {
        result.settings.get("currency", "")
        for row in chosen
        if (result := reading.of_scenario(row)) is not None
    }
    return sorted(found) if len(found) > 1 else []


def panels_of(chosen: Sequence[Scenario], lang: str) -> list[Panel]:
    shown = {
        row.code: Shown(result, targets.of_place(row.model.place), lang)
        for row in chosen
        if (result := reading.of_scenario(row)) is not None
    }
    names = {row.code: row.title(lang) for row in chosen}
    first = next(iter(shown.values()))
    courses: list[tuple[str, str, str, Callable[[Shown], Sequence[float | None]]]] = [
        ("emissions", _("Net emissions"), first.axis, lambda s: s.total),
        (
            "generation", _("Electricity generated"), generation_unit(first),
            lambda s: _sum(s.result.generation()),
        ),
        ("cost", _("Yearly cost without payments for emissions"), first.money_unit, _cost),
        ("investment", _("Investment by block of years"), first.money_unit, _invested),
        ("carbon_price", _("Carbon price"), _price_unit(first), _prices),
    ]  # fmt: skip
    found = [difference_panel(shown, names)]
    for slug, title, unit, course in courses:
        rows = [
            (year, code, amount)
            for code, one in shown.items()
            for year, amount in zip(one.years, course(one), strict=True)
        ]
        chart = drawings.lines(rows, names, unit, lang)
        description = _("A line per scenario over the solved years: %(what)s.") % {"what": title}
        table = _table(slug, f"{title} ({unit})", rows, names)
        found.append(Panel(slug, title, table, drawings.drawn(chart, title, description, lang)))
    return found


def generation_unit(one: Shown) -> str:
    return next((unit for unit, _amounts in one.result.generation().values()), "")


def difference_panel(shown: dict[str, Shown], names: dict[str, str]) -> Panel:
    """Net emissions in the years with targets, and how far each scenario is from the first."""
    first = next(iter(shown.values()))
    rows = []
    for year, base in first.target_rows():
        for code, one in shown.items():
            amount = interpolated(one.years, one.total, year)
            rest = None if amount is None else amount - base
            rows.append([year, names[code], amount, rest])
    heads = [
        ("year", gettext_lazy("Year"), False), ("scenario", gettext_lazy("Scenario"), False),
        ("emissions", f"{_('Net emissions')} ({first.axis})", True),
        ("difference", gettext_lazy("Less the first scenario"), True),
    ]  # fmt: skip
    title = _("Differences in net emissions")
    return Panel("differences", title, rows_table("differences", title, heads, rows))


def _table(slug: str, caption: str, rows: Sequence[tuple[int, str, Any]], names: dict[str, str]) -> Table:
    by = {(code, year): amount for year, code, amount in rows}
    years = sorted({year for year, _code, _amount in rows})
    heads = [("scenario", gettext_lazy("Scenario"), False), *((str(y), str(y), True) for y in years)]
    lines = [[names[code], *(by.get((code, y)) for y in years)] for code in names]
    return rows_table(slug, caption, heads, lines)


def _sum(by: dict[str, tuple[str, list[float]]]) -> list[float]:
    return [sum(column) for column in zip(*(amounts for _unit, amounts in by.values()), strict=True)]


def _invested(one: Shown) -> list[float]:
    return one.result.summed("investment", lambda r: "")[""][1]


def _cost(one: Shown) -> list[float]:
    return one.result.system_cost()


def _prices(one: Shown) -> list[float | None]:
    factor = one.result.per_tonne
    return [None if p is None else p * (factor or 1.0) for p in one.result.carbon_price()]


def _price_unit(one: Shown) -> str:
    if one.result.per_tonne is None:
        return f"{one.money_unit}/{one.result.gas_unit}"
    return f"USD{one.result.price_year}/tCO₂e"
