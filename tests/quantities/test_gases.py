from decimal import Decimal

import pytest

from trunghoa.quantities import Blend, GasError, GwpSet, canonical_gas


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *[
            (t, "R-410A")
            for t in ("R410a", "HFC-410A", "R-410 A", "r 410a", "R‑410A", "Ｒ－４１０Ａ", "hfc410a")
        ],
        *[(t, "HFC-134a") for t in ("R-134a", "R134A", "hfc134a", "HFC 134a", "HFC-134A")],
        *[(t, "HFC-43-10mee") for t in ("HFC4310mee", "HFC-43-10mee", "HFC-4310mee", "R-43-10mee")],
        ("HFC-365mfc", "HFC-365mfc"),
        ("HFC365MFC", "HFC-365mfc"),
        ("HFC227ea", "HFC-227ea"),
        ("R-32", "HFC-32"),
        ("R23", "HFC-23"),
        ("R-22", "HCFC-22"),
        ("HCFC22", "HCFC-22"),
        ("R-12", "CFC-12"),
        ("R-507A", "R-507A"),
        ("R502", "R-502"),
        ("HFO1234ZE(e)", "HFO-1234ze(E)"),
        ("R-1234yf", "HFO-1234yf"),
        ("HFC-1234yf", "HFO-1234yf"),
        ("R-1233zd(E)", "HCFO-1233zd(E)"),
        ("R-290", "HC-290"),
        ("R-600a", "HC-600a"),
        ("R-717", "R-717"),
        ("R-744", "CO2"),
        ("PFC-14", "CF4"),
        ("PFC-116", "C2F6"),
        ("R-218", "C3F8"),
        ("RC318", "c-C4F8"),
        ("CO₂", "CO2"),
        ("ch4", "CH4"),
        ("CH4_nonfossil", "CH4_biogenic"),
        ("CH4_FOSSIL", "CH4_fossil"),
        (" N2O ", "N2O"),
        ("sf6", "SF6"),
    ],
)
def test_every_spelling_has_one_name(typed, name):
    assert canonical_gas(typed) == name
    assert canonical_gas(name) == name


@pytest.mark.parametrize(
    "typed", ["", "air", "R", "410A", "HFC", "CO2e", "H2O", "R-99999", "HFC-134a;", "=cmd", "X-134a"]
)
def test_what_is_no_gas_is_refused(typed):
    with pytest.raises(GasError, match="is not the name of a gas"):
        canonical_gas(typed)


@pytest.mark.parametrize("typed", ["HFC-22", "PFC-134a", "HCFC-32", "HFC-12", "HFC-290"])
def test_a_prefix_that_contradicts_the_number_is_refused(typed):
    with pytest.raises(GasError, match="contradicts itself"):
        canonical_gas(typed)


def a_set(**values):
    return GwpSet("TEST", {k.replace("_", "-"): Decimal(v) for k, v in values.items()}, "a table")


def test_one_value_for_methane_serves_fossil_and_biogenic_alike():
    gwps = a_set(CH4="28")
    assert gwps.of("CH4_fossil") == gwps.of("CH4_biogenic") == gwps.of("CH4") == 28


def test_methane_of_unknown_origin_is_not_taken_for_one_that_stands_apart():
    gwps = GwpSet("TEST", {"CH4_fossil": Decimal("29.8"), "CH4_biogenic": Decimal(27)}, "a table")
    assert gwps.of("CH4_biogenic") == 27
    with pytest.raises(GasError, match="no GWP for CH4"):
        gwps.of("CH4")


def test_a_gas_the_set_lacks_is_an_error_that_names_set_and_source():
    with pytest.raises(GasError, match=r"The set TEST has no GWP for HFC-32\. \[a table\]"):
        a_set(CH4="28").of("R32")


def test_co2e_is_mass_times_gwp():
    assert a_set(CH4="28").co2e("CH4", Decimal("2.5")) == 70


@pytest.mark.parametrize(
    ("fractions", "message"),
    [
        ({"HFC-32": "0.5", "HFC-125": "0.49"}, "add up to 0.99"),
        ({"HFC-32": "1.5", "HFC-125": "-0.5"}, "lies outside"),
        ({"HFC-32": "1", "HFC-125": "0"}, "lies outside"),
    ],
)
def test_a_blend_whose_fractions_are_wrong_is_refused(fractions, message):
    with pytest.raises(GasError, match=message):
        Blend("R-410A", {k: Decimal(v) for k, v in fractions.items()}, "a table")


def test_a_component_without_gwp_is_never_counted_as_zero():
    blend = Blend("R-454B", {"HFC-32": Decimal("0.689"), "HFO-1234yf": Decimal("0.311")}, "a table")
    with pytest.raises(GasError, match="HFO-1234yf"):
        blend.gwp(a_set(HFC_32="675"))
