"""The list of activities: a fixed number of queries however many there are, and no object for a shown row."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record.models import System
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.record.tables import PAGE_SIZE, Column, Table, address_of
from trunghoa.portal.core.record.templatetags.numbers import mark
from trunghoa.portal.core.workflow.signing import SIDES
from trunghoa.quantities import format_date, search_key

from . import gathering, health
from .health import Step
from .machines.activity import ACTIVITY
from .models import Activity, WorkPlan
from .models.plan import PARTIES
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
    STEPS, SIGNED,
) = range(len(FIELDS) + 2)  # fmt: skip
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
    # Years of the plans that hold more than drafts; one just opened is not shown before them.
    told: frozenset[str]

    @property
    def latest(self) -> str:
        return max(self.told or self.plans, default="")


def choices(lang: str) -> Choices:
    """Plans, systems and lead organisations in one query."""

    def part(rows: QuerySet, what: str | Case, code: str, label: str, order: str) -> QuerySet:
        kind = Value(what, output_field=CharField()) if isinstance(what, str) else what
        return (
            rows.order_by()
            .annotate(what=kind, code_=Cast(code, CharField()))
            .annotate(label_=Cast(label, CharField()), order_=Cast(order, CharField()))
            .values_list("what", "code_", "label_", "order_")
        )

    leading = Activity.objects.order_by()
    leads = Organisation.objects.filter(
        Q(pk__in=leading.exclude(lead_vn=None).values("lead_vn"))
        | Q(pk__in=leading.exclude(lead_jp=None).values("lead_jp"))
    )
    told = Exists(leading.filter(plan=OuterRef("pk")).exclude(state="draft"))
    told_or_open = Case(When(told, then=Value("told")), default=Value("plan"), output_field=CharField())
    found = part(WorkPlan.objects.all(), told_or_open, "year", "year_kind", "pk").union(
        part(System.objects.all(), "system", "code", f"name_{lang}", "order"),
        part(leads, "lead", "code", "name_vi" if lang == "vi" else f"name_{lang}", "code"),
        all=True,
    )
    kinds: dict[str, list[tuple[str, str, str]]] = {"told": [], "plan": [], "system": [], "lead": []}
    for what, code, label, order in found:
        kinds[what].append((code, label, order))
    plans = {
        c: WorkPlan(pk=int(o), year=int(c), year_kind=label) for c, label, o in kinds["plan"] + kinds["told"]
    }
    systems = sorted(kinds["system"], key=lambda row: int(row[2]))
    return Choices(
        plans=dict(sorted(plans.items(), reverse=True)),
        systems=[(code, f"{code} {label}") for code, label, _order in systems],
        leads=sorted((code, label or code) for code, label, _order in kinds["lead"]),
        told=frozenset(code for code, _label, _order in kinds["told"]),
    )


def asked(given: QueryDict, found: Choices) -> dict[str, str]:
    """The filters as the address gives them; without a year, the latest plan that holds anything."""
    wanted = {name: given.get(name, "")[:100] for name in FILTERS}
    wanted["year"] = wanted["year"] or found.latest
    return wanted


def filtered(user: User, wanted: Mapping[str, str], found: Choices) -> QuerySet:
    """Activities that the reader may see, narrowed."""
    rows = narrowed(user, wanted, found)
    code = wanted["health"]
    return health.narrowed(rows, code) if code else rows


def narrowed(user: User, wanted: Mapping[str, str], found: Choices) -> QuerySet:
    """Activities that the reader may see, narrowed by all but their health."""
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
    query = urlencode({name: value for name in FILTERS if (value := given.get(name))})
    page = None
    if given.get("format"):
        shown = read(ordered(filtered(user, wanted, found), sort))
    else:
        page = _page(narrowed(user, wanted, found), wanted["health"], sort, given.get("page"))
        shown = list(page.object_list)
    return Table(
        "activities", columns(found, lang), shown, page=page, query=query, sort=sort,
        caption=_("Activities"),
    )  # fmt: skip


def _page(rows: QuerySet, code: str, sort: str, wanted: str | None) -> Page:
    """Counted without the joins that only the shown rows need; those are made for the shown keys alone."""
    rows, keys = ordered(rows, sort), None
    if code in health.BY_THE_RULE:
        keys = health.keys(rows, code)
    elif code:
        rows = health.narrowed(rows, code)
    lean = Paginator(rows.values("pk") if keys is None else keys, PAGE_SIZE)
    number = lean.get_page(wanted).number
    shown = lean.object_list[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return Page(read(ordered(Activity.objects.filter(pk__in=shown), sort)), number, lean)


def read(rows: QuerySet) -> list[tuple[Any, ...]]:
    """The rows with their milestones and the sides whose signatures stand, in one query."""
    found = rows.values_list(*FIELDS, gathering.milestones(), gathering.signatures())
    return [
        (*row[:STEPS], Step.read(row[STEPS]), gathering.sides_signed(row[SIGNED], row[AGREED]))
        for row in found
    ]


def columns(found: Choices, lang: str) -> list[Column]:
    at = AT[lang]
    plans = {plan.pk: plan for plan in found.plans.values()}
    on = health.todays()
    address = address_of("workplan:activity", "REF")
    states = {state.code: escape(_(state.label)) for state in ACTIVITY.states}
    healths = {code: str(health.shown(code)) for code in health.NAMES}
    marks = {code: str(mark(code)) for code in Quality.values}
    no_lead = f'<span class="missing">{escape(_("not named in the source"))}</span>'
    by_source = f"<small>{escape(_('by its source'))}</small>"

    def health_of(row: Any) -> str:
        known = row[STEPS]
        return health.health(
            row[STATE], row[DUE], known, *health.span(plans[row[PLAN]], row[START], row[DUE], known), on
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
        sides = [side for side in SIDES if side in row[SIGNED]]
        return ", ".join(sides)

    def signatures_cell(row: Any) -> str:
        if sides := signatures(row):
            return sides
        return by_source if row[KNOWN] == row[STATE] != "draft" else "–"

    def following(row: Any) -> Any:
        return next((step for step in row[STEPS] if step.is_open), None)

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
