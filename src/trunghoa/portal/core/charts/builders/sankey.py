"""Flows between stages: ribbons as wide as what flows, nodes as high as what passes through them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import palette, theme
from ..errors import DrawingError
from .layout import Number, written
from .marks import channels, data

if TYPE_CHECKING:
    import altair

NODE = 0.014  # width of a node, in shares of the drawing
GAP = 0.028  # between two nodes of a stage, in shares of its height
STEPS = 16  # points along a ribbon
Flow = tuple[str, str, Number]


def _stages(flows: Sequence[Flow]) -> dict[str, int]:
    """How far from the sources each node is; a circle has no drawing."""
    nodes = list(dict.fromkeys(n for source, target, _ in flows for n in (source, target)))
    stage = dict.fromkeys(nodes, 0)
    for _ in range(len(nodes) + 1):
        moved = False
        for source, target, _amount in flows:
            if stage[target] <= stage[source]:
                stage[target] = stage[source] + 1
                moved = True
        if not moved:
            # What nothing leaves stands at the right edge, wherever it is fed from.
            ends = set(nodes) - {source for source, _target, _amount in flows}
            last = max(stage.values())
            return {node: last if node in ends else at for node, at in stage.items()}
    raise DrawingError("The flows go round in a circle.")


def _heights(flows: Sequence[Flow], stage: Mapping[str, int]) -> dict[str, float]:
    into, out = dict.fromkeys(stage, 0.0), dict.fromkeys(stage, 0.0)
    for source, target, amount in flows:
        out[source] += float(amount)
        into[target] += float(amount)
    return {node: max(into[node], out[node]) for node in stage}


def _places(stage: Mapping[str, int], height: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Bottom and top of each node, all stages on one scale, the first node of a stage on top."""
    columns: dict[int, list[str]] = {}
    for node, at in stage.items():
        columns.setdefault(at, []).append(node)
    scale = min(
        (1 - GAP * (len(nodes) - 1)) / (sum(height[n] for n in nodes) or 1.0) for nodes in columns.values()
    )
    places = {}
    for nodes in columns.values():
        top = 1.0
        for node in nodes:
            places[node] = (top - height[node] * scale, top)
            top -= height[node] * scale + GAP
    return places


def sankey(
    flows: Sequence[Flow],
    *,
    names: Mapping[str, str],
    unit: str,
    lang: str,
    quiet: Sequence[str] = (),
) -> altair.TopLevelMixin:
    """A flow diagram from left to right.

    ``flows`` are (source, target, amount), amounts above zero in one unit; ``names`` are the nodes' words,
    which those in ``quiet`` have in their tooltip only.
    """
    import altair as alt

    if not flows:
        raise DrawingError("There is nothing to draw: no flows.")
    if wrong := [f for f in flows if not float(f[2]) > 0 or not math.isfinite(float(f[2]))]:
        raise DrawingError(f"A flow is above zero: {wrong[0][0]} → {wrong[0][1]} is {wrong[0][2]}.")
    stage = _stages(flows)
    if unnamed := set(stage) - set(names):
        raise DrawingError(f"Nodes without a name: {', '.join(sorted(unnamed))}.")
    height = _heights(flows, stage)
    places = _places(stage, height)
    last = max(stage.values())
    ribbons = _ribbons(flows, stage, places, height, last, names, unit, lang)
    nodes = [
        {
            "left": stage[n] / last * (1 - NODE), "right": stage[n] / last * (1 - NODE) + NODE,
            "from": low, "to": top, "middle": (low + top) / 2,
            "text": "" if n in quiet else names[n], "end": stage[n] == last,
            "tip": f"{names[n]}: {written(height[n], lang)} {unit}",
        }
        for n, (low, top) in places.items()
    ]  # fmt: skip
    room = alt.Scale(domain=[0, 1], nice=False)
    hidden = alt.Axis(labels=False, ticks=False, grid=False, domain=False, title=None)
    area = (
        alt.Chart(data(ribbons))
        .mark_area(opacity=0.45)
        .encode(
            **channels(
                x=alt.X("left:Q", scale=room, axis=hidden),
                y=alt.Y("from:Q", scale=room, axis=hidden),
                y2="to:Q",
                detail="flow:N",
                color=alt.Color("colour:N", scale=None),
                description="tip:N",
            )
        )
    )
    base = alt.Chart(data(nodes))
    box = base.mark_rect(color=palette.INK).encode(
        **channels(x="left:Q", x2="right:Q", y="from:Q", y2="to:Q", description="tip:N")
    )
    texts = [
        base.transform_filter(f"datum.end === {str(end).lower()}")
        .mark_text(align="right" if end else "left", dx=-4 if end else 4, aria=False)
        .encode(**channels(x="left:Q" if end else "right:Q", y="middle:Q", text="text:N"))
        for end in (False, True)
    ]
    wide = int(theme.WIDTH * 1.5)
    tall = max(theme.HEIGHT, 26 * max(list(stage.values()).count(s) for s in range(last + 1)))
    return alt.layer(area, box, *texts, width=wide, height=tall)


def _ribbons(
    flows: Sequence[Flow],
    stage: Mapping[str, int],
    places: Mapping[str, tuple[float, float]],
    height: Mapping[str, float],
    last: int,
    names: Mapping[str, str],
    unit: str,
    lang: str,
) -> list[dict[str, Any]]:
    leave = {n: top for n, (_, top) in places.items()}
    arrive = dict(leave)
    sources = list(dict.fromkeys(source for source, _, _ in flows))
    rows = []
    order = sorted(flows, key=lambda f: (-places[f[0]][1], -places[f[1]][1]))
    for number, (source, target, amount) in enumerate(order):
        low, top = places[source]
        thick = float(amount) * (top - low) / height[source] if height[source] else 0.0
        start, end = leave[source] - thick, arrive[target] - thick
        leave[source], arrive[target] = start, end
        left = stage[source] / last * (1 - NODE) + NODE
        right = stage[target] / last * (1 - NODE)
        tip = f"{names[source]} → {names[target]}: {written(amount, lang)} {unit}"
        colour = palette.CATEGORIES[sources.index(source) % len(palette.CATEGORIES)]
        for step in range(STEPS + 1):
            along = step / STEPS
            smooth = along * along * (3 - 2 * along)
            base = start + (end - start) * smooth
            rows.append(
                {"flow": number, "left": left + (right - left) * along, "from": base, "to": base + thick,
                 "colour": colour, "tip": tip}
            )  # fmt: skip
    return rows
