"""The operations of the API as a page, made from the schema that programs read."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from trunghoa.portal.api import api
from trunghoa.portal.core.record.tables import Column, Table, download

METHODS = ("get", "post", "put", "patch", "delete")


@cache
def operations() -> list[dict[str, Any]]:
    """One row per operation of the schema, made once: that takes longer than any page of a record."""
    rows = []
    for path, entry in api.get_openapi_schema()["paths"].items():
        for method in (m for m in METHODS if m in entry):
            stated = entry[method]
            rows.append(
                {
                    "method": method.upper(),
                    "path": path,
                    "about": stated.get("description") or stated.get("summary", ""),
                    "parameters": ", ".join(p["name"] for p in stated.get("parameters", [])),
                    "answers": ", ".join(str(code) for code in stated.get("responses", {})),
                }
            )
    return rows


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    columns = [
        Column("method", _("Method"), lambda r: r["method"]),
        Column(
            "path", _("Address"), lambda r: r["path"], lambda r: format_html("<code>{}</code>", r["path"])
        ),
        Column("about", _("What it gives"), lambda r: r["about"]),
        Column("parameters", _("Parameters"), lambda r: r["parameters"]),
        Column("answers", _("Answers"), lambda r: r["answers"]),
    ]
    table = Table("operations", columns, operations(), caption=_("Operations of the API"))
    if answer := download(request, table):
        return answer
    return render(request, "reference.html", {"table": table})
