"""Whether an equation's units come out as tonnes of CO2 equivalent, conversions included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from trunghoa.quantities import UnitError, unit

from .expression import Binary, Name, Negative, Node, Number, Sum

# What equations use besides the units of the platform: lamps are a number, fuels come in units of their own.
_NUMBERS = ("-", "lamps", "fraction")
_OWN = {"ohm": "resistance", "unit": "fuel"}
_SECONDS_A_DAY = 86400


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit as a factor to base units and their powers, such as energy⁻¹·CO2e¹."""

    factor: Fraction
    powers: tuple[tuple[str, int], ...] = ()

    def times(self, other: Measure, sign: int = 1) -> Measure:
        powers = dict(self.powers)
        for dimension, power in other.powers:
            powers[dimension] = powers.get(dimension, 0) + sign * power
        factor = self.factor * other.factor if sign > 0 else self.factor / other.factor
        return Measure(factor, tuple(sorted((d, p) for d, p in powers.items() if p)))

    def __str__(self) -> str:
        powers = "·".join(d if p == 1 else f"{d}^{p}" for d, p in self.powers) or "1"
        return powers if self.factor == 1 else f"{self.factor} {powers}"


@cache
def measure(text: str) -> Measure:
    """Read a unit such as ``tCO2/MWh``, ``GJ/unit`` or ``-``.

    Raises
    ------
    UnitError
        for a symbol that is not known.
    """
    found, sign = Measure(Fraction(1)), 1
    for part in text.replace("*", " * ").replace("/", " / ").split():
        if part in "*/":
            sign = 1 if part == "*" else -1
        else:
            found = found.times(_simple(part), sign)
    return found


def _simple(symbol: str) -> Measure:
    if symbol in _NUMBERS:
        return Measure(Fraction(1))
    if symbol in _OWN:
        return Measure(Fraction(1), ((_OWN[symbol], 1),))
    known = unit("tCO2e" if symbol == "tCO2" else symbol)
    if known.dimension == "number":
        return Measure(known.factor)
    if known.dimension == "power":  # joules a second, where time is counted in days
        return Measure(known.factor * _SECONDS_A_DAY, (("energy", 1), ("time", -1)))
    if "/" in known.dimension:
        raise UnitError(f"“{symbol}” is not a simple unit.")
    return Measure(known.factor, ((known.dimension, 1),))


def check_units(node: Node, units: Mapping[str, str], wanted: str = "tCO2e") -> None:
    """Check that an equation comes out in a unit, with every conversion in it.

    Values are taken in the units declared, so a factor that is missing or too many is an error like a wrong
    dimension. A constant that only converts says so with its unit, as ``1e-6 [MWh/Wh]``.

    Raises
    ------
    UnitError
        saying what comes out instead.
    """
    found = _of(node, units)
    if found is not None and found != measure(wanted):
        raise UnitError(f"The equation comes out in {found}, not in {measure(wanted)} ({wanted}).")


def _of(node: Node, units: Mapping[str, str]) -> Measure | None:
    """Measure of a part; None for a bare 0, which is nothing in any unit."""
    match node:
        case Number():
            return _constant(node)
        case Name():
            if node.symbol not in units:
                raise UnitError(f"The parameter {node.symbol} has no unit.")
            return measure(units[node.symbol])
        case Negative() | Sum():
            return _of(node.part, units)
        case Binary():
            left, right = _of(node.left, units), _of(node.right, units)
    if node.sign in "*/":
        if left is None or right is None:
            return None
        return left.times(right, 1 if node.sign == "*" else -1)
    if left is not None and right is not None and left != right:
        raise UnitError(f"{left} and {right} do not add.")
    return left if left is not None else right


def _constant(number: Number) -> Measure | None:
    if not number.unit:
        return Measure(Fraction(1)) if number.value else None
    found = measure(number.unit)
    if not found.powers and number.value * found.factor != 1:
        raise UnitError(f"{float(number.value):g} is not how {number.unit} converts.")
    return found
