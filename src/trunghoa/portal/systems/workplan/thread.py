"""A proposal as a thread: what was known, what was moved, answered and said, in the order it happened."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.machine import Machine, Transition
from trunghoa.portal.core.workflow.models import Comment, Move
from trunghoa.portal.core.workflow.templatetags.workflow import told

from .machines.proposals import LANGUAGES, PROPOSAL
from .models.proposals import Answer, Proposal

# (language, text, is it the original), the reader's own first.
Versions = list[tuple[str, str, bool]]


@dataclass(frozen=True)
class Entry:
    """One thing that happened. ``day`` stands where no source knows the hour."""

    at: datetime
    heading: str
    who: str = ""
    organisation: Any = None
    day: date | None = None
    texts: Versions = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    answer: Answer | None = None
    follows: str = ""
    said: str = ""
    source: str = ""


def thread(proposal: Proposal, lang: str) -> list[Entry]:
    """Everything about a proposal, the oldest first."""
    answers = {a.revision: a for a in proposal.answers.select_related("activity__plan")}
    entries = [*_known(proposal), *_drafted(proposal)]
    later = [_moved(proposal, row, answers, lang) for row in moves.history(proposal)]
    later += [
        _commented(row) for row in Comment.objects.about(proposal).select_related("author__organisation")
    ]
    return [*entries, *sorted(later, key=lambda entry: entry.at)]


def _known(proposal: Proposal) -> Iterator[Entry]:
    if proposal.known_on is None:
        return
    state = _(PROPOSAL.state(proposal.known_state).label)
    yield Entry(
        at=datetime.combine(proposal.known_on, time.min, UTC),
        day=proposal.known_on,
        heading=_("State known from a source: %(state)s") % {"state": state},
        source=proposal.source,
    )


def _drafted(proposal: Proposal) -> Iterator[Entry]:
    if proposal.person is not None:
        yield Entry(
            at=proposal.created_on,
            heading=_("Drafted"),
            who=_name(proposal.person),
            organisation=proposal.organisation,
        )


def _moved(proposal: Proposal, row: Move, answers: dict[int, Answer], lang: str) -> Entry:
    words = told(PROPOSAL, row)
    answer = answers.get(row.revision) if row.verb == "answer" else None
    given = {f"text_{code}": row.inputs.get(f"text_{code}", "") for code in LANGUAGES}
    hidden = {_(wanted.label) for wanted in _transition(PROPOSAL, row).inputs if wanted.name in given}
    heading = f"{words['label']}: {answer.get_verdict_display()}" if answer else words["label"]
    return Entry(
        at=row.at,
        heading=heading,
        who=_name(row.actor),
        organisation=row.organisation,
        texts=answer.versions(lang) if answer else _supplied(given, proposal.language, lang),
        facts=[(label, value) for label, value in words["given"] if label not in hidden and answer is None],
        answer=answer,
        follows=answer.activity.label(lang) if answer and answer.activity else "",
    )


def _transition(machine: Machine, row: Move) -> Transition:
    found = machine.transition(row.verb)
    assert found is not None  # noqa: S101 - a verb of this machine wrote the row
    return found


def _supplied(given: dict[str, str], original: str, lang: str) -> Versions:
    order = dict.fromkeys((lang, original, *LANGUAGES))
    first = original if given[f"text_{original}"] else ""
    return [(c, given[f"text_{c}"], c == first) for c in order if given[f"text_{c}"]]


def _commented(row: Comment) -> Entry:
    return Entry(
        at=row.at,
        heading=_("Comment"),
        who=_name(row.author),
        organisation=row.author.organisation,
        said=row.text,
    )


def _name(user: Any) -> str:
    return user.shown_name if user else ""
