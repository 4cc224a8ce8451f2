"""From the chart engine's SVG to one that may stand in a page: no styles, no scripts, no outer references."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from xml.etree import ElementTree

from .errors import DrawingError
from .palette import INK, PAPER, TEXTURES
from .text import pieces
from .theme import FONTS, SMALL

SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = "svg g path rect line circle text tspan title defs clipPath linearGradient stop"
_ATTRIBUTES = """
    d x y x1 y1 x2 y2 dx dy cx cy r rx ry width height transform fill fill-opacity stroke stroke-width
    stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit opacity
    text-anchor font-size font-weight font-style id clip-path pointer-events offset stop-color gradientUnits
"""
ELEMENTS = frozenset(_ELEMENTS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
# What SVG assumes anyway; left out to keep pages small.
DEFAULTS = {
    "opacity": "1", "text-anchor": "start", "transform": "translate(0,0)", "font-weight": "normal",
    "stroke-width": "1", "stroke-miterlimit": "10",
}  # fmt: skip
_LONG_NUMBER = re.compile(r"-?\d*\.\d{3,}(e-?\d+)?")
_REFERENCE = re.compile(r"url\(#([\w-]+)\)")
_TEXTURE = re.compile(r"texture-([a-z]+)-([0-9a-f]{6})")
_NUMERIC = ("d", "transform", "x", "y", "x1", "y1", "x2", "y2", "width", "height")


def _shorten(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _attributes(source: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for name, value in source.attrib.items():
        if name not in ATTRIBUTES or DEFAULTS.get(name) == value:
            continue
        if "url(" in value and not _REFERENCE.fullmatch(value):
            raise DrawingError(f"A drawing may not refer to {value}.")
        if name in _NUMERIC:
            value = _LONG_NUMBER.sub(_shorten, value)
        yield name, value.removesuffix("px") if name == "font-size" else value


def _invisible(tag: str, attributes: dict[str, str]) -> bool:
    if attributes.get("display") == "none":
        return True
    nothing = attributes.get("fill", "none") == "none" and attributes.get("stroke", "none") == "none"
    # The engine writes a frame before and after every group, mostly of nothing.
    return tag == "path" and (
        not attributes.get("d") or (attributes.get("aria-hidden") == "true" and nothing)
    )


def _write(element: ElementTree.Element, text: str | None) -> None:
    """Put a text in, its subscript figures as lowered small ones."""
    size = float(element.get("font-size", SMALL))
    for part, attributes in pieces(unicodedata.normalize("NFC", text or ""), size):
        if attributes:
            ElementTree.SubElement(element, "tspan", attributes).text = part
        else:
            element.text = part


def _clean(source: ElementTree.Element) -> list[ElementTree.Element]:
    """The element without what is not allowed; a bare group is replaced by what is in it."""
    tag = _local(source.tag)
    if tag not in ELEMENTS:
        raise DrawingError(f"A drawing may not contain the element {tag}.")
    if _invisible(tag, source.attrib):
        return []
    element = ElementTree.Element(tag, dict(_attributes(source)))
    _write(element, source.text)
    told = source.get("aria-label")
    if told and tag != "g" and source.get("aria-hidden") != "true":
        ElementTree.SubElement(element, "title").text = unicodedata.normalize("NFC", told)
    for child in source:
        element.extend(_clean(child))
    if tag == "g":
        if not len(element):
            return []
        if not element.attrib:
            return list(element)
    return [element]


def _pattern(identifier: str, texture: str, colour: str) -> ElementTree.Element:
    if texture not in TEXTURES:
        raise DrawingError(f"There is no texture “{texture}”.")
    tile = {"id": identifier, "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
    pattern = ElementTree.Element("pattern", tile)
    ElementTree.SubElement(pattern, "rect", {"width": "6", "height": "6", "fill": PAPER})
    if TEXTURES[texture]:
        stroke = {"d": TEXTURES[texture], "stroke": f"#{colour}", "stroke-width": "1.6", "fill": "none"}
        ElementTree.SubElement(pattern, "path", stroke)
    return pattern


def _own_ids(root: ElementTree.Element, prefix: str) -> None:
    """Make ids unique in a page, and put in the patterns that fills ask for."""
    known = {e.get("id", ""): f"{prefix}-{n}" for n, e in enumerate(e for e in root.iter() if e.get("id"))}
    for element in root.iter():
        if element.get("id"):
            element.set("id", known[element.get("id", "")])
    defs = ElementTree.Element("defs")
    for element in root.iter():
        for name, value in element.attrib.items():
            if not (reference := _REFERENCE.fullmatch(value)):
                continue
            target = reference[1]
            if target not in known:
                texture = _TEXTURE.fullmatch(target)
                if texture is None:
                    raise DrawingError(f"A drawing refers to {target}, which is not in it.")
                known[target] = f"{prefix}-{target}"
                defs.append(_pattern(known[target], texture[1], texture[2]))
            element.set(name, f"url(#{known[target]})")
    if len(defs):
        root.insert(0, defs)


def finish(raw: str, *, title: str, description: str, lang: str) -> str:
    """One self-contained image with a name, a description and a tooltip on every mark that says something."""
    title, description = (unicodedata.normalize("NFC", text) for text in (title, description))
    source = ElementTree.fromstring(raw)  # noqa: S314 - written by our own chart engine
    prefix = "d" + hashlib.sha256("\0".join((raw, title, description, lang)).encode()).hexdigest()[:10]
    parts = [e for child in source for e in _clean(child)]
    attributes = {
        "xmlns": SVG, "class": "chart", "role": "img", "lang": lang,
        "aria-labelledby": f"{prefix}-t", "aria-describedby": f"{prefix}-d",
        "width": source.get("width", ""), "height": source.get("height", ""),
        "viewBox": source.get("viewBox", ""), "font-family": FONTS, "fill": INK,
    }  # fmt: skip
    root = ElementTree.Element("svg", attributes)
    root.extend(parts)
    _own_ids(root, prefix)
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        named = ElementTree.Element(tag, {"id": f"{prefix}-{tag[0]}"})
        named.text = text
        root.insert(position, named)
    return ElementTree.tostring(root, encoding="unicode")
