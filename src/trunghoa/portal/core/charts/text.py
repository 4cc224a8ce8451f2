"""Text in drawings: how much room it takes, and chemical formulas that any font can set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape

from .theme import SMALL

# The font that papers embed has no subscript figures (and would leave the whole text to another font).
_FORMULA = re.compile("([₀₁₂₃₄₅₆₇₈₉]+)")
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
DROP, SHRINK = 0.2, 0.75


def text_width(text: str, size: float = SMALL) -> float:
    """A good guess of how wide a text runs: East Asian letters are square, others a little over half."""
    normal = unicodedata.normalize("NFC", text)
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in normal)


def pieces(text: str, size: float) -> Iterator[tuple[str, dict[str, str]]]:
    """The text in parts with the attributes of each part's tspan; subscript figures are lowered and small."""
    drop = f"{size * DROP:g}"
    lowered = False
    for part in filter(None, _FORMULA.split(text)):
        if _FORMULA.fullmatch(part):
            yield part.translate(_PLAIN), {"dy": drop, "font-size": f"{size * SHRINK:g}"}
            lowered = True
        else:
            yield part, {"dy": f"-{drop}"} if lowered else {}
            lowered = False


def marked_up(text: str, size: float = SMALL) -> str:
    """The escaped text as SVG."""
    parts = []
    for part, attributes in pieces(text, size):
        written = "".join(f' {name}="{value}"' for name, value in attributes.items())
        parts.append(f"<tspan{written}>{escape(part)}</tspan>" if attributes else escape(part))
    return "".join(parts)
