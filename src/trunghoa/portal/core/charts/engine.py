"""Runs the chart engine. Altair and vl-convert are imported only when something is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from . import theme
from .finish import finish


@cache
def _engine() -> Any:
    import pylopdf_fonts_jp
    import vl_convert

    vl_convert.register_font_directory(str(pylopdf_fonts_jp.sans_path().parent))
    return vl_convert


def specification(chart: Any) -> Mapping[str, Any]:
    """The Vega-Lite text of an Altair chart, of a function that makes one, or of a text already made."""
    if isinstance(chart, Mapping):
        return chart
    built = chart if hasattr(chart, "to_dict") else chart()
    return built.to_dict()


def draw(chart: Any, *, title: str, description: str, lang: str) -> SafeString:
    """Render a chart as inline SVG in one of the three languages.

    ``chart`` is an Altair chart, or a function without arguments (a ``functools.partial`` of a builder) that
    makes one. What is drawn already, as a map is, comes back as it is. The same chart, words and language
    give the same text.
    """
    if isinstance(chart, SafeString):
        return chart
    svg = _engine().vegalite_to_svg(
        specification(chart),
        config=theme.config(),
        allowed_base_urls=[],
        format_locale=theme.number_locale(lang),
        time_format_locale=theme.TIME_LOCALES[lang],
    )
    # Safe: finish() writes it with an XML serialiser from a list of allowed elements and attributes.
    return mark_safe(finish(svg, title=title, description=description, lang=lang))  # noqa: S308


def draw_svg_bytes(chart: Any, *, title: str, description: str, lang: str) -> bytes:
    """The same drawing as a file, for a PDF or a download."""
    return draw(chart, title=title, description=description, lang=lang).encode()
