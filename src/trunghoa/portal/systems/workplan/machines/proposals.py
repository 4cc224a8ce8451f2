"""The life of a proposal: draft → submitted → forwarded → answered → closed; a question back begins anew."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import rules
from django.db.models import Q
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.rules import (
    is_locality,
    is_officer,
    may_write,
    only_reads,
    reads_everything,
)
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.machine import Input, Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from ..deadlines import default_due
from ..models.proposals import DRAFT, OTHER_SIDE, SIDE_LANGUAGE, Answer, Proposal, Verdict
from ..rules import officer_of_a_side, today_of

LANGUAGES = ("vi", "ja", "en")


@rules.predicate
def of_proposing_side(user: User, proposal: Proposal) -> bool:
    return user.side == proposal.from_side


@rules.predicate
def of_owing_side(user: User, proposal: Proposal) -> bool:
    return user.side == proposal.to_side


@rules.predicate
def in_charge(user: User, proposal: Proposal) -> bool:
    """Of the unit it was forwarded to, or of what that unit has become.

    Where a source says that it was forwarded and names no unit, the officers of that side answer.
    """
    if proposal.unit is None:
        return is_officer(user)
    heir = today_of(proposal.unit)
    return heir is not None and user.organisation_id in (proposal.unit_id, heir.pk)


proposes = may_write & is_officer & of_proposing_side
forwards = may_write & is_officer & of_owing_side
answers = may_write & in_charge & of_owing_side & ~only_reads
rules.add_perm("workplan.add_proposal", officer_of_a_side)
rules.add_perm("workplan.change_proposal", proposes)
rules.add_perm("workplan.follow_up_proposal", officer_of_a_side)


def visible(user: User) -> Q:
    """Drafts are open to the officers of the side that writes them; all else to those it may concern."""
    found = Q(pk__in=[])
    if is_officer(user) and user.side in OTHER_SIDE:
        found |= Q(state=DRAFT, from_side=user.side)
    if reads_everything(user) or is_locality(user) or user.role == User.Role.OBSERVER:
        found |= ~Q(state=DRAFT)
    elif user.organisation_id:
        found |= ~Q(state=DRAFT) & (Q(organisation=user.organisation_id) | Q(unit=user.organisation_id))
    return found


def waits(proposal: Proposal) -> Sequence[Wait]:
    match proposal.state:
        case "draft":
            return [Wait(side=proposal.from_side, what=N_("Finish the draft and submit it."))]
        case "submitted":
            return [
                Wait(side=proposal.to_side, due=proposal.due, what=N_("Forward it to the unit that answers."))
            ]
        case "forwarded":
            if proposal.unit is None:  # a source may say that it was forwarded, and not to whom
                return [Wait(side=proposal.to_side, due=proposal.due, what=N_("Answer the proposal."))]
            return [Wait(organisation=proposal.unit, due=proposal.due, what=N_("Answer the proposal."))]
        case "answered":
            asked = proposal.latest_answer()
            if asked is not None and not asked.settles:
                return [Wait(side=proposal.from_side, what=N_("Give the information asked for."))]
            return [Wait(side=proposal.from_side, what=N_("Read the answer and close the proposal."))]
    return []


def is_written(proposal: Proposal, user: User, inputs: Mapping[str, Any]) -> str:
    lang = proposal.language
    if getattr(proposal, f"title_{lang}") and getattr(proposal, f"text_{lang}"):
        return ""
    return _("Title and text are missing in the original language: edit the draft first.")


def is_checked(proposal: Proposal, user: User, inputs: Mapping[str, Any]) -> str:
    """A submission cannot be taken back, so a second person looks at it where there is one."""
    if user.pk != proposal.person_id or not colleagues(user).exists():
        return ""
    return _("You wrote this draft, and it cannot be taken back: ask a colleague to submit it.")


def colleagues(user: User) -> Any:
    others = User.objects.filter(
        organisation=user.organisation_id, role=User.Role.OFFICER, is_active=True, is_service=False
    )
    return others.exclude(pk=user.pk)


def is_due_later(proposal: Proposal, user: User, inputs: Mapping[str, Any]) -> str:
    due = inputs.get("due")
    if not due or due > days.today(proposal.to_side):
        return ""
    return _("The day it is due lies in the past where the answer is owed: give a later one, or none.")


def is_on_the_owing_side(proposal: Proposal, user: User, inputs: Mapping[str, Any]) -> str:
    unit = inputs.get("unit")
    if unit is None or unit.side == proposal.to_side:
        return ""
    return _("The unit that answers is of the side that owes the answer: choose one of its organisations.")


def says_something(proposal: Proposal, user: User, inputs: Mapping[str, Any]) -> str:
    # Without any input the move is only being offered.
    if not inputs or any(inputs.get(f"text_{lang}") for lang in LANGUAGES):
        return ""
    return _("A text is missing: write it in at least one language.")


def is_settled(proposal: Proposal, user: User, inputs: Mapping[str, Any]) -> str:
    answer = proposal.latest_answer()
    if answer is None or answer.settles:
        return ""
    return _("More information was asked for: give it, and close the proposal after the next answer.")


def asked_back(proposal: Proposal, user: User, inputs: Mapping[str, Any]) -> str:
    answer = proposal.latest_answer()
    if answer is not None and not answer.settles:
        return ""
    return _("No more information was asked for: close the proposal, or write a new one.")


def set_submitted(proposal: Proposal, inputs: Mapping[str, Any], by: User) -> None:
    """The time to answer begins on the calendar of the side that owes the answer."""
    day = days.today(proposal.to_side)
    proposal.submitted_on = proposal.submitted_on or day
    proposal.due = inputs.get("due") or default_due(day)
    proposal.due_by_default = not inputs.get("due")
    proposal.unit = None


def set_unit(proposal: Proposal, inputs: Mapping[str, Any], by: User) -> None:
    proposal.unit = inputs["unit"]


def record_answer(proposal: Proposal, inputs: Mapping[str, Any], by: User) -> None:
    texts = {f"text_{lang}": inputs.get(f"text_{lang}") or "" for lang in LANGUAGES}
    own = SIDE_LANGUAGE[proposal.to_side]
    given = [lang for lang in (own, *LANGUAGES) if texts[f"text_{lang}"]]
    Answer.objects.create(
        proposal=proposal,
        verdict=inputs["verdict"],
        by=by,
        organisation=by.organisation,
        on=days.today(proposal.to_side),
        due=proposal.due,
        revision=proposal.revision + 1,
        language=given[0],
        **texts,
    )


# Labels stay lazy: the form says them in the reader's language.
VERDICTS = cast(Sequence[tuple[str, str]], Verdict.choices)
TEXTS = (
    Input("text_vi", N_("Text (Vietnamese)"), required=False),
    Input("text_ja", N_("Text (Japanese)"), required=False),
    Input("text_en", N_("Text (English)"), required=False),
)
DUE = Input(
    "due",
    N_("Answer due on"),
    kind="date",
    required=False,
    help=N_("Empty takes the usual number of days after submission."),
)

PROPOSAL = register(
    Machine(
        name="proposal",
        label=N_("Proposals"),
        model="workplan.Proposal",
        states=(
            State("draft", N_("draft")),
            State("submitted", N_("submitted")),
            State("forwarded", N_("forwarded to the unit in charge")),
            State("answered", N_("answered")),
            State("closed", N_("closed"), final=True),
        ),
        transitions=(
            Transition(
                verb="submit",
                label=N_("Submit to the other side"),
                sources=("draft",),
                target="submitted",
                who=proposes,
                who_text=N_("officers of the proposing side; not who wrote it, where there is another"),
                inputs=(DUE,),
                guards=(is_written, is_checked, is_due_later),
                apply=set_submitted,
            ),
            Transition(
                verb="forward",
                label=N_("Forward to the unit in charge"),
                sources=("submitted",),
                target="forwarded",
                who=forwards,
                who_text=N_("officers of the side that owes the answer"),
                inputs=(Input("unit", N_("Unit in charge"), kind="organisation"),),
                guards=(is_on_the_owing_side,),
                apply=set_unit,
            ),
            Transition(
                verb="answer",
                label=N_("Answer"),
                sources=("forwarded",),
                target="answered",
                who=answers,
                who_text=N_("the unit it was forwarded to; officers of that side where no unit is named"),
                inputs=(Input("verdict", N_("Verdict"), kind="choice", choices=VERDICTS), *TEXTS),
                guards=(says_something,),
                apply=record_answer,
            ),
            Transition(
                verb="resubmit",
                label=N_("Give the information asked for"),
                sources=("answered",),
                target="submitted",
                who=proposes,
                who_text=N_("officers of the proposing side, when more information was asked for"),
                inputs=(*TEXTS, DUE),
                guards=(asked_back, says_something, is_due_later),
                apply=set_submitted,
            ),
            Transition(
                verb="close",
                label=N_("Close"),
                sources=("answered",),
                target="closed",
                who=proposes,
                who_text=N_("officers of the proposing side, unless more information was asked for"),
                guards=(is_settled,),
            ),
        ),
        waits=waits,
        visible=visible,
    )
)
