"""Amounts by category, stacked over the years, with the total's uncertainty band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import palette, theme
from ..errors import DrawingError
from .layout import Number, scale_ends, spread, written
from .marks import channels, data, dated_rules, year_axis, year_tips

if TYPE_CHECKING:
    import altair

Stack = dict[tuple[int, str], tuple[float, float]]


def _stack(amounts: Mapping[tuple[int, str], Number], years: Sequence[int], order: Sequence[str]) -> Stack:
    stack: Stack = {}
    for year in years:
        top = 0.0
        # The first category of the order stands on top, as its label does.
        for category in reversed(order):
            amount = float(amounts.get((year, category), 0))
            if amount < 0:
                raise DrawingError(
                    f"A stacked area cannot show {amount} ({category}, {year}): it is negative."
                )
            stack[year, category] = (top, top + amount)
            top += amount
    return stack


def _tips(
    amounts: Mapping[tuple[int, str], Number],
    band: Mapping[int, tuple[Number, Number, Number]],
    years: Sequence[int],
    names: Mapping[str, str],
    words: tuple[str, str],
    lang: str,
) -> dict[int, str]:
    tips = {}
    for year in years:
        told = [str(year)]
        told += [
            f"{name}: {written(amounts[year, c], lang)}" for c, name in names.items() if (year, c) in amounts
        ]
        if year in band:
            total, low, high = (written(v, lang) for v in band[year])
            told += [f"{words[0]}: {total}", f"{words[1]}: {low} – {high}"]
        tips[year] = "\n".join(told)
    return tips


def _labels(
    stack: Stack, last: int, names: Mapping[str, str], top: float, lines: Sequence[tuple[float, str, bool]]
) -> list[altair.Chart]:
    """A square with each category's name, a piece of line with what each line over the stack is."""
    import altair as alt

    entries = [(sum(stack[last, c]) / 2, name, c, False) for c, name in names.items()]
    entries += [(at, name, "", dashed) for at, name, dashed in lines if name]
    # Where several would stand at one height, they keep the order of the stack.
    wanted = [theme.HEIGHT * (1 - at / top) for at, *_ in entries]
    places = spread(wanted, 15, 6, theme.HEIGHT - 6)
    rows = [
        {"text": name, "at": top * (1 - p / theme.HEIGHT), "category": c, "dashed": dashed}
        for (_, name, c, dashed), p in zip(entries, places, strict=True)
    ]
    left, right, start = (alt.value(theme.WIDTH + px) for px in (6, 18, 22))
    marks = [
        alt.Chart(data(r for r in rows if r["category"]))
        .mark_square(size=80, opacity=1, aria=False)
        .encode(**channels(x=alt.value(theme.WIDTH + 12), y="at:Q", color="category:N")),
        alt.Chart(data(rows))
        .mark_text(align="left", aria=False)
        .encode(**channels(x=start, y="at:Q", text="text:N")),
    ]
    for dashed in (False, True):
        if found := [r for r in rows if not r["category"] and r["dashed"] is dashed]:
            sample = alt.Chart(data(found)).mark_rule(
                color=palette.INK,
                strokeDash=[3, 2] if dashed else [1, 0],
                strokeWidth=1 if dashed else 1.6,
                aria=False,
            )
            marks.append(sample.encode(**channels(x=left, x2=right, y="at:Q")))
    return marks


def _band(band: Mapping[int, tuple[Number, Number, Number]]) -> list[altair.Chart]:
    import altair as alt

    if not band:
        return []
    rows = [
        {"year": y, "total": float(t), "low": float(a), "high": float(b)}
        for y, (t, a, b) in sorted(band.items())
    ]
    base = alt.Chart(data(rows)).encode(**channels(x="year:Q"))
    edge: dict[str, Any] = {"strokeDash": [3, 2], "strokeWidth": 1, "color": palette.INK, "aria": False}
    return [
        base.mark_area(opacity=0.16, color=palette.INK, aria=False).encode(
            **channels(y="low:Q", y2="high:Q")
        ),
        base.mark_line(**edge).encode(**channels(y="low:Q")),
        base.mark_line(**edge).encode(**channels(y="high:Q")),
        base.mark_line(strokeWidth=1.6, color=palette.INK, aria=False).encode(**channels(y="total:Q")),
    ]


def stacked_area(
    rows: Sequence[tuple[int, str, Number]],
    *,
    names: Mapping[str, str],
    x: str,
    y: str,
    lang: str,
    band: Sequence[tuple[int, Number, Number, Number]] = (),
    total_name: str = "",
    band_name: str = "",
    rules: Sequence[tuple[int, str]] = (),
) -> altair.TopLevelMixin:
    """Stacked amounts by category over the years.

    ``rows`` are (year, category, amount); ``names`` gives the order from top to bottom and the words;
    ``band`` are (year, total, lower, upper); ``rules`` are (year, what happened).
    """
    import altair as alt

    amounts = {(year, category): amount for year, category, amount in rows}
    years = sorted({year for year, _ in amounts})
    if not years:
        raise DrawingError("There is nothing to draw: no rows.")
    if unnamed := {c for _, c in amounts} - set(names):
        raise DrawingError(f"Categories without a name: {', '.join(sorted(unnamed))}.")
    shown = {c: n for c, n in names.items() if any(key[1] == c for key in amounts)}
    bands = {year: (total, low, high) for year, total, low, high in band}
    stack = _stack(amounts, years, list(shown))
    top = scale_ends(0, max([s[1] for s in stack.values()] + [float(b[2]) for b in bands.values()]))[1]

    colours = alt.Scale(domain=list(shown), range=list(palette.CATEGORIES[: len(shown)]))
    rows_drawn = [{"year": y, "category": c, "low": a, "high": b} for (y, c), (a, b) in stack.items()]
    area = (
        alt.Chart(data(rows_drawn))
        .mark_area(stroke=palette.PAPER, strokeWidth=0.7, aria=False)
        .encode(
            **channels(
                x=year_axis(years[0], years[-1], x),
                y=alt.Y("low:Q", title=y, scale=alt.Scale(domain=[0, top], nice=False)),
                y2="high:Q",
                color=alt.Color("category:N", scale=colours, legend=None),
            )
        )
    )
    tips = _tips(amounts, bands, years, shown, (total_name, band_name), lang)
    layers = [area, *_band(bands), *dated_rules(rules), year_tips(tips, years[0], years[-1])]
    over = bands.get(years[-1])
    lines = [(float(over[0]), total_name, False), (float(over[2]), band_name, True)] if over else []
    labels = _labels(stack, years[-1], shown, top, lines)
    return alt.layer(*layers, *labels, width=theme.WIDTH, height=theme.HEIGHT)
