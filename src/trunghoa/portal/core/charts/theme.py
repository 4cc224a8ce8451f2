"""One look and three number formats for every chart, and the version that a stored drawing depends on."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from trunghoa.quantities.numbers import MARKS

from .palette import CATEGORIES, GRID, INK, LINE, SOFT

# The measured font comes first, so that what was laid out is what is shown.
MEASURED_FONT = "Noto Sans JP"
FONTS = "'Noto Sans JP','Noto Sans CJK JP','Noto Sans',sans-serif"

WIDTH, HEIGHT = 460, 240  # px of the plotting area; axis and end labels come on top
SMALL = 11

_VI = {
    "dateTime": "%d/%m/%Y %H:%M", "date": "%d/%m/%Y", "time": "%H:%M", "periods": ["SA", "CH"],
    "days": ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"],
    "shortDays": ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
    "months": [f"tháng {n}" for n in range(1, 13)], "shortMonths": [f"thg {n}" for n in range(1, 13)],
}  # fmt: skip
_JA = {
    "dateTime": "%Y年%-m月%-d日 %H:%M", "date": "%Y年%-m月%-d日", "time": "%H:%M",
    "periods": ["午前", "午後"],
    "days": [d + "曜日" for d in "日月火水木金土"], "shortDays": list("日月火水木金土"),
    "months": [f"{n}月" for n in range(1, 13)], "shortMonths": [f"{n}月" for n in range(1, 13)],
}  # fmt: skip
_EN = {
    "dateTime": "%-d %b %Y %H:%M", "date": "%-d %b %Y", "time": "%H:%M", "periods": ["AM", "PM"],
    "days": ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    "shortDays": ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    "months": ["January", "February", "March", "April", "May", "June", "July", "August", "September",
               "October", "November", "December"],
    "shortMonths": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}  # fmt: skip
TIME_LOCALES: dict[str, dict[str, Any]] = {"vi": _VI, "ja": _JA, "en": _EN}
MONTH_FORMATS = {"vi": "%m/%Y", "ja": "%Y年%-m月", "en": "%b %Y"}


def number_locale(lang: str) -> dict[str, Any]:
    decimal, thousands = MARKS[lang]
    return {
        "decimal": decimal,
        "thousands": thousands,
        "grouping": [3],
        "currency": ["", ""],
        "minus": "\u2212",
    }


def config() -> dict[str, Any]:
    """Vega-Lite configuration. One weight only: the one that the font is measured and embedded in."""
    text = {"font": MEASURED_FONT, "fontSize": SMALL, "color": INK}
    return {
        "background": None,
        "font": MEASURED_FONT,
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": SMALL, "titleFontSize": SMALL, "titleFontWeight": "normal", "labelColor": INK,
            "titleColor": SOFT, "gridColor": GRID, "domainColor": SOFT, "tickColor": LINE, "labelLimit": 0,
            "titleLimit": 0, "labelPadding": 4,
        },
        "axisX": {"grid": False, "labelFlush": False},
        "axisY": {
            "domain": False, "ticks": False, "titleAngle": 0, "titleAlign": "left", "titleX": -24,
            "titleY": -12, "titleBaseline": "bottom",
        },
        "legend": {
            "orient": "bottom", "direction": "horizontal", "title": None, "labelFontSize": SMALL,
            "labelColor": INK,
            "labelLimit": 0, "symbolSize": 140, "symbolStrokeWidth": 1, "columnPadding": 14, "offset": 8,
            "padding": 0,
        },
        "text": text,
        "range": {"category": list(CATEGORIES)},
    }  # fmt: skip


@cache
def version() -> str:
    """Changes whenever anything that shapes a drawing changes, so that no stored drawing is stale."""
    digest = hashlib.sha256()
    for package in ("altair", "vl-convert-python", "pylopdf-fonts-jp"):
        digest.update(f"{package} {installed(package)}\n".encode())
    here = Path(__file__).parent
    for source in sorted([*here.glob("*.py"), *here.glob("builders/*.py")]):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
