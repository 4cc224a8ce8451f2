"""Decisions, proposals and answers in the joint report, by side. Asked once, at the freeze."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from trunghoa.portal.core.publication.blocks import (
    Block,
    Column,
    DateValue,
    Heading,
    Inline,
    Missing,
    Name,
    Note,
    Paragraph,
    Reference,
    Table,
    Tally,
    Text,
)
from trunghoa.portal.core.record.models import FigureQuerySet
from trunghoa.quantities import N_

from .models.meetings import Decision
from .models.proposals import OTHER_SIDE, Answer, Proposal, Spoken

SIDES = {"VN": N_("Viet Nam"), "JP": N_("Japan")}
STATES = {
    "submitted": N_("submitted"),
    "forwarded": N_("forwarded to the unit in charge"),
    "answered": N_("answered"),
    "closed": N_("closed"),
}
VERDICTS = {
    "accepted": N_("accepted"),
    "accepted_with_changes": N_("accepted with changes"),
    "declined": N_("declined"),
    "more_information": N_("more information is asked for"),
}
DECIDED = {"recorded": N_("recorded"), "agreed": N_("agreed by both sides")}
LANGUAGES = ("vi", "ja", "en")
OVERDUE_MEANS = N_(
    "Overdue means that the day it was due is over where the answer is owed, and no answer is on record."
)
OWN_CHOICE = N_(
    "Where a proposal names no day, it is due a usual number of days after its submission; "
    "that number is a choice of this platform and was agreed by neither side."
)


def codes() -> Mapping[str, Inline]:
    """What the categories of the counts are called."""
    return {side: Text(words) for side, words in SIDES.items()}


def decisions(figures: FigureQuerySet) -> Sequence[Block]:
    """What the shared part of the report says of decisions and proposals."""
    return [*_decided(), *proposals_by_side(figures)]


def proposals_by_side(figures: FigureQuerySet) -> Sequence[Block]:
    """Opened, answered and overdue by side, each proposal with its answer, and who owes what."""
    rows = list(
        Proposal.objects.told()
        .select_related("unit")
        .prefetch_related("answers")
        .order_by("year", "from_side", "number")
    )
    if not rows:
        return []
    found: list[Block] = [Heading(N_("Proposals and answers")), _counts(rows), _register(rows)]
    late = [proposal for proposal in rows if proposal.overdue()]
    if late:
        found.append(Paragraph(OVERDUE_MEANS))
    if any(proposal.due_by_default for proposal in rows):
        found.append(Note(OWN_CHOICE))
    return [*found, *(_owed(proposal) for proposal in late)]


def _counts(rows: Sequence[Proposal]) -> Table:
    def tally(side: str, test: Callable[[Proposal], bool]) -> Tally:
        return Tally(tuple(p.ref for p in rows if p.from_side == side and test(p)))

    tests: tuple[Callable[[Proposal], bool], ...] = (
        lambda p: True,
        lambda p: _is_settled(p),
        lambda p: not p.is_unanswered and not _is_settled(p),
        lambda p: p.is_unanswered,
        lambda p: p.overdue(),
    )
    return Table(
        caption=Text(N_("Proposals by side")),
        columns=(
            Column(Text(N_("Proposed by"))),
            Column(Text(N_("Answer owed by"))),
            Column(Text(N_("Submitted")), numeric=True),
            Column(Text(N_("Answered")), numeric=True),
            Column(Text(N_("More information asked for")), numeric=True),
            Column(Text(N_("Waiting for an answer")), numeric=True),
            Column(Text(N_("Overdue")), numeric=True),
        ),
        rows=tuple(
            (Text(SIDES[side]), Text(SIDES[other]), *(tally(side, test) for test in tests))
            for side, other in OTHER_SIDE.items()
        ),
        small=True,
    )


def _latest(proposal: Proposal) -> Answer | None:
    return max(proposal.answers.all(), key=lambda answer: answer.pk, default=None)


def _is_settled(proposal: Proposal) -> bool:
    answer = _latest(proposal)
    return not proposal.is_unanswered and answer is not None and answer.settles


def _register(rows: Sequence[Proposal]) -> Table:
    return Table(
        caption=Text(N_("Each proposal, its state and its latest answer")),
        columns=(
            Column(Text(N_("Proposal")), width=2),
            Column(Text(N_("Title")), width=6),
            Column(Text(N_("Submitted on")), width=2),
            Column(Text(N_("Due")), width=2),
            Column(Text(N_("State")), width=3),
            Column(Text(N_("Answer")), width=4),
        ),
        rows=tuple(_row(proposal) for proposal in rows),
    )


def _row(proposal: Proposal) -> tuple[Inline | None, ...]:
    answer = _latest(proposal)
    return (
        Reference(proposal.ref),
        Name(*(proposal.title(lang) for lang in LANGUAGES)),
        DateValue(proposal.submitted_on) if proposal.submitted_on else None,
        DateValue(proposal.due) if proposal.due else None,
        Text(STATES[proposal.state]),
        _answer(answer) if answer else None,
    )


def _answer(answer: Answer) -> Inline:
    return Text(
        N_("{verdict}, {on}: {text}"),
        verdict=Text(VERDICTS[answer.verdict]),
        on=DateValue(answer.on),
        text=_said(answer),
    )


def _said(row: Spoken) -> Name:
    return Name(*((row.versions(lang) or [(lang, "", True)])[0][1] for lang in LANGUAGES))


def _owed(proposal: Proposal) -> Missing:
    owner: Inline = Text(SIDES[proposal.to_side])
    if proposal.state == "forwarded" and proposal.unit is not None:
        owner = Name.of(proposal.unit)
    return Missing(Text(N_("an answer to {proposal}"), proposal=Reference(proposal.ref)), owner)


def _decided() -> Iterator[Block]:
    rows = list(
        Decision.objects.select_related("item__meeting").order_by(
            "-item__meeting__held_on", "item__order", "pk"
        )
    )
    if not rows:
        return
    yield Heading(N_("Decisions"))
    yield Table(
        caption=Text(N_("Decisions of the meetings; one stands when both sides have signed its words")),
        columns=(
            Column(Text(N_("Meeting held on")), width=2),
            Column(Text(N_("Point")), width=4),
            Column(Text(N_("Decision")), width=6),
            Column(Text(N_("State")), width=2),
        ),
        rows=tuple(
            (
                DateValue(row.item.meeting.held_on),
                Name(*(row.item.title(lang) for lang in LANGUAGES)),
                _said(row),
                Text(DECIDED[row.state]),
            )
            for row in rows
        ),
    )
