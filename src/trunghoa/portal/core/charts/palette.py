"""Colours, textures and dashes that can be told apart without colour, by every eye and on any printer.

The legal warning colours (light blue, yellow, orange, red, violet) are kept for warnings and do not occur
here. Categories: after Paul Tol, "Colour Schemes", SRON/EPS/TN/09-002 (2021), scheme *muted*, without its two
lightest hues and with the portal's accent first.
"""

INK = "#1b2326"
SOFT = "#4d5a5f"
LINE = "#c9d1d3"
GRID = "#e3e8e9"
PAPER = "#ffffff"
ACCENT = "#14515c"

CATEGORIES = (
    "#14515c",
    "#44aa99",
    "#999933",
    "#882255",
    "#6699aa",
    "#117733",
    "#cc6677",
    "#332288",
    "#8c7a5b",
)
DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (6, 3), (2, 2), (9, 3, 2, 3), (4, 2, 1, 2, 1, 2))

# One hue, from light to dark, in steps of equal lightness: q0 is the lowest class.
SEQUENCE = ("#e4f0ee", "#c3dedb", "#9cc8c5", "#73b0ae", "#4b9596", "#2a777c", "#0f4f58")

# texture: how its pattern is drawn on a tile of 6 px
TEXTURES = {
    "solid": "",
    "outline": "",
    "diagonal": "M-1 1l2-2M0 6l6-6M5 7l2-2",
    "back": "M-1 5l2 2M0 0l6 6M5-1l2 2",
    "cross": "M0 3h6M3 0v6",
    "across": "M0 3h6",
    "down": "M3 0v6",
}
# Statuses of a figure, from the least to the most certain: the more certain, the fuller.
STATUS_TEXTURES = {
    "projected": "outline",
    "planned": "diagonal",
    "reported": "across",
    "verified": "cross",
    "issued": "solid",
    "adjusted": "back",
}


def textured(texture: str, colour: str) -> str:
    """What to write as a fill; the pattern itself is put in when the drawing is finished."""
    return colour if texture == "solid" else f"url(#texture-{texture}-{colour.lstrip('#')})"
