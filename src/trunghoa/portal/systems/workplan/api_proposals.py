"""Proposals over HTTP: the list, one, its answers."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.api import ERRORS, LISTS, PageQuery, cut, three

from .listing_proposals import seen
from .models.proposals import Answer, Proposal

router = Router(tags=["workplan"])
REF = "{slug:ref}"


class ProposalQuery(PageQuery):
    from_side: str = Field("", pattern="^(VN|JP)?$", description="the side that proposes")
    state: str = Field("", pattern="^(draft|submitted|forwarded|answered|closed)?$")
    system: str = Field("", pattern="^(S[1-9][0-9]?)?$")
    overdue: bool = Field(False, description="only those whose answer is late where it is owed")


class ProposalOut(Schema):
    ref: str
    system: str
    from_side: str
    to_side: str
    title: dict[str, str]
    language: str = Field(description="of the original")
    state: str
    submitted_on: date | None
    due: date | None
    due_by_default: bool = Field(description="the due date follows from the usual number of days")
    overdue: bool
    unit: str | None = Field(description="code of the organisation that answers")
    quality: str
    source: str


class ProposalPage(Schema):
    count: int
    page: int
    items: list[ProposalOut]


class AnswerOut(Schema):
    verdict: str
    on: date
    due: date | None
    in_time: bool
    organisation: str | None
    text: dict[str, str]
    language: str
    activity: str | None = Field(description="reference of the activity that follows")


class ProposalDetail(ProposalOut):
    text: dict[str, str]
    plan: int | None
    organisation: str | None
    created_on: datetime
    revision: int
    answers: list[AnswerOut]


def proposal_out(row: Proposal) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "system": row.system_id,
        "from_side": row.from_side,
        "to_side": row.to_side,
        "title": three(row, "title"),
        "language": row.language,
        "state": row.state,
        "submitted_on": row.submitted_on,
        "due": row.due,
        "due_by_default": row.due_by_default,
        "overdue": row.overdue(),
        "unit": row.unit.code if row.unit else None,
        "quality": row.quality,
        "source": row.source,
    }


def answer_out(row: Answer) -> dict[str, Any]:
    return {
        "verdict": row.verdict,
        "on": row.on,
        "due": row.due,
        "in_time": row.in_time,
        "organisation": row.organisation.code if row.organisation else None,
        "text": three(row, "text"),
        "language": row.language,
        "activity": row.activity.ref if row.activity else None,
    }


def answers_of(proposal: Proposal) -> list[dict[str, Any]]:
    return [answer_out(a) for a in proposal.answers.select_related("organisation", "activity")]


@router.get("/proposals", response={200: ProposalPage, **LISTS})
def proposals(request: HttpRequest, query: Query[ProposalQuery]) -> Any:
    """Proposals that you may see, the latest year first."""
    rows = seen(person(request)).select_related("unit")
    for key in ("from_side", "state"):
        if value := getattr(query, key):
            rows = rows.filter(**{key: value})
    if query.system:
        rows = rows.filter(system=query.system)
    if query.overdue:
        rows = rows.overdue()
    return cut(rows, query, proposal_out)


def _one(request: HttpRequest, ref: str) -> Proposal:
    return get_object_or_404(seen(person(request)).select_related("unit", "plan", "organisation"), ref=ref)


@router.get(f"/proposals/{REF}", response={200: ProposalDetail, **ERRORS})
def proposal(request: HttpRequest, ref: str) -> Any:
    """One proposal with its answers."""
    row = _one(request, ref)
    return {
        **proposal_out(row),
        "text": three(row, "text"),
        "plan": row.plan.year if row.plan else None,
        "organisation": row.organisation.code if row.organisation else None,
        "created_on": row.created_on,
        "revision": row.revision,
        "answers": answers_of(row),
    }


@router.get(f"/proposals/{REF}/answers", response={200: list[AnswerOut], **ERRORS})
def answers(request: HttpRequest, ref: str) -> Any:
    """The answers to one proposal, the oldest first."""
    return answers_of(_one(request, ref))
