"""The emissions trading scheme along a scenario: who is short, what covers it, what it costs, and why."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.record.tables import Column, Table
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import Quality, TrungHoaError

from . import drawings, tasks
from .panels import Panel, Shown, quality_note
from .series import rows_table

MILLION, BILLION = Decimal(10) ** 6, Decimal(10) ** 9
# How an obligation is met, in the order in which it is.
MEANS = {
    "free": gettext_lazy("free allowances"),
    "offsets": gettext_lazy("credits"),
    "auctioned": gettext_lazy("allowances from auctions"),
    "bought": gettext_lazy("allowances bought from others"),
}
AMOUNTS = {
    "obligation": gettext_lazy("Obligation"),
    "free": gettext_lazy("Free"),
    "auctioned": gettext_lazy("Auctioned"),
    "offsets": gettext_lazy("Credits"),
    "bought": gettext_lazy("Bought"),
    "surplus": gettext_lazy("Surplus"),
}
ITEMS = {
    "pilot": gettext_lazy("pilot"),
    "offset_share": gettext_lazy("greatest share of credits"),
    "auction_share": gettext_lazy("share auctioned"),
    "allowances": gettext_lazy("allowances of the scheme"),
    "benchmark": gettext_lazy("allowed per unit of product, as a share of the first year's"),
    "price": gettext_lazy("price of an allowance"),
    "offset_price": gettext_lazy("price of a credit"),
}


def panels(shown: Shown) -> list[Panel]:
    """The scheme's year by year, sector by sector, and its rules; nothing where the model names no scheme."""
    try:
        course = tasks.scheme_of(shown.result, shown.model)
    except TrungHoaError as error:
        title = _("Emissions trading scheme")
        empty = rows_table("market", title, [("year", gettext_lazy("Year"), False)], [])
        return [Panel("market", title, empty, None, [str(error)])]
    if course is None or not course.years:
        return []
    return [_market(shown, course), _sectors(shown, course), _rules(course)]


PERIODS = {"first_year": gettext_lazy("first year"), "last_year": gettext_lazy("last year")}


def _notes(course: Any) -> Iterator[str]:
    yield _(
        "Each covered sector stands for its facilities as a whole, with the product that most of its devices "
        "make. The scheme is computed from the result and does not change it."
    )
    yield quality_note(course.quality.value)
    if course.quality is not Quality.VERIFIED:
        yield _(
            "The law lays down neither benchmarks nor prices nor the share auctioned after the pilot: what "
            "is assumed for them is marked in the table of rules, and what follows is no forecast of the "
            "market."
        )
    for year in course.years:
        if (total := year.laid_down) is not None:
            yield _(
                "For %(year)s a decision lays down %(total)s Mt for the facilities of the scheme "
                "(%(source)s); the covered sectors as a whole emit %(emits)s Mt here."
            ) % {
                "year": year.year, "total": numbers.number(total.value / MILLION, 1), "source": total.source,
                "emits": numbers.number(Decimal(year.market.obligation) / MILLION, 1),
            }  # fmt: skip


def _market(shown: Shown, course: Any) -> Panel:
    years = [row.year for row in course.years]
    markets = [row.market for row in course.years]
    unit = numbers.unit("MtCO2e")
    # Free allowances beyond what a sector emits cover nothing; they are the surplus.
    met = {
        code: [float((getattr(m, code) - (m.surplus if code == "free" else 0)) / MILLION) for m in markets]
        for code in MEANS
    }
    obligation = [(y, float(m.obligation / MILLION)) for y, m in zip(years, markets, strict=True)]
    points = [(row.year, float(row.laid_down.value / MILLION)) for row in course.years if row.laid_down]
    title = _("Emissions trading scheme: how obligations are met")
    chart = drawings.bars(
        years,
        met,
        {code: str(text) for code, text in MEANS.items()},
        unit,
        shown.lang,
        lines={"obligation": (_("emissions of the covered sectors"), obligation)},
        points={"laid_down": (_("allowances laid down"), points)} if points else None,
    )
    description = _("Stacked bars by what covers the emissions, which a line shows, over the solved years.")
    owed_head, *given_heads, more_head, rest_head = _heads(unit)
    heads = [
        ("year", gettext_lazy("Year"), False),
        owed_head,
        ("laid_down", f"{_('Laid down by decision')} ({unit})", True),
        *given_heads,
        ("most_offsets", f"{_('Most credits')} ({unit})", True),
        more_head,
        rest_head,
        ("price", f"{_('Price')} ({course.money}/t)", True),
        ("credit_price", f"{_('Price of a credit')} ({course.money}/t)", True),
        ("cost", f"{_('Cost')} (10⁹ {course.money})", True),
        ("quality", gettext_lazy("Quality"), False),
    ]
    rows = []
    for row, m in zip(course.years, markets, strict=True):
        laid_down = row.laid_down.value / MILLION if row.laid_down else None
        owed, *given, more, rest = _amounts(m)
        rows.append(
            [
                row.year, owed, laid_down, *given, row.most_credits / MILLION, more, rest,
                row.price, row.credit_price, m.cost / BILLION, numbers.quality(course.quality.value),
            ]
        )  # fmt: skip
    drawing = drawings.drawn(chart, title, description, shown.lang)
    return Panel("market", title, rows_table("market", title, heads, rows), drawing, list(_notes(course)))


def _heads(unit: str) -> list[tuple[str, str, bool]]:
    return [(key, f"{name} ({unit})", True) for key, name in AMOUNTS.items()]


def _amounts(settled: Any) -> list[Decimal]:
    """What a settlement, or several together, hold in each column of AMOUNTS, in millions."""
    return [getattr(settled, key) / MILLION for key in AMOUNTS]


def _sectors(shown: Shown, course: Any) -> Panel:
    unit = numbers.unit("MtCO2e")
    title = _("Emissions trading scheme by sector")
    heads = [
        ("sector", gettext_lazy("Sector"), False),
        ("year", gettext_lazy("Year"), False),
        *_heads(unit),
        ("cost", f"{_('Cost')} (10⁹ {course.money})", True),
    ]
    rows = [
        [
            shown.result.name("sectors", s.facility, shown.lang),
            row.year,
            *_amounts(s),
            s.cost / BILLION,
        ]
        for row in course.years
        for s in row.settlements
    ]
    notes = [_("A cost below zero is money that the surplus brings in at the price of the year.")]
    return Panel("market_sectors", title, rows_table("market_sectors", title, heads, rows), None, notes)


def _rules(course: Any) -> Panel:
    title = _("Rules of the scheme and what is assumed")

    def when(parameter: Any) -> str:
        start, end = parameter.valid_from, parameter.valid_to
        if start is None and end is None:
            return "–"
        return f"{numbers.day(start) if start else '…'} – {numbers.day(end) if end else '…'}"

    def item(parameter: Any) -> str:
        code = dict(parameter.keys)["item"]
        return str(ITEMS.get(code, code))

    def period(parameter: Any) -> str:
        code = dict(parameter.keys).get("period", "")
        return str(PERIODS.get(code, code))

    columns = [
        Column("item", gettext_lazy("Rule"), item),
        Column("period", gettext_lazy("Year"), period),
        Column("value", gettext_lazy("Value"), lambda p: p.value, value, numeric=True),
        Column("unit", gettext_lazy("Unit"), lambda p: p.unit, lambda p: numbers.unit(p.unit) or "–"),
        Column("valid", gettext_lazy("Valid"), when),
        Column("quality", gettext_lazy("Quality"), lambda p: p.quality.value, quality),
        Column("source", gettext_lazy("Source"), lambda p: p.source),
        Column("note", gettext_lazy("Note"), lambda p: p.note),
    ]
    table = Table("market_rules", columns, list(course.used), caption=title)
    return Panel("market_rules", title, table)


def value(parameter: Any) -> str:
    # A year is no amount: it is written without grouping.
    if dict(parameter.keys)["item"] == "pilot":
        return f"{parameter.value:f}"
    return numbers.number(parameter.value)


def quality(parameter: Any) -> str:
    return numbers.quality(parameter.quality.value)
