from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.quantities import UNITS, UnitError, conversion, convert, unit

amounts = st.decimals(min_value=-(10**15), max_value=10**15, places=9)
symbols = st.sampled_from(sorted(UNITS))


@given(amounts, symbols, symbols)
def test_a_finite_result_converts_there_and_back_exactly(amount, source, target):
    if unit(source).dimension != unit(target).dimension:
        with pytest.raises(UnitError):
            convert(amount, source, target)
        return
    there = convert(amount, source, target)
    if Fraction(there) == Fraction(amount) * conversion(source, target):
        assert convert(there, target, source) == amount
    else:  # thirds and sevenths (J to toe, h to d) keep 28 digits
        assert convert(there, target, source) == pytest.approx(amount, rel=Decimal("1e-26"))


@pytest.mark.parametrize(
    ("amount", "source", "target", "expected"),
    [
        ("1", "Gg", "t", "1000"),
        ("316734.96", "ktCO2e", "tCO2e", "316734960"),
        ("1", "toe", "MJ", "41868"),
        ("1", "TWh", "PJ", "3.6"),
        ("6", "h", "d", "0.25"),
        ("15.8", "%", "1", "0.158"),
        ("0.6592", "tCO2e/MWh", "kgCO2e/kWh", "0.6592"),
        ("1", "yr", "month", "12"),
        ("0.123456789012345678901234567890123456789", "Mt", "g", "123456789012.345678901234567890123456789"),
    ],
)
def test_conversions_are_exact(amount, source, target, expected):
    assert convert(Decimal(amount), source, target) == Decimal(expected)


def test_mass_never_converts_to_co2e():
    masses = [u.symbol for u in UNITS.values() if u.dimension == "mass"]
    equivalents = [u.symbol for u in UNITS.values() if u.dimension == "CO2e"]
    assert len(masses) == 10
    assert len(equivalents) == 7
    for mass in masses:
        for equivalent in equivalents:
            with pytest.raises(UnitError, match="does not convert"):
                conversion(mass, equivalent)


def test_a_currency_converts_only_within_itself():
    assert convert(3, "MUSD", "USD") == 3_000_000
    with pytest.raises(UnitError, match="USD"):
        conversion("USD", "JPY")


@pytest.mark.parametrize(
    ("typed", "meant"), [("KG", "kg"), ("kt CO2e", "ktCO2e"), ("mwh", "MWh"), ("tCO2", "tCO2e")]
)
def test_an_unknown_unit_is_refused_with_the_near_ones(typed, meant):
    with pytest.raises(UnitError, match=f"Did you mean .*{meant}"):
        unit(typed)


def test_a_unit_near_to_none_is_refused_with_examples():
    with pytest.raises(UnitError, match="Write a symbol such as t, kg, tCO2e or MWh"):
        unit("xyzzy")
