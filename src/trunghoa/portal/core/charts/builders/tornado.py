"""How much a result moves when one input at a time goes to the low and to the high end of its range."""

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

ROW = 24


def tornado(
    rows: Sequence[tuple[str, Number, Number]],
    *,
    base: Number,
    base_name: str,
    low_name: str,
    high_name: str,
    x: str,
    lang: str,
) -> altair.TopLevelMixin:
    """Bars of a sensitivity analysis, the widest on top.

    ``rows`` are (input, result at its low end, result at its high end); ``base`` is the result with every
    input at its best estimate.
    """
    import altair as alt

    if not rows:
        raise DrawingError("There is nothing to draw: no rows.")
    ordered = sorted(rows, key=lambda r: -abs(float(r[2]) - float(r[1])))
    bars: list[dict[str, Any]] = []
    for name, low, high in ordered:
        for side, value in ((low_name, low), (high_name, high)):
            left = float(value) < float(base)
            tip = f"{name}\n{side}: {written(value, lang)}\n{base_name}: {written(base, lang)}"
            bars.append(
                {"input": name, "side": side, "from": float(base), "to": float(value), "left": left,
                 "text": written(value, lang), "tip": tip}
            )  # fmt: skip
    values = [b["to"] for b in bars] + [float(base)]
    labels = max(text_width(r[0]) for r in rows)
    width = max(theme.WIDTH + 120 - int(labels), 240)
    # Outside of each bar stands its value: keep that much of the width free at both ends.
    free = min(max(text_width(b["text"]) for b in bars) + 8, width / 4)
    room = (max(values) - min(values) or abs(float(base)) or 1.0) * free / (width - 2 * free)
    ends = scale_ends(min(values) - room, max(values) + room)
    fills = [palette.textured("diagonal", palette.ACCENT), palette.ACCENT]
    common = alt.Chart(data(bars)).encode(
        **channels(
            y=alt.Y(
                "input:N", sort=[r[0] for r in ordered], title=None, axis=alt.Axis(domain=False, ticks=False)
            )
        )
    )
    scale = alt.Scale(domain=list(ends), nice=False, zero=False)
    bar = common.mark_bar(height=ROW - 8, stroke=palette.ACCENT, strokeWidth=1).encode(
        **channels(
            x=alt.X("from:Q", scale=scale, title=x, axis=alt.Axis(grid=True, tickCount=4, labelOverlap=True)),
            x2="to:Q",
            color=alt.Color("side:N", scale=alt.Scale(domain=[low_name, high_name], range=fills)),
            description="tip:N",
        )
    )
    texts = [
        common.transform_filter(f"datum.left === {str(left).lower()}")
        .mark_text(align="right" if left else "left", dx=-4 if left else 4, aria=False)
        .encode(**channels(x="to:Q", text="text:N"))
        for left in (True, False)
    ]
    at_base = alt.Chart(data([{"from": float(base), "text": f"{base_name}: {written(base, lang)}"}]))
    rule = at_base.mark_rule(color=palette.INK, strokeWidth=1.2, aria=False).encode(**channels(x="from:Q"))
    told = at_base.mark_text(baseline="bottom", dy=-3, aria=False).encode(
        **channels(x="from:Q", y=alt.value(0), text="text:N")
    )
    return alt.layer(bar, rule, told, *texts, width=width, height=ROW * len(rows))
