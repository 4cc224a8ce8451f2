"""Reference emissions, project emissions and reductions of one monitoring period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trunghoa.quantities import N_, InputError, Period, Problem, Quality

from ..verdict import Verdict
from .expression import Binary, Name, Negative, Node, Sum, evaluate
from .model import Given, Methodology, Monitoring, Option, Reading, Registration, Symbol

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Reduction:
    """RE, PE and ER of a period in t CO2e, exact; whether the checklist is answered with yes throughout."""

    methodology: str
    version: str
    period: Period
    reference: Fraction
    project: Fraction
    eligible: Verdict
    gwp_set: str
    quality: Quality

    @property
    def reduction(self) -> Fraction:
        """ER = RE − PE; negative where the project emitted more."""
        return self.reference - self.project


def reductions(methodology: Methodology, registration: Registration, monitoring: Monitoring) -> Reduction:
    """Evaluate a methodology for one monitoring period: ER = RE − PE.

    Raises
    ------
    InputError
        with one Problem for each value that is missing, out of bounds, of the wrong kind, monitored in a
        way the methodology does not allow or without its evidence; for another methodology or version than
        the registered one; and for potentials of no named set, or of two.
    ModelError
        for a division by zero.
    """
    problems = [*_frozen(methodology, registration), *_readings(methodology, monitoring)]
    problems += _sets(methodology, registration, monitoring)
    problems += _missing(methodology, {*registration.fixed, *monitoring.readings})
    if problems:
        raise InputError(problems)
    values: dict[str, Given] = {**registration.fixed}
    values |= {symbol: reading.value for symbol, reading in monitoring.readings.items()}
    return Reduction(
        methodology=methodology.id,
        version=methodology.version,
        period=monitoring.period,
        reference=evaluate(methodology.reference, values),
        project=evaluate(methodology.project, values),
        eligible=eligibility(methodology, registration),
        gwp_set=registration.gwp_set,
        quality=methodology.quality,
    )


def tried(methodology: Methodology, values: Mapping[str, Given]) -> tuple[Fraction, Fraction]:
    """RE and PE of values that nobody vouches for: checked like a report's, without source and evidence.

    Raises
    ------
    InputError, ModelError
        as :func:`reductions` does.
    """
    problems: list[Problem] = []
    for symbol, value in values.items():
        known = next((p for p in methodology.parameters if p.symbol == symbol), None)
        problems += [_stranger(methodology, symbol)] if known is None else _bounds(methodology, known, value)
    problems += _missing(methodology, {*values})
    if problems:
        raise InputError(problems)
    return evaluate(methodology.reference, values), evaluate(methodology.project, values)


def registration_problems(methodology: Methodology, registration: Registration) -> list[Problem]:
    """What is wrong with, or missing in, what is to be frozen at registration.

    An optional part that the project does not have asks for nothing, neither for factors that only it uses.
    """
    problems = [*_frozen(methodology, registration)]
    given = {*registration.fixed}
    parts = {index: {*methodology.of_index(index)} for index in methodology.indices}
    here = frozenset(i for i, symbols in parts.items() if given & symbols or i not in methodology.optional)
    if parts and not here:
        problems.append(
            Problem(N_("Nothing of %(limit)s is given."), field="parameters",
                    limit=" / ".join(methodology.indices.values()))
        )  # fmt: skip
    needed = {s for node in (methodology.reference, methodology.project) for s in needed_of(node, here)}
    problems += [
        Problem(N_("The parameter %(field)s is missing."), field=p.symbol)
        for p in methodology.parameters
        if not p.monitored and p.symbol in needed - given
    ]
    problems += _lengths(methodology, registration.fixed)
    if methodology.gwp_symbol and not registration.gwp_set:
        problems.append(
            Problem(N_("The set of global warming potentials is not named."), field=methodology.gwp_symbol,
                    limit="gwp_set")
        )  # fmt: skip
    return problems


def needed_of(node: Node, here: frozenset[str]) -> Iterator[str]:
    """Parameters of an equation, without those of the parts that a project does not have."""
    match node:
        case Name():
            yield node.symbol
        case Binary():
            yield from needed_of(node.left, here)
            yield from needed_of(node.right, here)
        case Sum() if node.index not in here:
            return
        case Negative() | Sum():
            yield from needed_of(node.part, here)


def _lengths(methodology: Methodology, fixed: Mapping[str, Given]) -> Iterator[Problem]:
    for index in methodology.indices:
        lengths = {s: len(v) for s in methodology.of_index(index) if isinstance(v := fixed.get(s), tuple)}
        if len({*lengths.values()}) > 1:
            yield Problem(
                N_("The parameters of one sum have different numbers of values (%(value)s)."),
                field=f"sum_{index}",
                value=", ".join(f"{symbol}: {n}" for symbol, n in sorted(lengths.items())),
            )


def eligibility(methodology: Methodology, registration: Registration) -> Verdict:
    """Failed where a criterion is answered no, unknown where one is not answered."""
    answers = [registration.answers.get(c.number) for c in methodology.criteria]
    if False in answers:
        return Verdict.FAILED
    return Verdict.UNKNOWN if None in answers else Verdict.PASSED


def _frozen(methodology: Methodology, registration: Registration) -> Iterator[Problem]:
    registered = f"{registration.methodology} {registration.version}"
    if registered != f"{methodology.id} {methodology.version}":
        yield Problem(
            N_("The project is registered under %(limit)s, not under %(value)s."),
            N_("What was fixed at registration is of that version."),
            field="methodology",
            value=f"{methodology.id} {methodology.version}",
            limit=registered,
        )
    for symbol, value in registration.fixed.items():
        if (known := _known(methodology, symbol, monitored=False)) is None:
            yield _stranger(methodology, symbol, monitored=False)
            continue
        yield from _bounds(methodology, known, value)
        if not registration.sources.get(symbol, "").strip():
            yield Problem(N_("The value fixed for %(field)s needs a source."), field=symbol)


def _readings(methodology: Methodology, monitoring: Monitoring) -> Iterator[Problem]:
    for symbol, reading in monitoring.readings.items():
        if (known := _known(methodology, symbol, monitored=True)) is None:
            yield _stranger(methodology, symbol, monitored=True)
            continue
        yield from _bounds(methodology, known, reading.value)
        yield from _evidence(known, reading, monitoring.period)


def _evidence(known: Symbol, reading: Reading, period: Period) -> Iterator[Problem]:
    if known.options and reading.option not in known.options:
        yield Problem(
            N_("%(field)s was monitored by option %(value)s; the methodology allows %(limit)s."),
            field=known.symbol,
            value=reading.option.value,
            limit=", ".join(known.options),
        )
    if not _SHA256.fullmatch(reading.evidence):
        yield Problem(
            N_("%(field)s has no evidence: “%(value)s” is no sha256."),
            field=known.symbol,
            value=reading.evidence,
        )
    if reading.option is not Option.C:
        return
    if not reading.meter or reading.calibrated is None:
        yield Problem(
            N_("%(field)s was measured by no known instrument."),
            N_("Option C needs the meter and the day of its calibration."),
            field=known.symbol,
        )
    elif reading.calibrated > period.end:
        yield Problem(
            N_("The meter of %(field)s was calibrated on %(value)s, after the period ended on %(limit)s."),
            field=known.symbol,
            value=reading.calibrated.isoformat(),
            limit=period.end.isoformat(),
        )


def _known(methodology: Methodology, symbol: str, *, monitored: bool) -> Symbol | None:
    return next((p for p in methodology.parameters if p.symbol == symbol and p.monitored is monitored), None)


def _stranger(methodology: Methodology, symbol: str, *, monitored: bool | None = None) -> Problem:
    return Problem(
        N_("%(field)s is not a parameter that is given here."),
        N_("Here belong %(limit)s."),
        field=symbol,
        limit=", ".join(p.symbol for p in methodology.parameters if monitored in (None, p.monitored)),
    )


def _bounds(methodology: Methodology, known: Symbol, given: Given) -> Iterator[Problem]:
    if isinstance(given, tuple) is not (known.symbol in methodology.indexed):
        yield Problem(
            N_("%(field)s takes %(limit)s."),
            field=known.symbol,
            limit="one value for each element" if known.symbol in methodology.indexed else "one value",
        )
        return
    for value in given if isinstance(given, tuple) else (given,):
        if not isinstance(value, Decimal) or not value.is_finite():
            yield Problem(N_("“%(value)s” is not an exact number."), field=known.symbol, value=str(value))
        elif known.minimum is not None and value < known.minimum:
            yield Problem(
                N_("%(value)s is less than %(limit)s."),
                field=known.symbol, value=str(value), limit=str(known.minimum), source=methodology.source,
            )  # fmt: skip
        elif known.maximum is not None and value > known.maximum:
            yield Problem(
                N_("%(value)s is more than %(limit)s."),
                field=known.symbol, value=str(value), limit=str(known.maximum), source=methodology.source,
            )  # fmt: skip


def _missing(methodology: Methodology, given: set[str]) -> Iterator[Problem]:
    """A part that the project has needs all its parameters: a missing project emission is not zero."""
    parts = {index: methodology.of_index(index) for index in methodology.indices}
    here = [index for index, symbols in parts.items() if given & {*symbols}]
    if parts and not here:
        yield Problem(N_("Nothing of %(limit)s is given."), field="parameters", limit=" / ".join(
            methodology.indices.values()))  # fmt: skip
    for index, symbols in parts.items():
        if index in here or index not in methodology.optional:
            for symbol in symbols:
                if symbol not in given:
                    yield Problem(
                        N_("The parameter %(field)s is missing: it takes one value for each %(limit)s."),
                        field=symbol,
                        limit=methodology.indices[index],
                    )


def _sets(methodology: Methodology, registration: Registration, monitoring: Monitoring) -> Iterator[Problem]:
    if not methodology.gwp_symbol:
        return
    if not registration.gwp_set:
        yield Problem(
            N_("The set of global warming potentials is not named."),
            field=methodology.gwp_symbol,
            limit="gwp_set",
        )
    if monitoring.gwp_set and monitoring.gwp_set != registration.gwp_set:
        yield Problem(
            N_("The report uses potentials of %(value)s, the registration of %(limit)s."),
            N_("Tonnes of two sets do not add."),
            field=methodology.gwp_symbol,
            value=monitoring.gwp_set,
            limit=registration.gwp_set,
        )
