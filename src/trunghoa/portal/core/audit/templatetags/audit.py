"""``{% history object … %}``: what happened to an object, closed until somebody opens it.

It stands only on pages of objects that the reader may see: it asks no permission of its own.
"""

from typing import Any

from django import template
from django.db.models import Model

from .. import history as words
from ..watching import key_of

register = template.Library()


@register.inclusion_tag("audit/history.html", takes_context=True)
def history(context: dict[str, Any], *rows: Model) -> dict[str, Any]:
    """The latest changes of these rows and of what belongs to them."""
    user = context.get("user")
    return {
        "lines": words.of(*rows),
        "whole": key_of(rows[0]) if rows and user is not None and user.has_perm("audit.read_log") else "",
    }
