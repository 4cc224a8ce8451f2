"""The province map: complete, told in three languages, never without the archipelagos."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from trunghoa.portal.core.charts import Legend, MapError, SitePoint, even_breaks, geometry, map_rows, palette
from trunghoa.portal.core.charts import province_map as draw_map
from trunghoa.quantities import PlaceKey

S = "{http://www.w3.org/2000/svg}"
UNITS = {"2008": 63, "2025": 34}
LEGEND = Legend("Mêtan", (Decimal(1000), Decimal("2000.5")), "Chưa có số liệu", "t CH₄", 1, "Bãi chôn lấp")
ARCHIPELAGOS = {
    "vi": ["Quần đảo Hoàng Sa", "Quần đảo Trường Sa"],
    "ja": ["ホアンサ諸島", "チュオンサ諸島"],
    "en": ["Hoàng Sa Archipelago", "Trường Sa Archipelago"],
}


def values(era: str) -> dict[PlaceKey, Decimal]:
    return {
        PlaceKey(era, code): Decimal(n * 100)
        for n, code in enumerate(geometry.load(era).units)
        if code != "01"
    }


def drawn(era: str = "2025", lang: str = "vi", **more) -> ElementTree.Element:
    given = {"values": values(era), "title": "T & t", "description": "D", "legend": LEGEND} | more
    return ElementTree.fromstring(draw_map(given.pop("values"), era=era, lang=lang, **given))


def group(root: ElementTree.Element, name: str) -> ElementTree.Element:
    return next(g for g in root.iter(f"{S}g") if g.get("class") == name)


def titles(element: ElementTree.Element) -> list[str]:
    return [t.text for t in element.iter(f"{S}title")]


@pytest.mark.parametrize("era", UNITS)
def test_every_unit_is_drawn_once_and_says_its_name_and_value(era: str):
    units = group(drawn(era), "units")
    assert len(list(units.iter(f"{S}path"))) == len(set(titles(units))) == UNITS[era]
    assert "Hà Nội: Chưa có số liệu" in titles(units)
    tenth = geometry.load(era).units
    name = list(tenth.values())[20].name("vi")
    assert f"{name}: 2.000,0 t CH₄" in titles(units)


@pytest.mark.parametrize("era", UNITS)
@pytest.mark.parametrize("lang", ARCHIPELAGOS)
def test_hoang_sa_and_truong_sa_are_always_there(era: str, lang: str):
    insets = [g for g in drawn(era, lang, values={}).iter(f"{S}g") if g.get("class") == "inset"]
    assert [next(i.iter(f"{S}text")).text for i in insets] == ARCHIPELAGOS[lang]
    assert all(len(list(i.iter(f"{S}circle"))) >= 8 for i in insets)
    size = [float(v) for v in drawn(era, lang).get("viewBox").split()[2:]]
    for inset in insets:
        x, y, w, h = (float(inset.find(f"{S}rect").get(k)) / 10 for k in ("x", "y", "width", "height"))
        assert 0 <= x < x + w <= size[0]
        assert 0 <= y < y + h <= size[1]


@pytest.mark.parametrize(
    "damage", ["no insets", "one missing", "no dots", "no name", "no list", "no outlines"]
)
def test_it_refuses_to_draw_without_the_archipelagos(tmp_path, damage: str):
    folder = tmp_path / "map"
    shutil.copytree(geometry.FOLDER, folder)
    file = folder / "provinces_2025.json"
    raw = json.loads(file.read_text(encoding="utf-8"))
    match damage:
        case "no insets":
            del raw["insets"]
        case "one missing":
            raw["insets"].pop()
        case "no dots":
            raw["insets"][0]["dots"] = []
        case "no name":
            raw["insets"][1]["names"]["ja"] = ""
        case "no list":
            (folder / "archipelagos.csv").unlink()
    file.write_text(json.dumps(raw), encoding="utf-8")
    if damage == "no outlines":
        file.unlink()
    with pytest.raises(MapError, match="No map is drawn"):
        geometry.load("2025", folder)


def test_an_unknown_value_is_hatched_and_zero_is_not():
    root = drawn(values={PlaceKey("2025", "04"): Decimal(0)})
    fills = {p.find(f"{S}title").text.split(":")[0]: p for p in group(root, "units").iter(f"{S}path")}
    assert fills["Cao Bằng"].get("class") == "q0"
    assert fills["Cao Bằng"].get("fill") == palette.SEQUENCE[0]
    assert fills["Hà Nội"].get("class") == "no-data"
    hatch = re.fullmatch(r"url\(#(.+)\)", fills["Hà Nội"].get("fill"))[1]
    assert [p for p in root.iter(f"{S}pattern") if p.get("id") == hatch]


def test_the_islands_have_the_colour_of_their_province():
    root = drawn(values={PlaceKey("2025", "48"): Decimal(5000)})
    hoang_sa, truong_sa = (g for g in root.iter(f"{S}g") if g.get("class") == "inset")
    assert hoang_sa.find(f"{S}g").get("class") == "q6"
    assert truong_sa.find(f"{S}g").get("class") == "no-data"
    assert hoang_sa.find(f"{S}rect/{S}title").text == "Quần đảo Hoàng Sa (Đà Nẵng: 5.000,0 t CH₄)"


@pytest.mark.parametrize(("lang", "ranges"), [
    ("vi", ["< 1.000,0", "1.000,0 – 2.000,5", "≥ 2.000,5"]),
    ("ja", ["< 1,000.0", "1,000.0 – 2,000.5", "≥ 2,000.5"]),
    ("en", ["< 1,000.0", "1,000.0 – 2,000.5", "≥ 2,000.5"]),
])  # fmt: skip
def test_the_legend_writes_the_ranges_and_what_is_missing(lang: str, ranges: list[str]):
    legend = group(drawn(lang=lang), "legend")
    told = ["".join(t.itertext()) for t in legend.iter(f"{S}text")]
    assert told == ["Mêtan (t CH4)", *ranges, "Chưa có số liệu"]
    assert [r.get("class") for r in legend.iter(f"{S}rect")] == ["q0", "q3", "q6", "no-data"]


def test_a_value_on_a_limit_belongs_to_the_upper_class():
    assert [LEGEND.shade(Decimal(v)) for v in ("999.9", "1000", "2000.4", "2000.5")] == [0, 3, 3, 6]


def test_links_are_named_reachable_and_the_map_is_then_a_group():
    key = PlaceKey("2025", "04")
    root = drawn(links={key: "/vi/tinh/2025:04?a=1&b=2"})
    (link,) = root.iter(f"{S}a")
    assert link.get("href") == "/vi/tinh/2025:04?a=1&b=2"
    assert link.get("aria-label") == "Cao Bằng: 100,0 t CH₄"
    assert root.get("role") == "group"
    assert drawn().get("role") == "img"


@pytest.mark.parametrize("href", ["javascript:alert(1)", "//example.org", "data:text/html,x", "x"])
def test_it_links_to_pages_only(href: str):
    with pytest.raises(MapError, match="address"):
        drawn(links={PlaceKey("2025", "04"): href})


def test_points_stand_where_the_sites_are_and_are_in_proportion():
    sites = [SitePoint(105.85, 21.03, "Nhỏ <b>", size=1), SitePoint(105.85, 21.03, "Lớn", "/s/1", size=4)]
    points = group(drawn(points=sites), "points")
    large, small = points.iter(f"{S}circle")
    assert [titles(large), titles(small)] == [["Lớn"], ["Nhỏ <b>"]]
    assert (float(large.get("r")) - 3) / (float(small.get("r")) - 3) == pytest.approx(2)
    # The point of Hà Nội lies inside the outline of Hà Nội.
    shape = geometry.load("2025")
    x, y = shape.project(105.85, 21.03)
    assert inside((x * 10, y * 10), rings(shape.units["01"].path))


def test_a_site_outside_the_country_is_refused_not_drawn_in_the_margin():
    with pytest.raises(MapError, match=r"Sai.*outside"):
        drawn(points=[SitePoint(21.03, 105.85, "Sai")])


def test_a_code_of_another_era_is_refused():
    with pytest.raises(MapError, match="2008:02"):
        drawn(values={PlaceKey("2008", "02"): Decimal(1)})
    with pytest.raises(MapError, match="2025:02"):
        drawn(values={PlaceKey("2025", "02"): Decimal(1)})


def test_it_holds_nothing_the_content_policy_would_block_and_every_id_once():
    svg = draw_map(values("2025"), era="2025", lang="vi", title="<script>", description="D", legend=LEGEND)
    assert "style" not in svg
    assert "<script" not in svg
    ids = re.findall(r' id="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([\w-]+)\)", svg)) <= set(ids)
    assert svg == unicodedata.normalize("NFC", svg)


def test_the_table_has_what_the_map_has():
    rows = map_rows(values("2025"), era="2025", lang="ja", legend=LEGEND)
    assert len(rows) == 34
    assert rows[:2] == [("01", "ハノイ", "Chưa có số liệu"), ("04", "カオバン", "100.0")]


def test_even_classes_hold_about_as_many_each_and_ties_fall_together():
    assert even_breaks([1, 2, 3, 4, 5, 6], 3) == (3, 5)
    assert even_breaks([5, 5, 5, 5], 3) == ()
    assert even_breaks([], 3) == ()


def test_the_style_sheet_has_the_same_colours():
    css = (geometry.Path(palette.__file__).parent / "static/charts/charts.css").read_text(encoding="utf-8")
    assert dict(re.findall(r"\.(q\d) \{ fill: (#\w{6})", css)) == {
        f"q{i}": c for i, c in enumerate(palette.SEQUENCE)
    }


def rings(path: str) -> list[list[tuple[float, float]]]:
    found = []
    for ring in path.split("M")[1:]:
        start, _, steps = ring.removesuffix("z").partition("l")
        x, y = (int(v) for v in start.split())
        numbers = [int(v) for v in re.findall(r"-?\d+", steps)]
        points = [(x, y)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        found.append(points)
    return found


def inside(point: tuple[float, float], outline: list[list[tuple[float, float]]]) -> bool:
    odd = False
    for ring in outline:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > point[1]) != (y2 > point[1]) and point[0] < (x2 - x1) * (point[1] - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd
