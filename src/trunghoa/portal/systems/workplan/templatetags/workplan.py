"""Labels and titles of the room's rows in the reader's language."""

from typing import Any

from django import template

from trunghoa.portal.core.record.templatetags.numbers import language

register = template.Library()


@register.filter
def labelled(thing: Any) -> str:
    return thing.label(language())


@register.filter
def titled(thing: Any) -> str:
    return thing.title(language())
