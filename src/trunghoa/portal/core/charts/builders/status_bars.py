"""Amounts by group, stacked by status; each status has a texture that print and every eye can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .. import palette, theme
from ..errors import DrawingError
from ..text import text_width
from .layout import Number, scale_ends, written
from .marks import channels, data

if TYPE_CHECKING:
    import altair


def status_bars(
    rows: Sequence[tuple[str, str, Number]],
    *,
    statuses: Mapping[str, str],
    y: str,
    lang: str,
    x: str = "",
) -> altair.TopLevelMixin:
    """One bar per group in the order given.

    ``rows`` are (group, status, amount); ``statuses`` gives the words from the bottom up, and only those of
    :data:`~trunghoa.portal.core.charts.palette.STATUS_TEXTURES` can be drawn.
    """
    import altair as alt

    if not rows:
        raise DrawingError("There is nothing to draw: no rows.")
    if unknown := ({s for _, s, _ in rows} - set(statuses)) | (set(statuses) - set(palette.STATUS_TEXTURES)):
        raise DrawingError(f"Statuses without a name or a texture: {', '.join(sorted(unknown))}.")
    amounts = {(group, status): amount for group, status, amount in rows}
    groups = list(dict.fromkeys(group for group, _, _ in rows))
    shown = [s for s in statuses if any((g, s) in amounts for g in groups)]
    drawn, top = [], 0.0
    for group in groups:
        height = 0.0
        for status in shown:
            amount = amounts.get((group, status))
            if amount is None:
                continue
            if amount < 0:
                raise DrawingError(f"A stacked bar cannot show {amount} ({group}): it is negative.")
            tip = f"{group}\n{statuses[status]}: {written(amount, lang)}"
            drawn.append(
                {
                    "group": group,
                    "status": statuses[status],
                    "low": height,
                    "high": height + float(amount),
                    "tip": tip,
                }
            )
            height += float(amount)
        top = max(top, height)
    fills = [palette.textured(palette.STATUS_TEXTURES[s], palette.ACCENT) for s in shown]
    # Names that do not fit side by side are slanted.
    slanted = max(map(text_width, groups)) > theme.WIDTH * 1.2 / len(groups) - 6
    axis = alt.Axis(labelAngle=-35 if slanted else 0, domain=True, ticks=False)
    scale = alt.Scale(domain=[statuses[s] for s in shown], range=fills)
    return (
        alt.Chart(data(drawn), width=int(theme.WIDTH * 1.2), height=theme.HEIGHT)
        .mark_bar(stroke=palette.ACCENT, strokeWidth=1)
        .encode(
            **channels(
                x=alt.X(
                    "group:N", sort=groups, title=x or None, axis=axis, scale=alt.Scale(paddingInner=0.35)
                ),
                y=alt.Y("low:Q", title=y, scale=alt.Scale(domain=[0, scale_ends(0, top)[1]], nice=False)),
                y2="high:Q",
                color=alt.Color("status:N", scale=scale, legend=alt.Legend(symbolType="square")),
                description="tip:N",
            )
        )
    )
