"""The stored outlines against an independent set, and against the table of places."""

from __future__ import annotations

import csv
import json
import math
import unicodedata
from pathlib import Path

import pytest

import trunghoa
from trunghoa.portal.core.charts import geometry

from .test_map import inside, rings

ERAS = {"2008": "provinces_2008_63.geojson", "2025": "provinces_2025_34.geojson"}
# Units whose islands the source gives to a neighbour or to nobody; repairs.csv moves them, so areas differ.
MOVED = {"2008": {"22", "31", "77", "94"}, "2025": {"22", "31", "79", "92"}}
PLACES = Path(trunghoa.__file__).parent / "data/vietnam/places.csv"

Ring = list[tuple[float, float]]


def signed(ring: Ring) -> tuple[float, float, float]:
    """Area and its first moments by the shoelace formula."""
    area = mx = my = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        area, mx, my = area + cross / 2, mx + (x1 + x2) * cross / 6, my + (y1 + y2) * cross / 6
    return area, mx, my


def measure(outline: list[Ring]) -> tuple[float, float, float]:
    """Area and centroid. Rings of one direction add up, holes take away."""
    parts = [signed(r) for r in outline]
    area = sum(p[0] for p in parts)
    return abs(area), sum(p[1] for p in parts) / area, sum(p[2] for p in parts) / area


def ours(era: str) -> dict[str, list[Ring]]:
    shape = geometry.load(era)
    return {
        code: [[(x / 10, y / 10) for x, y in r] for r in rings(u.path)] for code, u in shape.units.items()
    }


def theirs(era: str, cases: Path) -> dict[str, list[Ring]]:
    project = geometry.load(era).project
    outlines = {}
    for feature in json.loads((cases / "portal" / ERAS[era]).read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        outlines[feature["properties"]["code"]] = [
            [project(*point[:2]) for point in ring[:-1]] for polygon in polygons for ring in polygon
        ]
    return outlines


def places(era: str) -> dict[str, dict[str, str]]:
    with PLACES.open(encoding="utf-8-sig", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file) if row["era"] == era}


@pytest.mark.parametrize("era", ERAS)
def test_the_codes_and_places_agree_with_an_independent_map(era: str, cases: Path):
    mine, other = ours(era), theirs(era, cases)
    assert set(mine) == set(other)
    for code in mine:
        (area, x, y), (area2, x2, y2) = measure(mine[code]), measure(other[code])
        moved = code in MOVED[era]
        # A pixel is about 3 km.
        assert math.dist((x, y), (x2, y2)) < (6 if moved else 1), code
        assert area == pytest.approx(area2, rel=0.16 if moved else 0.03, abs=2), code


@pytest.mark.parametrize("era", ERAS)
def test_names_are_those_of_the_table_of_places_in_composed_form(era: str):
    shape, table = geometry.load(era), places(era)
    assert set(shape.units) == set(table)
    for code, unit in shape.units.items():
        for lang in ("vi", "ja", "en"):
            assert unit.name(lang) == unicodedata.normalize("NFC", table[code][f"name_{lang}"])


def test_the_34_units_are_the_63_put_together():
    old, new, table = ours("2008"), ours("2025"), places("2008")
    assert sum(measure(o)[0] for o in old.values()) == pytest.approx(
        sum(measure(o)[0] for o in new.values()), rel=1e-3
    )
    members: dict[str, list[str]] = {}
    for code, row in table.items():
        members.setdefault(row["successor"].removeprefix("2025:"), []).append(code)
    assert sum(len(m) > 1 for m in members.values()) == 23
    for code, parts in members.items():
        assert measure(new[code])[0] == pytest.approx(
            sum(measure(old[p])[0] for p in parts), rel=0.01, abs=2
        ), code
        for part in parts:
            assert inside(
                geometry.load("2008").units[part].at, rings(geometry.load("2025").units[code].path)
            ), part


def test_each_merge_joins_neighbours():
    """What borders each other on land melts into one outline; across a river the banks are a few km apart."""
    for code, outline in ours("2025").items():
        largest = max(abs(signed(r)[0]) for r in outline)
        for ring in outline:
            if abs(signed(ring)[0]) < 0.1 * largest:
                continue  # an island
            others = [point for other in outline if other is not ring for point in other]
            gap = min((math.dist(p, q) for p in ring for q in others), default=0)
            assert len(outline) == 1 or abs(signed(ring)[0]) == largest or gap < 1.5, code


@pytest.mark.parametrize("era", ERAS)
def test_the_label_point_lies_inside_its_unit(era: str):
    for code, unit in geometry.load(era).units.items():
        assert inside(unit.at, rings(unit.path)), code


def test_islands_stand_with_the_province_they_belong_to():
    known = {  # a point on the island: the code of 2008, the code of 2025
        "Côn Đảo": ((106.61, 8.70), "77", "79"),
        "Cát Bà": ((107.02, 20.79), "31", "31"),
        "Phú Quốc": ((104.0, 10.25), "91", "91"),
    }
    for name, (at, *codes) in known.items():
        for era, code in zip(ERAS, codes, strict=True):
            shape = geometry.load(era)
            point = tuple(v * shape.grid for v in shape.project(*at))
            assert [c for c, u in shape.units.items() if inside(point, rings(u.path))] == [code], name


@pytest.mark.parametrize("era", ERAS)
def test_the_file_is_small_enough_for_every_page(era: str):
    assert (geometry.FOLDER / f"provinces_{era}.json").stat().st_size <= 40_000
