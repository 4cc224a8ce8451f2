"""Activities of the plan over HTTP: the list, one, drafting one, changing one."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Path, Query, Router, Schema, Status
from pydantic import ConfigDict

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.api import ERRORS, LISTS, Day, PageQuery, Problem, faults_of, three
from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.core.workflow.errors import Stale

from . import health
from .carrying import next_ref
from .forms_plan import ActivityForm
from .listing import ALL_YEARS, HEALTH_CODES, STATE_CODES, Choices, filtered, ordered
from .models import Activity, WorkPlan
from .rules import visible_activities
from .views.access import CHANGE

router = Router(tags=["work plan"])
Ref = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[-a-zA-Z0-9_]+$")]
Text = Annotated[str, Field(max_length=8000, pattern=r"^[^\x00]*$")]
Title = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]


class Refused(Schema):
    """What is wrong, field by field."""

    detail: list[dict[str, Any]]


class ActivityQuery(PageQuery):
    year: int | None = Field(None, ge=2000, le=2200, description="of the plan; every year when left out")
    system: str = Field("", max_length=4)
    side: str = Field("", pattern="^(|VN|JP)$")
    lead: str = Field("", max_length=50, description="code of a lead organisation")
    state: str = Field("", pattern=f"^(|{'|'.join(STATE_CODES)})$")
    health: str = Field("", pattern=f"^(|{'|'.join(HEALTH_CODES)})$")
    q: str = Field("", max_length=100, description="part of reference or title, with or without accents")


class ActivityOut(Schema):
    ref: str
    plan: int
    system: str
    also_system: str | None
    title: dict[str, str]
    lead_vn: str | None
    lead_jp: str | None
    start: date | None
    due: date | None
    state: str
    state_known_from_source: bool
    health: str
    revision: int
    quality: str
    source: str


class ActivityPage(Schema):
    count: int
    page: int
    items: list[ActivityOut]


class MilestoneOut(Schema):
    title: dict[str, str]
    due: date
    owing: str
    weight: str = Field(description="exact decimal")
    done_on: date | None
    waived_reason: str


class BudgetOut(Schema):
    payer: str | None
    currency: str
    amount: str = Field(description="exact decimal")
    stage: str
    on: date | None
    source: str
    quality: str


class ActivityDetail(ActivityOut):
    description: dict[str, str]
    deferred_to: int | None
    carried_from: str | None
    signed_content_sha256: str = Field(description="what both sides sign now")
    signed_by: list[str] = Field(description="sides whose signature of this content stands")
    milestones: list[MilestoneOut]
    budgets: list[BudgetOut]


class ActivityIn(Schema):
    title_vi: Title = Field(min_length=1)
    title_ja: Title = ""
    title_en: Title = ""
    description_vi: Text = ""
    description_ja: Text = ""
    description_en: Text = ""
    also_system: str = Field("", max_length=4)
    lead_vn: str = Field("", max_length=50, description="code of an organisation of Viet Nam")
    lead_jp: str = Field("", max_length=50, description="code of an organisation of Japan")
    start: Day | None = None
    due: Day | None = None
    source: Text = Field(min_length=1)
    quality: str = Field("unverified", pattern="^(verified|unverified|illustrative)$")

    model_config = ConfigDict(extra="forbid")


class ActivityNew(ActivityIn):
    plan: int = Field(ge=2000, le=2200, description="year of the plan")
    system: str = Field(min_length=1, max_length=4)


class ActivityChange(ActivityIn):
    revision: int = Field(ge=1, le=2**31 - 1, description="the one that was read; another is refused")


def _seen(request: HttpRequest) -> Any:
    rows = Activity.objects.filter(visible_activities(person(request)))
    return rows.select_related("plan", "lead_vn", "lead_jp")


def _out(row: Activity, steps: list[health.Step]) -> dict[str, Any]:
    first, last = health.span(row.plan, row.start, row.due, steps)
    return {
        "ref": row.ref,
        "plan": row.plan.year,
        "system": row.system_id,
        "also_system": row.also_system_id,
        "title": three(row, "title"),
        "lead_vn": row.lead_vn.code if row.lead_vn else None,
        "lead_jp": row.lead_jp.code if row.lead_jp else None,
        "start": row.start,
        "due": row.due,
        "state": row.state,
        "state_known_from_source": bool(row.known_state) and row.known_state == row.state,
        "health": health.health(row.state, row.due, steps, first, last, health.todays()),
        "revision": row.revision,
        "quality": row.quality,
        "source": row.source,
    }


def _detail(row: Activity) -> dict[str, Any]:
    milestones = list(row.milestones.all())
    return {
        **_out(row, [health.Step.of(step) for step in milestones]),
        "description": three(row, "description"),
        "deferred_to": row.deferred_to,
        "carried_from": row.carried_from.ref if row.carried_from else None,
        "signed_content_sha256": signing.revision_hash(row),
        "signed_by": sorted(signing.signatures(row)),
        "milestones": [
            {
                "title": three(step, "title"), "due": step.due, "owing": step.owing,
                "weight": _exact(step.weight), "done_on": step.done_on, "waived_reason": step.waived_reason,
            }
            for step in milestones
        ],
        "budgets": [
            {
                "payer": money.payer.code if money.payer else money.payer_text or None,
                "currency": money.currency, "amount": _exact(money.amount), "stage": money.stage,
                "on": money.on, "source": money.source, "quality": money.quality,
            }
            for money in row.budgets.select_related("payer")
        ],
    }  # fmt: skip


def _exact(amount: Decimal) -> str:
    return f"{amount:f}"


@router.get("/activities", response={200: ActivityPage, **LISTS})
def activities(request: HttpRequest, query: Query[ActivityQuery]) -> Any:
    """Activities that you may see."""
    plans = {str(plan.year): plan for plan in WorkPlan.objects.all()}
    wanted = {name: getattr(query, name) for name in ("system", "side", "lead", "state", "health", "q")}
    wanted["year"] = str(query.year) if query.year else ALL_YEARS
    rows = filtered(person(request), wanted, Choices(plans, [], [], frozenset()))
    start = (query.page - 1) * query.page_size
    shown = list(
        ordered(rows, "").select_related("plan", "lead_vn", "lead_jp")[start : start + query.page_size]
    )
    steps = health.steps_of([row.pk for row in shown])
    return {
        "count": rows.count(),
        "page": query.page,
        "items": [_out(row, steps.get(row.pk, [])) for row in shown],
    }


@router.get("/activities/{ref}", response={200: ActivityDetail, **ERRORS})
def activity(request: HttpRequest, ref: Ref) -> Any:
    """One activity with its milestones and budgets."""
    return _detail(get_object_or_404(_seen(request), ref=ref))


@router.post("/activities", response={201: ActivityDetail, 400: Problem, **LISTS, 422: Refused})
def draft(request: HttpRequest, body: ActivityNew) -> Any:
    """Draft an activity; the other side sees it once it is proposed."""
    user = person(request)
    if not user.has_perm("workplan.add_activity"):
        return Status(403, {"detail": "Activities are drafted by officers of either side."})
    plan = WorkPlan.objects.filter(year=body.plan).first()
    given, faults = _typed(body)
    if plan is None:
        faults.append({"field": "plan", "msg": "There is no plan of this year."})
    form = ActivityForm(
        user, {**given, "revision": "0", "plan": str(plan.pk if plan else ""), "system": body.system}
    )
    faults += faults_of(form)
    if faults:
        return Status(422, {"detail": faults})
    with transaction.atomic():
        made = form.attributes()
        row = Activity.objects.create(
            ref=next_ref(made["plan"], made["system"]),
            state="draft", drafted_at=user.side, drafted_by=user, **made,
        )  # fmt: skip
        moves.began(row)
    return Status(201, _detail(row))


@router.put(
    "/activities/{ref}", response={200: ActivityDetail, 400: Problem, 409: Problem, **ERRORS, 422: Refused}
)
def change(request: HttpRequest, ref: Ref, body: ActivityChange) -> Any:
    """Change what was promised; an edit takes signatures back and the activity is to be agreed anew."""
    user = person(request)
    row = get_object_or_404(_seen(request), ref=ref)
    if not user.has_perm(CHANGE, row):
        return Status(403, {"detail": "Your role, organisation or the activity's state does not allow it."})
    given, faults = _typed(body)
    form = ActivityForm(
        user, {**given, "revision": str(body.revision)}, instance=Activity.objects.get(pk=row.pk)
    )
    faults += faults_of(form)
    if faults:
        return Status(422, {"detail": faults})

    def write(held: Activity) -> None:
        for name, value in form.attributes().items():
            setattr(held, name, value)

    try:
        moves.edit(row, user, revision=body.revision, change=write)
    except Stale:
        return Status(409, {"detail": "Somebody changed this activity meanwhile: read it again."})
    # Who takes the own organisation out as a lead is shown what was kept, and nothing from then on.
    return _detail(Activity.objects.select_related("plan", "lead_vn", "lead_jp").get(pk=row.pk))


def _typed(body: ActivityIn) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The body as a person would have typed it into the form, and codes that name no organisation."""
    given, faults = {}, []
    for name in ActivityIn.model_fields:
        value = getattr(body, name)
        if name in ("lead_vn", "lead_jp") and value:
            found = Organisation.objects.filter(code=value).values_list("pk", flat=True).first()
            if found is None:
                faults.append({"field": name, "msg": "There is no organisation of this code."})
            given[name] = str(found or "")
        else:
            given[name] = value.isoformat() if isinstance(value, date) else value or ""
    return given, faults
