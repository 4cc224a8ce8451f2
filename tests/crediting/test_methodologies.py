"""Methodologies: the known examples exactly, and every input that must be refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.crediting import Verdict
from trunghoa.crediting.methodology import (
    Methodology,
    Monitoring,
    Option,
    Reading,
    check_potentials,
    check_units,
    evaluate,
    load_methodologies,
    load_methodology,
    parse,
    read_methodology,
    reductions,
)
from trunghoa.crediting.methodology.expression import names
from trunghoa.parameters import Parameters, gwp_set
from trunghoa.quantities import InputError, ModelError, ParameterError, UnitError

from .methodology_cases import exact, project, reading

# Which of ours stands for which of the known ones; three of them have no official number there.
OURS = {
    "VN_AM007": "VN_AM007",
    "VN_AM003": "VN_AM003",
    "ID_AM004": "ID_AM004",
    "VN amorphous": "VN_TRANSFORMERS",
    "HFC": "HFC_DESTRUCTION",
    "MN_AM001": "MN_AM001",
}


def known_cases(case_json: Callable[[str], Any]) -> list[tuple[Methodology, dict[str, Any]]]:
    found = []
    for case in case_json("jcm_methodologies.json")["methodologies"]:
        ours = next(ours for start, ours in OURS.items() if case["id"].startswith(start))
        found.append((load_methodology(ours), case))
    return found


def test_every_known_example_comes_out(case_json: Callable[[str], Any]) -> None:
    cases = known_cases(case_json)
    assert len(cases) == 6
    for methodology, case in cases:
        example = case["example"]
        found = reductions(methodology, *project(methodology, example["inputs"]))
        assert float(found.reference) == pytest.approx(example["RE"], rel=1e-12)
        assert float(found.project) == pytest.approx(example["PE"], rel=1e-12)
        assert float(found.reduction) == pytest.approx(example["ER"], rel=1e-12)
        assert floor(found.reduction) == example["credits_floor"]
        assert found.eligible is Verdict.PASSED


def test_equations_written_without_units_evaluate_alike(case_json: Callable[[str], Any]) -> None:
    for _, case in known_cases(case_json):
        values = {symbol: exact(value) for symbol, value in case["example"]["inputs"].items()}
        for name in ("RE", "PE"):
            assert float(evaluate(parse(case[name]), values)) == pytest.approx(
                case["example"][name], rel=1e-12
            )


def test_titles_and_dates_are_those_of_the_official_pages(case_json: Callable[[str], Any]) -> None:
    for methodology, case in known_cases(case_json):
        assert methodology.title == case["title"]
        assert methodology.scope == str(case["scope"])
        if "approved" in case:
            assert methodology.approved == date.fromisoformat(case["approved"])
            assert (methodology.version, methodology.proposed_id) in [
                (case["version"], case.get("proposed_id", ""))
            ]


def test_what_is_not_read_in_the_official_paper_says_so() -> None:
    assert {m.id for m in load_methodologies()} >= {*OURS.values(), "JCM_SEMI_AEROBIC"}
    assert all(m.quality == "unverified" and m.checked and m.source for m in load_methodologies())


def test_a_semi_aerobic_landfill_is_credited_for_the_methane_it_avoids() -> None:
    methodology = load_methodology("JCM_SEMI_AEROBIC")
    values = {
        "CH4_RE": [1000], "CH4_PJ": [400], "EC": 10, "EF_elec": "0.5", "FC": 2, "NCV": 36, "EF_fuel": "0.07",
        "GWP_CH4": 28,
    }  # fmt: skip
    found = reductions(methodology, *project(methodology, values))
    assert found.reference == 28000
    assert found.project == 400 * 28 + 5 + Fraction("5.04")


VALUES: dict[str, Any] = {"EG_PJ": [100, 50], "EF_RE": ["0.4", "0.5"]}
SOLAR = load_methodology("VN_AM007")


def refused(values: dict[str, Any] = VALUES, **given: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        reductions(SOLAR, *project(SOLAR, values, **given))
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({**VALUES, "EG_PJ": [100]}, "different numbers of values (EF_RE: 2, EG_PJ: 1)"),
        ({**VALUES, "EG_PJ": [-1, 50]}, "field EG_PJ: -1 is less than 0"),
        ({**VALUES, "EG_PJ": 100}, "field EG_PJ: EG_PJ takes one value for each element"),
        ({"EG_PJ": [100]}, "field EF_RE: The parameter EF_RE is missing"),
        ({"EF_RE": ["0.4"]}, "field EG_PJ: The parameter EG_PJ is missing"),
        ({**VALUES, "EG_PJ": ["NaN", 1]}, "field EG_PJ: “NaN” is not an exact number"),
    ],
)
def test_it_refuses_values_that_do_not_fit(values: dict[str, Any], says: str) -> None:
    found = refused(values)
    assert len(found) == 1, found
    assert says in found[0]


def test_trap_7_a_project_emission_that_is_missing_is_not_zero() -> None:
    methodology = load_methodology("JCM_SEMI_AEROBIC")
    values = {"CH4_RE": [9], "EC": 0, "EF_elec": 0, "FC": 0, "NCV": 0, "EF_fuel": 0, "GWP_CH4": 28}
    with pytest.raises(InputError, match="CH4_PJ is missing"):
        reductions(methodology, *project(methodology, values))
    buildings = load_methodology("VN_AM003")
    with pytest.raises(
        InputError, match="Nothing of electric equipment / fuel equipment / lighting is given"
    ):
        reductions(buildings, *project(buildings, {"EF_elec": 1}))
    with pytest.raises(InputError, match="eta_RE is missing"):
        reductions(buildings, *project(buildings, {"EF_elec": 1, "EC_PJ": [5], "eta_PJ": [4]}))


def monitored(**given: Any) -> list[str]:
    registration, monitoring = project(SOLAR, VALUES)
    changed = {"EG_PJ": reading([100, 50], **given)}
    with pytest.raises(InputError) as caught:
        reductions(SOLAR, registration, Monitoring(monitoring.period, changed))
    return [str(p) for p in caught.value.problems]


def test_a_reading_carries_option_meter_calibration_and_evidence() -> None:
    assert "by option A; the methodology allows C" in monitored(option=Option.A)[0]
    assert "measured by no known instrument" in monitored(meter="")[0]
    assert "measured by no known instrument" in monitored(calibrated=None)[0]
    assert "calibrated on 2025-01-02, after the period ended on 2024-12-31" in monitored(
        calibrated=date(2025, 1, 2))[0]  # fmt: skip
    assert "“photo.jpg” is no sha256" in monitored(evidence="photo.jpg")[0]


def test_a_float_is_not_an_exact_number() -> None:
    registration, monitoring = project(SOLAR, VALUES)
    loose = Reading((0.1, 0.2), Option.C, "M", date(2023, 1, 1), "ab" * 32)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"“0\.1” is not an exact number"):
        reductions(SOLAR, registration, replace(monitoring, readings={"EG_PJ": loose}))


def test_what_was_fixed_at_registration_is_of_that_version() -> None:
    assert "registered under VN_AM007 0.9, not under VN_AM007 1.0" in refused(version="0.9")[0]


def test_a_fixed_value_needs_a_source_and_a_monitored_one_cannot_be_fixed() -> None:
    registration, monitoring = project(SOLAR, VALUES)
    with pytest.raises(InputError, match="fixed for EF_RE needs a source"):
        reductions(SOLAR, replace(registration, sources={}), monitoring)
    fixed = {**registration.fixed, "EG_PJ": exact([1, 2])}
    with pytest.raises(InputError, match="EG_PJ is not a parameter that is given here"):
        reductions(SOLAR, replace(registration, fixed=fixed), monitoring)


def test_trap_7_a_criterion_without_an_answer_is_unknown() -> None:
    some = {1: True, 2: True}
    found = [
        reductions(SOLAR, *project(SOLAR, VALUES, answers=answers)).eligible
        for answers in (some, {**some, 3: False}, {**some, 3: True})
    ]
    assert found == [Verdict.UNKNOWN, Verdict.FAILED, Verdict.PASSED]


def test_trap_18_the_set_of_potentials_is_named_and_one() -> None:
    hfc = load_methodology("HFC_DESTRUCTION")
    values = {"Q": [10], "GWP": [1430], "DE": "0.99", "EC": 0, "EF_elec": 0}
    with pytest.raises(InputError, match="set of global warming potentials is not named"):
        reductions(hfc, *project(hfc, values, gwp_set=""))
    with pytest.raises(InputError, match="potentials of AR4, the registration of AR5"):
        reductions(hfc, *project(hfc, values, gwp_set="AR5", monitored_set="AR4"))


def test_trap_18_a_potential_is_the_one_of_the_set_it_is_said_to_be_of() -> None:
    hfc = load_methodology("HFC_DESTRUCTION")
    values = {"Q": [10, 20], "GWP": [1430, 3922], "DE": "0.99", "EC": 0, "EF_elec": 0}
    ar4, ar5 = (gwp_set(Parameters.load(), name, as_of=date(2026, 1, 1)) for name in ("AR4", "AR5"))
    registration, _ = project(hfc, values, gwp_set="AR4")
    assert check_potentials(hfc, registration, ar4).verdict is Verdict.UNKNOWN
    named = replace(registration, gases=("HFC-134a", "HFC-143a"))
    found = check_potentials(hfc, named, ar4)
    assert found.verdict is Verdict.FAILED
    assert [(p.field, p.value, p.limit) for p in found.problems] == [("HFC-143a", "3922", "4470")]
    right = replace(named, fixed={**named.fixed, "GWP": exact([1430, 4470])})
    assert check_potentials(hfc, right, ar4).verdict is Verdict.PASSED
    assert check_potentials(hfc, right, ar5).verdict is Verdict.FAILED
    assert check_potentials(hfc, replace(right, gwp_set="AR5"), ar5).verdict is Verdict.FAILED
    strange = replace(right, gases=("HFC-134a", "steam"))
    assert check_potentials(hfc, strange, ar4).verdict is Verdict.FAILED


def test_a_division_by_zero_names_the_parameter() -> None:
    lines = load_methodology("MN_AM001")
    values = {"E_sent": 10, "E_received": 9, "R_RE": "0.1", "R_PJ": 0, "EF_grid": 1}
    with pytest.raises(ModelError, match="divides by R_PJ"):
        reductions(lines, *project(lines, values))


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 2000)), max_size=6), st.randoms())
def test_the_order_of_the_elements_changes_nothing(pairs: list[tuple[int, int]], random: Any) -> None:
    def found(some: list[tuple[int, int]]) -> Fraction:
        values = {"EG_PJ": [p[0] for p in some], "EF_RE": [Decimal(p[1]) / 1000 for p in some]}
        return reductions(SOLAR, *project(SOLAR, values)).reduction

    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert found(pairs) == found(shuffled) == sum(Fraction(a * b, 1000) for a, b in pairs)


@pytest.mark.parametrize(
    "text",
    ["", "a+", "(a", "a)", "a b", "sum_i(a[i]", "a[1]", "a[]", "2 a", "a**b", "a.b", "__import__('os')",
     "a;b", "lambda: 1", "f(x)", "a == b", "1e-6 [MWh",
     "(" * 60 + "a" + ")" * 60, "-" * 60 + "a", "a" + "+a" * 600],
)  # fmt: skip
def test_an_equation_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        parse(text)


def test_an_equation_is_read_as_arithmetic_is() -> None:
    values = {"a": Decimal(7), "b": Decimal(2), "c": (Decimal(1), Decimal(3)), "d": (Decimal(5), Decimal(6))}
    for text, expected in [
        ("a-b-b", 3), ("a-(b-b)", 7), ("a/b/b", Fraction(7, 4)), ("-a+b*3", -1), ("sum_i(c[i]*d[i])*b", 46),
        ("sum_i(c[i])*sum_i(d[i])", 44), ("2e-1*a", Fraction(7, 5)), (".5", Fraction(1, 2)),
        ("sum_k(e[k])", 0),
    ]:  # fmt: skip
        assert evaluate(parse(text), values) == expected, text


# Letters of equations, so that many texts are equations; and any text at all.
LIKELY = st.text("ab012.e+-*/() ", max_size=12)


@given(st.one_of(LIKELY, st.text(max_size=40)))
def test_any_text_is_read_as_what_it_says_or_refused_by_name(text: str) -> None:
    try:
        node = parse(text)
    except InputError as error:
        [problem] = error.problems
        assert problem.limit == text
        assert problem.value in text, "from where it cannot be read"
        return
    found = {name.symbol for name in names(node)}
    assert all(name in text for name in found)
    # Brackets around the whole change nothing, and a sign before them turns the value.
    values = {name: Decimal(3) for name in found}
    try:
        value = evaluate(node, values)
    except (InputError, ModelError):  # an index without a list, a division by nought
        return
    assert evaluate(parse(f"({text})"), values) == value
    assert evaluate(parse(f"-({text})"), values) == -value


UNITS = {"W": "W", "H": "h", "EF": "tCO2/MWh", "Q": "kg", "GWP": "tCO2e/t", "EC": "MWh", "Br": "fraction"}


@pytest.mark.parametrize(
    "text",
    [
        "EC*EF",
        "W*H*1e-6 [MWh/Wh]*EF",
        "Q*GWP*1e-3 [t/kg]",
        "0",
        "EC*EF*(1-Br)",
        "EC*EF + Q*GWP/1e3 [kg/t]",
        "-EC*EF",
    ],
)
def test_units_that_come_out_in_tonnes(text: str) -> None:
    check_units(parse(text), UNITS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("EC", "comes out in 3600000000 energy, not in CO2e"),
        ("W*H*EF", "comes out in 1/1000000 CO2e"),
        ("W*H*1e-6*EF", "comes out in 1/1000000 CO2e"),
        ("W*H*1e-3 [MWh/Wh]*EF", "0.001 is not how MWh/Wh converts"),
        ("Q*GWP", "comes out in 1/1000 CO2e"),
        ("EC*EF + EC", "do not add"),
        ("EC*EF + 1", "do not add"),
        ("EC*XX", "XX has no unit"),
        ("EC*EF*1 [furlong]", "Unknown unit “furlong”"),
    ],
)
def test_units_that_do_not_come_out_are_refused(text: str, says: str) -> None:
    with pytest.raises(UnitError, match=says):
        check_units(parse(text), UNITS)


FILE = """
id = "X_AM001"
version = "1.0"
title = "Something"
scope = "1"
status = "unverified"
source = "invented for this test"
checked = "nothing"
reference = "sum_i(EG[i])*EF"
project = "0"
[[indices]]
name = "i"
label = "system"
[[parameters]]
symbol = "EG"
unit = "MWh"
fixed = "monitored"
label = "electricity"
options = ["C"]
[[parameters]]
symbol = "EF"
unit = "tCO2/MWh"
fixed = "ex_ante"
label = "factor"
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("", "", ""),
        ('version = "1.0"', "", "The key version is missing"),
        ('"sum_i(EG[i])*EF"', '"sum_i(EG[i])*"', "cannot be read"),
        ('"sum_i(EG[i])*EF"', '"sum_i(EG[i])"', "comes out in"),
        ('"sum_i(EG[i])*EF"', '"sum_k(EG[k])*EF"', "The index k of EG is not declared"),
        ('"sum_i(EG[i])*EF"', '"0"', "EG is declared twice, never used"),
        ('symbol = "EF"', 'symbol = "EG"', "The parameter EF has no unit"),
        ('unit = "MWh"', 'unit = "MWhh"', "Unknown unit “MWhh”"),
        ('options = ["C"]', 'options = ["D"]', "'D' is not a valid Option"),
        ("id =", "id = =", "not TOML"),
    ],
)
def test_a_methodology_file_is_checked_when_it_is_read(old: str, new: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(FILE.replace(old, new, 1) if old else FILE, encoding="utf-8")
    if not says:
        assert read_methodology(path).id == "X_AM001"
        return
    with pytest.raises(InputError) as caught:
        read_methodology(path)
    assert str(caught.value).startswith("x.toml")
    assert says in str(caught.value)


def test_an_unknown_methodology_names_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="Known: HFC_DESTRUCTION, ID_AM004"):
        load_methodology("VN_AM999")
