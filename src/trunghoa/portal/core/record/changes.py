"""The log of all changes, for officers: filtered, paged, downloadable."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.html import escape, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from trunghoa.portal.core.audit import chain, history
from trunghoa.portal.core.audit.models import AuditEntry
from trunghoa.portal.core.audit.values import canonical

from .tables import Column, Table, download, paged

FILTERS = ("object", "actor", "since", "until", "verb")


@require_safe
@permission_required("audit.read_log", raise_exception=True)
def log(request: HttpRequest) -> HttpResponse:
    """Every entry of the chain, the latest first."""
    table = paged(request, filtered(request), columns(), "audit", caption=_("Log of changes"))
    if answer := download(request, table):
        return answer
    names = history.Names(_shown(table))
    table.columns = columns(names)
    asked = {key: request.GET.get(key, "") for key in FILTERS}
    verbs = [(key, str(label)) for key, label in history.VERBS.items()]
    context = {"table": table, "asked": asked, "verbs": verbs, "entries": chain.head()[0]}
    return render(request, "audit/log.html", context)


def _shown(table: Table) -> list[AuditEntry]:
    return list(table.rows)


def filtered(request: HttpRequest) -> QuerySet:
    """Entries narrowed by the address; a date counts from midnight to midnight here."""
    rows = chain.entries().select_related("actor").order_by("-seq")
    asked = request.GET
    if wanted := asked.get("object", "").strip():
        kind, colon, key = wanted.partition(":")
        exactly = Q(object_type=kind, object_id=key) | Q(parent=wanted)
        rows = rows.filter(exactly if colon else Q(label__icontains=wanted) | Q(object_type=wanted.lower()))
    if actor := asked.get("actor", "").strip():
        rows = rows.filter(actor__username__iexact=actor)
    if verb := asked.get("verb", ""):
        rows = rows.filter(verb=verb)
    since, until = _midnight(asked.get("since", "")), _midnight(asked.get("until", ""))
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until + timedelta(days=1))
    return rows


def _midnight(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time()))


def columns(names: Any = None) -> list[Column]:
    """Downloads carry what was entered, exactly; the page says it in words."""
    return [
        Column("seq", _("No."), lambda e: e.seq, numeric=True),
        Column("at", _("When"), lambda e: e.at, lambda e: _moment(e.at)),
        Column("actor", _("Who"), history.who),
        Column("origin", _("From"), lambda e: e.origin),
        Column("verb", _("What was done"), lambda e: e.verb, lambda e: escape(history.verb(e.verb))),
        Column("object", _("Object"), _object, lambda e: escape(f"{history.kind(e.object_type)} {e.label}")),
        Column("before", _("Old value"), lambda e: canonical(e.before), lambda e: _said(e, names, "old")),
        Column("after", _("New value"), lambda e: canonical(e.after), lambda e: _said(e, names, "new")),
        Column("request_id", _("Request"), lambda e: e.request_id),
        Column("hash", _("SHA-256"), lambda e: e.hash, lambda e: f"<code>{e.hash[:12]}</code>"),
    ]


def _object(entry: AuditEntry) -> str:
    return f"{entry.object_type}:{entry.object_id}"


def _moment(moment: datetime) -> str:
    return escape(formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT"))


def _said(entry: AuditEntry, names: Any, side: str) -> str:
    said = ((change.field, getattr(change, side)) for change in history.changes(entry, names))
    return format_html_join("", "<div>{}: {}</div>", (pair for pair in said if pair[1] != "–")) or "–"
