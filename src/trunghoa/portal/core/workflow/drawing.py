"""A machine drawn: states in a column, moves as numbered arrows; the numbers stand in the table beside it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .machine import Machine

BOX_WIDTH, BOX_HEIGHT, STEP, LANE, RADIUS, MARGIN = 220, 34, 84, 34, 11, 14


@dataclass(frozen=True)
class Arrow:
    """One arrow: from a state to another, by their places in the column."""

    number: int
    source: int
    target: int

    @property
    def down(self) -> bool:
        return self.target > self.source

    @property
    def span(self) -> tuple[int, int]:
        return min(self.source, self.target), max(self.source, self.target)

    @property
    def straight(self) -> bool:
        return self.target == self.source + 1


def arrows(machine: Machine) -> list[Arrow]:
    place = {state.code: n for n, state in enumerate(machine.states)}
    return [
        Arrow(number, place[source], place[transition.target])
        for number, transition in enumerate(machine.transitions, start=1)
        for source in transition.sources
    ]


def lanes(found: list[Arrow]) -> dict[Arrow, int]:
    """Arrows that pass one another run in different lanes, short ones inside."""
    placed: dict[Arrow, int] = {}
    for arrow in sorted(found, key=lambda a: (a.span[1] - a.span[0], a.number)):
        taken = {
            lane
            for other, lane in placed.items()
            if other.span[0] <= arrow.span[1] and arrow.span[0] <= other.span[1]
        }
        placed[arrow] = next(n for n in range(1, len(found) + 2) if n not in taken)
    return placed


def draw(machine: Machine) -> SafeString:
    """The machine as SVG; every part is named, so that it can be read without being seen."""
    found = list(dict.fromkeys(arrows(machine)))
    straight = {}
    for arrow in found:
        if arrow.straight:
            straight.setdefault(arrow.span, arrow)
    beside = [a for a in found if straight.get(a.span) is not a]
    right = lanes([a for a in beside if a.down or a.source == a.target])
    left = lanes([a for a in beside if a.target < a.source])
    x = MARGIN + LANE * max(left.values(), default=0)
    width = x + BOX_WIDTH + LANE * max(right.values(), default=0) + MARGIN
    height = MARGIN * 2 + STEP * (len(machine.states) - 1) + BOX_HEIGHT
    parts = [_straight(a, x) for a in straight.values()]
    parts += [_bent(a, x + BOX_WIDTH, lane) for a, lane in right.items()]
    parts += [_bent(a, x, -lane) for a, lane in left.items()]
    parts += [_box(n, _(state.label), state.final, x) for n, state in enumerate(machine.states)]
    title = escape(_(machine.label))
    return mark_safe(  # noqa: S308 - every text is escaped
        f'<svg class="chart machine" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{title}"><title>{title}</title><defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" '
        'markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="#4d5a5f"/>'
        f"</marker></defs>{''.join(parts)}</svg>"
    )


def _y(n: int) -> int:
    return MARGIN + STEP * n


def _box(n: int, label: str, final: bool, x: int) -> str:
    inner = (
        f'<rect x="{x + 3}" y="{_y(n) + 3}" width="{BOX_WIDTH - 6}" height="{BOX_HEIGHT - 6}" rx="3" fill="none" '
        'stroke="#14515c"/>'
        if final
        else ""
    )
    return (
        f'<rect x="{x}" y="{_y(n)}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="4" fill="#e2eef0" '
        f'stroke="#14515c"/>{inner}<text x="{x + BOX_WIDTH / 2:g}" y="{_y(n) + BOX_HEIGHT / 2 + 5:g}" '
        f'text-anchor="middle" font-size="14" fill="#1b2326">{escape(label)}</text>'
    )


def _number(number: int, x: float, y: float) -> str:
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}" fill="#fff" stroke="#4d5a5f"/><text x="{x:g}" y="{y + 4:g}" '
        f'text-anchor="middle" font-size="12" fill="#1b2326">{number}</text>'
    )


def _straight(arrow: Arrow, x: int) -> str:
    middle = x + BOX_WIDTH / 2
    top, bottom = _y(arrow.source) + BOX_HEIGHT, _y(arrow.target)
    line = f'<path d="M{middle:g} {top}V{bottom}" stroke="#4d5a5f" fill="none" marker-end="url(#head)"/>'
    return line + _number(arrow.number, middle, (top + bottom) / 2)


def _bent(arrow: Arrow, edge: int, lane: int) -> str:
    """Out of one box, along a lane, into the other; several arrows leave a box at different heights."""
    shift = 4 * (abs(lane) % 4) - 6
    start = _y(arrow.source) + BOX_HEIGHT / 2 + (shift if arrow.down else -shift)
    end = _y(arrow.target) + BOX_HEIGHT / 2 + (-shift if arrow.down else shift)
    if arrow.source == arrow.target:
        start, end = start - 8, start + 8
    x = edge + lane * LANE
    line = f'<path d="M{edge} {start:g}H{x}V{end:g}H{edge}" stroke="#4d5a5f" fill="none" marker-end="url(#head)"/>'
    return line + _number(arrow.number, x, (start + end) / 2)
