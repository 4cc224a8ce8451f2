"""Entries as people read them: who, when, and which field went from what to what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from trunghoa.quantities import format_number

from .chain import entries
from .models import AuditEntry
from .values import HIDDEN
from .watching import key_of

MOST = 50
LONGEST = 300
VERBS = {
    "created": gettext_lazy("created"),
    "changed": gettext_lazy("changed"),
    "deleted": gettext_lazy("deleted"),
    "related": gettext_lazy("linked"),
    "parted": gettext_lazy("unlinked"),
    "rows_created": gettext_lazy("rows created"),
    "rows_changed": gettext_lazy("rows changed"),
    "rows_deleted": gettext_lazy("rows deleted"),
    "signed_in": gettext_lazy("signed in"),
    "signed_out": gettext_lazy("signed out"),
    "sign_in_failed": gettext_lazy("failed to sign in"),
    "locked_out": gettext_lazy("locked out after failed attempts"),
}


@dataclass(frozen=True)
class Change:
    """One field of one entry."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One entry, in words."""

    entry: AuditEntry
    who: str
    what: str
    kind: str
    changes: Sequence[Change]


def of(*rows: models.Model | None) -> list[Line]:
    """What happened to these rows and to what belongs to them, the latest first."""
    found: dict[int, AuditEntry] = {}
    for row in rows:
        if row is not None:
            found.update({entry.seq: entry for entry in _about(row)})
    latest = sorted(found.values(), key=lambda e: -e.seq)[:MOST]
    return lines(latest)


def _about(row: models.Model) -> Iterable[AuditEntry]:
    rows = entries().select_related("actor").order_by("-seq")
    label = row._meta.label_lower
    yield from rows.filter(object_type=label, object_id=str(row.pk))[:MOST]
    yield from rows.filter(parent=key_of(row))[:MOST]
    if isinstance(row.pk, int):
        many = rows.filter(object_type=label, object_id="")
        for side in ("before", "after"):
            within = {f"{side}__first__lte": row.pk, f"{side}__last__gte": row.pk}
            yield from (e for e in many.filter(**within)[:MOST] if _covers(getattr(e, side), row.pk))


def _covers(listed: dict[str, Any], key: int) -> bool:
    ranges = listed.get("ranges")
    return ranges is None or any(first <= key <= last for first, last in ranges)


def lines(found: Iterable[AuditEntry]) -> list[Line]:
    """Entries in words; what they refer to is looked up once for all of them."""
    rows = list(found)
    names = Names(rows)
    return [Line(e, who(e), verb(e.verb), kind(e.object_type), changes(e, names)) for e in rows]


def who(entry: AuditEntry) -> str:
    """The person, or what acted without one."""
    actor = entry.actor
    if actor is None:
        return entry.origin or "–"
    return str(getattr(actor, "shown_name", "") or actor.get_username())


def verb(name: str) -> str:
    return str(VERBS.get(name, name))


def kind(object_type: str) -> str:
    """What sort of thing it is, in the reader's language where its model says so."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name) if object_type else ""
    except LookupError:
        return object_type


def changes(entry: AuditEntry, names: Names | None = None) -> list[Change]:
    """Field by field, old and new."""
    names = names or Names([entry])
    before, after = entry.before or {}, entry.after or {}
    if entry.verb.startswith("rows_"):
        return [_rows(before, after)]
    if entry.verb in ("related", "parted"):
        return [_relation(before, after)]
    model = _model(entry.object_type)
    found = []
    for key in dict.fromkeys((*before, *after)):
        field = _field(model, key)
        label = str(field.verbose_name) if field is not None else key
        old, new = names.shown(field, before.get(key)), names.shown(field, after.get(key))
        found.append(Change(label, old, new))
    return found


def _rows(before: dict[str, Any], after: dict[str, Any]) -> Change:
    def said(content: dict[str, Any]) -> str:
        if not content:
            return "–"
        return f"{format_number(content['count'], _lang(), 0)} × {kind(content['model'])}"

    return Change(_("rows"), said(before), said(after))


def _relation(before: dict[str, Any], after: dict[str, Any]) -> Change:
    name = (before or after).get("relation", "")
    return Change(name.rpartition("_")[2], _list(before.get("rows")), _list(after.get("rows")))


def _list(keys: list[str] | None) -> str:
    return _cut(", ".join(keys)) if keys else "–"


def _model(object_type: str) -> type[models.Model] | None:
    try:
        return apps.get_model(object_type) if object_type else None
    except LookupError:
        return None


def _field(model: type[models.Model] | None, name: str) -> models.Field | None:
    try:
        field = model._meta.get_field(name) if model is not None else None
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def _lang() -> str:
    return (get_language() or "vi")[:2]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


class Names:
    """What the values of entries mean: choices by their labels, keys by what they name."""

    def __init__(self, rows: Iterable[AuditEntry]) -> None:
        wanted: dict[type[models.Model], set[Any]] = {}
        for entry in rows:
            model = _model(entry.object_type)
            for key, value in [*(entry.before or {}).items(), *(entry.after or {}).items()]:
                field = _field(model, key)
                if isinstance(field, models.ForeignKey) and not isinstance(value, dict | list):
                    wanted.setdefault(field.related_model, set()).add(value)
        self.found = {model: self._look_up(model, keys) for model, keys in wanted.items()}

    @staticmethod
    def _look_up(model: type[models.Model], keys: set[Any]) -> dict[str, str]:
        rows = model._base_manager.filter(pk__in=[k for k in keys if k is not None and k != HIDDEN])
        return {str(row.pk): str(row) for row in rows}

    def shown(self, field: models.Field | None, value: Any) -> str:
        """A value in words."""
        if value is None:
            return "–"
        if value == HIDDEN:
            return _("not shown")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(field, models.ForeignKey):
            return self.found.get(field.related_model, {}).get(str(value), str(value))
        if isinstance(value, dict | list):
            return _cut(json.dumps(value, ensure_ascii=False))
        if field is not None and field.flatchoices:
            return str(dict(field.flatchoices).get(value, value))
        return _cut(_written(field, str(value)))


def _written(field: models.Field | None, text: str) -> str:
    """Dates and amounts as the reader's language writes them, every digit kept."""
    if isinstance(field, models.DateTimeField):
        moment = datetime.fromisoformat(text)
        return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    if isinstance(field, models.DateField):
        return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")
    if field is not None and "Decimal" in type(field).__name__:
        amount = Decimal(text)
        exponent = amount.as_tuple().exponent
        return format_number(amount, _lang(), max(0, -exponent) if isinstance(exponent, int) else 0)
    return text
