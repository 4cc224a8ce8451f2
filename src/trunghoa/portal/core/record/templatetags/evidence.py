"""``{% evidence object %}``: the papers that back an object, and what may be done with them."""

from typing import Any

from django import template

from .. import documents, lists
from .. import evidence as backing
from ..models import Document, Registered
from .numbers import language

register = template.Library()


@register.inclusion_tag("record/evidence.html", takes_context=True)
def evidence(context: template.Context, obj: Any) -> dict[str, Any]:
    request = context["request"]
    user, lang = request.user, language()
    rows = list(backing.about(obj))
    known = documents.with_said(user, Document.objects.filter(pk__in={row.document_id for row in rows}))
    said = {document.pk: documents.seen_by(user, document) for document in known}
    return {
        "request": request,
        "object": obj,
        "label": obj._meta.label_lower,
        "rows": [_row(user, row, said[row.document_id], lang) for row in rows],
        "may_attach": backing.may_attach(user, obj) and user.has_perm("record.add_document"),
    }


def _row(user: Any, row: Any, said: list[Registered], lang: str) -> dict[str, Any]:
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
