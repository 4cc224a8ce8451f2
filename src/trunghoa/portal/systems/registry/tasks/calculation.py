"""What a project fixed and monitored, computed line by line, and how far it may be relied on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from trunghoa.crediting import Verdict
from trunghoa.crediting.methodology import (
    Issuance,
    Methodology,
    check_issuance,
    check_potentials,
    eligibility,
    evaluate,
    names,
    registration_problems,
    terms,
    tried,
    written,
)
from trunghoa.parameters import Parameter, gwp_set
from trunghoa.quantities import N_, Period, Problem

from .dated import parameters
from .methods import compute, exact, monitoring_of, registration_of

VERIFIED, UNVERIFIED = "verified", "unverified"
Given = Decimal | tuple[Decimal, ...]


class Term(NamedTuple):
    """One part that an equation adds up, of one part of the period: t CO2e, exactly."""

    part: int
    side: str
    text: str
    amount: Fraction


@dataclass(frozen=True)
class Outcome:
    """What follows from a report: by calendar year as it is kept, and the rule that rounds and splits."""

    computed: dict[str, dict[str, Any]]
    requested: dict[str, int]
    rule: Parameter
    quality: str


def offered(methodology: Methodology, day: date) -> list[Parameter]:
    """Values of its parameters in the dated tables, each with its quality."""
    return parameters().rows("jcm_methodologies", as_of=day, methodology=methodology.id)


def gwp_sets() -> list[str]:
    return sorted({dict(row.keys)["gwp_set"] for row in parameters().rows("gwp")})


def wrong(methodology: Methodology, kept: Mapping[str, Any], day: date) -> list[Problem]:
    """Everything that hinders a registration from being frozen as it stands."""
    registration = registration_of(methodology, kept)
    problems = registration_problems(methodology, registration)
    verdict = eligibility(methodology, registration)
    if verdict is not Verdict.PASSED:
        problems.append(
            Problem(
                N_("The eligibility checklist is not met: %(value)s."),
                N_("Every criterion has to be answered with yes."),
                field="eligibility",
                value=verdict.value,
            )
        )
    if methodology.gwp_symbol and registration.gwp_set in gwp_sets():
        found = check_potentials(
            methodology, registration, gwp_set(parameters(), registration.gwp_set, as_of=day)
        )
        if found.verdict is not Verdict.PASSED:
            problems += found.problems
    return problems


def quality_of(methodology: Methodology, kept: Mapping[str, Any], rule: Parameter | None) -> str:
    """Verified only where the equations, every value fixed and the rule of rounding are."""
    said = kept.get("quality", {})
    grades = [methodology.quality.value, *(said.get(symbol, UNVERIFIED) for symbol in kept.get("fixed", {}))]
    if rule is not None:
        grades.append(rule.quality.value)
    return VERIFIED if all(grade == VERIFIED for grade in grades) else UNVERIFIED


def outcome(
    methodology: Methodology, kept: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], as_of: date
) -> Outcome:
    """Compute a report.

    Raises
    ------
    InputError, ModelError, ParameterError
        as the kernel does, with one Problem for each value.
    """
    _each, vintages, rule = compute(methodology, kept, parts, as_of)
    computed = {
        str(v.year): {
            "reference": exact(v.reference),
            "project": exact(v.project),
            "reduction": exact(v.reduction),
            "credits": v.credits,
        }
        for v in vintages
    }
    requested = {str(v.year): v.credits for v in vintages}
    return Outcome(computed, requested, rule, quality_of(methodology, kept, rule))


def lines(
    methodology: Methodology, kept: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]
) -> list[Term]:
    """Each term of both equations for each part of the period, as a verifier reads them down."""
    fixed = registration_of(methodology, kept).fixed
    found = []
    for number, part in enumerate(parts, start=1):
        readings = {s: r.value for s, r in monitoring_of(part).readings.items()}
        values: dict[str, Given] = {**fixed, **readings}
        for side, node in (("RE", methodology.reference), ("PE", methodology.project)):
            # A part that the project does not have is not told.
            found += [
                Term(number, side, written(term), evaluate(term, values))
                for term in terms(node)
                if any(n.symbol in values for n in names(term)) or not [*names(term)]
            ]
            found.append(Term(number, side, "", evaluate(node, values)))
    return found


def trial(methodology: Methodology, values: Mapping[str, Given]) -> tuple[str, str, str]:
    """RE, PE and ER of values that are only tried, as exact text.

    Raises
    ------
    InputError, ModelError
        as the kernel does.
    """
    reference, project = tried(methodology, values)
    return exact(reference), exact(project), exact(reference - project)


def above_verified(
    project: str, start: date, end: date, wanted: Mapping[str, Any], verified: Mapping[str, Any]
) -> list[Problem]:
    """Vintages of which more is asked for than was verified, or which the period does not have."""

    def whole(amounts: Mapping[str, Any]) -> dict[int, int]:
        return {int(year): int(amount) for year, amount in amounts.items()}

    asked = Issuance(project, Period(start, end), whole(wanted))
    finding = check_issuance(asked, whole(verified), (), {})[0]
    return list(finding.problems)


def short(text: str) -> Decimal:
    """An exact text as a number to be read."""
    value = Fraction(text)
    return Decimal(value.numerator) / Decimal(value.denominator)
