"""Activities over time: one bar each, a diamond per milestone, and the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.charts.builders import timeline
from trunghoa.portal.core.charts.store import View, drawn
from trunghoa.portal.core.record.tables import Column, Table
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import format_date

from . import health
from .machines.activity import ACTIVITY
from .models import Activity, Milestone, WorkPlan

# More bars than this are a blot; the table holds every activity.
MOST_BARS = 60
MOST_LETTERS = 46
STAGES = {
    "draft": "ahead",
    "proposed": "ahead",
    "agreed": "ahead",
    "in_progress": "running",
    "completed": "over",
    "deferred": "stopped",
    "cancelled": "stopped",
}
STAGE_NAMES = {
    "ahead": gettext_lazy("not begun"),
    "running": gettext_lazy("in progress"),
    "late": gettext_lazy("late"),
    "over": gettext_lazy("completed"),
    "stopped": gettext_lazy("deferred or cancelled"),
}


@dataclass(frozen=True)
class Row:
    """One activity with its milestones."""

    activity: Activity
    steps: tuple[Milestone, ...] = field(default=())

    @property
    def is_dated(self) -> bool:
        return self.activity.start is not None and self.end is not None and self.end >= self.activity.start

    @property
    def end(self) -> date | None:
        """When it is due; where only milestones are dated, the last of them."""
        return self.activity.due or max((m.due for m in self.steps), default=None)

    def health(self, on: dict[str, date]) -> str:
        known = [health.Step.of(step) for step in self.steps]
        first, last = health.span(self.activity.plan, self.activity.start, self.activity.due, known)
        return health.health(self.activity.state, self.activity.due, known, first, last, on)

    def stage(self, on: dict[str, date]) -> str:
        """How its bar is filled; the table beside says late of the same ones."""
        return "late" if self.health(on) == health.LATE else STAGES[self.activity.state]


def rows_of(found: QuerySet) -> list[Row]:
    activities = list(found.select_related("plan").order_by("rank", "pk"))
    steps: dict[int, list[Milestone]] = {}
    for step in Milestone.objects.filter(activity__in=[a.pk for a in activities]):
        steps.setdefault(step.activity_id, []).append(step)
    return [Row(a, tuple(steps.get(a.pk, ()))) for a in activities]


def year_of(day: date, grid: str) -> int:
    """The year that a day belongs to; a fiscal year begins in April."""
    return day.year if grid == WorkPlan.YearKind.CALENDAR or day.month > 3 else day.year - 1


def year_name(year: int, grid: str, lang: str) -> str:
    if grid == WorkPlan.YearKind.FISCAL:
        return {"vi": f"NTK {year}", "ja": f"{year}年度", "en": f"FY{year}"}[lang]
    return f"{year}年" if lang == "ja" else str(year)


def ticks(first: date, last: date, grid: str, lang: str) -> list[tuple[date, str]]:
    """Starts of months or quarters with their names, and of years with theirs; over a long time only years.

    Where no year begins, the first says in which year it is. A time within one month has its first day.
    """
    begins = 4 if grid == WorkPlan.YearKind.FISCAL else 1
    months: Sequence[int] = range(1, 13) if last - first < timedelta(days=200) else (1, 4, 7, 10)
    if last.year - first.year > 3:
        months = (begins,)
    found = []
    for year in range(first.year, last.year + 2):
        for month in months:
            day = date(year, month, 1)
            name = year_name(year, grid, lang) if month == begins else _month(month, lang)
            found.append((day, name))
    found = [tick for tick in found if first <= tick[0] <= last]
    if not found:
        return [(first, format_date(first, lang))]
    if not any(day.month == begins for day, _name in found):
        day = found[0][0]
        found[0] = (day, _month_and_year(day, lang))
    return found


def _month_and_year(day: date, lang: str) -> str:
    month = _month(day.month, lang)
    return f"{day.year}年{month}" if lang == "ja" else f"{month} {day.year}"


def _month(month: int, lang: str) -> str:
    return {"vi": f"thg {month}", "ja": f"{month}月", "en": date(2000, month, 1).strftime("%b")}[lang]


def short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def timeline_of(rows: Sequence[Row], grid: str, lang: str) -> Any:
    """The drawing, or None where no activity is dated or the engine is not to be had."""
    dated = [row for row in rows if row.is_dated][:MOST_BARS]
    if not dated:
        return None
    on = health.todays()
    today = max(on.values())
    bars: list[Any] = [(_bar(r, lang), r.activity.start, r.end, r.stage(on)) for r in dated]
    points = [(_bar(r, lang), m.due, m.title(lang)) for r in dated for m in r.steps]
    first = min(bar[1] for bar in bars)
    last = max([bar[2] for bar in bars] + [point[1] for point in points])
    chart = partial(
        timeline,
        bars,
        stages={code: str(name) for code, name in STAGE_NAMES.items()},
        lang=lang,
        milestones=points,
        day=(today, _("today")),
        ticks=ticks(first, last, grid, lang),
    )
    words = _("A bar from start to due date of each activity; a diamond at each milestone.")
    return drawn(View(chart, _("Activities over time"), words), lang)


def _bar(row: Row, lang: str) -> str:
    return short(row.activity.label(lang))


def timeline_table(rows: Sequence[Row], grid: str, lang: str) -> Table:
    on = health.todays()

    def of(row: Row) -> str:
        return row.health(on)

    def link(row: Row) -> SafeString:
        return format_html('<a href="{}">{}</a>', row.activity.get_absolute_url(), row.activity.ref)

    def day(of: Any) -> Any:
        return lambda row: numbers.day(of(row))

    def years(row: Row) -> str:
        if row.activity.start is None or row.end is None:
            return ""
        span = range(year_of(row.activity.start, grid), year_of(row.end, grid) + 1)
        return ", ".join(year_name(year, grid, lang) for year in span)

    def milestones(row: Row) -> str:
        return ", ".join(f"{numbers.day(m.due)} ({m.owing})" for m in row.steps)

    columns = [
        Column("ref", gettext_lazy("Reference"), lambda r: r.activity.ref, link),
        Column("title", gettext_lazy("Title"), lambda r: r.activity.title(lang)),
        Column(
            "start",
            gettext_lazy("Start"),
            lambda r: r.activity.start,
            lambda r: numbers.day(r.activity.start),
        ),
        Column("due", gettext_lazy("Due"), lambda r: r.end, lambda r: numbers.day(r.end)),
        Column("years", gettext_lazy("Years"), years),
        Column("state", gettext_lazy("State"), lambda r: _(ACTIVITY.state(r.activity.state).label)),
        Column("health", gettext_lazy("Health"), of, lambda r: health.shown(of(r))),
        Column("milestones", gettext_lazy("Milestones"), milestones),
    ]
    return Table("timeline", columns, rows, caption=_("Activities over time"))
