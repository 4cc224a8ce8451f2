"""Tables of a balance: years, methods side by side, and the blocks behind each number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.record.tables import Column, Table
from trunghoa.portal.core.record.templatetags import numbers

from .. import adjusting
from ..tasks import article6
from ..tasks.methods import exact
from ..words_article6 import DENOMINATORS, METHODS


def shown(value: Any) -> str:
    """A fraction to the hundredth of a tonne; the download has it exactly."""
    if value is None:
        return _("not known")
    return numbers.number(int(value) if value.denominator == 1 else article6.decimal(value), None)


def linked(cell: str, value: Callable[[Any], int], extra: str = "") -> Callable[[Any], str]:
    """A number that opens the blocks of which it is the sum."""

    def html(row: Any) -> str:
        amount = value(row)
        if not amount:
            return numbers.number(amount)
        return format_html(
            '<a href="?cell={}&year={}{}#blocks">{}</a>', cell, row.year, extra, numbers.number(amount)
        )

    return html


def balance_table(found: Any, last: int, extra: str = "") -> Table:
    """The years of a Party by its own method (para 8: inventory + first transferred - used)."""

    def cell(key: str, header: Any, name: str, code: str) -> Column:
        def value(row: Any) -> int:
            return int(getattr(row, name))

        return Column(key, header, value, linked(code, value, extra), True)

    columns = [
        Column("year", gettext_lazy("Year"), lambda r: r.year, lambda r: str(r.year)),
        cell("ndc", gettext_lazy("First transferred, NDC (t)"), "first_transferred_ndc", "ndc"),
        cell(
            "oimp",
            gettext_lazy("First transferred, OIMP only (t)"),
            "first_transferred_oimp_only",
            "oimp",
        ),
        Column("used", gettext_lazy("Used towards the NDC (t)"), lambda r: r.used, None, True),
        Column("net", gettext_lazy("Net of the year (t)"), lambda r: r.net, None, True),
        Column("cumulative", gettext_lazy("Cumulative (t)"), lambda r: r.cumulative, None, True),
        cell("vintage", gettext_lazy("First transferred, by vintage (t)"), "by_vintage", "vintage"),
        cell("unresolved", gettext_lazy("Unresolved (t)"), "unresolved_by_vintage", "unresolved"),
        Column(
            "adjustment",
            gettext_lazy("Adjustment (t)"),
            lambda r: exact(r.adjustment),
            lambda r: shown(r.adjustment),
            True,
        ),
        Column("inventory", gettext_lazy("Inventory (t CO₂e)"), lambda r: r.inventory, None, True),
        Column(
            "balance",
            gettext_lazy("Emissions balance (t CO₂e)"),
            lambda r: exact(r.balance) if r.balance is not None else None,
            lambda r: shown(r.balance),
            True,
        ),
    ]
    rows = [row for row in found.years if row.year <= last]
    return Table("balance", columns, rows, caption=_("Emissions balance by year"))


def methods_table(account: article6.Account) -> Table:
    """The adjustment of each year by every method: one is the Party's, the others are for comparison."""
    results = article6.side_by_side(account)
    names, over = dict(METHODS), dict(DENOMINATORS)

    def column(number: int, method: str, denominator: str, found: Any) -> Column:
        title = str(names[method])
        if method == "averaging":
            title = f"{title} ({over[denominator]})"
        return Column(
            f"{method}-{denominator}",
            title,
            lambda year, f=found: exact(f.year(year).adjustment),
            lambda year, f=found: shown(f.year(year).adjustment),
            True,
        )

    columns = [
        Column("year", gettext_lazy("Year"), lambda year: year, str),
        *(column(number, *result) for number, result in enumerate(results)),
    ]
    years = [row.year for row in results[0][2].years]
    footer = ["", *(shown(found.final_adjustment) for _m, _d, found in results)]
    caption = _("Adjustment by every method (t); in the last row that at the end of the NDC period")
    return Table("methods", columns, years, caption=caption, footer=footer)


def years_table(made: adjusting.Book, found: Any) -> Table:
    """Which years are final, and what hinders the others."""
    standing = adjusting.standing(made.party)
    now = datetime.now(tz=UTC).year
    years = [row.year for row in found.years if row.year < now]

    def state(year: int) -> str:
        final = standing.get(year)
        if final is None:
            return str(_("not final"))
        return str(_("final") if adjusting.is_as_kept(final, made) else _("final; the ledger says otherwise"))

    def html(year: int) -> str:
        final = standing.get(year)
        if final is None:
            return format_html("{}", state(year))
        return format_html('<a href="{}">{}</a>', final.get_absolute_url(), state(year))

    columns = [
        Column("year", gettext_lazy("Year"), lambda year: year, str),
        Column("state", gettext_lazy("State"), state, html),
        Column(
            "hindrances",
            gettext_lazy("What stands in the way"),
            lambda year: "" if year in standing else " ".join(adjusting.hindrances(made, year)),
        ),
    ]
    return Table("final-years", columns, years, caption=_("Years made final (para 12)"))


def cell_table(account: article6.Account, cell: str, year: int) -> Table:
    """The blocks that make one number."""
    rows = article6.blocks_of_cell(account, cell, year)

    def reason(block: Any) -> str:
        _year, _event, said = article6.event_of(block)
        return str(_(said)) if said else ""

    columns = [
        Column("block", gettext_lazy("Block"), lambda b: b.key),
        Column("vintage", gettext_lazy("Vintage"), lambda b: b.vintage, lambda b: str(b.vintage)),
        Column("definition", gettext_lazy("First transfer for OIMP"), lambda b: b.definition),
        Column("event", gettext_lazy("First transfer by"), lambda b: article6.event_of(b)[1]),
        Column(
            "in",
            gettext_lazy("First transferred in"),
            lambda b: article6.event_of(b)[0],
            lambda b: str(article6.event_of(b)[0] or "–"),
        ),
        Column("reason", gettext_lazy("Why unresolved"), reason),
        Column("quantity", gettext_lazy("Units (t)"), lambda b: b.quantity, None, True),
    ]
    return Table("blocks", columns, rows, caption=_("Blocks of the number: %(year)s") % {"year": year})
