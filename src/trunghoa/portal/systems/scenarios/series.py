"""Amounts by year as tables: what stands beside every chart and behind every download."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.record.tables import Column, Table
from trunghoa.portal.core.record.templatetags import numbers

Amounts = Sequence[float | None]


def series_table(
    slug: str,
    caption: str,
    years: Sequence[int],
    rows: Mapping[str, tuple[str, Amounts]],
    names: Mapping[str, str],
    first: Any,
    *,
    total: Amounts | None = None,
) -> Table:
    """A row per course with its unit, a column per year; ``total`` stands under them."""
    found = [(code, unit, list(amounts)) for code, (unit, amounts) in rows.items()]
    columns = [
        Column("code", first, lambda r: r[0], lambda r: numbers_name(names, r[0])),
        Column("unit", _("Unit"), lambda r: r[1], lambda r: numbers.unit(r[1]) or "–"),
        *(Column(str(year), str(year), _at(n), None, numeric=True) for n, year in enumerate(years)),
    ]
    footer: list[Any] = []
    if total is not None and found:
        footer = [str(_("Total")), numbers.unit(found[0][1]), *(numbers.number(a) for a in total)]
    return Table(slug, columns, found, caption=caption, footer=footer)


def _at(n: int) -> Any:
    return lambda row: row[2][n]


def numbers_name(names: Mapping[str, str], code: str) -> str:
    from django.utils.html import escape

    return escape(names.get(code, code)) or "–"


def rows_table(
    slug: str, caption: str, heads: Sequence[tuple[str, Any, bool]], rows: Sequence[Sequence[Any]]
) -> Table:
    """A plain table: ``heads`` are (key, header, numeric)."""
    columns = [
        Column(key, header, _cell(n), None, numeric=numeric) for n, (key, header, numeric) in enumerate(heads)
    ]
    return Table(slug, columns, list(rows), caption=caption)


def _cell(n: int) -> Any:
    return lambda row: row[n]
