"""Tables of one activity: its milestones, indicators, budgets and their sums."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trunghoa.portal.core.record import words
from trunghoa.portal.core.record.form_fields import written
from trunghoa.portal.core.record.tables import Column, Table
from trunghoa.portal.core.record.templatetags import numbers

from . import health, money
from .indicators import Standing
from .models import Activity, Budget, Milestone
from .plan_words import SIDES, STAGES


def _change(name: str, activity: Activity, pk: int, label: str) -> SafeString:
    return format_html(
        '<a href="{}" aria-label="{}">{}</a>', reverse("workplan:part", args=[activity.ref, name, pk]),
        f"{_('Edit')}: {label}", _("Edit"),
    )  # fmt: skip


def milestone_state(row: Milestone) -> SafeString:
    """Done, waived, late or open, on the calendar of the side that owes it."""
    if row.done_on is not None:
        return format_html("{}", _("done on %(day)s") % {"day": numbers.day(row.done_on)})
    if row.waived_reason:
        return format_html("{}", _("waived: %(reason)s") % {"reason": row.waived_reason})
    over = (health.todays()[row.owing] - row.due).days
    if over > 0:
        late = ngettext("%(n)s day late", "%(n)s days late", over) % {"n": numbers.number(over)}
        return format_html('<strong class="late">{}</strong>', late)
    return format_html("{}", _("open"))


def milestone_table(
    activity: Activity, rows: Sequence[Milestone], lang: str, may_edit: bool, may_settle: bool
) -> Table:
    whole = sum((row.weight for row in rows), Decimal(0))

    def share(row: Milestone) -> str:
        part = f" ({numbers.number(100 * row.weight / whole, 0)} %)" if whole else ""
        return f"{written(row.weight)}{part}"

    def papers(row: Milestone) -> SafeString:
        label = _("Papers; done or waived") if may_settle else _("Papers")
        address = reverse("workplan:settle", args=[activity.ref, row.pk])
        return format_html('<a href="{}" aria-label="{}: {}">{}</a>', address, label, row.title(lang), label)

    columns = [
        Column("title", gettext_lazy("Milestone"), lambda r: r.title(lang)),
        Column("due", gettext_lazy("Due"), lambda r: r.due, lambda r: numbers.day(r.due)),
        Column("owing", gettext_lazy("Side that owes it"), lambda r: r.owing, lambda r: str(SIDES[r.owing])),
        Column("weight", gettext_lazy("Weight"), lambda r: r.weight, share, True),
        Column("state", gettext_lazy("State"), state_of, milestone_state),
    ]
    columns.append(Column("papers", gettext_lazy("Evidence"), lambda r: None, papers))
    if may_edit:
        columns.append(
            Column(
                "edit",
                gettext_lazy("Edit"),
                lambda r: None,
                lambda r: _change("milestone", activity, r.pk, r.title(lang)),
            )
        )
    return Table("milestones", columns, rows, caption=_("Milestones"))


def state_of(row: Milestone) -> str:
    """The same without locale, for downloads."""
    if row.done_on is not None:
        return f"done {row.done_on.isoformat()}"
    return f"waived: {row.waived_reason}" if row.waived_reason else "open"


def indicator_table(activity: Activity, rows: Sequence[Standing], lang: str, may_edit: bool) -> Table:
    def current(row: Standing) -> str:
        if row.current is None:
            return format_html('<span class="missing">{}</span>', _("no figure on record yet"))
        shown = numbers.figure(row.current, None, False)
        return format_html("{} <small>{}</small>", shown, row.current.period.label(lang))

    def baseline(row: Standing) -> str:
        if row.indicator.baseline_figure:
            return numbers.figure(row.indicator.baseline_figure, None, False)
        if row.baseline is None:
            return "–"
        return format_html(
            "{} <small>{}</small>", numbers.number(row.baseline), row.indicator.baseline_source
        )

    def target(row: Standing) -> str:
        if row.indicator.target is None:
            return format_html('<span class="missing">{}</span>', _("no target set"))
        on = row.indicator.target_date
        day = f" ({numbers.day(on)})" if on else ""
        return format_html("{}{}", numbers.number(row.indicator.target), day)

    def way(row: Standing) -> str:
        if row.is_reached:
            return _("reached")
        return "–" if row.progress is None else f"{numbers.number(100 * row.progress, 0)} %"

    def measured(row: Standing) -> str:
        i = row.indicator
        kind = words.message(activity.system_id, i.kind) or i.kind
        parts = (_(kind), i.place.name(lang), numbers.status(i.status), i.scenario, i.category)
        return ", ".join(part for part in parts if part)

    columns = [
        Column("title", gettext_lazy("Indicator"), lambda r: r.indicator.title(lang)),
        Column("measured", gettext_lazy("Measured by"), measured),
        Column("unit", gettext_lazy("Unit"), lambda r: r.indicator.unit,
               lambda r: escape(numbers.unit(r.indicator.unit))),
        Column("baseline", gettext_lazy("Baseline"), lambda r: r.baseline, baseline, True),
        Column("current", gettext_lazy("Figure on record"), lambda r: r.current.amount if r.current else None,
               current, True),
        Column("target", gettext_lazy("Target"), lambda r: r.indicator.target, target, True),
        Column("progress", gettext_lazy("Way gone"), lambda r: r.progress, way, True),
    ]  # fmt: skip
    if may_edit:
        columns.append(
            Column(
                "edit",
                gettext_lazy("Edit"),
                lambda r: None,
                lambda r: _change("indicator", activity, r.indicator.pk, r.indicator.title(lang)),
            )
        )
    return Table("indicators", columns, rows, caption=_("Indicators"))


def payer(row: Budget, lang: str) -> str:
    return row.payer.name(lang) if row.payer else row.payer_text


def _conversion(amount: Decimal, currency: str, on: Any) -> str:
    """The converted amount with its rate, the days for which that holds, its source and its mark."""
    found = money.converted(amount, currency, on)
    if found is None:
        return "–"
    rate = found.rate
    days = f"{numbers.day(rate.valid_from)} – {numbers.day(rate.valid_to)}"
    return format_html(
        "{} <small>{} {}/{}, {}: {}</small>{}",
        money.written(found.amount, found.currency), written(rate.value), found.currency, currency, days,
        rate.source, numbers.mark(rate.quality.value),
    )  # fmt: skip


def budget_table(activity: Activity, rows: Sequence[Budget], lang: str, may_edit: bool) -> Table:
    def payer_cell(row: Budget) -> str:
        name = payer(row, lang)
        return (
            escape(name)
            if name
            else format_html('<span class="missing">{}</span>', _("not named in the source"))
        )

    def converted(row: Budget) -> Decimal | None:
        found = money.converted(row.amount, row.currency, row.on)
        return found.amount if found else None

    columns = [
        Column("stage", gettext_lazy("Stage"), lambda r: r.stage, lambda r: str(STAGES[r.stage])),
        Column("payer", gettext_lazy("Payer"), lambda r: payer(r, lang), payer_cell),
        Column("currency", gettext_lazy("Currency"), lambda r: r.currency),
        Column("amount", gettext_lazy("Amount"), lambda r: r.amount,
               lambda r: money.written(r.amount, r.currency), True),
        Column("on", gettext_lazy("On"), lambda r: r.on, lambda r: numbers.day(r.on)),
        Column("usd", gettext_lazy("In US dollars"), converted,
               lambda r: _conversion(r.amount, r.currency, r.on), True),
        Column("source", gettext_lazy("Source"), lambda r: r.source,
               lambda r: format_html("{}{}", r.source, numbers.mark(r.quality))),
    ]  # fmt: skip
    if may_edit:
        columns.append(
            Column(
                "edit",
                gettext_lazy("Edit"),
                lambda r: None,
                lambda r: _change("budget", activity, r.pk, money.written(r.amount, r.currency)),
            )
        )
    return Table("budgets", columns, rows, caption=_("Budgets"))


def totals_table(rows: Sequence[Budget]) -> Table:
    def in_common(found: money.Sum) -> str:
        if found.in_common is None:
            return "–"
        return format_html("{}{}", money.written(found.in_common, money.COMMON), numbers.mark(found.quality))

    columns = [
        Column("stage", gettext_lazy("Stage"), lambda s: s.stage, lambda s: str(STAGES[s.stage])),
        Column("currency", gettext_lazy("Currency"), lambda s: s.currency),
        Column("amount", gettext_lazy("Sum"), lambda s: s.amount,
               lambda s: money.written(s.amount, s.currency), True),
        Column("usd", gettext_lazy("In US dollars"), lambda s: s.in_common,
               in_common, True),
        Column("rows", gettext_lazy("Rows"), lambda s: s.rows, None, True),
    ]  # fmt: skip
    return Table("totals", columns, money.totals(rows), caption=_("Sums by stage and currency"))
