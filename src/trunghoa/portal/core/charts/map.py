"""The province map: classes of a value, sites as points, Hoàng Sa and Trường Sa always in their frames.

Written by hand from stored outlines, so that a page draws it in well under a millisecond. Colours stand in
the drawing as attributes too, so that it looks the same in a PDF, where there is no style sheet.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from html import escape
from itertools import pairwise

from django.utils.safestring import SafeString, mark_safe

from trunghoa.quantities import PlaceKey, format_number

from . import palette
from .errors import MapError
from .geometry import Geometry, Inset, load
from .text import marked_up, text_width
from .theme import FONTS

Value = Decimal | int | float
Values = Mapping[PlaceKey, Value | None]
CLASSES = len(palette.SEQUENCE)
OUTLINE = "#84939a"
POINT = "#882255"
FILLS = tuple(f'class="q{i}" fill="{colour}"' for i, colour in enumerate(palette.SEQUENCE))
_written = lru_cache(8192)(format_number)


@dataclass(frozen=True)
class Legend:
    """What the colours mean: the words, and the upper ends of all classes but the last, ascending."""

    title: str
    breaks: tuple[Value, ...]
    no_data: str
    unit: str = ""
    decimals: int = 0
    points: str = ""

    def __post_init__(self) -> None:
        if list(self.breaks) != sorted(set(self.breaks)):
            raise MapError("The ends of the classes must ascend.")
        if len(self.breaks) >= CLASSES:
            raise MapError(f"A map has at most {CLASSES} classes, not {len(self.breaks) + 1}.")

    @cached_property
    def escaped_no_data(self) -> str:
        return escape(self.no_data)

    @cached_property
    def escaped_unit(self) -> str:
        return f" {escape(self.unit)}" if self.unit else ""

    def shade(self, value: Value) -> int:
        """The number of the colour; with few classes they are spread over the whole scale."""
        position = bisect_right(self.breaks, value)
        return round((CLASSES - 1) * position / len(self.breaks)) if self.breaks else CLASSES // 2

    def ranges(self, lang: str) -> list[str]:
        ends = [_written(b, lang, self.decimals) for b in self.breaks]
        if not ends:
            return []
        return [
            f"< {ends[0]}",
            *(f"{a} – {b}" for a, b in pairwise(ends)),
            f"≥ {ends[-1]}",
        ]


@dataclass(frozen=True)
class SitePoint:
    """A site on the map. ``size`` is any amount: areas of the points are in proportion to it."""

    longitude: float
    latitude: float
    label: str
    href: str = ""
    size: float = 1.0


def even_breaks(values: Sequence[Value], classes: int = 5) -> tuple[Value, ...]:
    """Ends of classes that hold about as many values each; equal ends fall together."""
    ordered = sorted(values)
    cuts = [ordered[len(ordered) * i // classes] for i in range(1, min(classes, len(ordered)))]
    return tuple(dict.fromkeys(c for c in cuts if c > ordered[0]))


def _link(href: str) -> str:
    if not href.startswith(("/", "#", "?", "http://", "https://")) or href.startswith("//"):
        raise MapError(f"“{href}” is not an address a map may link to.")
    return escape(href)


def _told(name: str, value: Value | None, legend: Legend, lang: str) -> str:
    """What a province says when pointed at. ``name`` is escaped already."""
    if value is None:
        return f"{name}: {legend.escaped_no_data}"
    return f"{name}: {_written(value, lang, legend.decimals)}{legend.escaped_unit}"


def _hatch(identifier: str, grid: int) -> str:
    """Thin slanted lines on white, of the same size on the page whatever the steps of the drawing."""
    return (
        f'<pattern id="{identifier}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="scale({grid})"><rect width="6" height="6" fill="{palette.PAPER}"/>'
        f'<path d="M-1 1l2-2M0 6l6-6M5 7l2-2" stroke="#9aa5a8" stroke-width=".8" fill="none"/></pattern>'
    )


def _fill(value: Value | None, legend: Legend, hatch: str) -> str:
    if value is None:
        return f'class="no-data" fill="url(#{hatch})"'
    return FILLS[legend.shade(value)]


def _units(
    shape: Geometry, values: Values, links: Mapping[PlaceKey, str], legend: Legend, lang: str, hatch: str
) -> str:
    parts = []
    names = shape.escaped_names(lang)
    for key, unit in shape.keys.items():
        value = values.get(key)
        told = _told(names[unit.code], value, legend, lang)
        path = f'<path {_fill(value, legend, hatch)} d="{unit.path}"><title>{told}</title></path>'
        if href := links.get(key):
            path = f'<a href="{_link(href)}" aria-label="{told}">{path}</a>'
        parts.append(path)
    return "".join(parts)


def _inset(shape: Geometry, inset: Inset, values: Values, legend: Legend, lang: str, hatch: str) -> str:
    """A frame with the archipelago's name; its islands have the colour of the province they belong to."""
    value = values.get(PlaceKey(shape.era, inset.unit))
    name = escape(inset.names[lang])
    fill = _fill(value, legend, hatch)
    x, y, width, height = inset.box
    unit = _told(shape.escaped_names(lang)[inset.unit], value, legend, lang)
    return (
        f'<g class="inset" data-key="{inset.key}"><rect x="{x}" y="{y}" width="{width}" height="{height}" '
        f'fill="none" stroke="{palette.SOFT}" stroke-width="7" pointer-events="all">'
        f"<title>{name} ({unit})</title>"
        f'</rect><g {fill} stroke="{palette.INK}" stroke-width="6">{inset.islands}</g>'
        f'<text x="{x + width // 2}" y="{y + height - 65}" text-anchor="middle" font-size="110">'
        f"{name}</text></g>"
    )


def _points(shape: Geometry, points: Sequence[SitePoint]) -> str:
    largest = max((p.size for p in points), default=0) or 1
    parts = []
    # The large ones first, so that a small one is never hidden.
    for point in sorted(points, key=lambda p: (-p.size, p.label)):
        if point.size < 0:
            raise MapError(f"{point.label}: a point cannot have the size {point.size}.")
        x, y = shape.project(point.longitude, point.latitude)
        if not (0 <= x <= shape.width and 0 <= y <= shape.height):
            raise MapError(f"{point.label} ({point.longitude}, {point.latitude}) lies outside the map.")
        radius = 3 + 7 * (point.size / largest) ** 0.5 if largest else 3
        label = escape(unicodedata.normalize("NFC", point.label))
        mark = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{label}</title></circle>'
        parts.append(f'<a href="{_link(point.href)}" aria-label="{label}">{mark}</a>' if point.href else mark)
    if not parts:
        return ""
    return (
        f'<g class="points" fill="{POINT}" fill-opacity=".8" stroke="{palette.PAPER}">'
        + "".join(parts)
        + "</g>"
    )


def _wrapped(text: str, most: float) -> list[str]:
    """Lines no wider than ``most``. Between East Asian letters a line may break anywhere."""
    lines = [""]
    for piece in re.findall(r"[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+\s*", text):
        if lines[-1] and text_width(lines[-1] + piece.rstrip()) > most:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


@lru_cache(256)
def _legend(height: float, legend: Legend, lang: str, hatch: str, with_points: bool) -> str:
    """West of the country's waist, where the map is empty."""
    rows = [(FILLS[s], text) for s, text in _classes(legend, lang)]
    rows.append((f'class="no-data" fill="url(#{hatch})"', legend.no_data))
    x, y = 8, int(height * 0.42)
    title = f"{legend.title} ({legend.unit})" if legend.unit else legend.title
    parts = []
    for line in _wrapped(title, 140):
        parts.append(f'<text x="{x}" y="{y}">{marked_up(line)}</text>')
        y += 14
    for fill, text in rows:
        parts.append(
            f'<rect x="{x}" y="{y - 6}" width="18" height="11" {fill} stroke="{OUTLINE}" stroke-width=".5"/>'
            f'<text x="{x + 24}" y="{y + 4}">{marked_up(text)}</text>'
        )
        y += 16
    if with_points and legend.points:
        parts.append(f'<circle cx="{x + 9}" cy="{y}" r="5" fill="{POINT}" fill-opacity=".8"/>')
        parts.append(f'<text x="{x + 24}" y="{y + 4}">{marked_up(legend.points)}</text>')
    return f'<g class="legend" font-size="11">{"".join(parts)}</g>'


def _classes(legend: Legend, lang: str) -> list[tuple[int, str]]:
    count = len(legend.breaks)
    return [(round((CLASSES - 1) * i / count), text) for i, text in enumerate(legend.ranges(lang))]


def _check(shape: Geometry, keys: Mapping[PlaceKey, object]) -> None:
    if strange := keys.keys() - shape.keys.keys():
        raise MapError(f"{min(strange)} is not a unit of the map of {shape.era}.")


def province_map(
    values: Values,
    *,
    era: str,
    lang: str,
    title: str,
    description: str,
    legend: Legend,
    links: Mapping[PlaceKey, str] | None = None,
    points: Sequence[SitePoint] = (),
) -> SafeString:
    """Draw the map of an era (``2008``: 63 units, ``2025``: 34 units) as inline SVG.

    A unit without a value is hatched and says so: unknown is neither zero nor a colour of the scale.

    Raises
    ------
    MapError
        for a unit of another era, a point outside the map, an address that is not a page, or outlines
        without the archipelagos.
    """
    shape = load(era)
    links = links or {}
    _check(shape, values)
    _check(shape, links)
    seed = "\0".join((era, lang, title, description, legend.title)).encode()
    prefix = "m" + hashlib.sha256(seed).hexdigest()[:10]
    hatch = f"{prefix}-h"
    # What holds links is not one image: a reader must be able to step into it.
    role = "group" if links or any(p.href for p in points) else "img"
    body = _units(shape, values, links, legend, lang, hatch)
    key = _legend(shape.height, legend, lang, f"{prefix}-l", bool(points))
    insets = "".join(_inset(shape, i, values, legend, lang, hatch) for i in shape.insets)
    title, description = (escape(unicodedata.normalize("NFC", t)) for t in (title, description))
    return mark_safe(  # noqa: S308 - every text and address in it went through escape()
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" role="{role}" lang="{lang}" '
        f'aria-labelledby="{prefix}-t" aria-describedby="{prefix}-d" width="{shape.width:g}" '
        f'height="{shape.height:g}" viewBox="0 0 {shape.width:g} {shape.height:g}" font-family="{FONTS}" '
        f'fill="{palette.INK}"><title id="{prefix}-t">{title}</title>'
        f'<desc id="{prefix}-d">{description}</desc>'
        f"<defs>{_hatch(hatch, shape.grid)}{_hatch(f'{prefix}-l', 1)}</defs>"
        f'<g transform="scale({1 / shape.grid:g})"><g class="units" stroke="{OUTLINE}" '
        f'stroke-width="5" stroke-linejoin="round" fill-rule="evenodd">{body}</g>{insets}</g>'
        f"{_points(shape, points)}{key}</svg>"
    )


def map_rows(values: Values, *, era: str, lang: str, legend: Legend) -> list[tuple[str, str, str]]:
    """The map as a table: (code, name, value as written), every unit of the era in the order of codes."""
    shape = load(era)
    _check(shape, values)
    rows = []
    for code, unit in shape.units.items():
        value = values.get(PlaceKey(era, code))
        rows.append(
            (
                code,
                unit.name(lang),
                legend.no_data if value is None else _written(value, lang, legend.decimals),
            )
        )
    return rows
