"""Double issuance, double use, double claim, double transfer; and units of projects that ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import asin, cos, radians, sin, sqrt

from trunghoa.quantities import N_, Period, Problem

from .balance import PartyBalance
from .serials import overlaps
from .verdict import Finding, Verdict, finding, unknown

_EARTH_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class ProgrammeIssuance:
    """What a programme issued to a project: what is needed to see whether another issued for the same.

    ``latitude`` and ``longitude`` in degrees, None where not known.
    """

    programme: str
    project: str
    country: str
    sector: str
    period: Period
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Units that one posting moved: ``kind`` such as ``use_ndc``, from one Party or account to another."""

    key: str
    kind: str
    series: str
    first: int
    last: int
    sender: str = ""
    receiver: str = ""


def double_issuance(issuances: Sequence[ProgrammeIssuance], *, within_km: float) -> Finding:
    """Issuances of two programmes for the same country, sector and days, at places near each other.

    Unknown where such a pair has no coordinates: it is a question for a person, not a pass.
    """
    problems: list[Problem] = []
    doubtful: list[Problem] = []
    for one, other in combinations(issuances, 2):
        same = (one.country, one.sector) == (other.country, other.sector) and one.programme != other.programme
        if not (same and one.period.start <= other.period.end and other.period.start <= one.period.end):
            continue
        away = distance_km(one, other)
        problem = Problem(
            N_("%(value)s and %(limit)s issued for the same sector, country and days, near each other."),
            field="issuance",
            value=f"{one.programme} {one.project}",
            limit=f"{other.programme} {other.project}",
            hint="" if away is not None else N_("Whether they are near is not known: a place is missing."),
        )
        if away is None:
            doubtful.append(problem)
        elif away <= within_km:
            problems.append(problem)
    if problems or not doubtful:
        return finding("double_issuance", [*problems, *doubtful])
    return Finding("double_issuance", Verdict.UNKNOWN, tuple(doubtful))


def distance_km(one: ProgrammeIssuance, other: ProgrammeIssuance) -> float | None:
    """Great-circle distance, None where a place is not known."""
    given = (one.latitude, one.longitude, other.latitude, other.longitude)
    if any(g is None for g in given):
        return None
    a, b, c, d = (radians(float(g)) for g in given if g is not None)
    h = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(h)))


def double_use(moves: Iterable[Move], final: Iterable[str]) -> Finding:
    """No unit is used or cancelled twice; ``final`` names the kinds that end a unit."""
    ends = frozenset(final)
    series: dict[str, list[tuple[int, int, int]]] = {}
    for row, move in enumerate(moves, start=1):
        if move.kind in ends:
            series.setdefault(move.series, []).append((move.first, move.last, row))
    return finding("double_use", [p for blocks in series.values() for p in overlaps(blocks)])


def double_claim(balance: PartyBalance, ledger: Mapping[int, int] | None) -> Finding:
    """What a Party reports as first transferred must be what its ledger moved, year by year.

    Parameters
    ----------
    ledger : t first transferred by year of first transfer; None where there is no ledger
    """
    if ledger is None:
        return unknown("double_claim", N_("There is no ledger to compare with."))
    if not balance.complete:
        return unknown("double_claim", N_("First transfers are unresolved."))
    years = {y.year for y in balance.years}
    outside = [year for year in ledger if year not in years and ledger[year]]
    differing = [y.year for y in balance.years if y.first_transferred != ledger.get(y.year, 0)]
    reported = {y.year: y.first_transferred for y in balance.years}
    return finding(
        "double_claim",
        [
            Problem(
                N_("Reported as first transferred in %(field)s: %(value)s t; in the ledger: %(limit)s t."),
                field=str(year),
                value=str(reported.get(year, 0)),
                limit=str(ledger.get(year, 0)),
            )
            for year in sorted([*differing, *outside])
        ],
    )


def double_transfer(ours: Iterable[Move], theirs: Iterable[Move] | None) -> Finding:
    """Each transfer between two registries stands in both, with the same units."""
    if theirs is None:
        return unknown("double_transfer", N_("The other registry's list is missing."))

    def listed(moves: Iterable[Move]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for m in moves:
            found.setdefault(m.key, []).append(f"{m.series} {m.first}-{m.last} {m.sender}>{m.receiver}")
        return {key: sorted(texts) for key, texts in found.items()}

    here, there = listed(ours), listed(theirs)
    return finding(
        "double_transfer",
        [
            Problem(
                N_("The transfer %(field)s is here %(value)s, there %(limit)s."),
                field=key,
                value="; ".join(here.get(key, ["–"])),
                limit="; ".join(there.get(key, ["–"])),
            )
            for key in sorted(here.keys() | there.keys())
            if here.get(key) != there.get(key)
        ],
    )


def withdrawn_with_units(held: Mapping[str, int | Decimal], withdrawn: Iterable[str]) -> Finding:
    """Projects that were withdrawn while units of them are held."""
    return finding(
        "withdrawn_with_units",
        [
            Problem(
                N_("%(field)s was withdrawn; %(value)s units of it are held."),
                N_("Decide whether they are blocked or stay."),
                field=project,
                value=str(held[project]),
            )
            for project in sorted(set(withdrawn))
            if held.get(project)
        ],
    )
