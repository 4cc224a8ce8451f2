"""Gases, refrigerant blends and sets of global warming potentials.

The numbers are dated data (``data/parameters/gwp.csv``, ``blends.csv``); here stands what they mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .errors import GasError

CH4_FOSSIL = "CH4_fossil"
CH4_BIOGENIC = "CH4_biogenic"

_FORMULAS = {
    name.lower(): name
    for name in ("CO2", "CH4", "N2O", "SF6", "NF3", "CF4", "C2F6", "C3F8", "c-C4F8", CH4_FOSSIL, CH4_BIOGENIC)
} | {"ch4_nonfossil": CH4_BIOGENIC, "ch4_non_fossil": CH4_BIOGENIC, "rc318": "c-C4F8"}

# Inventories write these by formula, refrigerant lists by number.
_BY_FORMULA = {"PFC-14": "CF4", "PFC-116": "C2F6", "PFC-218": "C3F8", "PFC-318": "c-C4F8", "R-744": "CO2"}

_NUMBERED = re.compile(r"(?i)(R|CFC|HCFC|HCFO|HFC|HFO|HC|PFC)[\s-]*(\d[\d-]*?)[\s-]*([a-z]*)\s*(\([EZ]\))?")


def canonical_gas(name: str) -> str:
    """Bring the spellings of a gas or blend to one: ``R410a``, ``HFC-410A`` and ``R-410 A`` are ``R-410A``.

    Pure fluids keep their chemical name (``R-134a`` and ``hfc134a`` are ``HFC-134a``), which the ASHRAE 34
    number gives: units F, tens H + 1, hundreds C − 1, and what is left of the bonds is chlorine.

    Raises
    ------
    GasError
        when the text is not a name, or its prefix contradicts its number (``HFC-22`` holds chlorine).
    """
    text = re.sub("[‐-―−]", "-", unicodedata.normalize("NFKC", name)).strip()
    if text.lower() in _FORMULAS:
        return _FORMULAS[text.lower()]
    match = _NUMBERED.fullmatch(text)
    if not match:
        raise _not_a_gas(name)
    prefix, digits, suffix = match[1].upper(), match[2].replace("-", ""), match[3]
    if re.fullmatch(r"[45]\d\d", digits) and prefix in ("R", "HFC", "HCFC") and len(suffix) <= 1:
        return f"R-{digits}{suffix.upper()}"
    kind = _chemical_class(digits)
    if kind is None:
        raise _not_a_gas(name)
    if prefix not in ("R", kind, kind.replace("FO", "FC")):
        raise GasError(f"“{name}” contradicts itself: by its number it is {kind}-{digits}. Correct the name.")
    number = f"{digits[:2]}-{digits[2:]}" if len(digits) == 4 and kind == "HFC" else digits
    full = f"{kind}-{number}{suffix.lower()}{(match[4] or '').upper()}"
    return _BY_FORMULA.get(full, full)


def _not_a_gas(name: str) -> GasError:
    return GasError(
        f"“{name}” is not the name of a gas or refrigerant. Write it like CH4, HFC-134a or R-410A."
    )


def _chemical_class(digits: str) -> str | None:
    """CFC, HCFC, HFC, PFC, HC, HFO or HCFO by the numbering rule of ASHRAE 34; R for inorganic fluids."""
    if re.fullmatch(r"7\d\d", digits):
        return "R"
    if re.fullmatch(r"60[01]", digits):  # butanes and pentanes stand outside the rule
        return "HC"
    unsaturated = len(digits) == 4 and digits[0] == "1"
    if len(digits) == 4 and not unsaturated:  # 43-10mee: fluorine takes two digits
        carbon, hydrogen, fluorine = int(digits[0]) + 1, int(digits[1]) - 1, int(digits[2:])
    elif len(digits) <= 3 or unsaturated:
        hundreds, tens, fluorine = (int(d) for d in digits[-3:].zfill(3))
        carbon, hydrogen = hundreds + 1, tens - 1
    else:
        return None
    if digits == "318":  # cyclic: two bonds fewer
        return "PFC"
    chlorine = 2 * carbon + (0 if unsaturated else 2) - hydrogen - fluorine
    if hydrogen < 0 or chlorine < 0:
        return None
    parts = ("H" if hydrogen else "") + ("C" if chlorine else "") + ("F" if fluorine else "")
    return {"HF": "HFO" if unsaturated else "HFC", "HCF": "HCFO" if unsaturated else "HCFC",
            "CF": "CFC", "F": "PFC", "H": "HC"}.get(parts)  # fmt: skip


@dataclass(frozen=True)
class GwpSet:
    """One published set of 100-year global warming potentials, in tCO2e per t.

    ``values`` are by canonical gas name. Methane may stand as ``CH4`` or apart as fossil and biogenic.
    """

    name: str
    values: Mapping[str, Decimal]
    source: str
    unverified: frozenset[str] = frozenset()

    def of(self, gas: str) -> Decimal:
        """GWP of a gas; a set that gives methane as one value serves fossil and biogenic alike."""
        return self.values[self.name_in_set(gas)]

    def name_in_set(self, gas: str) -> str:
        """The name under which the set holds a gas; raises GasError when it holds none."""
        key = canonical_gas(gas)
        for candidate in (key, "CH4" if key in (CH4_FOSSIL, CH4_BIOGENIC) else key):
            if candidate in self.values:
                return candidate
        raise GasError(f"The set {self.name} has no GWP for {key}. [{self.source}]")

    def co2e(self, gas: str, mass: Decimal) -> Decimal:
        """Carbon dioxide equivalent of a mass, in that mass unit's CO2e."""
        return mass * self.of(gas)


@dataclass(frozen=True)
class Blend:
    """A refrigerant blend by mass fraction."""

    name: str
    fractions: Mapping[str, Decimal]
    source: str

    def __post_init__(self) -> None:
        wrong = [gas for gas, fraction in self.fractions.items() if not 0 < fraction <= 1]
        if wrong:
            raise GasError(
                f"The mass fraction of {wrong[0]} in {self.name} lies outside (0, 1]. [{self.source}]"
            )
        total = sum(self.fractions.values())
        if total != 1:
            raise GasError(f"The mass fractions of {self.name} add up to {total}, not 1. [{self.source}]")

    def gwp(self, gwps: GwpSet) -> Decimal:
        """Σ mass fraction × GWP, exactly.

        Whether a component counts is the set's affair: the table of ``KIGALI_ANNEX_F`` holds 0 for what
        Annex F does not control. A component the set does not know is an error, never a silent 0.
        """
        return sum((fraction * gwps.of(gas) for gas, fraction in self.fractions.items()), Decimal(0))
