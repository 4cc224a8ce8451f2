"""A machine drawn: states in a column, moves as numbered arrows; the numbers stand in the table beside it.

A move to the next state runs straight down. The others run beside the column, down on the right and up on the
left: the sources of one move join in one lane, which ends in one arrow.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .machine import Machine

BOX_HEIGHT, STEP, LANE, RADIUS, MARGIN = 40, 88, 32, 11, 14
GAP = STEP - BOX_HEIGHT
NARROWEST, LETTER, IDEOGRAM = 160, 7.6, 14.5
LINE = 'stroke="#4d5a5f" stroke-width="1.3" fill="none"'
HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="#4d5a5f"/></marker></defs>'
)


@dataclass(frozen=True)
class Bundle:
    """One move beside the column: the places it leads from, all on one side of the place it leads to."""

    number: int
    sources: tuple[int, ...]
    target: int

    @property
    def down(self) -> bool:
        return self.sources[0] <= self.target

    @property
    def loop(self) -> bool:
        return self.sources == (self.target,)

    @property
    def span(self) -> tuple[int, int]:
        # A loop comes back through the gap below its state.
        places = (*self.sources, self.target, self.target + self.loop)
        return min(places), max(places)


def parts(machine: Machine) -> tuple[dict[int, int], list[Bundle]]:
    """Moves to the next state, by the place they leave, and all others in bundles."""
    place = {state.code: n for n, state in enumerate(machine.states)}
    straight: dict[int, int] = {}
    bundles = []
    for number, transition in enumerate(machine.transitions, start=1):
        target = place[transition.target]
        sources = sorted({place[code] for code in transition.sources})
        if target - 1 in sources and target - 1 not in straight:
            straight[target - 1] = number
            sources.remove(target - 1)
        groups = (
            [s for s in sources if s < target],
            [s for s in sources if s == target],
            [s for s in sources if s > target],
        )
        bundles += [Bundle(number, tuple(group), target) for group in groups if group]
    return straight, bundles


def lanes(bundles: Iterable[Bundle]) -> dict[Bundle, int]:
    """Bundles that pass one another run in different lanes, short ones inside."""
    placed: dict[Bundle, int] = {}
    for bundle in sorted(bundles, key=lambda b: (b.span[1] - b.span[0], b.number)):
        taken = {
            lane
            for other, lane in placed.items()
            if other.span[0] <= bundle.span[1] and bundle.span[0] <= other.span[1]
        }
        placed[bundle] = next(n for n in range(1, len(placed) + 2) if n not in taken)
    return placed


def ports(side: dict[Bundle, int]) -> dict[tuple[Bundle, int, bool], float]:
    """The height at which each line meets a box: (bundle, place, whether it arrives) -> y.

    Ordered so that lines of one side cross as little as they can: what arrives from above comes in over what
    leaves downward, the inner lane first where they arrive and last where they leave.
    """
    at: dict[int, list[tuple[float, Bundle, bool]]] = {}
    for bundle, lane in side.items():
        at.setdefault(bundle.target, []).append((lane / 1000, bundle, True))
        for source in bundle.sources:
            at.setdefault(source, []).append((1 - lane / 1000, bundle, False))
    found = {}
    for place, meeting in at.items():
        meeting = [m for m in meeting if not (m[1].loop and m[2])]
        meeting.sort(key=lambda m: m[0], reverse=not meeting[0][1].down)
        for n, (_order, bundle, arrives) in enumerate(meeting, start=1):
            found[bundle, place, arrives] = _y(place) + BOX_HEIGHT * n / (len(meeting) + 1)
    return found


def draw(machine: Machine) -> SafeString:
    """The machine as SVG; every part is named, so that it can be read without being seen."""
    straight, bundles = parts(machine)
    right = lanes([b for b in bundles if b.down])
    left = lanes([b for b in bundles if not b.down])
    labels = [_(state.label) for state in machine.states]
    box = max(NARROWEST, *(_width(label) + 28 for label in labels))
    x = MARGIN + LANE * max(left.values(), default=0)
    width = x + box + LANE * max(right.values(), default=0) + MARGIN
    height = MARGIN * 2 + STEP * (len(labels) - 1) + BOX_HEIGHT
    heights = ports(right) | ports(left)
    drawn = [_straight(number, place, x + box / 2) for place, number in straight.items()]
    drawn += [_beside(b, x + box, lane, heights) for b, lane in right.items()]
    drawn += [_beside(b, x, -lane, heights) for b, lane in left.items()]
    drawn += [
        _box(n, label, state.final, x, box)
        for n, (state, label) in enumerate(zip(machine.states, labels, strict=True))
    ]
    title = escape(_(machine.label))
    return mark_safe(  # noqa: S308 - every text is escaped
        f'<svg viewBox="0 0 {width:g} {height}" width="{width:g}" height="{height}" role="img" '
        f'aria-label="{title}"><title>{title}</title>{HEAD}{"".join(drawn)}</svg>'
    )


def _y(place: int) -> int:
    return MARGIN + STEP * place


def _width(label: str) -> int:
    """About how wide a text is: Han characters and kana are twice as wide as letters."""
    return round(sum(IDEOGRAM if unicodedata.east_asian_width(c) in "WF" else LETTER for c in label))


def _box(place: int, label: str, final: bool, x: float, width: float) -> str:
    frame = f'<rect x="{x:g}" y="{_y(place)}" width="{width:g}" height="{BOX_HEIGHT}" rx="4" fill="#e2eef0" '
    frame += 'stroke="#14515c"/>'
    if final:
        frame += (
            f'<rect x="{x + 3:g}" y="{_y(place) + 3}" width="{width - 6:g}" height="{BOX_HEIGHT - 6}" rx="3" '
            'fill="none" stroke="#14515c"/>'
        )
    return frame + (
        f'<text x="{x + width / 2:g}" y="{_y(place) + BOX_HEIGHT / 2 + 5:g}" text-anchor="middle" '
        f'font-size="14" fill="#1b2326">{escape(label)}</text>'
    )


def _number(number: int, x: float, y: float) -> str:
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}" fill="#fff" stroke="#4d5a5f"/><text x="{x:g}" '
        f'y="{y + 4:g}" text-anchor="middle" font-size="12" fill="#1b2326">{number}</text>'
    )


def _arrow(path: str) -> str:
    return f'<path d="{path}" {LINE} marker-end="url(#head)"/>'


def _straight(number: int, place: int, x: float) -> str:
    top, bottom = _y(place) + BOX_HEIGHT, _y(place + 1)
    return _arrow(f"M{x:g} {top}V{bottom}") + _number(number, x, (top + bottom) / 2 - 2)


def _beside(bundle: Bundle, edge: float, lane: int, heights: dict[tuple[Bundle, int, bool], float]) -> str:
    """Out of each source into the lane, and from the lane into the target; the number stands in a gap."""
    x = edge + lane * LANE
    if bundle.loop:
        start, bottom = heights[bundle, bundle.target, False], _y(bundle.target) + BOX_HEIGHT
        inside, middle = edge - LANE, bottom + GAP / 2
        path = f"M{edge:g} {start:g}H{x:g}V{middle:g}H{inside:g}V{bottom}"
        return _arrow(path) + _number(bundle.number, (inside + x) / 2, middle)
    end = heights[bundle, bundle.target, True]
    far, *others = sorted(bundle.sources, key=lambda s: -abs(s - bundle.target))
    drawn = _arrow(f"M{edge:g} {heights[bundle, far, False]:g}H{x:g}V{end:g}H{edge:g}")
    for source in others:
        drawn += f'<path d="M{edge:g} {heights[bundle, source, False]:g}H{x:g}" {LINE}/>'
        drawn += f'<circle cx="{x:g}" cy="{heights[bundle, source, False]:g}" r="3" fill="#4d5a5f"/>'
    gap = _y(bundle.target) - GAP / 2 if bundle.down else _y(bundle.target) + BOX_HEIGHT + GAP / 2
    return drawn + _number(bundle.number, x, gap)
