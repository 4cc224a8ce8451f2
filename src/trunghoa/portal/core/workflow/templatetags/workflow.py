"""``{% moves object %}``: the state of an object, what may be done, who signed, what was done and said."""

from typing import Any

from django import template

from .. import machine as machines
from .. import moves as moving
from .. import signing
from ..models import Comment, Waiting

register = template.Library()


@register.inclusion_tag("workflow/moves.html", takes_context=True)
def moves(context: template.Context, obj: Any) -> dict[str, Any]:
    request = context["request"]
    machine = machines.of(obj)
    signed = signing.signatures(obj) if machine.signed else {}
    return {
        "object": obj,
        "machine": machine,
        "state": machine.state(obj.state),
        "offers": moving.offers(obj, request.user),
        "history": [(m, machine.transition(m.verb), machine.state(m.target)) for m in moving.history(obj)],
        "waiting": Waiting.objects.about(obj).select_related("organisation", "person"),
        "signatures": [(side, signed.get(side)) for side in signing.SIDES] if machine.signed else [],
        "hash": signing.revision_hash(obj),
        "comments": Comment.objects.about(obj).select_related("author", "author__organisation"),
        "request": request,
    }


@register.filter
def state_label(obj: Any) -> str:
    """The state of an object in words."""
    from django.utils.translation import gettext

    return gettext(machines.of(obj).state(obj.state).label)
