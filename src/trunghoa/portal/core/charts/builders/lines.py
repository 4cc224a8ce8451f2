"""Several courses over the years, told apart by dash and end label; a dated line says what changed when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .. import palette, theme
from ..errors import DrawingError
from .layout import Number, scale_ends, spread, written
from .marks import channels, data, dated_rules, year_axis, year_tips

if TYPE_CHECKING:
    import altair

Series = dict[str, dict[int, Number]]


def _series(rows: Sequence[tuple[int, str, Number | None]], names: Mapping[str, str]) -> Series:
    series: Series = {name: {} for name in names}
    for year, name, amount in rows:
        if name not in series:
            raise DrawingError(f"The series {name} has no name.")
        if amount is not None:
            series[name][year] = amount
    found = {name: values for name, values in series.items() if values}
    if not found:
        raise DrawingError("There is nothing to draw: no rows.")
    return found


def _tips(series: Series, names: Mapping[str, str], lang: str) -> dict[int, str]:
    years = sorted({year for values in series.values() for year in values})
    return {
        year: "\n".join(
            [str(year)] + [f"{names[s]}: {written(v[year], lang)}" for s, v in series.items() if year in v]
        )
        for year in years
    }


def _end_labels(series: Series, names: Mapping[str, str], ends: tuple[float, float]) -> list[altair.Chart]:
    import altair as alt

    low, high = ends
    wanted = [theme.HEIGHT * (high - float(v[max(v)])) / (high - low) for v in series.values()]
    places = spread(wanted, 15, 6, theme.HEIGHT - 6)
    rows = [
        {"text": names[s], "at": high - (high - low) * p / theme.HEIGHT, "series": s}
        for s, p in zip(series, places, strict=True)
    ]
    base = alt.Chart(data(rows)).encode(**channels(y="at:Q"))
    sample = base.mark_rule(strokeWidth=2, aria=False).encode(
        **channels(
            x=alt.value(theme.WIDTH + 8),
            x2=alt.value(theme.WIDTH + 30),
            color="series:N",
            strokeDash="series:N",
        )
    )
    text = base.mark_text(align="left", aria=False).encode(
        **channels(x=alt.value(theme.WIDTH + 35), text="text:N")
    )
    return [sample, text]


def lines(
    rows: Sequence[tuple[int, str, Number | None]],
    *,
    names: Mapping[str, str],
    x: str,
    y: str,
    lang: str,
    rules: Sequence[tuple[int, str]] = (),
    from_zero: bool = True,
) -> altair.TopLevelMixin:
    """Lines over the years.

    ``rows`` are (year, series, amount); a year whose amount is None is a gap, not a zero. ``rules`` are
    (year, what happened), as the year a landfill was converted.
    """
    import altair as alt

    series = _series(rows, names)
    values = [float(v) for course in series.values() for v in course.values()]
    years = sorted({year for course in series.values() for year in course})
    ends = scale_ends(
        min(0.0, *values) if from_zero else min(values), max(0.0, *values) if from_zero else max(values)
    )
    order = list(series)
    colours = alt.Scale(domain=order, range=[palette.CATEGORIES[i % 9] for i in range(len(order))])
    dashes = alt.Scale(domain=order, range=[list(palette.DASHES[i % 5]) for i in range(len(order))])
    drawn = [
        {"year": year, "series": s, "amount": float(course[year]) if year in course else None}
        for s, course in series.items()
        for year in years
    ]
    line = (
        alt.Chart(data(drawn))
        .mark_line(strokeWidth=2, aria=False, invalid="break-paths-show-path-domains")
        .encode(
            **channels(
                x=year_axis(years[0], years[-1], x),
                y=alt.Y("amount:Q", title=y, scale=alt.Scale(domain=list(ends), nice=False)),
                color=alt.Color("series:N", scale=colours, legend=None),
                strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=None),
            )
        )
    )
    layers = [line, *dated_rules(rules), year_tips(_tips(series, names, lang), years[0], years[-1])]
    return alt.layer(*layers, *_end_labels(series, names, ends), width=theme.WIDTH, height=theme.HEIGHT)
