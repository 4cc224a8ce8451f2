"""Drawings for pages and papers. Importing this package imports no chart engine.

``draw`` renders a chart, ``province_map`` and ``sparkline`` are written directly; ``store`` keeps drawings.
"""

from .engine import draw, draw_svg_bytes
from .errors import DrawingError, MapError
from .map import Legend, SitePoint, even_breaks, map_rows, province_map
from .spark import sparkline

__all__ = [
    "DrawingError", "Legend", "MapError", "SitePoint", "draw", "draw_svg_bytes", "even_breaks", "map_rows",
    "province_map", "sparkline",
]  # fmt: skip
