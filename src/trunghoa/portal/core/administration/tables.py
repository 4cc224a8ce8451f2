"""Tables of organisations, people, invitations and tokens."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _

from trunghoa.portal.core.record.tables import Column, Table, paged
from trunghoa.portal.core.record.templatetags.numbers import language


def moment(value: datetime | None) -> str:
    """Date and time as people read them."""
    if value is None:
        return "–"
    return escape(formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT"))


def day(value: Any) -> str:
    return escape(formats.date_format(value, "SHORT_DATE_FORMAT")) if value else "–"


def linked(name: str, key: Any, text: str) -> str:
    return format_html('<a href="{}">{}</a>', reverse(name, args=[key]), text)


def organisations(request: HttpRequest, rows: QuerySet) -> Table:
    lang = language()
    columns = [
        Column("code", _("Code"), lambda o: o.code, order="code"),
        Column(
            "name",
            _("Name"),
            lambda o: o.name(lang),
            lambda o: linked("administration:organisation", o.code, o.name(lang)),
            order=f"name_{lang}",
        ),
        Column("side", _("Side"), lambda o: o.side, lambda o: escape(o.get_side_display()), order="side"),
        Column("kind", _("Kind"), lambda o: o.kind, lambda o: escape(o.get_kind_display()), order="kind"),
        Column("valid_from", _("Exists since"), lambda o: o.valid_from, lambda o: day(o.valid_from)),
        Column("valid_to", _("Last day"), lambda o: o.valid_to, lambda o: day(o.valid_to), order="valid_to"),
        Column(
            "successor",
            _("Successor"),
            lambda o: o.successor.code if o.successor else None,
            lambda o: escape(o.successor.name(lang)) if o.successor else "–",
        ),
    ]
    return paged(request, rows, columns, "organisations", caption=_("Organisations"))


def people(request: HttpRequest, rows: QuerySet) -> Table:
    columns = [
        Column(
            "username",
            _("User name"),
            lambda u: u.username,
            lambda u: linked("administration:person", u.pk, u.username),
        ),
        Column("name", _("Name"), lambda u: u.get_full_name()),
        Column("role", _("Role"), lambda u: u.role, lambda u: escape(u.get_role_display())),
        Column(
            "active",
            _("May sign in"),
            lambda u: "yes" if u.is_active else "no",
            lambda u: _("yes") if u.is_active else _("no"),
        ),
        Column("last_login", _("Last signed in"), lambda u: u.last_login, lambda u: moment(u.last_login)),
    ]
    return paged(request, rows, columns, "people", caption=_("People"))


def invitations(request: HttpRequest, rows: QuerySet) -> Table:
    lang = language()
    columns = [
        Column("email", _("E-mail address"), lambda i: i.email),
        Column("organisation", _("Organisation"), lambda i: i.organisation.name(lang)),
        Column("role", _("Role"), lambda i: i.role, lambda i: escape(i.get_role_display())),
        Column("invited_by", _("Invited by"), lambda i: i.invited_by.shown_name),
        Column("created_on", _("On"), lambda i: i.created_on, lambda i: moment(i.created_on)),
        Column("expires_on", _("Until"), lambda i: i.expires_on, lambda i: moment(i.expires_on)),
        Column("state", _("State"), lambda i: i.state, _state),
    ]
    return paged(request, rows, columns, "invitations", caption=_("Invitations"))


def _state(row: Any) -> str:
    if row.state != row.State.OPEN:
        return escape(row.state.label)
    return format_html(
        '{} · <a href="{}">{}</a>',
        row.state.label,
        reverse("administration:take_back", args=[row.pk]),
        _("Take back"),
    )


def tokens(request: HttpRequest, rows: QuerySet) -> Table:
    lang = language()
    columns = [
        Column(
            "name",
            _("What it is for"),
            lambda t: t.name,
            lambda t: linked("administration:token", t.pk, t.name),
        ),
        Column("organisation", _("Organisation"), lambda t: t.organisation.name(lang)),
        Column("scope", _("It may"), lambda t: t.scope, lambda t: escape(t.get_scope_display())),
        Column("created_by", _("Made by"), lambda t: t.created_by.shown_name),
        Column("expires_on", _("Until"), lambda t: t.expires_on, lambda t: moment(t.expires_on)),
        Column("last_used_on", _("Last used"), lambda t: t.last_used_on, lambda t: moment(t.last_used_on)),
        Column(
            "usable",
            _("State"),
            lambda t: "usable" if t.is_usable else "ended",
            lambda t: _("usable") if t.is_usable else _("ended"),
        ),
    ]
    return paged(request, rows, columns, "tokens", caption=_("API tokens"))
