"""Tables: one description gives the page's rows and the CSV, JSON and xlsx behind it."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .templatetags.numbers import number

PAGE_SIZE = 50
# Characters with which a spreadsheet would begin a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """One column: its name in downloads, its header, its value, and how the page shows it."""

    key: str
    header: str | Promise
    value: Callable[[Any], Any]
    cell: Callable[[Any], str] | None = None
    numeric: bool = False
    order: str = ""

    def html(self, row: Any) -> str:
        if self.cell is not None:
            return self.cell(row)
        value = self.value(row)
        if value is None or value == "":
            return "–"
        return number(value) if self.numeric else escape(str(value))


@dataclass
class Table:
    """Columns over rows; ``rows`` may be a queryset, which is then cut to one page."""

    slug: str
    columns: Sequence[Column]
    rows: Iterable[Any]
    caption: str | Promise = ""
    page: Page | None = None
    query: str = ""
    sort: str = ""
    footer: Sequence[str | SafeString] = field(default_factory=list)

    def head(self) -> SafeString:
        cells = []
        for column in self.columns:
            css = ' class="number"' if column.numeric else ""
            label: str = escape(str(column.header))
            if column.order:
                down = self.sort == column.key
                target = f"?sort={'-' if down else ''}{column.key}{'&' + self.query if self.query else ''}"
                state = {column.key: ' aria-sort="ascending"', f"-{column.key}": ' aria-sort="descending"'}
                label = f'<a href="{escape(target)}">{label}</a>'
                css += state.get(self.sort, "")
            cells.append(f'<th scope="col"{css}>{label}</th>')
        return mark_safe("<tr>" + "".join(cells) + "</tr>")  # noqa: S308 - every part is escaped above

    def body(self) -> SafeString:
        """All rows at once: joining strings is several times cheaper than a template loop."""
        columns = [(c, '<td class="number">' if c.numeric else "<td>") for c in self.columns]
        return mark_safe(  # noqa: S308 - Column.html escapes
            "".join(
                "<tr>" + "".join(f"{tag}{column.html(row)}</td>" for column, tag in columns) + "</tr>"
                for row in self.rows
            )
        )

    def links(self) -> SafeString:
        extra = f"&{self.query}" if self.query else ""
        return mark_safe(  # noqa: S308
            "".join(
                format_html('<a href="?format={}&table={}{}" download>{}</a>', kind, self.slug, extra, kind)
                for kind in ("xlsx", "csv", "json")
            )
        )

    def data(self) -> list[dict[str, Any]]:
        return [{c.key: plain(c.value(row)) for c in self.columns} for row in self.rows]


def address_of(name: str, placeholder: Any = 0) -> Callable[[Any], str]:
    """From a key to an address; resolving one for each row would cost more than the row."""
    before, found, after = reverse(name, args=[placeholder]).rpartition(str(placeholder))
    if not found:
        raise ValueError(f"The address {name} does not hold its key.")
    return lambda key: f"{before}{key}{after}"


def plain(value: Any) -> Any:
    """A value as a download carries it: exact, without locale."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int | float) else str(value)


def paged(
    request: HttpRequest, queryset: QuerySet, columns: Sequence[Column], slug: str, **more: Any
) -> Table:
    """A table of one page of a queryset, in the order the address asks for."""
    sort = request.GET.get("sort", "")
    orders = {c.key: c.order for c in columns if c.order}
    if sort.lstrip("-") in orders:
        queryset = queryset.order_by(("-" if sort.startswith("-") else "") + orders[sort.lstrip("-")], "pk")
    else:
        sort = ""
    query = "&".join(
        f"{escape(k)}={escape(v)}"
        for k, v in request.GET.items()
        if k not in ("sort", "page", "format", "table")
    )
    if request.GET.get("format"):
        return Table(slug, columns, queryset, query=query, sort=sort, **more)
    page = Paginator(queryset, PAGE_SIZE).get_page(request.GET.get("page"))
    return Table(slug, columns, list(page.object_list), page=page, query=query, sort=sort, **more)


def download(request: HttpRequest, *tables: Table) -> HttpResponse | None:
    """The table the address asks for as a file, or None when a page is wanted."""
    kind, slug = request.GET.get("format"), request.GET.get("table")
    if not kind:
        return None
    table = next((t for t in tables if t.slug == slug or slug is None), None)
    if table is None or kind not in WRITERS:
        return HttpResponse(
            _("There is no such table or format here."), status=404, content_type="text/plain; charset=utf-8"
        )
    content, media_type = WRITERS[kind](table)
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{table.slug}.{kind}"'
    return response


def guarded(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe."""
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(FORMULA) and not _is_number(value)
        else value
    )


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


def as_csv(table: Table) -> tuple[bytes, str]:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([c.key for c in table.columns])
    for row in table.data():
        writer.writerow(["" if v is None else guarded(v) for v in row.values()])
    return ("\ufeff" + stream.getvalue()).encode(), "text/csv; charset=utf-8"


def as_json(table: Table) -> tuple[bytes, str]:
    return json.dumps(table.data(), ensure_ascii=False, indent=1).encode(), "application/json"


def as_xlsx(table: Table) -> tuple[bytes, str]:
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the same table gives the same bytes
    sheet = book.add_worksheet(table.slug[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.write_row(0, 0, [str(c.header) for c in table.columns], bold)
    sheet.freeze_panes(1, 0)
    for y, row in enumerate(table.rows, start=1):
        for x, column in enumerate(table.columns):
            value = column.value(row)
            if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
                sheet.write_number(y, x, float(value))
            elif value is not None:
                sheet.write_string(y, x, str(plain(value)))
    sheet.autofit()
    book.close()
    return stream.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


WRITERS: dict[str, Callable[[Table], tuple[bytes, str]]] = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}
