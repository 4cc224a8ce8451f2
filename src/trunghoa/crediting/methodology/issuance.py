"""What must hold before credits are issued, and who may verify and decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from trunghoa.quantities import N_, Period, Problem

from ..verdict import Finding, finding, unknown

Amounts = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Issuance:
    """Credits of a project for a monitoring period, by vintage."""

    project: str
    period: Period
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Designation:
    """A third-party entity, the sectoral scopes it is designated for, and from when to when."""

    entity: str
    scopes: frozenset[str]
    valid_from: date
    valid_to: date | None = None

    def covers(self, scope: str, day: date) -> bool:
        """A methodology of several scopes (``11/13``) asks for one of them."""
        in_force = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return in_force and bool(self.scopes & set(scope.split("/")))


def check_issuance(
    wanted: Issuance, verified: Amounts, earlier: Iterable[Issuance], decided: Mapping[str, Amounts]
) -> tuple[Finding, ...]:
    """Checks of one issuance.

    Parameters
    ----------
    verified : credits by vintage that the verification report confirms
    earlier : issuances made before, of any project
    decided : amounts by vintage as each side's decision gives them; both sides must be there and agree
    """
    return (
        finding("within_verified", _above(wanted, verified)),
        finding("not_issued_before", _again(wanted, earlier)),
        _sides(wanted, decided),
    )


def _above(wanted: Issuance, verified: Amounts) -> Iterator[Problem]:
    for vintage, amount in sorted(wanted.amounts.items()):
        if not 0 <= amount <= verified.get(vintage, 0):
            yield Problem(
                N_("%(value)s credits of vintage %(field)s are asked for; verified are %(limit)s."),
                field=str(vintage),
                value=str(amount),
                limit=str(verified.get(vintage, 0)),
            )
        if not wanted.period.start.year <= vintage <= wanted.period.end.year:
            yield Problem(
                N_("The vintage %(value)s is not of the monitoring period %(limit)s."),
                field="vintage",
                value=str(vintage),
                limit=wanted.period.code(),
            )


def _again(wanted: Issuance, earlier: Iterable[Issuance]) -> Iterator[Problem]:
    for other in earlier:
        if other.project == wanted.project and overlap(other.period, wanted.period):
            yield Problem(
                N_("Credits of %(field)s were issued for %(limit)s, which overlaps %(value)s."),
                field=wanted.project,
                value=wanted.period.code(),
                limit=other.period.code(),
            )


def overlap(one: Period, other: Period) -> bool:
    """Whether two periods share a day."""
    return one.start <= other.end and other.start <= one.end


def _sides(wanted: Issuance, decided: Mapping[str, Amounts]) -> Finding:
    if len(decided) < 2:
        return unknown("sides_agree", N_("The decision of one side is missing."))
    return finding(
        "sides_agree",
        [
            Problem(
                N_("The decision of %(field)s is %(value)s, the issuance %(limit)s."),
                field=side,
                value=str(dict(sorted(amounts.items()))),
                limit=str(dict(sorted(wanted.amounts.items()))),
            )
            for side, amounts in sorted(decided.items())
            if dict(amounts) != dict(wanted.amounts)
        ],
    )


def check_designation(
    entity: str, scope: str, day: date, designations: Iterable[Designation], participants: Collection[str]
) -> Finding:
    """Whether an entity may validate or verify: designated for scope and day, and no party to the project."""
    problems: list[Problem] = []
    if not any(d.entity == entity and d.covers(scope, day) for d in designations):
        problems.append(
            Problem(
                N_("%(value)s is not designated for scope %(field)s on %(limit)s."),
                field=scope,
                value=entity,
                limit=day.isoformat(),
            )
        )
    if entity in participants:
        problems.append(
            Problem(
                N_("%(value)s takes part in the project, as participant or consultant."),
                N_("Who verifies must be independent of it."),
                field="entity",
                value=entity,
                limit=", ".join(sorted(participants)),
            )
        )
    return finding("designation", problems)


def check_four_eyes(maker: str, checker: str) -> Finding:
    """Who makes a posting does not approve it."""
    same = Problem(N_("%(value)s both made and approved it."), field="approver", value=checker, limit=maker)
    return finding("four_eyes", [same] if maker == checker else [])
