"""``{% evidence object %}``: the papers that back an object, and what may be done with them."""

from typing import Any

from django import template

from .. import documents, lists
from .. import evidence as backing
from .numbers import language

register = template.Library()


@register.inclusion_tag("record/evidence.html", takes_context=True)
def evidence(context: template.Context, obj: Any) -> dict[str, Any]:
    request = context["request"]
    user, lang = request.user, language()
    rows = list(backing.about(obj).prefetch_related("document__registrations"))
    return {
        "request": request,
        "object": obj,
        "label": obj._meta.label_lower,
        "rows": [_row(user, row, lang) for row in rows],
        "may_attach": backing.may_attach(user, obj) and user.has_perm("record.add_document"),
    }


def _row(user: Any, row: Any, lang: str) -> dict[str, Any]:
    said = documents.seen_by(user, row.document)
    open_still = not row.accepted_on and not row.rejected_on and user.is_authenticated
    hindered = backing.hindrance(row, user) if open_still else None
    return {
        "evidence": row,
        "title": said[0].title(lang) if said else "",
        "kind": lists.name_of("evidence_classes.csv", row.evidence_class, lang),
        "may_accept": open_still and hindered is None,
        "may_reject": open_still and (hindered is None or row.added_by_id == user.pk),
        "own": open_still and row.added_by_id == user.pk,
    }
