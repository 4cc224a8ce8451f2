"""Methodologies of the kernel and what they make of a project's readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trunghoa.crediting.methodology import (
    Designation,
    Methodology,
    Monitoring,
    Option,
    Reading,
    Reduction,
    Registration,
    Vintage,
    check_designation,
    credit_rule,
    credits_by_vintage,
    propose_allocation,
    reductions,
)
from trunghoa.crediting.verdict import Finding
from trunghoa.parameters import Parameter
from trunghoa.quantities import Period

from . import definitions
from .dated import parameters

packaged, found = definitions.packaged, definitions.found


def registration_of(methodology: Methodology, kept: Mapping[str, Any]) -> Registration:
    """What was frozen at registration, from what the project keeps."""
    return Registration(
        methodology=kept.get("methodology", methodology.id),
        version=kept.get("version", methodology.version),
        fixed={symbol: _given(value) for symbol, value in kept.get("fixed", {}).items()},
        sources=dict(kept.get("sources", {})),
        answers={int(number): bool(answer) for number, answer in kept.get("answers", {}).items()},
        gwp_set=kept.get("gwp_set", ""),
        gases=tuple(kept.get("gases", ())),
    )


def monitoring_of(part: Mapping[str, Any]) -> Monitoring:
    """One part of a monitoring period, from what the issuance keeps."""
    readings = {
        symbol: Reading(
            value=_given(row["value"]),
            option=Option(row["option"]),
            meter=row.get("meter", ""),
            calibrated=date.fromisoformat(row["calibrated"]) if row.get("calibrated") else None,
            evidence=row.get("evidence", ""),
        )
        for symbol, row in part.get("readings", {}).items()
    }
    period = Period(date.fromisoformat(part["start"]), date.fromisoformat(part["end"]))
    return Monitoring(period=period, readings=readings, gwp_set=part.get("gwp_set", ""))


def _given(value: Any) -> Decimal | tuple[Decimal, ...]:
    return tuple(Decimal(v) for v in value) if isinstance(value, list) else Decimal(value)


def compute(
    methodology: Methodology, kept: Mapping[str, Any], parts: Iterable[Mapping[str, Any]], as_of: date
) -> tuple[list[Reduction], tuple[Vintage, ...], Parameter]:
    """Reductions of each part, whole credits by vintage, and the rule by which they were made.

    Raises
    ------
    InputError, ParameterError
        as the kernel does, with one Problem for each value.
    """
    registration = registration_of(methodology, kept)
    each = [reductions(methodology, registration, monitoring_of(part)) for part in parts]
    rule = credit_rule("JCM", parameters(), as_of)
    return each, credits_by_vintage(each, rule), rule.parameter


def allocation(
    issued: Mapping[int, int], shares: Mapping[str, Decimal], rounding: str
) -> dict[int, dict[str, int]]:
    """A table by vintage and account, proposed from shares."""
    proposed = propose_allocation(issued, shares, rounding)
    return {vintage: dict(amounts) for vintage, amounts in proposed.amounts.items()}


def designation(
    entity: str,
    scope: str,
    day: date,
    designated: Iterable[tuple[str, list[str], Any, Any]],
    parties: list[str],
) -> Finding:
    """Whether a third-party entity may act: designated for scope and day, and no party to the project."""
    rows = [
        Designation(code, frozenset(scopes), start or date.min, end)
        for code, scopes, start, end in designated
        if scopes
    ]
    return check_designation(entity, scope, day, rows, parties)


def exact(value: Fraction) -> str:
    """A fraction as text: decimal where decimals can say it, else numerator and denominator."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        number = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(number) == value:
            return f"{number:f}"
    return f"{value.numerator}/{value.denominator}"
