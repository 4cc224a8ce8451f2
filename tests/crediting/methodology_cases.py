"""Registrations and readings made from plain values, with evidence that a test need not think about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from trunghoa.crediting.methodology import Methodology, Monitoring, Option, Reading, Registration
from trunghoa.quantities import Period

EVIDENCE = "ab" * 32
YEAR = Period.year(2024)


def exact(value: Any) -> Any:
    return tuple(Decimal(str(v)) for v in value) if isinstance(value, list) else Decimal(str(value))


def reading(value: Any, option: Option = Option.C, **given: Any) -> Reading:
    default: dict[str, Any] = {"meter": "M-1", "calibrated": date(2023, 12, 1), "evidence": EVIDENCE}
    return Reading(exact(value), option, **{**default, **given})


def project(
    methodology: Methodology, values: dict[str, Any], period: Period = YEAR, **given: Any
) -> tuple[Registration, Monitoring]:
    """Everything in order: each criterion met, each option one that is allowed."""
    fixed = {p.symbol: exact(values[p.symbol]) for p in methodology.parameters
             if not p.monitored and p.symbol in values}  # fmt: skip
    gwp_set = given.pop("gwp_set", "AR5" if methodology.gwp_symbol else "")
    registration = Registration(
        methodology.id,
        given.pop("version", methodology.version),
        fixed,
        dict.fromkeys(fixed, "invented for this test"),
        given.pop("answers", {c.number: True for c in methodology.criteria}),
        gwp_set,
    )
    readings = {
        p.symbol: reading(values[p.symbol], p.options[-1])
        for p in methodology.parameters
        if p.monitored and p.symbol in values
    }
    return registration, Monitoring(period, readings, given.pop("monitored_set", gwp_set))
