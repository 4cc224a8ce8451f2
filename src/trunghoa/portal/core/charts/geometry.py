"""Outlines for the province map, read once. A map that lacks an archipelago is not loaded at all."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from pathlib import Path
from typing import Any

import trunghoa
from trunghoa.quantities import PlaceKey

from .errors import MapError

FOLDER = Path(trunghoa.__file__).parent / "data" / "vietnam" / "map"
LANGUAGES = ("vi", "ja", "en")


@dataclass(frozen=True)
class Unit:
    """One province: its outline in grid steps, the point for a label, and its names."""

    code: str
    path: str
    at: tuple[int, int]
    names: dict[str, str]

    def name(self, lang: str) -> str:
        return self.names.get(lang) or self.names["vi"]


@dataclass(frozen=True)
class Inset:
    """An archipelago at the scale of the map, moved into a frame; it belongs to a province."""

    key: str
    unit: str
    names: dict[str, str]
    box: tuple[int, int, int, int]
    dots: tuple[tuple[int, int], ...]

    @cached_property
    def islands(self) -> str:
        return "".join(f'<circle cx="{x}" cy="{y}" r="21"/>' for x, y in self.dots)


@dataclass(frozen=True)
class Geometry:
    """The units of one division of the country. Lengths are in px; outlines in ``grid`` steps per px."""

    era: str
    grid: int
    width: float
    height: float
    units: dict[str, Unit]
    insets: tuple[Inset, ...]
    projection: dict[str, float]

    @cached_property
    def keys(self) -> dict[PlaceKey, Unit]:
        return {PlaceKey(self.era, code): unit for code, unit in self.units.items()}

    @cached_property
    def _escaped(self) -> dict[str, dict[str, str]]:
        return {lang: {c: escape(u.name(lang)) for c, u in self.units.items()} for lang in LANGUAGES}

    def escaped_names(self, lang: str) -> dict[str, str]:
        return self._escaped[lang]

    def project(self, longitude: float, latitude: float) -> tuple[float, float]:
        p = self.projection
        per_degree, margin = p["pixels_per_degree"], p["margin"]
        x = (longitude - p["west"]) * math.cos(math.radians(p["parallel"])) * per_degree + margin
        return x, (p["north"] - latitude) * per_degree + margin


def _required(folder: Path) -> list[str]:
    try:
        with (folder / "archipelagos.csv").open(encoding="utf-8", newline="") as file:
            keys = [row["key"] for row in csv.DictReader(file)]
    except FileNotFoundError:
        keys = []
    if not keys:
        raise MapError(f"No map is drawn: {folder / 'archipelagos.csv'} names no archipelago.")
    return keys


def _insets(raw: dict[str, Any], required: list[str], file: Path) -> tuple[Inset, ...]:
    found = {}
    for item in raw.get("insets", []):
        box = item["box"]
        found[item["key"]] = Inset(
            item["key"], item["unit"], item["names"], (box[0], box[1], box[2], box[3]),
            tuple((x, y) for x, y in item["dots"]),
        )  # fmt: skip
    for key in required:
        inset = found.get(key)
        if inset is None or not inset.dots:
            raise MapError(f"No map is drawn: {file.name} lacks the archipelago {key}.")
        if unnamed := [lang for lang in LANGUAGES if not inset.names.get(lang)]:
            raise MapError(f"No map is drawn: the archipelago {key} has no name in {', '.join(unnamed)}.")
        if inset.unit not in raw["units"]:
            raise MapError(f"No map is drawn: the archipelago {key} belongs to no province of {raw['era']}.")
    return tuple(found[key] for key in required)


@cache
def load(era: str, folder: Path = FOLDER) -> Geometry:
    """Read the outlines of an era (``2008`` or ``2025``).

    Raises
    ------
    MapError
        if there are none, or if an archipelago named in ``archipelagos.csv`` is missing or has no name.
    """
    file = folder / f"provinces_{era}.json"
    if not file.is_file():
        raise MapError(f"No map is drawn: there are no outlines of the division of {era}.")
    raw = json.loads(file.read_text(encoding="utf-8"))
    grid = raw["grid"]
    units = {
        code: Unit(code, u["d"], (u["at"][0], u["at"][1]), u["names"]) for code, u in raw["units"].items()
    }
    insets = _insets(raw, _required(folder), file)
    return Geometry(era, grid, raw["size"][0] / grid, raw["size"][1] / grid, units, insets, raw["projection"])
