"""The one font of the report, Noto Sans JP, and which characters it can print."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path

from pylopdf_fonts_jp import sans_path

# 〓 is what Japanese printers have always set where a character was not in the case.
GETA = "〓"


def folder() -> str:
    return str(Path(sans_path()).parent)


@cache
def covered() -> frozenset[int]:
    """Code points with a glyph, from the font's own table (cmap format 12)."""
    data = Path(sans_path()).read_bytes()
    count = struct.unpack_from(">H", data, 4)[0]
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * i) for i in range(count))
    base = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    points: set[int] = set()
    for i in range(struct.unpack_from(">H", data, base + 2)[0]):
        start = base + struct.unpack_from(">HHI", data, base + 4 + 8 * i)[2]
        if struct.unpack_from(">H", data, start)[0] != 12:
            continue
        for group in range(struct.unpack_from(">I", data, start + 12)[0]):
            first, last, _ = struct.unpack_from(">III", data, start + 16 + 12 * group)
            points.update(range(first, last + 1))
    return frozenset(points)


def printable(text: str) -> str:
    """The text as it can be printed: composed letters, plain spaces, 〓 for what has no glyph."""
    glyphs = covered()
    out = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if char == "\u00a0" or (ord(char) in glyphs and category not in ("Cc", "Cf", "Zs", "Zl", "Zp")):
            out.append(char)
        elif category in ("Cc", "Zs", "Zl", "Zp"):
            out.append(" ")
        elif category != "Cf":
            out.append(GETA)
    return "".join(out)
