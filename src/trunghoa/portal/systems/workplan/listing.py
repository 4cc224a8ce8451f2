"""The list of activities: a fixed number of queries however many there are, and no object for a shown row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, LPad
from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record.models import System
from trunghoa.portal.core.record.tables import PAGE_SIZE, Column, Table, address_of
from trunghoa.portal.core.record.templatetags.numbers import mark
from trunghoa.portal.core.workflow.models import SignOff
from trunghoa.portal.core.workflow.signing import SIDES
from trunghoa.quantities import format_date, search_key

from . import health
from .health import Step
from .machines.activity import ACTIVITY
from .models import Activity, Milestone, WorkPlan
from .models.plan import PARTIES, Quality
from .rules import visible_activities

FILTERS = ("year", "system", "side", "lead", "state", "health", "q")
ALL_YEARS = "all"
FIELDS = (
    "pk", "ref", "title_vi", "title_ja", "title_en", "system_id", "owing", "start", "due", "state",
    "quality", "agreed_revision", "known_state", "deferred_to",
    "lead_vn__name_vi", "lead_vn__name_ja", "lead_vn__name_en",
    "lead_jp__name_vi", "lead_jp__name_ja", "lead_jp__name_en", "plan_id", "plan__year",
)  # fmt: skip
# Columns by position: a tuple is what the database gives and the cheapest thing to read.
(
    PK, REF, TITLE_VI, TITLE_JA, TITLE_EN, SYSTEM, OWING, START, DUE, STATE,
    QUALITY, AGREED, KNOWN, DEFERRED, VN_VI, VN_JA, VN_EN, JP_VI, JP_JA, JP_EN, PLAN, YEAR,
) = range(len(FIELDS))  # fmt: skip
AT = {"vi": 0, "ja": 1, "en": 2}
ORDERS = {
    "ref": ("rank",),
    "title": ("search",),
    "system": ("system__order", "rank"),
    "due": ("due", "rank"),
    "state": ("state", "rank"),
}
STATE_CODES = tuple(state.code for state in ACTIVITY.states)
HEALTH_CODES = tuple(health.NAMES)


@dataclass(frozen=True)
class Choices:
    """What the filters offer, and the plans."""

    plans: dict[str, WorkPlan]
    systems: list[tuple[str, str]]
    leads: list[tuple[str, str]]

    @property
    def latest(self) -> str:
        return max(self.plans, default="")


def choices(lang: str) -> Choices:
    """Plans, systems and lead organisations in one query."""

    def part(rows: QuerySet, what: str, code: str, label: str, order: str) -> QuerySet:
        return (
            rows.order_by()
            .annotate(what=Value(what, output_field=CharField()), code_=Cast(code, CharField()))
            .annotate(label_=Cast(label, CharField()), order_=Cast(order, CharField()))
            .values_list("what", "code_", "label_", "order_")
        )

    leading = Activity.objects.order_by()
    leads = Organisation.objects.filter(
        Q(pk__in=leading.exclude(lead_vn=None).values("lead_vn"))
        | Q(pk__in=leading.exclude(lead_jp=None).values("lead_jp"))
    )
    found = part(WorkPlan.objects.all(), "plan", "year", "year_kind", "pk").union(
        part(System.objects.all(), "system", "code", f"name_{lang}", "order"),
        part(leads, "lead", "code", "name_vi" if lang == "vi" else f"name_{lang}", "code"),
        all=True,
    )
    kinds: dict[str, list[tuple[str, str, str]]] = {"plan": [], "system": [], "lead": []}
    for what, code, label, order in found:
        kinds[what].append((code, label, order))
    plans = {c: WorkPlan(pk=int(o), year=int(c), year_kind=label) for c, label, o in kinds["plan"]}
    systems = sorted(kinds["system"], key=lambda row: int(row[2]))
    return Choices(
        plans=dict(sorted(plans.items(), reverse=True)),
        systems=[(code, f"{code} {label}") for code, label, _order in systems],
        leads=sorted((code, label or code) for code, label, _order in kinds["lead"]),
    )


def asked(given: QueryDict, found: Choices) -> dict[str, str]:
    """The filters as the address gives them; without a year, the latest plan."""
    wanted = {name: given.get(name, "")[:100] for name in FILTERS}
    wanted["year"] = wanted["year"] or found.latest
    return wanted


def filtered(user: User, wanted: Mapping[str, str], found: Choices) -> QuerySet:
    """Activities that the reader may see, narrowed."""
    rows = Activity.objects.filter(visible_activities(user))
    if wanted["year"] and wanted["year"] != ALL_YEARS:
        plan = found.plans.get(wanted["year"])
        rows = rows.filter(plan=plan.pk) if plan else rows.none()
    if system := wanted["system"]:
        rows = rows.filter(Q(system=system) | Q(also_system=system))
    if side := wanted["side"]:
        led = {"VN": ~Q(lead_vn=None), "JP": ~Q(lead_jp=None)}.get(side)
        rows = rows.filter(led | Q(owing=side)) if led is not None else rows.none()
    if lead := wanted["lead"]:
        rows = rows.filter(Q(lead_vn__code=lead) | Q(lead_jp__code=lead))
    if state := wanted["state"]:
        rows = rows.filter(state=state)
    if text := search_key(wanted["q"]):
        rows = rows.filter(search__contains=text)
    if code := wanted["health"]:
        rows = health.narrowed(rows, code)
    return rows


def ordered(rows: QuerySet, sort: str) -> QuerySet:
    down = "-" if sort.startswith("-") else ""
    return rows.order_by(*(down + name for name in ORDERS.get(sort.lstrip("-"), ORDERS["ref"])), "pk")


def listing(user: User, given: QueryDict, found: Choices, lang: str) -> Table:
    """One page of the list, or all of it for a download."""
    sort = given.get("sort", "")
    if sort.lstrip("-") not in ORDERS:
        sort = ""
    wanted = asked(given, found)
    rows = filtered(user, wanted, found)
    query = urlencode({name: value for name in FILTERS if (value := given.get(name))})
    page = None
    if given.get("format"):
        shown = list(ordered(rows, sort).values_list(*FIELDS))
    else:
        page, shown = _page(rows, sort, given.get("page"))
    return Table(
        "activities", columns(shown, found, lang), shown, page=page, query=query, sort=sort,
        caption=_("Activities"),
    )  # fmt: skip


def _page(rows: QuerySet, sort: str, wanted: str | None) -> tuple[Page, list[Any]]:
    """Counted without the joins that only the shown rows need; those are made for the shown keys alone."""
    lean = Paginator(rows.order_by(), PAGE_SIZE)
    number = lean.get_page(wanted).number
    start = (number - 1) * PAGE_SIZE
    keys = ordered(rows, sort).values("pk")[start : start + PAGE_SIZE]
    shown = list(ordered(Activity.objects.filter(pk__in=keys), sort).values_list(*FIELDS))
    return Page(shown, number, lean), shown


def milestones_and_signatures(rows: Sequence[Any]) -> tuple[dict[int, list[Step]], dict[int, set[str]]]:
    """Of many activities: their milestones, and the sides whose signatures stand; one query for both.

    Signatures are read in the order in which they were given: an edit takes back those before it.
    """
    agreed = {row[PK]: row[AGREED] for row in rows}

    def text(name: str) -> Any:
        return Cast(name, CharField())

    def part(found: QuerySet, what: str, *names: Any) -> QuerySet:
        given = dict(zip("abcdefg", (Value(what), *names), strict=True))
        fields = {f"col_{key}": value for key, value in given.items()}
        return found.order_by().annotate(**fields).values_list(*fields)

    nothing = Value("", output_field=CharField())
    milestones = part(
        Milestone.objects.filter(activity__in=agreed), "milestone", text("activity_id"), text("due"),
        text("owing"), text("weight"), Coalesce(text("done_on"), nothing), text("waived_reason"),
    )  # fmt: skip
    about = SignOff.objects.filter(
        content_type=ContentType.objects.get_for_model(Activity), object_id__in=agreed
    )
    signatures = part(
        about, "signature", text("object_id"), LPad(text("pk"), 20, Value("0")), text("side"), text("sha256"),
        Case(When(voids=True, then=Value("voids")), default=nothing), nothing,
    )  # fmt: skip
    steps: dict[int, list[Step]] = {}
    signed: dict[int, set[str]] = {}
    for what, owner, when, side, weight, done, waived in milestones.union(signatures, all=True).order_by(
        "col_a", "col_c"
    ):
        key = int(owner)
        if what == "milestone":
            finished = date.fromisoformat(done) if done else None
            step = Step(date.fromisoformat(when), side, Decimal(weight), finished, bool(waived))
            steps.setdefault(key, []).append(step)
        elif done:
            signed.pop(key, None)
        elif not agreed[key] or agreed[key] == weight:
            signed.setdefault(key, set()).add(side)
    return steps, signed


def columns(rows: Sequence[Any], found: Choices, lang: str) -> list[Column]:
    at = AT[lang]
    plans = {plan.pk: plan for plan in found.plans.values()}
    steps, signed = milestones_and_signatures(rows)
    on = health.todays()
    address = address_of("workplan:activity", "REF")
    states = {state.code: escape(_(state.label)) for state in ACTIVITY.states}
    healths = {code: str(health.shown(code)) for code in health.NAMES}
    marks = {code: str(mark(code)) for code in Quality.values}
    no_lead = f'<span class="missing">{escape(_("not named in the source"))}</span>'
    by_source = f"<small>{escape(_('by its source'))}</small>"

    def health_of(row: Any) -> str:
        known = steps.get(row[PK], [])
        return health.health(
            row[STATE], known, *health.span(plans[row[PLAN]], row[START], row[DUE], known), on
        )

    def lead(first: int) -> Any:
        return lambda row: row[first + at] or row[first] or ""

    def lead_cell(first: int) -> Any:
        def cell(row: Any) -> str:
            name = lead(first)(row)
            return escape(name) if name else no_lead

        return cell

    def title(row: Any) -> str:
        return row[TITLE_VI + at] or row[TITLE_VI]

    def signatures(row: Any) -> str:
        sides = [side for side in SIDES if side in signed.get(row[PK], ())]
        return ", ".join(sides)

    def signatures_cell(row: Any) -> str:
        if sides := signatures(row):
            return sides
        return by_source if row[KNOWN] == row[STATE] != "draft" else "–"

    def following(row: Any) -> Any:
        return next((step for step in steps.get(row[PK], ()) if step.is_open), None)

    def following_cell(row: Any) -> str:
        step = following(row)
        if step is None:
            return "–"
        late = on[step.owing] > step.due
        day = f"{format_date(step.due, lang)} ({step.owing})"
        return f'<strong class="late">{day}</strong>' if late else day

    def state_cell(row: Any) -> str:
        to = f" → {row[DEFERRED]}" if row[DEFERRED] else ""
        return f"{states[row[STATE]]}{to}"

    return [
        Column("ref", gettext_lazy("Reference"), lambda r: r[REF],
               lambda r: f'<a class="ref" href="{address(r[REF])}">{escape(r[REF])}</a>', order="ref"),
        Column("year", gettext_lazy("Plan"), lambda r: r[YEAR], lambda r: str(r[YEAR])),
        Column("title", gettext_lazy("Title"), title,
               lambda r: f"{escape(title(r))}{marks[r[QUALITY]]}", order="title"),
        Column("system", gettext_lazy("System"), lambda r: r[SYSTEM], order="system"),
        Column("lead_vn", gettext_lazy("Lead, Viet Nam"), lead(VN_VI), lead_cell(VN_VI)),
        Column("lead_jp", gettext_lazy("Lead, Japan"), lead(JP_VI), lead_cell(JP_VI)),
        Column("due", gettext_lazy("Due"), lambda r: r[DUE],
               lambda r: format_date(r[DUE], lang) if r[DUE] else "–", order="due"),
        Column("state", gettext_lazy("State"), lambda r: r[STATE], state_cell, order="state"),
        Column("signed", gettext_lazy("Signed"), signatures, signatures_cell),
        Column("health", gettext_lazy("Health"), health_of, lambda r: healths[health_of(r)]),
        Column("next", gettext_lazy("Next milestone"),
               lambda r: step.due if (step := following(r)) else None, following_cell),
    ]  # fmt: skip


def options(pairs: Any, selected: str, every: str = "") -> SafeString:
    """The options of a filter, joined: a template loop over them would cost more than the whole table."""
    parts = [f'<option value="{every}">{escape(_("all"))}</option>']
    for code, label in pairs:
        state = " selected" if code == selected else ""
        parts.append(f'<option value="{escape(code)}"{state}>{escape(str(label))}</option>')
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


def filter_options(found: Choices, wanted: Mapping[str, str]) -> dict[str, SafeString]:
    states = ((state.code, _(state.label)) for state in ACTIVITY.states)
    return {
        "years": options(((y, y) for y in found.plans), wanted["year"], ALL_YEARS),
        "systems": options(found.systems, wanted["system"]),
        "sides": options(PARTIES, wanted["side"]),
        "leads": options(found.leads, wanted["lead"]),
        "states": options(states, wanted["state"]),
        "healths": options(health.NAMES.items(), wanted["health"]),
    }
