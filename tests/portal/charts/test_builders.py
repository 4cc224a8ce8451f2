"""The arithmetic of the charts, and the rows they refuse."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.portal.core.charts import DrawingError, palette
from trunghoa.portal.core.charts.builders import (
    cost_steps,
    lines,
    stacked_area,
    status_bars,
    timeline,
    tornado,
)
from trunghoa.portal.core.charts.builders.layout import scale_ends, spread, written
from trunghoa.portal.core.charts.text import marked_up

WORDS = {"x": "x", "y": "y", "lang": "en"}


def rows_of(chart, mark: str) -> list[dict]:
    """The data of the first layer with a mark."""
    spec = chart.to_dict()
    for layer in spec.get("layer", [spec]):
        if layer["mark"]["type"] == mark:
            data = layer.get("data") or spec["data"]
            return data["values"] if "values" in data else spec["datasets"][data["name"]]
    raise AssertionError(mark)


def test_areas_stack_from_the_last_name_up_and_a_missing_year_adds_nothing():
    rows = [(2020, "a", 1), (2020, "b", Decimal("2.5")), (2021, "a", 4)]
    drawn = rows_of(stacked_area(rows, names={"a": "A", "b": "B"}, **WORDS), "area")
    spans = {(r["year"], r["category"]): (r["low"], r["high"]) for r in drawn}
    assert spans == {(2020, "b"): (0, 2.5), (2020, "a"): (2.5, 3.5), (2021, "b"): (0, 0), (2021, "a"): (0, 4)}


def test_the_widest_bar_of_a_tornado_is_on_top():
    rows = [("k", 90, 100), ("MCF", 50, 150), ("OX", 101, 99)]
    words = {"base_name": "base", "low_name": "low", "high_name": "high", "x": "x", "lang": "en"}
    drawn = rows_of(tornado(rows, base=100, **words), "bar")
    assert [r["input"] for r in drawn][::2] == ["MCF", "k", "OX"]


def test_steps_go_from_the_cheapest_to_the_dearest_side_by_side():
    drawn = rows_of(
        cost_steps([("dear", 10, 9), ("saves", 30, Decimal("-2")), ("cheap", 60, 1)], **WORDS), "rect"
    )
    assert [(r["from"], r["to"], r["height"]) for r in drawn] == [(0, 30, -2), (30, 90, 1), (90, 100, 9)]
    assert [r["tip"].split("\n")[0] for r in drawn] == ["1 saves", "2 cheap", "3 dear"]


def test_a_day_in_a_timeline_is_a_day_in_every_time_zone_and_its_end_is_included():
    (row,) = rows_of(
        timeline([("A", date(2024, 1, 1), date(2024, 1, 1), "over")], stages={"over": "o"}, lang="vi"), "bar"
    )
    assert row["from"] == 1_704_067_200_000
    assert row["to"] - row["from"] == 86_400_000


@pytest.mark.parametrize(
    "days", [(date(2024, 1, 20), date(2024, 3, 10)), (date(2020, 2, 1), date(2026, 5, 1))]
)
def test_no_month_or_year_stands_twice_under_a_timeline(days):
    chart = timeline([("A", *days, "over")], stages={"over": "o"}, lang="en")
    axis = chart.to_dict()["layer"][0]["encoding"]["x"]["axis"]
    unit = {"%b %Y": "month", "%Y": "year"}[axis["format"]]
    assert axis["tickCount"] == {"interval": unit, "step": 1 if unit == "month" else 2}


@pytest.mark.parametrize("make", [
    lambda: stacked_area([], names={}, **WORDS),
    lambda: stacked_area([(2020, "a", -1)], names={"a": "A"}, **WORDS),
    lambda: stacked_area([(2020, "a", 1)], names={}, **WORDS),
    lambda: lines([(2020, "a", None)], names={"a": "A"}, **WORDS),
    lambda: lines([(2020, "b", 1)], names={"a": "A"}, **WORDS),
    lambda: cost_steps([("a", 0, 1)], **WORDS),
    lambda: status_bars([("2024", "guessed", 1)], statuses={"guessed": "g"}, y="y", lang="en"),
    lambda: status_bars([("2024", "issued", -1)], statuses={"issued": "i"}, y="y", lang="en"),
    lambda: timeline([("A", date(2024, 2, 1), date(2024, 1, 1), "over")], stages={"over": "o"}, lang="en"),
    lambda: timeline([("A", date(2024, 1, 1), date(2024, 2, 1), "gone")], stages={"gone": "g"}, lang="en"),
])  # fmt: skip
def test_it_refuses_rows_that_would_mislead(make):
    with pytest.raises(DrawingError):
        make()


def test_each_status_has_its_own_texture():
    assert len(set(palette.STATUS_TEXTURES.values())) == len(palette.STATUS_TEXTURES)
    assert set(palette.STATUS_TEXTURES.values()) <= set(palette.TEXTURES)


def test_neighbouring_lines_differ_without_colour():
    assert len(set(palette.DASHES)) == len(palette.DASHES) == 5


@pytest.mark.parametrize(("value", "text"), [
    (1234.5, "1.235"), (12.34, "12,3"), (Decimal("1.005"), "1,01"), (0.0456, "0,046"), (10, "10"), (0, "0"),
    (-1.25, "\u22121,25"),
])  # fmt: skip
def test_numbers_have_about_three_digits(value, text: str):
    assert written(value, "vi") == text


def test_the_four_of_methane_stands_low_in_any_font():
    assert marked_up("CH₄, t <a>", 10) == (
        'CH<tspan dy="2" font-size="7.5">4</tspan><tspan dy="-2">, t &lt;a&gt;</tspan>'
    )


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9))
def test_the_axis_holds_what_is_drawn_and_wastes_less_than_two_steps(low: float, span: float):
    high = low + span
    a, b = scale_ends(low, high)
    slack = (abs(low) + span) * 1e-6
    assert a <= low + slack
    assert b >= high - slack
    assert b - a <= max(high - low, 1e-12) * 2 + slack or high == low


@given(st.lists(st.floats(-50, 300), max_size=12))
def test_labels_stay_apart_and_inside_and_in_order(wanted: list[float]):
    places = spread(wanted, 15, 0, 240)
    assert all(-1e-6 <= p <= 240 + 1e-6 for p in places)
    ordered = sorted(places)
    assert all(b - a >= 15 - 1e-6 for a, b in pairwise(ordered))
    assert [p for _, p in sorted(zip(wanted, places, strict=True))] == ordered
