"""Evidence: papers that back a figure, a milestone, an activity. Who brings one does not accept it.

A room says once of which of its objects there may be evidence::

    evidence.register("workplan.Milestone", visible=..., may_attach=..., address=..., name=...)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from trunghoa.portal.core.accounts.models import User
from trunghoa.quantities import N_, InputError, TrungHoaError

from . import documents, lists
from .intake import Conflict, refuse
from .models import Document, Evidence


class Forbidden(InputError):
    """Not this person's to do."""


@dataclass(frozen=True)
class Backed:
    """A kind of object of which there may be evidence.

    Parameters
    ----------
    model : "app_label.ModelName"
    visible : (user) -> condition on the objects that the user may see
    may_attach : (user, object) -> may this person bring papers for it
    address : (object) -> its page
    name : (object) -> what it is called, in the reader's language
    """

    model: str
    visible: Callable[[Any], Q]
    may_attach: Callable[[User, Any], bool]
    address: Callable[[Any], str]
    name: Callable[[Any], str] = str


_REGISTERED: dict[str, Backed] = {}


def register(model: str, **how: Any) -> Backed:
    """Declare a kind of object; a second declaration of the same kind is refused."""
    if model.lower() in _REGISTERED:
        raise TrungHoaError(f"Evidence of {model} is declared twice.")
    return _REGISTERED.setdefault(model.lower(), Backed(model, **how))


def unregister(model: str) -> None:
    _REGISTERED.pop(model.lower(), None)


def backed(label: str) -> Backed | None:
    return _REGISTERED.get(label.lower())


def kinds() -> list[Backed]:
    return list(_REGISTERED.values())


def about(obj: models.Model) -> QuerySet[Evidence]:
    people = ("added_by", "accepted_by", "rejected_by")
    return Evidence.objects.about(obj).select_related("document", *people)


def accepted_for(obj: models.Model) -> QuerySet[Evidence]:
    """What an object rests on: papers that somebody other than their bringer accepted."""
    return about(obj).filter(accepted_on__isnull=False)


def may_attach(user: User, obj: models.Model) -> bool:
    """May this person bring papers for it? Not for kinds of objects that nobody declared."""
    kind = backed(obj._meta.label)
    return kind is not None and user.is_authenticated and bool(kind.may_attach(user, obj))


@transaction.atomic
def attach(
    obj: models.Model,
    document: Document,
    *,
    by: User,
    page: str = "",
    note: str = "",
    evidence_class: str = "document",
) -> Evidence:
    """Say that a paper backs an object; it counts once somebody else has accepted it.

    Raises
    ------
    Forbidden : the person may not read the paper, or not bring any for this object
    Conflict : the same page of the same paper is attached already
    InputError : the class of evidence is not on the list of today
    """
    kind = backed(obj._meta.label)
    if kind is not None and not kind.may_attach(by, obj):
        raise refuse(
            N_("Your role brings no papers for this."), N_("Ask who keeps the record."), kind=Forbidden
        )
    if not documents.may_read(by, document):
        raise refuse(
            N_("You may not read this paper, so you cannot attach it."),
            N_("Hand in your own copy of it."),
            kind=Forbidden,
        )
    classes = [row.code for row in lists.evidence_classes(timezone.localdate())]
    if evidence_class not in classes:
        raise refuse(
            N_("“%(value)s” is no class of evidence."),
            N_("These are: %(limit)s."),
            value=evidence_class,
            limit=", ".join(classes),
        )
    try:
        with transaction.atomic():
            return Evidence.objects.create(
                object=obj,
                document=document,
                added_by=by,
                page=page,
                note=note,
                evidence_class=evidence_class,
            )
    except IntegrityError as error:
        raise refuse(
            N_("This paper is attached here already, with the same page and class."),
            N_("Name another page, or wait until it is decided on."),
            kind=Conflict,
        ) from error


def hindrance(evidence: Evidence, by: User) -> InputError | None:
    """Why this person cannot accept it, if so."""
    if not by.has_perm("record.accept_evidence"):
        return refuse(
            N_("Only an officer or a verifier accepts evidence."), N_("Ask one of them."), kind=Forbidden
        )
    if evidence.added_by_id == by.pk:
        return refuse(
            N_("Who attached a paper does not accept it: four eyes are needed."),
            N_("Ask a colleague to look at it."),
            kind=Forbidden,
        )
    if not documents.may_read(by, evidence.document):
        return refuse(
            N_("You may not read this paper, so you cannot decide on it."),
            N_("Ask an officer, or ask its owner to open it to you."),
            kind=Forbidden,
        )
    return None


@transaction.atomic
def accept(evidence: Evidence, by: User) -> Evidence:
    """Accept a paper; of two who do so at once, one does and the other is told.

    Raises
    ------
    Forbidden : by the same person, without the role, or without having read the paper
    Conflict : it was decided on already
    """
    held = _undecided(evidence)
    if reason := hindrance(held, by):
        raise reason
    held.accepted_by, held.accepted_on = by, timezone.now()
    held.save(update_fields=["accepted_by", "accepted_on"])
    return held


@transaction.atomic
def reject(evidence: Evidence, by: User, reason: str) -> Evidence:
    """Reject a paper with the reason; who attached it may take it back the same way."""
    held = _undecided(evidence)
    if held.added_by_id != by.pk and (hindered := hindrance(held, by)):
        raise hindered
    if not reason.strip():
        raise refuse(N_("The reason is missing."), N_("Write what the paper lacks."))
    held.rejected_by, held.rejected_on, held.rejected_reason = by, timezone.now(), reason.strip()
    held.save(update_fields=["rejected_by", "rejected_on", "rejected_reason"])
    return held


def _undecided(evidence: Evidence) -> Evidence:
    held = Evidence.objects.select_for_update().get(pk=evidence.pk)
    if held.accepted_on or held.rejected_on:
        raise refuse(
            N_("Somebody decided on this paper already."), N_("Read the decision below."), kind=Conflict
        )
    return held


def backed_by(document: Document, user: User) -> list[tuple[Evidence, str, str]]:
    """What a paper backs, as far as this person may see it: the evidence, the object's address and name."""
    found = []
    rows = Evidence.objects.filter(document=document).select_related("content_type")
    for row in rows.filter(rejected_on__isnull=True):
        model = row.content_type.model_class()
        kind = backed(model._meta.label) if model else None
        if kind is None or model is None:
            continue
        obj = model._default_manager.filter(kind.visible(user), pk=row.object_id).first()
        if obj is not None:
            found.append((row, kind.address(obj), kind.name(obj)))
    return found
