"""The work plan's section of the joint report, its headline, and how each system stands in the plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trunghoa import quantities
from trunghoa.portal.core.publication.blocks import (
    Block,
    Column,
    DateValue,
    Heading,
    Inline,
    Missing,
    Name,
    Note,
    Number,
    Paragraph,
    PeriodValue,
    Reference,
    Table,
    Tally,
    Text,
)
from trunghoa.portal.core.publication.sections import Progress, Standing
from trunghoa.portal.core.record import figures as record
from trunghoa.portal.core.record.models import Figure, FigureQuerySet, Place
from trunghoa.quantities import N_, Period

from . import health
from .models import Activity, Budget, Milestone
from .rules import OPEN_TO_ALL

SYSTEM = "S10"
SIDES = {"VN": N_("Viet Nam"), "JP": N_("Japan")}
STATES = {
    "proposed": N_("proposed"),
    "agreed": N_("agreed"),
    "in_progress": N_("in progress"),
    "completed": N_("completed"),
    "deferred": N_("deferred"),
    "cancelled": N_("cancelled"),
}
HEALTHS = {
    health.LATE: N_("late"),
    health.AT_RISK: N_("at risk"),
    health.ON_TRACK: N_("on track"),
    health.UNKNOWN: N_("unknown"),
    health.OVER: N_("no longer followed"),
}
# The worst comes first: a system stands as its worst activity does. Not to know is no better than to be late.
WORST = (health.LATE, health.AT_RISK, health.UNKNOWN, health.ON_TRACK)
KINDS = {
    "workplan.budget_needed": N_("money needed for the activities of the plan"),
    "workplan.budget_committed": N_("money committed to the activities of the plan"),
    "workplan.budget_disbursed": N_("money disbursed for the activities of the plan"),
}
STAGES = {"needed": N_("needed"), "committed": N_("committed"), "disbursed": N_("disbursed")}
CURRENCIES = ("JPY", "USD", "VND")


@dataclass(frozen=True)
class Told:
    """An activity as the report tells of it; drafts are not told."""

    activity: Activity
    health: str
    steps: tuple[Milestone, ...]


def told() -> list[Told]:
    """The activities of the latest plan that has any."""
    rows = Activity.objects.exclude(state="draft")
    year = rows.order_by("-plan__year").values_list("plan__year", flat=True).first()
    if year is None:
        return []
    activities = list(
        rows.filter(plan__year=year)
        .select_related("plan", "system", "lead_vn", "lead_jp")
        .order_by("system__order", "rank")
    )
    steps: dict[int, list[Milestone]] = {}
    for step in Milestone.objects.filter(activity__in=[a.pk for a in activities]):
        steps.setdefault(step.activity_id, []).append(step)
    return [
        Told(a, health.of_activity(a, steps.get(a.pk, [])), tuple(steps.get(a.pk, ()))) for a in activities
    ]


def tally(rows: Iterable[Told]) -> Tally:
    return Tally(tuple(row.activity.ref for row in rows))


def headline(figures: FigureQuerySet) -> Paragraph | Missing:
    """One sentence: how many activities, and how many are late."""
    rows = told()
    if not rows:
        return Missing(Text(N_("the work plan: no activity is on record")), Text(N_("both sides")))
    bare = [row for row in rows if row.activity.state in health.FOLLOWED and not row.steps]
    return Paragraph(
        N_("Plan of {year}: {all} activities; {late} late, {unknown} without milestones."),
        year=PeriodValue(Period.year(rows[0].activity.plan.year)),
        all=tally(rows),
        late=tally(row for row in rows if row.health == health.LATE),
        unknown=tally(bare),
    )


def blocks(figures: FigureQuerySet) -> Sequence[Block]:
    """Activities by system and state, each activity, what is overdue, and what nobody has set yet."""
    rows = told()
    if not rows:
        return [headline(figures)]
    found: list[Block] = [_by_state(rows), _activities(rows)]
    found += _milestones(rows)
    without = [row for row in rows if row.health == health.UNKNOWN]
    if without:
        found.append(
            Missing(
                Text(N_("milestones of {count} activities, without which nobody can tell how they stand"),
                     count=tally(without)),
                Text(N_("the lead organisations of both sides")),
            )
        )  # fmt: skip
    if any(row.activity.known_state == row.activity.state for row in rows):
        found.append(Note(N_("States marked as taken over from a source were signed here by neither side.")))
    return found


def _by_state(rows: Sequence[Told]) -> Table:
    systems = {row.activity.system_id: row.activity.system for row in rows}
    states = [code for code in STATES if any(row.activity.state == code for row in rows)]

    def cell(system: str, state: str) -> Inline | None:
        found = [r for r in rows if r.activity.system_id == system and r.activity.state == state]
        return tally(found) if found else None

    return Table(
        caption=Text(
            N_("Activities of the plan of {year} by system and state"),
            year=PeriodValue(Period.year(rows[0].activity.plan.year)),
        ),
        columns=(
            Column(Text(N_("System"))),
            *(Column(Text(STATES[code]), numeric=True) for code in states),
            Column(Text(N_("Late")), numeric=True),
        ),
        rows=tuple(
            (
                Reference(code),
                *(cell(code, state) for state in states),
                tally(r for r in rows if r.activity.system_id == code and r.health == health.LATE),
            )
            for code in systems
        ),
        small=True,
    )


def _lead(row: Told) -> Inline | None:
    leads = [o for o in (row.activity.lead_vn, row.activity.lead_jp) if o is not None]
    if not leads:
        owing = row.activity.owing
        return Text(SIDES[owing]) if owing else None
    if len(leads) == 1:
        return Name.of(leads[0])
    return Text(N_("{first}; {second}"), first=Name.of(leads[0]), second=Name.of(leads[1]))


def _state(row: Told) -> Inline:
    words = Text(STATES[row.activity.state])
    if row.activity.known_state != row.activity.state:
        return words
    return Text(N_("{state} (by its source)"), state=words)


def _activities(rows: Sequence[Told]) -> Table:
    return Table(
        caption=Text(N_("Each activity, who owes it, and how it stands")),
        columns=(
            Column(Text(N_("Activity"))),
            Column(Text(N_("Title")), width=5),
            Column(Text(N_("Lead")), width=3),
            Column(Text(N_("Due"))),
            Column(Text(N_("State")), width=2),
            Column(Text(N_("Health")), width=2),
        ),
        rows=tuple(
            (
                Reference(row.activity.ref),
                Name.of(row.activity, "title"),
                _lead(row),
                DateValue(row.activity.due) if row.activity.due else None,
                _state(row),
                Text(HEALTHS[row.health]),
            )
            for row in rows
        ),
    )


def _milestones(rows: Sequence[Told]) -> list[Block]:
    """Open milestones that are past due where they are owed, the oldest first."""
    on = health.todays()
    late = [
        (row, step)
        for row in rows
        if row.activity.state in health.FOLLOWED
        for step in row.steps
        if step.is_open and on[step.owing] > step.due
    ]
    if not late:
        return []
    late.sort(key=lambda pair: (pair[1].due, pair[0].activity.rank))
    return [
        Heading(N_("Milestones past due")),
        Table(
            caption=Text(N_("A day is over when it is over on the side that owes it")),
            columns=(
                Column(Text(N_("Activity"))),
                Column(Text(N_("Milestone")), width=4),
                Column(Text(N_("Due"))),
                Column(Text(N_("Owed by"))),
            ),
            rows=tuple(
                (
                    Reference(row.activity.ref),
                    Name.of(step, "title"),
                    DateValue(step.due),
                    Text(SIDES[step.owing]),
                )
                for row, step in late
            ),
        ),
    ]


def standings() -> Mapping[str, Standing]:
    """How each system stands in the plan: as its worst activity does; the plan itself as the worst of all."""
    by_system: dict[str, set[str]] = {}
    for row in told():
        for system in (row.activity.system_id, SYSTEM):
            by_system.setdefault(system, set()).add(row.health)
    return {
        system: Standing(health=Text(HEALTHS[next(code for code in WORST if code in found)]))
        for system, found in by_system.items()
        if found & set(WORST)
    }


def count(progress: Progress) -> None:
    """Put the plans' money on record, by stage, currency and system; twice changes nothing."""
    place = Place.objects.filter(kind=Place.Kind.COUNTRY).order_by("pk").first()
    if place is None:
        return
    rows = Budget.objects.filter(activity__state__in=OPEN_TO_ALL).exclude(activity__state="cancelled")
    sums: dict[tuple[int, str, str, str], list[Budget]] = {}
    for row in rows.select_related("activity__plan").order_by("pk"):
        key = (row.activity.plan.year, row.stage, row.currency, row.activity.system_id)
        sums.setdefault(key, []).append(row)
    fresh = [_money(place, key, found) for key, found in sums.items()]
    fresh += _gone(place, {figure.key for figure in fresh})
    record.put(fresh)
    progress(100, "")


def _money(place: Place, key: tuple[int, str, str, str], rows: Sequence[Budget]) -> quantities.Figure:
    year, stage, currency, system = key
    sources = dict.fromkeys(row.source for row in rows)
    return quantities.Figure(
        system=SYSTEM,
        kind=f"workplan.budget_{stage}",
        place=place.key,
        period=Period.year(year),
        amount=sum((row.amount for row in rows), Decimal(0)),
        unit=currency,
        status=quantities.Status.REPORTED,
        quality=quantities.worst(quantities.Quality(row.quality) for row in rows),
        source="; ".join(sources)[:2000],
        method="Sum over the budgets of the activities that are agreed or later, not cancelled",
        category=system,
    )


def _gone(place: Place, kept: set[tuple[str, ...]]) -> list[quantities.Figure]:
    """What stood on record and has no row any more is 0, not forgotten."""
    found = []
    for row in Figure.objects.current().filter(kind__in=KINDS, place=place).exclude(amount=Decimal(0)):
        zero = quantities.Figure(
            system=SYSTEM, kind=row.kind, place=place.key, period=row.period, amount=Decimal(0),
            unit=row.unit, status=quantities.Status(row.status), quality=quantities.Quality.VERIFIED,
            source="Budgets of the work plan", method=row.method, category=row.category,
        )  # fmt: skip
        if zero.key not in kept:
            found.append(zero)
    return found


def finance(figures: FigureQuerySet) -> Sequence[Block]:
    """Money of the plan by stage, in its own currencies, from the figures on record."""
    rows = list(figures.filter(kind__in=KINDS).order_by("period_start", "kind", "unit", "category", "pk"))
    if not rows:
        return [Missing(Text(N_("budgets of the activities that are agreed")), Text(N_("both sides")))]
    lines: dict[tuple[object, str, str], dict[str, Figure]] = {}
    for figure in rows:
        stage = figure.kind.removeprefix("workplan.budget_")
        lines.setdefault((figure.period_start, figure.category, stage), {})[figure.unit] = figure
    return [
        Table(
            caption=Text(N_("Money needed, committed and disbursed for the activities of the plan")),
            columns=(
                Column(Text(N_("Year"))),
                Column(Text(N_("System"))),
                Column(Text(N_("Stage"))),
                *(Column(Reference(code), numeric=True) for code in CURRENCIES),
            ),
            rows=tuple(
                (
                    PeriodValue(next(iter(line.values())).period),
                    Reference(system),
                    Text(STAGES[stage]),
                    *(
                        Number(line[code], decimals=2 if code == "USD" else 0, unit="none")
                        if code in line
                        else None
                        for code in CURRENCIES
                    ),
                )
                for (_start, system, stage), line in lines.items()
            ),
        )
    ]
