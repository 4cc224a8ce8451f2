"""The plan as sheets: which columns there are, and what each row on record says in them, as plain text."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import User

from .models import Activity, Budget, Indicator, Milestone, WorkPlan
from .rules import visible_activities

# Where the sheet's data begin: below the keys and their names in the reader's language.
KEYS, NAMES, FIRST = 1, 2, 3
REMOVE = "remove"
NEW = "new"
Row = dict[str, str]


@dataclass(frozen=True)
class Field:
    """One column. ``kind`` is text, date, amount or number; what is not ``open`` is only for reading."""

    key: str
    name: Any
    kind: str = "text"
    open: bool = True
    width: int = 14


def _titles() -> tuple[Field, ...]:
    return (
        Field("title_vi", _("Title (Vietnamese)"), width=40),
        Field("title_ja", _("Title (Japanese)"), width=40),
        Field("title_en", _("Title (English)"), width=40),
    )


ID = Field("id", _("Number on record"), "number", open=False, width=9)
REF = Field("ref", _("Reference"))
OUT = Field(REMOVE, _("x takes the row out"), width=9)
SHEETS: dict[str, tuple[Field, ...]] = {
    "activities": (
        ID,
        REF,
        Field("revision", _("Revision"), "number", open=False, width=9),
        Field("state", _("State"), open=False),
        Field("system", _("System"), width=9),
        Field("also_system", _("Also concerns"), width=9),
        *_titles(),
        Field("lead_vn", _("Lead, Viet Nam")),
        Field("lead_jp", _("Lead, Japan")),
        Field("start", _("Start"), "date"),
        Field("due", _("Due"), "date"),
        Field("description_vi", _("Description (Vietnamese)"), width=30),
        Field("description_ja", _("Description (Japanese)"), width=30),
        Field("description_en", _("Description (English)"), width=30),
        Field("source", _("Source"), width=30),
        Field("quality", _("Quality")),
    ),
    "milestones": (
        ID, REF, *_titles(), Field("due", _("Due"), "date"), Field("owing", _("Side that owes it"), width=9),
        Field("weight", _("Weight"), "amount"), Field("done_on", _("Done on"), "date", open=False),
        Field("waived_reason", _("Waived because"), open=False), OUT,
    ),
    "indicators": (
        ID, REF, *_titles(), Field("kind", _("Kind of figure"), width=30), Field("place", _("Place")),
        Field("unit", _("Unit")), Field("status", _("Status")), Field("scenario", _("Scenario")),
        Field("category", _("Category")), Field("baseline_figure", _("Baseline (figure)"), "number"),
        Field("baseline", _("Baseline (amount)"), "amount"),
        Field("baseline_source", _("Source of the baseline")),
        Field("target", _("Target"), "amount"), Field("target_date", _("Target date"), "date"),
        Field("direction", _("Direction")), OUT,
    ),
    "budgets": (
        ID, REF, Field("payer", _("Payer")), Field("payer_text", _("Payer, if not in the list")),
        Field("currency", _("Currency"), width=9), Field("amount", _("Amount"), "amount", width=20),
        Field("stage", _("Stage")), Field("on", _("On"), "date"), Field("source", _("Source"), width=30),
        Field("quality", _("Quality")), OUT,
    ),
}  # fmt: skip
PARTS: dict[str, type[Milestone] | type[Indicator] | type[Budget]] = {
    "milestones": Milestone,
    "indicators": Indicator,
    "budgets": Budget,
}


def plain(value: Any) -> str:
    """One text for one value: dates as ISO, amounts without trailing zeros, organisations by code."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "key"):
        return str(value.key)
    if hasattr(value, "_meta"):
        return str(getattr(value, "code", value.pk))
    return "\n".join(str(value).replace("\r\n", "\n").strip().split("\n"))


def row_of(sheet: str, obj: Any, ref: str) -> Row:
    found = {}
    for column in SHEETS[sheet]:
        match column.key:
            case "id":
                found["id"] = str(obj.pk)
            case "ref":
                found["ref"] = ref
            case "remove":
                found[REMOVE] = ""
            case key:
                found[key] = plain(getattr(obj, key))
    return found


@dataclass(frozen=True)
class Content:
    """What stands: activities by reference, and per sheet the rows by number on record."""

    activities: Mapping[str, Activity]
    rows: Mapping[str, Mapping[str, Row]]
    objects: Mapping[str, Mapping[str, Any]]


def content_of(plan: WorkPlan, user: User) -> Content:
    """The plan as far as the reader sees it."""
    seen = Activity.objects.filter(visible_activities(user), plan=plan).order_by("rank", "pk")
    activities = list(
        seen.select_related("plan", "lead_vn__successor", "lead_jp__successor", "system", "also_system")
    )
    refs = {a.pk: a.ref for a in activities}
    objects: dict[str, dict[str, Any]] = {"activities": {str(a.pk): a for a in activities}}
    related: dict[str, QuerySet] = {
        "milestones": Milestone.objects.all(),
        "indicators": Indicator.objects.select_related("place", "baseline_figure"),
        "budgets": Budget.objects.select_related("payer"),
    }
    for sheet, rows in related.items():
        ordered = rows.filter(activity__in=seen.order_by().values("pk")).order_by("activity__rank", "pk")
        objects[sheet] = {str(row.pk): row for row in ordered}
    rows_by = {
        sheet: {
            key: row_of(sheet, obj, obj.ref if sheet == "activities" else refs[obj.activity_id])
            for key, obj in found.items()
        }
        for sheet, found in objects.items()
    }
    return Content({a.ref: a for a in activities}, rows_by, objects)
