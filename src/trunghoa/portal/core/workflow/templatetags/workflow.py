"""``{% moves object %}``: where an object stands, what may be done, who signed, what was done and said."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.translation import gettext

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.templatetags import numbers

from .. import machine as machines
from .. import moves as moving
from .. import signing
from ..machine import Machine, Transition
from ..models import Comment, Move, SignOff, Waiting

register = template.Library()


@register.inclusion_tag("workflow/moves.html", takes_context=True)
def moves(context: template.Context, obj: Any) -> dict[str, Any]:
    machine = machines.of(obj)
    return {
        **stands(context["request"], obj, machine),
        "history": [told(machine, row) for row in moving.history(obj)],
        "comments": Comment.objects.about(obj).select_related("author", "author__organisation"),
    }


@register.inclusion_tag("workflow/standing.html", takes_context=True)
def standing(context: template.Context, obj: Any) -> dict[str, Any]:
    """Only where the object stands and what may be done, for a page that tells the history in its own way."""
    return stands(context["request"], obj, machines.of(obj))


def stands(request: HttpRequest, obj: Any, machine: Machine) -> dict[str, Any]:
    waiting = Waiting.objects.about(obj).select_related("organisation", "person")
    return {
        "object": obj,
        "machine": machine,
        "state": machine.state(obj.state),
        "offers": moving.offers(obj, person(request)),
        "waiting": [(row, row.who(numbers.language())) for row in waiting],
        "signatures": signatures(obj, machine),
        "hash": signing.revision_hash(obj),
        "request": request,
    }


def signatures(obj: Any, machine: Machine) -> list[tuple[str, SignOff | None]]:
    """What each side has signed of the present revision; for a move to come, only what counts toward it.

    What both sides signed stands until one of them signs the move after it.
    """
    if machine.signed is None:
        return []
    found = signing.signatures(obj)
    for transition in machine.transitions:
        if transition.both_sides and obj.state in transition.sources:
            toward = signing.pending(obj, transition.verb)
            if toward or len(found) < len(signing.SIDES):
                found = toward
    return [(side, found.get(side)) for side in signing.SIDES]


def told(machine: Machine, row: Move) -> dict[str, Any]:
    """One move that took place, in words; what was declared then may have been taken away since."""
    transition = machine.transition(row.verb)
    states = {state.code: state.label for state in machine.states}
    return {
        "row": row,
        "label": gettext(transition.label) if transition else row.verb,
        "target": gettext(states[row.target]) if row.target in states else row.target,
        "given": list(given(transition, row.inputs)),
    }


def given(transition: Transition | None, inputs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What was given with a move, each with its name, as the reader's language writes it."""
    declared = {wanted.name: wanted for wanted in transition.inputs} if transition else {}
    for name, value in inputs.items():
        wanted = declared.get(name)
        label = gettext(wanted.label) if wanted else name
        if isinstance(value, dict):
            names = value.get("names", {})
            yield label, names.get(numbers.language()) or names.get("vi", "")
        elif wanted and wanted.kind == "choice":
            yield label, gettext(dict(wanted.choices).get(value, value))
        elif wanted and wanted.kind == "date":
            yield label, numbers.day(date.fromisoformat(value))
        else:
            yield label, str(value)


@register.filter
def state_label(obj: Any) -> str:
    """The state of an object in words."""
    return gettext(machines.of(obj).state(obj.state).label)
