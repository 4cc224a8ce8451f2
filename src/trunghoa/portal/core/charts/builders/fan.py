"""The spread of many courses over the years: a median, and bands that hold given shares of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import palette, theme
from ..errors import DrawingError
from .layout import Number, scale_ends, written
from .marks import channels, data, year_axis, year_tips

if TYPE_CHECKING:
    import altair

Band = tuple[int, Number, Number, Number, Number, Number]


def fan(
    rows: Sequence[Band],
    *,
    names: tuple[str, str, str],
    x: str,
    y: str,
    lang: str,
    from_zero: bool = True,
) -> altair.TopLevelMixin:
    """A fan.

    ``rows`` are (year, lowest, low, median, high, highest); ``names`` are the words of the median, of the
    inner and of the outer band.
    """
    import altair as alt

    if not rows:
        raise DrawingError("There is nothing to draw: no rows.")
    for year, *values in rows:
        if sorted(map(float, values)) != [float(v) for v in values]:
            raise DrawingError(f"The bands of {year} are not in rising order.")
    keys = ("least", "low", "middle", "high", "most")
    drawn = [{"year": year, **dict(zip(keys, map(float, values), strict=True))} for year, *values in rows]
    least, most = min(r["least"] for r in drawn), max(r["most"] for r in drawn)
    ends = scale_ends(min(0.0, least) if from_zero else least, max(0.0, most) if from_zero else most)
    first, last = int(drawn[0]["year"]), int(drawn[-1]["year"])
    base = alt.Chart(data(drawn)).encode(**channels(x=year_axis(first, last, x)))
    scale = alt.Scale(domain=list(ends), nice=False)
    layers: list[altair.Chart] = [
        base.mark_area(color=palette.SEQUENCE[1], opacity=1, aria=False).encode(
            **channels(y=alt.Y("least:Q", title=y, scale=scale), y2="most:Q")
        ),
        base.mark_area(color=palette.SEQUENCE[3], opacity=1, aria=False).encode(
            **channels(y="low:Q", y2="high:Q")
        ),
        base.mark_line(color=palette.INK, strokeWidth=2, aria=False).encode(**channels(y="middle:Q")),
    ]
    median, inner, outer = names
    tips = {
        int(r["year"]): "\n".join(
            [
                f"{r['year']:g}",
                f"{median}: {written(r['middle'], lang)}",
                f"{inner}: {written(r['low'], lang)} – {written(r['high'], lang)}",
                f"{outer}: {written(r['least'], lang)} – {written(r['most'], lang)}",
            ]
        )
        for r in drawn
    }
    layers.append(year_tips(tips, first, last))
    low, high = ends
    key = [
        {"text": text, "colour": colour, "at": high - (high - low) * (10 + 18 * n) / theme.HEIGHT}
        for n, (text, colour) in enumerate(
            ((outer, palette.SEQUENCE[1]), (inner, palette.SEQUENCE[3]), (median, palette.INK))
        )
    ]
    layers.append(
        alt.Chart(data(key))
        .mark_square(size=90, opacity=1, aria=False)
        .encode(**channels(x=alt.value(theme.WIDTH + 12), y="at:Q", color=alt.Color("colour:N", scale=None)))
    )
    layers.append(
        alt.Chart(data(key))
        .mark_text(align="left", aria=False)
        .encode(**channels(x=alt.value(theme.WIDTH + 24), y="at:Q", text="text:N"))
    )
    return alt.layer(*layers, width=theme.WIDTH, height=theme.HEIGHT)
