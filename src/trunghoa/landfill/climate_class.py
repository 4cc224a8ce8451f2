"""Climate class of a site after IPCC 2006 V5 ch3 table 3.3: of the site, never of the country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trunghoa.parameters import Parameter, Parameters
from trunghoa.quantities import N_, InputError, Problem

from .site import Climate

TROPICAL_WET = "tropical_wet"
TROPICAL_DRY = "tropical_dry"
TEMPERATE_WET = "temperate_wet"
TEMPERATE_DRY = "temperate_dry"
CLASSES = (TROPICAL_WET, TROPICAL_DRY, TEMPERATE_WET, TEMPERATE_DRY)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One step of the rule: ``quantity value relation threshold unit``, as in MAT 24 > 20 °C."""

    quantity: str
    value: Decimal
    relation: str
    threshold: Decimal
    unit: str

    def __str__(self) -> str:
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.quantity} {self.value:f} {self.relation} {self.threshold:f}{unit}"


@dataclass(frozen=True, slots=True)
class ClimateClass:
    """The class and why: the comparisons that led to it, or the reason it was given directly.

    Attributes
    ----------
    name : ``tropical_wet``, ``tropical_dry``, ``temperate_wet`` or ``temperate_dry``
    comparisons : in the order of the rule; empty when the class was given
    reason : who says so, when the class was given
    used : thresholds looked up
    """

    name: str
    comparisons: tuple[Comparison, ...] = ()
    reason: str = ""
    used: tuple[Parameter, ...] = ()

    @property
    def given(self) -> bool:
        return not self.comparisons

    def __str__(self) -> str:
        why = "; ".join(str(c) for c in self.comparisons) or self.reason
        return f"{self.name} ({why})"


def classify(climate: Climate, parameters: Parameters, *, as_of: date) -> ClimateClass:
    """Class of a site from MAT (°C), MAP (mm/yr) and, where MAT is not above the limit, PET (mm/yr).

    Raises
    ------
    InputError
        when a value is missing or impossible, or a class is given without a reason.

    Source: IPCC 2006 V5 ch3 table 3.3; thresholds in the table ``landfill_climate``.
    """
    problems = _problems(climate)
    if problems:
        raise InputError(problems)
    if climate.given:
        return ClimateClass(climate.given, reason=climate.reason)
    assert climate.mat is not None  # noqa: S101 - _problems has refused it
    assert climate.map is not None  # noqa: S101
    warm = parameters.get("landfill_climate", as_of=as_of, item="mat_tropical")
    tropical = climate.mat > float(warm)
    first = _compare("MAT", climate.mat, ">" if tropical else "≤", warm)
    if tropical:
        limit = parameters.get("landfill_climate", as_of=as_of, item="map_wet")
        wet = climate.map >= float(limit)
        second = _compare("MAP", climate.map, "≥" if wet else "<", limit)
    else:
        if climate.pet is None or climate.pet <= 0:
            raise InputError(
                _missing("pet_mm", N_("PET decides between wet and dry where MAT is not tropical."))
            )
        limit = parameters.get("landfill_climate", as_of=as_of, item="map_per_pet_wet")
        ratio = climate.map / climate.pet
        wet = ratio > float(limit)
        second = _compare("MAP/PET", ratio, ">" if wet else "≤", limit)
    name = {
        (True, True): TROPICAL_WET,
        (True, False): TROPICAL_DRY,
        (False, True): TEMPERATE_WET,
        (False, False): TEMPERATE_DRY,
    }[tropical, wet]
    return ClimateClass(name, (first, second), used=(warm, limit))


def _compare(quantity: str, value: float, relation: str, limit: Parameter) -> Comparison:
    return Comparison(quantity, Decimal(f"{value:.6g}"), relation, limit.value, limit.unit)


def _missing(field: str, hint: str) -> Problem:
    return Problem(
        N_("A value is missing, so the climate class of the site cannot be found."), hint, field=field
    )


def _problems(climate: Climate) -> list[Problem]:
    if climate.given:
        return _problems_of_given(climate)
    found: list[Problem] = []
    for label, value, low, high in (
        ("mat_c", climate.mat, -60, 60),
        ("map_mm", climate.map, 0, 20000),
        ("pet_mm", climate.pet, 0, 20000),
    ):
        if value is not None and not low <= value <= high:
            found.append(
                Problem(
                    N_("%(value)s is outside %(limit)s."),
                    N_("Check the unit."),
                    field=label,
                    value=f"{value:g}",
                    limit=f"{low} to {high}",
                )
            )
    hint = N_("Give it, or give the class directly with a reason.")
    found += [_missing(f, hint) for f, v in (("mat_c", climate.mat), ("map_mm", climate.map)) if v is None]
    return found


def _problems_of_given(climate: Climate) -> list[Problem]:
    found: list[Problem] = []
    if climate.given not in CLASSES:
        found.append(
            Problem(
                N_("“%(value)s” is not a climate class."),
                N_("Use one of: %(limit)s."),
                field="class",
                value=climate.given,
                limit=", ".join(CLASSES),
            )
        )
    if not climate.reason:
        found.append(
            Problem(
                N_("The climate class is given without a reason."),
                N_("Write reason, or give mat_c, map_mm and pet_mm instead."),
                field="reason",
            )
        )
    return found
