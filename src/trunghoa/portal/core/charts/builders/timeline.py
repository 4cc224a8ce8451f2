"""What runs from when to when: one bar per activity, a point per milestone, a line for a day."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from trunghoa.quantities import format_date

from .. import palette, theme
from ..errors import DrawingError
from ..text import text_width
from .marks import channels, data

if TYPE_CHECKING:
    import altair

ROW = 24
# From what is not begun to what is over: the further, the fuller.
STAGES = {"ahead": "outline", "running": "diagonal", "late": "cross", "over": "solid", "stopped": "down"}


def _moment(day: date) -> int:
    """Milliseconds, the engine's clock, in UTC so that no machine's time zone moves a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _own_axis(ticks: Sequence[tuple[date, str]]) -> altair.Axis:
    """A grid at given days, each with its own name."""
    import altair as alt

    names = "".join(f"+datum.value === {_moment(day)} ? {json.dumps(name)} : " for day, name in ticks)
    return alt.Axis(values=[_moment(day) for day, _ in ticks], labelExpr=f"{names}''", title=None, grid=True)


def _axis(months: int, lang: str) -> altair.Axis:
    """A grid at the starts of months or years, so that none is named twice."""
    import altair as alt

    by_year = months > 36
    step = max(1, -(-months // (6 * 12 if by_year else 6)))
    return alt.Axis(
        format="%Y" if by_year else theme.MONTH_FORMATS[lang],
        tickCount=alt.TimeIntervalStep(interval="year" if by_year else "month", step=step),
        title=None,
        grid=True,
    )


def timeline(
    rows: Sequence[tuple[str, date, date, str]],
    *,
    stages: Mapping[str, str],
    lang: str,
    milestones: Sequence[tuple[str, date, str]] = (),
    day: tuple[date, str] | None = None,
    ticks: Sequence[tuple[date, str]] = (),
) -> altair.TopLevelMixin:
    """Bars over time in the order given.

    ``rows`` are (activity, first day, last day, stage); ``stages`` names the stages ``ahead``, ``running``,
    ``late``, ``over`` and ``stopped``; ``milestones`` are (activity, day, what); ``day`` is a day with its
    name. ``ticks`` are the days of the grid with their names, where a year of one's own begins.
    """
    import altair as alt

    if not rows:
        raise DrawingError("There is nothing to draw: no rows.")
    if unknown := ({r[3] for r in rows} - set(stages)) | (set(stages) - set(STAGES)):
        raise DrawingError(f"Stages without a name or a texture: {', '.join(sorted(unknown))}.")
    bars = []
    for name, start, end, stage in rows:
        if end < start:
            raise DrawingError(f"{name} ends on {end.isoformat()}, before it begins on {start.isoformat()}.")
        span = f"{format_date(start, lang)} – {format_date(end, lang)}"
        bars.append(
            {
                "name": name,
                "from": _moment(start),
                "to": _moment(end + timedelta(days=1)),
                "stage": stages[stage],
                "tip": f"{name}\n{span}\n{stages[stage]}",
            }
        )
    first = min(r[1] for r in rows)
    last = max([r[2] for r in rows] + [m[1] for m in milestones])
    months = (last.year - first.year) * 12 + last.month - first.month
    axis = _own_axis([t for t in ticks if first <= t[0] <= last]) if ticks else _axis(months, lang)
    scale = alt.Scale(type="utc", domain=[_moment(first), _moment(last + timedelta(days=1))], nice=False)
    used = [s for s in stages if any(r[3] == s for r in rows)]
    fills = [palette.textured(STAGES[s], palette.ACCENT) for s in used]
    order = list(dict.fromkeys(r[0] for r in rows))
    rank = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False))
    colour = alt.Color(
        "stage:N",
        scale=alt.Scale(domain=[stages[s] for s in used], range=fills),
        legend=alt.Legend(symbolType="square"),
    )
    layers: list[altair.Chart] = [
        alt.Chart(data(bars))
        .mark_bar(height=ROW - 10, stroke=palette.ACCENT, strokeWidth=1)
        .encode(
            **channels(
                x=alt.X("from:T", scale=scale, axis=axis),
                x2="to:T",
                y=rank,
                color=colour,
                description="tip:N",
            )
        )
    ]
    if milestones:
        points = [
            {"name": n, "from": _moment(d), "tip": f"{n}\n{what}: {format_date(d, lang)}"}
            for n, d, what in milestones
        ]
        layers.append(
            alt.Chart(data(points))
            .mark_point(
                shape="diamond", size=90, filled=True, opacity=1, color=palette.INK, stroke=palette.PAPER
            )
            .encode(**channels(x="from:T", y=alt.Y("name:N", sort=order), description="tip:N"))
        )
    if day is not None and first <= day[0] <= last:
        marked = alt.Chart(data([{"from": _moment(day[0]), "text": f"{day[1]} {format_date(day[0], lang)}"}]))
        layers.append(
            marked.mark_rule(color=palette.INK, strokeDash=[4, 3], aria=False).encode(**channels(x="from:T"))
        )
        layers.append(
            marked.mark_text(baseline="bottom", dy=-3, aria=False).encode(
                **channels(x="from:T", y=alt.value(0), text="text:N")
            )
        )
    labels = max(text_width(name) for name in order)
    return alt.layer(*layers, width=max(theme.WIDTH + 120 - int(labels), 240), height=ROW * len(order))
