"""Proposals and their answers in the joint report, by side; states are those of the moment of counting."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from trunghoa.portal.core.publication.blocks import (
    Block,
    Column,
    DateValue,
    Heading,
    Inline,
    Missing,
    Name,
    Number,
    Paragraph,
    PeriodValue,
    Reference,
    Table,
    Text,
)
from trunghoa.portal.core.record.models import Figure, FigureQuerySet
from trunghoa.portal.core.workflow import days
from trunghoa.quantities import N_

from .counting import KINDS
from .models.proposals import DRAFT, OPEN, Answer, Proposal
from .thread import answers_at, due_at, state_at, unit_names_at

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


def proposals_by_side(figures: FigureQuerySet) -> Sequence[Block]:
    """Opened, answered and overdue by side, and each proposal with its answers, from frozen counts."""
    counts = list(figures.filter(kind__in=KINDS).order_by("period_start", "category", "pk"))
    found: list[Block] = [Heading(N_("Proposals and answers"))]
    if not counts:
        return [*found, Missing(Text(N_("proposals of either side; none is on record")))]
    moment = max(figure.recorded_on for figure in counts)
    found.append(_counts(counts))
    found += _register(moment)
    return found


def _counts(counts: Sequence[Figure]) -> Table:
    lines: dict[tuple[object, str], dict[str, Figure]] = {}
    for figure in counts:
        lines.setdefault((figure.period_start, figure.category), {})[figure.kind] = figure
    return Table(
        caption=Text(N_("Proposals by side and year of submission")),
        columns=(
            Column(Text(N_("Year"))),
            Column(Text(N_("Proposed by"))),
            Column(Text(N_("Submitted")), numeric=True),
            Column(Text(N_("Answered")), numeric=True),
            Column(Text(N_("Waiting")), numeric=True),
            Column(Text(N_("Overdue")), numeric=True),
        ),
        rows=tuple(
            (
                PeriodValue(next(iter(line.values())).period),
                Text(SIDES[side]),
                *(Number(line[kind], unit="none") if kind in line else None for kind in KINDS),
            )
            for (_, side), line in lines.items()
        ),
        small=True,
    )


def _register(moment: datetime) -> Iterator[Block]:
    rows: list[tuple[Inline | None, ...]] = []
    owed: list[Missing] = []
    proposals = Proposal.objects.exclude(submitted_on=None).filter(created_on__lte=moment)
    for proposal in proposals.select_related("organisation", "unit").order_by("year", "from_side", "number"):
        state = state_at(proposal, moment)
        if state == DRAFT:
            continue
        due = due_at(proposal, moment)
        rows.append(_row(proposal, state, due, answers_at(proposal, moment)))
        if state in OPEN and days.is_overdue(due, proposal.to_side, moment):
            owed.append(_owed(proposal, _unit(proposal, moment) if state == "forwarded" else None))
    yield Table(
        caption=Text(N_("Each proposal, its state and its latest answer")),
        columns=(
            Column(Text(N_("Proposal"))),
            Column(Text(N_("Title")), width=5),
            Column(Text(N_("Submitted on"))),
            Column(Text(N_("Due"))),
            Column(Text(N_("State")), width=2),
            Column(Text(N_("Answer")), width=4),
        ),
        rows=tuple(rows),
    )
    if owed:
        yield Paragraph(
            N_(
                "Overdue means that the day it was due is over where the answer is owed, "
                "and no answer is on record."
            )
        )
    yield from owed


def _row(
    proposal: Proposal, state: str, due: date | None, answers: Sequence[Answer]
) -> tuple[Inline | None, ...]:
    return (
        Reference(proposal.ref),
        Name(*(proposal.title(lang) for lang in ("vi", "ja", "en"))),
        DateValue(proposal.submitted_on) if proposal.submitted_on else None,
        DateValue(due) if due else None,
        Text(STATES[state]),
        _answer(answers[-1]) if answers else None,
    )


def _answer(answer: Answer) -> Inline:
    words = {"verdict": Text(VERDICTS[answer.verdict]), "on": DateValue(answer.on)}
    texts = {lang: _said(answer, lang) for lang in ("vi", "ja", "en")}
    return Text(N_("{verdict}, {on}: {text}"), **words, text=Name(**texts))


def _said(answer: Answer, lang: str) -> str:
    found = answer.versions(lang)
    return found[0][1] if found else ""


def _unit(proposal: Proposal, moment: datetime) -> Name | None:
    names = unit_names_at(proposal, moment)
    return Name(**names) if names.get("vi") else None


def _owed(proposal: Proposal, unit: Name | None) -> Missing:
    owner: Inline = unit or Text(SIDES[proposal.to_side])
    return Missing(Text(N_("an answer to {proposal}"), proposal=Reference(proposal.ref)), owner)
