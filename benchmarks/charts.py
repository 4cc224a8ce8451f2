"""Drawings: the map from stored outlines against GeoJSON, a kept chart against a new one. Prints ratios."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from html import escape
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trunghoa.portal.settings")
os.environ.setdefault("TRUNGHOA_DEMO", "true")

from trunghoa.portal.core.charts import Legend, draw, even_breaks, geometry, province_map, sparkline
from trunghoa.portal.core.charts.builders import lines, stacked_area, tornado
from trunghoa.quantities import PlaceKey, format_number

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(os.environ.get("TRUNGHOA_CASES") or ROOT.parent / "shared" / "cases")
OUTLINES = {"2008": "provinces_2008_63.geojson", "2025": "provinces_2025_34.geojson"}
MAP_BOUND_MS = 0.1
SPARK_BOUND_MS = 0.1


def best(act: Callable[[], object], seconds: float = 1.0) -> float:
    """Least milliseconds of as many runs as fit."""
    least, end = math.inf, time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        act()
        least = min(least, time.perf_counter() - start)
    return least * 1e3


def values(era: str) -> dict[PlaceKey, Decimal]:
    return {PlaceKey(era, code): Decimal(331 * n) for n, code in enumerate(geometry.load(era).units)}


def from_geojson(path: Path, amounts: dict[PlaceKey, Decimal], era: str) -> str:
    """The plain way: read the file and project every point each time."""
    parts = []
    narrow = math.cos(math.radians(16))
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        shape, facts = feature["geometry"], feature["properties"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        outline = "".join(
            "M" + "L".join(f"{(x - 102) * narrow * 37:.1f} {(23.5 - y) * 37:.1f}" for x, y in ring) + "z"
            for polygon in polygons
            for ring in polygon
        )
        amount = format_number(amounts[PlaceKey(era, facts["code"])], "vi")
        parts.append(f'<path d="{outline}"><title>{escape(facts["name_vi"])}: {amount}</title></path>')
    return f"<svg>{''.join(parts)}</svg>"


def maps() -> None:
    for era, file in OUTLINES.items():
        amounts = values(era)
        legend = Legend("CH₄", even_breaks(list(amounts.values()), 6), "no data", "t")
        ours = partial(
            province_map, amounts, era=era, lang="vi", title="map", description="map", legend=legend
        )
        ms = best(ours)
        ends = f"{len(ours()):,} characters; bound {MAP_BOUND_MS} ms: {ms / MAP_BOUND_MS:.2f} of it"
        print(f"map of {len(amounts)} units   {ms:8.3f} ms   {ends}")
        path = CASES / "portal" / file
        if not path.is_file():
            print(f"  from GeoJSON: left out, {path.name} is not here")
            continue
        naive = best(lambda p=path, a=amounts, e=era: from_geojson(p, a, e))
        size = len(from_geojson(path, amounts, era))
        print(f"  from GeoJSON      {naive:8.3f} ms   {size:,} characters; ratio {naive / ms:.0f}")


def charts() -> None:
    years = range(2000, 2061)
    kinds = [f"type {n}" for n in range(5)]
    rows = [(y, k, 1000.0 + 10 * (y - 2000) + 100 * n) for y in years for n, k in enumerate(kinds)]
    totals = [(y, 6000.0 + 50 * (y - 2000), 4000.0, 11000.0) for y in years]
    names = dict(zip(kinds, kinds, strict=True))
    sketches = {
        "stacked area, band": partial(
            stacked_area, rows, names=names, x="Năm", y="t", lang="vi", band=totals,
            total_name="Tổng", band_name="95 %",
        ),
        "lines": partial(lines, rows, names=names, x="Năm", y="t", lang="vi"),
        "tornado": partial(
            tornado, [(k, 90.0 - n, 110.0 + n) for n, k in enumerate(kinds)], base=100, base_name="b",
            low_name="l", high_name="h", x="t", lang="vi",
        ),
    }  # fmt: skip
    words = {"title": "t", "description": "d", "lang": "vi"}
    start = time.perf_counter()
    draw(sketches["lines"], **words)
    print(f"first chart of a process, with the engine's start {(time.perf_counter() - start) * 1e3:8.0f} ms")
    kept(sketches, words)


def kept(sketches: dict[str, partial[object]], words: dict[str, str]) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    django.setup()
    call_command("migrate", "charts", verbosity=0, skip_checks=True)
    from trunghoa.portal.core.charts import store
    from trunghoa.portal.core.charts.models import Drawing

    for name, sketch in sketches.items():
        new = best(partial(draw, sketch, **words), 2)
        svg = draw(sketch, **words)
        Drawing.objects.create(key=store.content_key(sketch, **words), svg=svg)
        found = best(partial(store.cached, sketch, **words))
        told = f"{new:8.1f} ms new, {found:6.2f} ms kept, ratio {new / found:.0f}"
        print(f"{name:20} {told}; {len(svg):,} characters")


def sparks() -> None:
    course = [float(n % 7) for n in range(30)]
    ms = best(lambda: sparkline(course, title="x"), 0.5)
    print(f"sparkline of 30      {ms:8.4f} ms   bound {SPARK_BOUND_MS} ms: {ms / SPARK_BOUND_MS:.2f} of it")


if __name__ == "__main__":
    maps()
    sparks()
    charts()
