"""The export to the Climate Action Data Trust: what it holds, what is left out and why, and the files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trunghoa.portal.core.record.form_fields import full_text
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.workflow import days
from trunghoa.quantities import InputError

from .. import exporting
from ..exporting import Export
from ..tasks import cadt
from . import access

TYPES = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Holdings of others stand in it, so it is for administrators of a registry."""
    access.must(request, "registry.keep_accounts")
    made = exporting.export()
    tables = [count_table(made), left_out_table(made)]
    if answer := download(request, *tables):
        return answer
    context = {
        "made": made,
        "model": cadt.model(),
        "tables": tables,
        "problems": [full_text(problem) for problem in made.problems[:50]],
    }
    return render(request, "registry/cadt.html", context)


def count_table(made: Export) -> Table:
    columns = [
        Column("table", gettext_lazy("Table"), lambda r: r[0]),
        Column("rows", gettext_lazy("Rows"), lambda r: len(r[1]), None, True),
    ]
    return Table("tables", columns, list(made.tables.items()), caption=_("What is exported"))


def left_out_table(made: Export) -> Table:
    columns = [
        Column("serial", gettext_lazy("Serial"), lambda r: r[0]),
        Column("units", gettext_lazy("Credits (t)"), lambda r: r[1], None, True),
        Column("why", gettext_lazy("Why"), lambda r: r[2]),
    ]
    return Table("left_out", columns, made.left_out, caption=_("What is left out"))


@require_safe
def file(request: HttpRequest, form: str) -> HttpResponse:
    access.must(request, "registry.keep_accounts")
    day = days.today(request.user.side)
    try:
        content = exporting.as_file(exporting.export(), form, day)
    except InputError as error:
        text = "\n".join(full_text(problem) for problem in error.problems)
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="cadt-{day.isoformat()}.{form}"'
    return answer
