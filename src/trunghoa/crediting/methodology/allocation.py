"""Who gets how many of the credits: a table of integers by vintage, kept with the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from trunghoa.quantities import N_, InputError, Problem

Amounts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Allocation:
    """Credits by vintage and account. Made only where every vintage adds up to what is issued of it.

    Raises
    ------
    InputError
        with one Problem for each vintage that does not, and each amount below zero.
    """

    issued: Mapping[int, int]
    amounts: Mapping[int, Amounts]

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for vintage in sorted({*self.issued, *self.amounts}):
            issued, given = self.issued.get(vintage, 0), self.amounts.get(vintage, {})
            if sum(given.values()) != issued:
                problems.append(
                    Problem(
                        N_("The allocation of vintage %(field)s adds up to %(value)s; issued are %(limit)s."),
                        field=str(vintage),
                        value=str(sum(given.values())),
                        limit=str(issued),
                    )
                )
            problems += [
                Problem(
                    N_("%(field)s cannot get %(value)s credits."), field=account, value=str(amount), limit="0"
                )
                for account, amount in given.items()
                if amount < 0
            ]
        if problems:
            raise InputError(problems)

    def total(self, account: str) -> int:
        return sum(given.get(account, 0) for given in self.amounts.values())


def largest_remainder(total: int, shares: Mapping[str, Decimal]) -> dict[str, int]:
    """Whole parts first, then one more to the largest remainders; ties to the account named first.

    Raises
    ------
    InputError
        for shares that do not add up to one, or are below zero.
    """
    exact = _exact(total, shares)
    found = {account: floor(amount) for account, amount in exact.items()}
    order = sorted(exact, key=lambda account: found[account] - exact[account])
    for account in order[: total - sum(found.values())]:
        found[account] += 1
    return found


def rounded_up(total: int, shares: Mapping[str, Decimal]) -> dict[str, int]:
    """Every account but the last is rounded up, in the order named; the last gets what remains.

    This is how 73 of 144 credits come of a half: each of two odd vintages is rounded in favour of the
    government. Raises as :func:`largest_remainder`.
    """
    left, found = total, {}
    *first, last = _exact(total, shares).items()
    for account, amount in first:
        found[account] = min(left, ceil(amount))
        left -= found[account]
    return {**found, last[0]: left}


ROUNDINGS: dict[str, Callable[[int, Mapping[str, Decimal]], dict[str, int]]] = {
    "largest_remainder": largest_remainder,
    "rounded_up": rounded_up,
}


def propose_allocation(issued: Mapping[int, int], shares: Mapping[str, Decimal], rounding: str) -> Allocation:
    """Propose a table from shares, vintage by vintage. The decision may differ; it is what counts.

    Raises
    ------
    InputError
        for a rounding that is not known, shares that do not add up to one, a share or amount below zero.
    """
    if rounding not in ROUNDINGS:
        raise InputError(
            Problem(
                N_("“%(value)s” is not one of: %(limit)s."),
                field="rounding",
                value=rounding,
                limit=", ".join(ROUNDINGS),
            )
        )
    return Allocation(issued, {vintage: ROUNDINGS[rounding](n, shares) for vintage, n in issued.items()})


def _exact(total: int, shares: Mapping[str, Decimal]) -> dict[str, Fraction]:
    if total < 0:
        raise InputError(
            Problem(N_("%(value)s credits cannot be allocated."), field="issued", value=str(total), limit="0")
        )
    if sum(map(Fraction, shares.values())) != 1 or any(s < 0 for s in shares.values()):
        raise InputError(
            Problem(
                N_("The shares %(value)s do not add up to %(limit)s."),
                field="shares",
                value=", ".join(f"{account} {share}" for account, share in shares.items()),
                limit="1",
            )
        )
    return {account: total * Fraction(share) for account, share in shares.items()}
