"""A course in the space of a word: no axes, written by hand because a list page has fifty of them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from . import palette

SIZE = (96, 22)


def sparkline(values: Sequence[float | None], *, title: str, size: tuple[int, int] = SIZE) -> SafeString:
    """A line through the values with a dot on the last; None is a gap. ``title`` says it in words."""
    width, height = size
    known = [v for v in values if v is not None]
    name = escape(title)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="spark" role="img" aria-label="{name}" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"><title>{name}</title>'
    )
    if not known:
        return mark_safe(head + "</svg>")  # noqa: S308 - only escaped text and numbers
    low = min(known)
    up = (height - 6) / ((max(known) - low) or 1)
    across = (width - 6) / max(len(values) - 1, 1)
    path, pen = [], "M"
    x = y = 0.0
    for i, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = 3 + i * across, height - 3 - (value - low) * up
        path.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
    return mark_safe(  # noqa: S308 - only escaped text and numbers
        f'{head}<path d="{"".join(path)}" fill="none" stroke="{palette.ACCENT}" stroke-width="1.4"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{palette.ACCENT}"/></svg>'
    )
