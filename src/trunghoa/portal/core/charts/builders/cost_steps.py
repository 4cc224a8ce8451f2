"""The marginal abatement cost curve: a step per measure, as wide as what it avoids, as high as its cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import palette, theme
from ..errors import DrawingError
from ..text import text_width
from .layout import Number, scale_ends, written
from .marks import channels, data

if TYPE_CHECKING:
    import altair


def _steps(rows: Sequence[tuple[str, Number, Number]], x: str, y: str, lang: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    so_far = 0.0
    total = sum(float(width) for _, width, _ in rows)
    for number, (name, width, height) in enumerate(sorted(rows, key=lambda r: (float(r[2]), r[0])), start=1):
        if width <= 0:
            raise DrawingError(f"{name}: a step needs a width above zero, not {width}.")
        pixels = theme.WIDTH * 1.2 * float(width) / total
        labels = [t for t in (f"{number} {name}", str(number)) if text_width(t) < pixels - 4]
        steps.append(
            {
                "from": so_far, "to": so_far + float(width), "middle": so_far + float(width) / 2,
                "height": float(height), "text": labels[0] if labels else "", "below": float(height) < 0,
                "tip": f"{number} {name}\n{x}: {written(width, lang)}\n{y}: {written(height, lang)}",
            }
        )  # fmt: skip
        so_far += float(width)
    return steps


def cost_steps(
    rows: Sequence[tuple[str, Number, Number]],
    *,
    x: str,
    y: str,
    lang: str,
    prices: Sequence[tuple[Number, str]] = (),
) -> altair.TopLevelMixin:
    """Steps from the cheapest to the dearest.

    ``rows`` are (name, amount avoided, cost per unit); ``prices``, drawn across, are (cost per unit, what).
    Steps are numbered in this order; a name is written where it fits, and is in every tooltip.
    """
    import altair as alt

    if not rows:
        raise DrawingError("There is nothing to draw: no rows.")
    steps = _steps(rows, x, y, lang)
    heights = [s["height"] for s in steps] + [float(p) for p, _ in prices] + [0.0]
    ends = scale_ends(min(heights), max(heights) + (max(heights) - min(heights)) * 0.06)
    base = alt.Chart(data(steps))
    bars = base.mark_rect(fill=palette.ACCENT, fillOpacity=0.82, stroke=palette.PAPER, strokeWidth=1).encode(
        **channels(
            x=alt.X(
                "from:Q",
                title=x,
                scale=alt.Scale(domain=[0, steps[-1]["to"]], nice=False),
                axis=alt.Axis(tickCount=6),
            ),
            x2="to:Q",
            y=alt.Y("zero:Q", title=y, scale=alt.Scale(domain=list(ends), nice=False)),
            y2="height:Q",
            description="tip:N",
        )
    )
    bars = bars.transform_calculate(zero="0")
    texts = [
        base.transform_filter(f"datum.below === {str(below).lower()}")
        .mark_text(baseline="top" if below else "bottom", dy=3 if below else -3, aria=False)
        .encode(**channels(x="middle:Q", y="height:Q", text="text:N"))
        for below in (False, True)
    ]
    zero = alt.Chart(data([{"at": 0}])).mark_rule(color=palette.SOFT, aria=False).encode(**channels(y="at:Q"))
    layers: list[altair.Chart] = [bars, zero, *texts]
    if prices:
        lines = alt.Chart(data({"at": float(p), "text": f"{name}: {written(p, lang)}"} for p, name in prices))
        dashed: dict[str, Any] = {"color": palette.INK, "strokeDash": [5, 3], "aria": False}
        layers.append(lines.mark_rule(**dashed).encode(**channels(y="at:Q")))
        layers.append(
            lines.mark_text(align="left", baseline="bottom", dx=4, dy=-2, aria=False).encode(
                **channels(x=alt.value(0), y="at:Q", text="text:N")
            )
        )
    return alt.layer(*layers, width=int(theme.WIDTH * 1.2), height=theme.HEIGHT)
