"""Moving objects: what is offered, what is refused and why, and the record of what took place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User

from . import machine as machines
from . import signing
from .errors import Refused, Stale
from .machine import Machine, Transition
from .models import Move, Waiting


@dataclass(frozen=True)
class Offer:
    """A move out of the present state, and why this person cannot make it now, if so."""

    transition: Transition
    reasons: tuple[str, ...]

    @property
    def open(self) -> bool:
        return not self.reasons


def offers(obj: Any, user: User) -> list[Offer]:
    """Moves out of the present state that this person's role allows, each with what stands in its way."""
    return [
        Offer(transition, tuple(_hindrances(obj, transition, user, None)))
        for transition in machines.of(obj).transitions
        if may(obj, transition, user)
    ]


def may(obj: Any, transition: Transition, user: User) -> bool:
    """Whether a move leads out of the present state and is this person's to make."""
    return obj.state in transition.sources and not transition.automatic and transition.who(user, obj)


def _hindrances(obj: Any, transition: Transition, user: User, inputs: Mapping[str, Any] | None) -> list[str]:
    """Everything in the way; without ``inputs``, only what holds whatever is given."""
    reasons = []
    for verb in transition.not_by:
        last = Move.objects.about(obj).filter(verb=verb).last()
        if last is not None and last.actor_id == user.pk:
            reasons.append(_("The same person may not do both: ask a colleague to make this move."))
    if transition.both_sides:
        side = side_of(user)
        if side not in signing.SIDES:
            reasons.append(_("Only Viet Nam and Japan sign."))
        elif side in signing.pending(obj, transition.verb):
            reasons.append(_("Your side has signed this revision; the other side has not yet."))
    if transition.papers and not _has_paper(obj, transition.papers):
        reasons.append(_("An accepted paper is missing: attach one below and have it accepted."))
    if inputs is not None:
        reasons += [
            _("“%(label)s” is missing.") % {"label": _(wanted.label)}
            for wanted in transition.inputs
            if wanted.required and inputs.get(wanted.name) in (None, "")
        ]
    reasons += [said for guard in transition.guards if (said := guard(obj, user, inputs or {}))]
    return reasons


def _has_paper(obj: Any, classes: Any) -> bool:
    from trunghoa.portal.core.record import evidence

    accepted = evidence.accepted_for(obj)
    return any("any" in classes or row.evidence_class in classes for row in accepted)


def side_of(user: User) -> str:
    return user.organisation.side if user.organisation else ""


@transaction.atomic
def move(
    obj: Any,
    verb: str,
    by: User,
    *,
    revision: int,
    inputs: Mapping[str, Any] | None = None,
    seen: str = "",
) -> Move | None:
    """Make a move.

    ``revision`` is the one the person read; ``seen`` the hash they read where both sides sign. Returns the
    move, or None where one side has signed and the other is still awaited. The given object is refreshed.

    Raises
    ------
    Stale : somebody changed the object meanwhile
    Refused : the machine does not allow it now; the reasons say what to do
    """
    machine = machines.of(obj)
    held = _held(obj, revision)
    transition = machine.transition(verb)
    given = dict(inputs or {})
    if transition is None or transition.automatic:
        raise Refused([_("There is no move “%(verb)s” here.") % {"verb": verb}])
    if held.state not in transition.sources:
        raise Refused([not_from_here(held, transition)])
    if not transition.who(by, held):
        raise Refused([_("This move is for: %(who)s.") % {"who": _(transition.who_text)}])
    if reasons := _hindrances(held, transition, by, given):
        raise Refused(reasons)
    done = None
    if not transition.both_sides or _signed_by_both(held, transition.verb, by, seen):
        done = _take_place(machine, transition, held, by, given)
    await_next(held)
    obj.refresh_from_db()
    return done


def _signed_by_both(held: Any, verb: str, by: User, seen: str) -> bool:
    now = signing.revision_hash(held)
    if seen != now:
        raise Stale(_("The text changed after you read it. Read it again before you sign."))
    signing.sign(held, by, side_of(by), now, verb)
    return set(signing.SIDES) <= set(signing.pending(held, verb))


def _take_place(
    machine: Machine, transition: Transition, held: Any, by: User, given: Mapping[str, Any]
) -> Move:
    source = held.state
    if transition.apply is not None:
        transition.apply(held, given, by)
    held.state = transition.target
    held.revision += 1
    held.save()
    return Move.objects.create(
        object=held,
        machine=machine.name,
        verb=transition.verb,
        source=source,
        target=transition.target,
        actor=by,
        organisation=by.organisation,
        revision=held.revision,
        inputs={key: _plain(value) for key, value in given.items() if value not in (None, "")},
    )


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return {"id": value.pk, "names": {lang: value.name(lang) for lang, _language in settings.LANGUAGES}}
    return value.isoformat() if isinstance(value, date) else value


def _held(obj: Any, revision: int) -> Any:
    """The row, locked until the transaction ends, and unchanged since it was read."""
    held = type(obj)._base_manager.select_for_update().get(pk=obj.pk)
    if held.revision != revision:
        raise Stale(changed_meanwhile())
    return held


def changed_meanwhile() -> str:
    return _("Somebody changed this meanwhile. Read it again and repeat what is still wanted.")


def not_from_here(obj: Any, transition: Transition) -> str:
    state = machines.of(obj).state(obj.state)
    return _("“%(verb)s” is not possible in the state “%(state)s”.") % {
        "verb": _(transition.label),
        "state": _(state.label),
    }


@transaction.atomic
def follow(obj: Any, verb: str, by: User) -> Move:
    """Make an automatic move that follows from what was done to another object, in the same transaction."""
    machine = machines.of(obj)
    held = type(obj)._base_manager.select_for_update().get(pk=obj.pk)
    transition = machine.transition(verb)
    if transition is None or not transition.automatic or held.state not in transition.sources:
        raise Refused([_("There is no move “%(verb)s” here.") % {"verb": verb}])
    done = _take_place(machine, transition, held, by, {})
    await_next(held)
    obj.refresh_from_db()
    return done


@transaction.atomic
def edit(obj: Any, by: User, *, revision: int, change: Callable[[Any], None]) -> Any:
    """Change the content of an object: ``change`` gets the locked row and may change rows that belong to it.

    When what both sides sign has changed, signatures are taken back, and a state that rests on them is left
    by the machine's automatic move. Returns the changed row.
    """
    machine = machines.of(obj)
    held = _held(obj, revision)
    before = signing.revision_hash(held)
    change(held)
    held.revision += 1
    held.save()
    if machine.signed is not None and signing.revision_hash(held) != before:
        signing.void(held, by)
        for transition in machine.transitions:
            if transition.automatic and held.state in transition.sources:
                _take_place(machine, transition, held, by, {})
                break
    await_next(held)
    return held


def began(obj: Any) -> Any:
    """Call once after creating an object: it may wait for somebody from the start."""
    await_next(obj)
    return obj


def await_next(obj: Any) -> None:
    """Write down for whom the object waits now."""
    machine = machines.of(obj)
    for row in Waiting.objects.about(obj):
        row.delete()
    for wait in machine.waits(obj):
        Waiting.objects.create(
            content_type=ContentType.objects.get_for_model(obj),
            object_id=obj.pk,
            machine=machine.name,
            state=obj.state,
            side=wait.side,
            organisation=wait.organisation,
            person=wait.person,
            due=wait.due,
            what=wait.what,
        )


def history(obj: Any) -> list[Move]:
    return list(Move.objects.about(obj).select_related("actor", "organisation"))
