"""Units as an exact small table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from difflib import get_close_matches
from fractions import Fraction

from .errors import UnitError


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its symbol, what it measures, and how many base units it is, exactly."""

    symbol: str
    dimension: str
    factor: Fraction


def _table() -> dict[str, Unit]:
    rows: list[tuple[str, str, str]] = [
        # mass, base t
        *[
            (s, "mass", f)
            for s, f in [("µg", "1e-12"), ("mg", "1e-9"), ("g", "1e-6"), ("kg", "1e-3"), ("t", "1")]
        ],
        *[
            (s, "mass", f)
            for s, f in [("Mg", "1"), ("Gg", "1e3"), ("kt", "1e3"), ("Tg", "1e6"), ("Mt", "1e6")]
        ],
        # carbon dioxide equivalent is not a mass of anything: it never converts into one
        *[(s, "CO2e", f) for s, f in [("mgCO2e", "1e-9"), ("gCO2e", "1e-6"), ("kgCO2e", "1e-3")]],
        *[
            (s, "CO2e", f)
            for s, f in [("tCO2e", "1"), ("ktCO2e", "1e3"), ("MtCO2e", "1e6"), ("GtCO2e", "1e9")]
        ],
        # energy, base J (toe: IEA, 41.868 GJ)
        *[
            (s, "energy", f)
            for s, f in [("J", "1"), ("kJ", "1e3"), ("MJ", "1e6"), ("GJ", "1e9"), ("TJ", "1e12")]
        ],
        *[(s, "energy", f) for s, f in [("PJ", "1e15"), ("EJ", "1e18"), ("Wh", "3600"), ("kWh", "3.6e6")]],
        *[(s, "energy", f) for s, f in [("MWh", "3.6e9"), ("GWh", "3.6e12"), ("TWh", "3.6e15")]],
        *[(s, "energy", f) for s, f in [("toe", "41.868e9"), ("ktoe", "41.868e12"), ("Mtoe", "41.868e15")]],
        # power, base W
        *[(s, "power", f) for s, f in [("W", "1"), ("kW", "1e3"), ("MW", "1e6"), ("GW", "1e9")]],
        # volume, base m3
        *[(s, "volume", f) for s, f in [("m3", "1"), ("L", "1e-3"), ("mL", "1e-6")]],
        # area, base m2; length, base m
        *[(s, "area", f) for s, f in [("m2", "1"), ("ha", "1e4"), ("km2", "1e6")]],
        *[(s, "length", f) for s, f in [("mm", "1e-3"), ("cm", "1e-2"), ("m", "1"), ("km", "1e3")]],
        # time, base d; a year is the calendar's and does not convert into days
        *[(s, "time", f) for s, f in [("h", "1/24"), ("d", "1")]],
        *[(s, "calendar", f) for s, f in [("month", "1"), ("yr", "12")]],
        # plain numbers
        *[(s, "number", f) for s, f in [("1", "1"), ("%", "1/100"), ("ppm", "1e-6")]],
        # money converts only at a dated rate, so each currency is a dimension of its own
        *[("USD", "USD", "1"), ("MUSD", "USD", "1e6"), ("JPY", "JPY", "1"), ("VND", "VND", "1")],
        *[
            ("USD/tCO2e", "USD/CO2e", "1"),
            ("VND/tCO2e", "VND/CO2e", "1"),
            ("USD/t", "USD/mass", "1"),
            ("USD/yr", "USD/calendar", "1/12"),
        ],
        *[
            ("1/yr", "1/calendar", "1/12"),
            ("tCO2e/t", "CO2e/mass", "1"),
            ("°C", "temperature", "1"),
            ("mm/yr", "precipitation", "1"),
        ],
        *[("kgCO2e/kWh", "CO2e/energy", "1/3600000000"), ("tCO2e/MWh", "CO2e/energy", "1/3600000000")],
        *[("t/yr", "mass/calendar", "1/12"), ("t/d", "mass/time", "1"), ("t/m3", "mass/volume", "1")],
        *[("kg/m3", "mass/volume", "1/1000"), ("m3/t", "volume/mass", "1"), ("TJ/Gg", "energy/mass", "1e9")],
    ]
    return {s: Unit(s, d, Fraction(f)) for s, d, f in rows}


UNITS: dict[str, Unit] = _table()


def unit(symbol: str) -> Unit:
    """Look a unit up by its symbol; raises UnitError naming the near ones."""
    try:
        return UNITS[symbol]
    except KeyError:
        bare = "".join(symbol.split()).lower()
        near = [s for s in UNITS if s.lower() == bare] or get_close_matches(symbol, UNITS, n=2, cutoff=0.7)
        hint = f"Did you mean {' or '.join(near)}?" if near else "Write a symbol such as t, kg, tCO2e or MWh."
        raise UnitError(f"Unknown unit “{symbol}”. {hint}") from None


def conversion(source: str, target: str) -> Fraction:
    """Exact factor that takes an amount in ``source`` to one in ``target``."""
    a, b = unit(source), unit(target)
    if a.dimension != b.dimension:
        raise UnitError(
            f"{source} measures {a.dimension} and {target} measures {b.dimension}: "
            "one does not convert to the other."
        )
    return a.factor / b.factor


def convert(amount: Decimal | int | Fraction, source: str, target: str) -> Decimal:
    """Convert exactly where the result is a finite decimal, else to 28 digits."""
    exact = Fraction(amount) * conversion(source, target)
    places = _decimal_places(exact.denominator)
    if places is None:
        return Decimal(exact.numerator) / Decimal(exact.denominator)
    digits = exact.numerator * 10**places // exact.denominator
    return Decimal(digits).scaleb(-places, Context(prec=max(1, len(str(abs(digits))))))


def _decimal_places(denominator: int) -> int | None:
    """How many decimal places a fraction needs, or None when it never ends."""
    counts = {2: 0, 5: 0}
    for prime in counts:
        while denominator % prime == 0:
            denominator //= prime
            counts[prime] += 1
    return max(counts.values()) if denominator == 1 else None
