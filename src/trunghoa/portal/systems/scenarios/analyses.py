"""What an analysis adds to one course: the abatement cost curve of a sweep, the spread of draws."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import worst

from . import drawings, tasks
from .panels import Panel, Shown, quality_note
from .series import rows_table


def abatement(shown: Shown, year: int) -> Panel | None:
    """Steps of the marginal abatement cost curve, from the runs of a price sweep."""
    sweep = [row for row in shown.result.data.get("sweep", ()) if row["co2e"] is not None]
    if len(sweep) < 2:
        return None
    n = shown.years.index(year)
    factor = shown.result.per_tonne or 1.0
    unit = f"USD{shown.result.price_year}/tCO₂e" if shown.result.per_tonne else shown.money_unit
    levels = [shown.megatonnes([row["co2e"][n]])[0] for row in sweep]
    prices = [row["price"] * factor for row in sweep]
    steps, rows = [], []
    for k, row in enumerate(sweep):
        avoided = levels[k - 1] - levels[k] if k else None
        rows.append([prices[k], levels[k], avoided, levels[0] - levels[k], row["cost"][n]])
        if avoided is not None and avoided > 1e-9:
            name = f"{numbers.number(prices[k - 1], 0)}–{numbers.number(prices[k], 0)}"
            steps.append((name, avoided, prices[k]))
    title = _("Marginal abatement cost in %(year)s, from a sweep of carbon prices") % {"year": year}
    heads = [
        ("price", f"{_('Carbon price')} ({unit})", True),
        ("emissions", f"{_('Emissions')} ({shown.axis})", True),
        ("step", gettext_lazy("Avoided by this step"), True),
        ("avoided", gettext_lazy("Avoided so far"), True),
        ("cost", f"{_('Cost without payments for emissions')} ({shown.money_unit})", True),
    ]
    chart = drawings.steps(steps, _("Avoided (%(unit)s)") % {"unit": shown.axis}, unit, shown.lang)
    description = _("Steps from the lowest to the highest price; a step is as wide as what it avoids.")
    notes = [
        _(
            "Each price is a run of its own, so measures that touch one another are counted once. A step "
            "stands at the upper of the two prices between which it appears."
        )
    ]
    if any(b > a + 1e-9 for a, b in pairwise(levels)):
        notes.append(_("Between some prices emissions rise: what was built earlier under another price."))
    drawing = drawings.drawn(chart, title, description, shown.lang)
    return Panel("abatement", title, rows_table("abatement", title, heads, rows), drawing, notes)


def fan(shown: Shown) -> Panel | None:
    """The spread of the net total over the draws."""
    draws = shown.result.data.get("draws", ())
    good = [shown.megatonnes(row["co2e"]) for row in draws if row["co2e"] is not None]
    if len(good) < 2:
        return None
    rows = [
        (
            year,
            *(quantile(sorted(course[n] for course in good), p) for p in (0.05, 0.25, 0.5, 0.75, 0.95)),
        )
        for n, year in enumerate(shown.years)
    ]
    title = _("Spread of the net total")
    chart = drawings.fan(rows, shown.axis, shown.lang)
    description = _("A fan: median, the half and the nine tenths of the draws in the middle, over the years.")
    heads = [
        ("year", gettext_lazy("Year"), False),
        ("p5", "5 %", True),
        ("p25", "25 %", True),
        ("p50", gettext_lazy("median"), True),
        ("p75", "75 %", True),
        ("p95", "95 %", True),
    ]
    notes = [
        _(
            "%(good)s of %(all)s draws have a solution. Energy prices, capital costs and demands each "
            "move by a factor of their own; the spread is our own choice and no measured uncertainty."
        )
        % {"good": numbers.number(len(good)), "all": numbers.number(len(draws))}
    ]
    drawing = drawings.drawn(chart, title, description, shown.lang)
    return Panel("fan", title, rows_table("fan", title, heads, [list(r) for r in rows]), drawing, notes)


def expert(shown: Shown) -> list[Panel]:
    """What experts say of single measures: no part of the model, and never drawn into its curve."""
    factor = shown.result.per_tonne or 1.0
    unit = f"USD{shown.result.price_year}/tCO₂e" if shown.result.per_tonne else shown.money_unit
    return [_expert(shown, year, bars, factor, unit) for year, bars in tasks.expert_bars(shown.model).items()]


def _expert(shown: Shown, year: int, bars: Sequence[Any], factor: float, unit: str) -> Panel:
    title = _("Expert curve for %(year)s: measures by themselves, not from the model") % {"year": year}
    slug = f"expert{year}"
    steps, rows = [], []
    for n, bar in enumerate(bars, start=1):
        measure = bar.measure
        name = measure.names.get(shown.lang) or next(iter(measure.names.values()), measure.name)
        saving, ends = shown.megatonnes([measure.saving, bar.ends])
        steps.append((name, saving, bar.per_tonne * factor))
        quality = numbers.quality(measure.quality.value)
        rows.append([n, name, saving, ends, measure.cost, bar.per_tonne * factor, quality, measure.source])
    heads = [
        ("number", gettext_lazy("No."), True),
        ("measure", gettext_lazy("Measure"), False),
        ("saving", f"{_('Saving')} ({shown.axis})", True),
        ("so_far", gettext_lazy("Saved so far"), True),
        ("cost", f"{_('Cost of a year')} ({shown.money_unit})", True),
        ("per_tonne", f"{_('Cost per tonne')} ({unit})", True),
        ("quality", gettext_lazy("Quality"), False),
        ("source", gettext_lazy("Source"), False),
    ]
    chart = drawings.steps(steps, _("Saving (%(unit)s)") % {"unit": shown.axis}, unit, shown.lang)
    description = _("Bars from the cheapest measure to the dearest; a bar is as wide as what it saves.")
    notes = [
        quality_note(worst(bar.measure.quality for bar in bars).value),
        _(tasks.WARNING),
        _("It is the same for every scenario of the model and must not be read together with its curve."),
    ]
    drawing = drawings.drawn(chart, title, description, shown.lang)
    return Panel(slug, title, rows_table(slug, title, heads, rows), drawing, notes)


def quantile(values: Sequence[float], share: float) -> float:
    """A quantile of sorted values, on the straight line between neighbours."""
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)
