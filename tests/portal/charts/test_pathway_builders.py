"""Stacked bars with removals, fans and flows: their arithmetic, and the rows they refuse."""

import pytest

from trunghoa.portal.core.charts import DrawingError
from trunghoa.portal.core.charts.builders import fan, sankey, stacked_bars

from .test_builders import rows_of

WORDS = {"x": "x", "y": "y", "lang": "en"}


def test_what_is_below_zero_stacks_downwards():
    rows = [(2030, "a", 10), (2030, "b", 4), (2030, "c", -3), (2030, "d", -2)]
    drawn = rows_of(stacked_bars(rows, names={c: c.upper() for c in "abcd"}, **WORDS), "bar")
    spans = {r["category"]: (r["from"], r["to"]) for r in drawn}
    assert spans == {"b": (0, 4), "a": (4, 14), "d": (0, -2), "c": (-2, -5)}


def test_a_bar_tells_its_parts_its_line_and_its_points():
    chart = stacked_bars(
        [(2030, "a", 10), (2030, "b", -4)], names={"a": "Energy", "b": "Forest"}, lines=[(2030, "n", 6)],
        line_names={"n": "net"}, points=[(2030, "c", 9)], point_names={"c": "cap"}, **WORDS,
    )  # fmt: skip
    told = rows_of(chart, "bar")[0]["tip"].split("\n")
    assert told == ["2030", "Energy: 10", "Forest: −4", "net: 6", "cap: 9"]


@pytest.mark.parametrize(("rows", "names"), [([], {"a": "A"}), ([(2030, "x", 1)], {"a": "A"})])
def test_bars_without_rows_or_names_are_refused(rows, names):
    with pytest.raises(DrawingError):
        stacked_bars(rows, names=names, **WORDS)


def test_the_bands_of_a_fan_rise():
    names = ("median", "half", "most")
    drawn = rows_of(fan([(2030, 1, 2, 3, 4, 5)], names=names, **WORDS), "area")
    assert (drawn[0]["least"], drawn[0]["middle"], drawn[0]["most"]) == (1, 3, 5)
    with pytest.raises(DrawingError, match="not in rising order"):
        fan([(2030, 1, 4, 3, 4, 5)], names=names, **WORDS)


FLOWS = [("coal", "plant", 100), ("plant", "power", 40), ("plant", "lost", 60), ("power", "home", 40)]
NAMES = {n: n for n in ("coal", "plant", "power", "lost", "home")}


def test_nodes_are_as_high_as_what_passes_and_ends_stand_at_the_edge():
    nodes = {r["text"]: r for r in rows_of(sankey(FLOWS, names=NAMES, unit="PJ", lang="en"), "rect")}
    height = {name: r["to"] - r["from"] for name, r in nodes.items()}
    assert height["coal"] == pytest.approx(height["plant"])
    assert height["power"] + height["lost"] == pytest.approx(height["plant"])
    # What nothing leaves stands in the last column, however early it is fed.
    assert nodes["lost"]["right"] == nodes["home"]["right"] == pytest.approx(1)
    assert {name for name, r in nodes.items() if r["end"]} == {"lost", "home"}


def test_a_ribbon_keeps_its_width_from_end_to_end():
    rows = rows_of(sankey(FLOWS, names=NAMES, unit="PJ", lang="en"), "area")
    for number in {r["flow"] for r in rows}:
        widths = [r["to"] - r["from"] for r in rows if r["flow"] == number]
        assert max(widths) == pytest.approx(min(widths))


@pytest.mark.parametrize(
    ("flows", "said"),
    [
        ([], "nothing to draw"),
        ([("a", "b", 0)], "above zero"),
        ([("a", "b", -1)], "above zero"),
        ([("a", "b", 1), ("b", "a", 1)], "circle"),
        ([("a", "z", 1)], "without a name"),
    ],
)
def test_flows_that_cannot_be_drawn_are_refused(flows, said):
    with pytest.raises(DrawingError, match=said):
        sankey(flows, names={"a": "A", "b": "B"}, unit="PJ", lang="en")
