"""Amounts by category in a bar per year, those below zero under the line, with courses and points across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import palette, theme
from ..errors import DrawingError
from .layout import Number, scale_ends, spread, written
from .marks import channels, data

if TYPE_CHECKING:
    import altair

Point = tuple[int, str, Number]


def _stacked(
    amounts: Mapping[tuple[str, str], float], bars: Sequence[str], order: Sequence[str]
) -> list[dict[str, Any]]:
    """From the line outwards; the first category of the order ends up outermost."""
    rows = []
    for bar in bars:
        up = down = 0.0
        for category in reversed(order):
            amount = amounts.get((bar, category), 0.0)
            if amount == 0:
                continue
            low = up if amount > 0 else down
            rows.append({"bar": bar, "category": category, "from": low, "to": low + amount})
            up, down = (up + amount, down) if amount > 0 else (up, down + amount)
    return rows


def stacked_bars(
    rows: Sequence[Point],
    *,
    names: Mapping[str, str],
    x: str,
    y: str,
    lang: str,
    bars: Mapping[str, str] | None = None,
    lines: Sequence[Point] = (),
    line_names: Mapping[str, str] | None = None,
    points: Sequence[Point] = (),
    point_names: Mapping[str, str] | None = None,
) -> altair.TopLevelMixin:
    """Stacked bars.

    ``rows`` are (year, category, amount), of any sign; ``names`` gives the categories' order and words;
    ``bars`` writes other words below a bar than its year. ``lines`` are courses drawn across, ``points``
    single amounts that are compared with a bar, such as a cap.
    """
    import altair as alt

    if unnamed := {c for _, c, _ in rows} - set(names):
        raise DrawingError(f"Categories without a name: {', '.join(sorted(unnamed))}.")
    amounts = {(str(year), category): float(amount) for year, category, amount in rows}
    years = sorted({year for year, _, _ in (*rows, *lines, *points)})
    if not years or not rows:
        raise DrawingError("There is nothing to draw: no rows.")
    words = {str(year): (bars or {}).get(str(year), str(year)) for year in years}
    shown = [c for c in names if any(amounts.get((b, c), 0.0) != 0 for b in words)] or list(names)[:1]
    stacked = _stacked(amounts, list(words), shown)
    tips = _tips(amounts, words, names, shown, (lines, line_names or {}), (points, point_names or {}), lang)
    for row in stacked:
        row["tip"] = tips[row["bar"]]
    across = [float(a) for _, _, a in (*lines, *points)]
    ends = scale_ends(
        min([0.0, *across, *(r["to"] for r in stacked)]), max([0.0, *across, *(r["to"] for r in stacked)])
    )
    place = alt.X(
        "bar:N", sort=list(words), title=x or None,
        axis=alt.Axis(labelAngle=0, labelExpr=_words(words), labelOverlap=True),
        scale=alt.Scale(domain=list(words), paddingInner=0.35, paddingOuter=0.2),
    )  # fmt: skip
    scale = alt.Scale(domain=list(ends), nice=False)
    colours = alt.Scale(domain=shown, range=[palette.CATEGORIES[i % 9] for i in range(len(shown))])
    layers: list[altair.Chart] = [
        alt.Chart(data(stacked))
        .mark_bar(stroke=palette.PAPER, strokeWidth=0.7)
        .encode(
            **channels(
                x=place,
                y=alt.Y("from:Q", title=y, scale=scale),
                y2="to:Q",
                color=alt.Color("category:N", scale=colours, legend=None),
                description="tip:N",
            )
        ),
        alt.Chart(data([{"from": 0}]))
        .mark_rule(color=palette.SOFT, aria=False)
        .encode(**channels(y="from:Q")),
    ]
    layers += _across(lines, points)
    layers += _labels(
        {c: names[c] for c in shown}, [(line_names or {}, False), (point_names or {}, True)], ends
    )
    return alt.layer(*layers, width=theme.WIDTH, height=theme.HEIGHT)


def _words(words: Mapping[str, str]) -> str:
    import json

    return f"{json.dumps(dict(words), ensure_ascii=False)}[datum.value]"


def _tips(
    amounts: Mapping[tuple[str, str], float],
    words: Mapping[str, str],
    names: Mapping[str, str],
    shown: Sequence[str],
    lines: tuple[Sequence[Point], Mapping[str, str]],
    points: tuple[Sequence[Point], Mapping[str, str]],
    lang: str,
) -> dict[str, str]:
    tips = {}
    for bar, label in words.items():
        told = [label]
        told += [f"{names[c]}: {written(amounts[bar, c], lang)}" for c in shown if (bar, c) in amounts]
        for found, called in (lines, points):
            told += [f"{called[code]}: {written(a, lang)}" for year, code, a in found if str(year) == bar]
        tips[bar] = "\n".join(told)
    return tips


def _across(lines: Sequence[Point], points: Sequence[Point]) -> list[altair.Chart]:
    import altair as alt

    layers = []
    for number, code in enumerate(dict.fromkeys(code for _, code, _ in lines)):
        rows = [{"bar": str(year), "from": float(a)} for year, c, a in lines if c == code]
        layers.append(
            alt.Chart(data(rows))
            .mark_line(
                color=palette.INK,
                strokeWidth=1.8,
                strokeDash=list(palette.DASHES[number % len(palette.DASHES)]),
                aria=False,
            )
            .encode(**channels(x="bar:N", y="from:Q"))
        )
    for number, code in enumerate(dict.fromkeys(code for _, code, _ in points)):
        rows = [{"bar": str(year), "from": float(a)} for year, c, a in points if c == code]
        layers.append(
            alt.Chart(data(rows))
            .mark_point(
                shape=_SHAPES[number % len(_SHAPES)], size=70, filled=True, opacity=1, color=palette.INK,
                stroke=palette.PAPER, aria=False,
            )
            .encode(**channels(x="bar:N", y="from:Q"))
        )  # fmt: skip
    return layers


_SHAPES = ("diamond", "triangle-up", "circle", "square")


def _labels(
    names: Mapping[str, str],
    across: Sequence[tuple[Mapping[str, str], bool]],
    ends: tuple[float, float],
) -> list[altair.Chart]:
    """A key beside the bars: a square per category, a piece of line or a point for what is drawn across."""
    import altair as alt

    low, high = ends
    entries: list[tuple[str, str, str, int]] = [("category", c, n, 0) for c, n in names.items()]
    for found, pointed in across:
        kind = "point" if pointed else "line"
        entries += [(kind, code, name, number) for number, (code, name) in enumerate(found.items())]
    gap = min(16.0, theme.HEIGHT / max(len(entries), 1))
    places = spread([8 + gap * n for n in range(len(entries))], gap, 6, theme.HEIGHT - 6)
    rows = [
        {
            "kind": kind,
            "category": code,
            "text": name,
            "number": number,
            "at": high - (high - low) * p / theme.HEIGHT,
        }
        for (kind, code, name, number), p in zip(entries, places, strict=True)
    ]
    left, middle, right, start = (alt.value(theme.WIDTH + px) for px in (6, 14, 24, 30))
    marks = [
        alt.Chart(data(r for r in rows if r["kind"] == "category"))
        .mark_square(size=80, opacity=1, aria=False)
        .encode(**channels(x=middle, y="at:Q", color="category:N")),
        alt.Chart(data(rows))
        .mark_text(align="left", aria=False)
        .encode(**channels(x=start, y="at:Q", text="text:N")),
    ]
    for row in rows:
        base = alt.Chart(data([row]))
        if row["kind"] == "line":
            dash = list(palette.DASHES[int(str(row["number"])) % len(palette.DASHES)])
            rule = base.mark_rule(color=palette.INK, strokeDash=dash, strokeWidth=1.8, aria=False)
            marks.append(rule.encode(**channels(x=left, x2=right, y="at:Q")))
        elif row["kind"] == "point":
            shape = _SHAPES[int(str(row["number"])) % len(_SHAPES)]
            point = base.mark_point(
                shape=shape, size=70, filled=True, opacity=1, color=palette.INK, aria=False
            )
            marks.append(point.encode(**channels(x=middle, y="at:Q")))
    return marks
