"""Which sites to help first: the marginal abatement cost curve, and the best portfolio under a grant cap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trunghoa.quantities import N_, InputError, Problem

from .knapsack import best_subset

THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A site that could be converted.

    Parameters
    ----------
    key : unique name of the site
    cost : USD the works cost, by whatever convention (discounted or not) the caller states
    grant : USD asked from the fund, whole, 0 or more
    reduction : the objective, tCO2e of emission reduction (or another good), counted to the thousandth
    gwp_set : name of the set that made it CO2e; sites of different sets are neither added nor ranked
    """

    key: str
    cost: Decimal
    grant: Decimal
    reduction: Decimal
    gwp_set: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One block of the curve: from ``start`` to ``end`` tCO2e at ``cost_per_tonne`` USD/tCO2e."""

    key: str
    cost_per_tonne: Decimal
    start: Decimal
    end: Decimal


@dataclass(frozen=True, slots=True)
class AbatementCurve:
    """Steps by rising cost; ``apart`` are the sites that reduce nothing and so have no place on it."""

    steps: tuple[Step, ...]
    apart: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """A set of sites with what it asks and gives."""

    keys: tuple[str, ...]
    grant: Decimal
    reduction: Decimal


@dataclass(frozen=True, slots=True)
class Swap:
    """A step beyond the cap: take ``added`` in (for ``dropped``, if any).

    It needs ``extra_grant`` USD more than the cap and gains ``extra_reduction``.
    """

    added: str
    dropped: str | None
    extra_grant: Decimal
    extra_reduction: Decimal

    @property
    def grant_per_tonne(self) -> Decimal:
        return self.extra_grant / self.extra_reduction


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The best selection under the cap, proven optimal, and what stands beside it.

    ``marginal_cost`` is the highest grant per tonne among the sites that were free to be chosen.
    ``greedy`` fills the cap in order of grant per tonne, as a hand calculation would; ``lost_by_greedy`` is
    what that order would forgo; of sites that ask the same per tonne it takes the one that reduces more
    first, and of equal ones in the order of their keys. ``next_swap`` is the step beyond the cap that asks
    least per tonne gained, ``smallest_swap`` the one that asks least in all; both are None when every site
    that reduces anything is already in.
    """

    cap: Decimal
    chosen: Selection
    left: Decimal
    marginal_cost: Decimal | None
    greedy: Selection
    lost_by_greedy: Decimal
    next_swap: Swap | None
    smallest_swap: Swap | None


def abatement_curve(candidates: Iterable[Candidate]) -> AbatementCurve:
    """Sort sites by cost per tonne; the width of a step is the site's emission reduction.

    Equal costs are ordered by key, so the order of the input does not matter. Negative costs stand first:
    works that pay for themselves.

    Raises
    ------
    InputError
        as :func:`best_portfolio` for its candidates.
    """
    sites = _checked(candidates)
    steps: list[Step] = []
    end = Decimal(0)
    useful = [(c.cost / c.reduction, c) for c in sites if c.reduction > 0]
    for cost_per_tonne, site in sorted(useful, key=lambda pair: (pair[0], pair[1].key)):
        start, end = end, end + site.reduction
        steps.append(Step(site.key, cost_per_tonne, start, end))
    return AbatementCurve(tuple(steps), tuple(c for c in sites if c.reduction <= 0))


def best_portfolio(
    candidates: Iterable[Candidate],
    cap: Decimal,
    *,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
) -> Portfolio:
    """The selection with the largest total reduction whose grants do not exceed the cap.

    Exact: money is counted in whole USD and the objective in thousandths, and the search ends only with a
    proof. Among equal reductions the smaller total grant is taken.

    Parameters
    ----------
    candidates : the sites, in any order
    cap : USD of grant that may be given
    include : keys that must be in, whatever they reduce
    exclude : keys that must stay out

    Raises
    ------
    InputError
        for a repeated key, an amount that is negative or not finite or not in whole USD, a key in
        ``include`` or ``exclude`` that is not a candidate or stands in both, for required sites that ask
        more than the cap, and for reductions in CO2e of more than one GWP set.
    ModelError
        when the amounts are too many and too alike for a proof within bounded memory.
    """
    sites = _checked(candidates)
    must, never = set(include), set(exclude)
    _check_choice(sites, cap, must, never)
    forced = [c for c in sites if c.key in must]
    free = [c for c in sites if c.key not in must | never and c.reduction > 0]
    room = cap - _selection(forced).grant
    picked = best_subset(
        [int(c.grant) for c in free],
        [int(c.reduction.quantize(THOUSANDTH).scaleb(3)) for c in free],
        int(room),
    )
    taken = [free[i] for i in picked]
    chosen = _selection([*forced, *taken])
    greedy = _selection([*forced, *_fill(free, room)])
    swaps = _swaps(taken, [c for c in free if c not in taken], cap - chosen.grant)
    return Portfolio(
        cap=cap,
        chosen=chosen,
        left=cap - chosen.grant,
        marginal_cost=max((c.grant / c.reduction for c in taken), default=None),
        greedy=greedy,
        lost_by_greedy=chosen.reduction - greedy.reduction,
        next_swap=min(swaps, key=lambda s: (s.grant_per_tonne, *_order(s)), default=None),
        smallest_swap=min(swaps, key=_order, default=None),
    )


def _checked(candidates: Iterable[Candidate]) -> list[Candidate]:
    sites = sorted(candidates, key=lambda c: c.key)
    problems: list[Problem] = []
    for key, count in Counter(c.key for c in sites).items():
        if count > 1:
            problems.append(Problem(N_("The site “%(value)s” stands here more than once."), value=key))
    if len(sets := sorted({c.gwp_set for c in sites})) > 1:
        problems.append(
            Problem(
                N_("The reductions are CO2e of different GWP sets (%(value)s) and cannot be added up."),
                N_("Model all sites with the same set."),
                field="gwp_set",
                value=", ".join(s or "–" for s in sets),
            )
        )
    for site in sites:
        if not (site.cost.is_finite() and site.reduction.is_finite()):
            problems.append(
                Problem(N_("The cost or reduction of %(field)s is not a finite number."), field=site.key)
            )
        if not site.grant.is_finite() or site.grant < 0 or site.grant % 1:
            problems.append(
                Problem(
                    N_("The grant of %(field)s must be 0 or more and in whole USD, not %(value)s."),
                    N_("Round it up."),
                    field=site.key,
                    value=str(site.grant),
                )
            )
    if problems:
        raise InputError(problems)
    return sites


def _check_choice(sites: Sequence[Candidate], cap: Decimal, must: set[str], never: set[str]) -> None:
    known = {c.key for c in sites}
    problems = [
        Problem(N_("“%(value)s” is not one of the sites."), field=name, value=key)
        for name, keys in (("include", must), ("exclude", never))
        for key in sorted(keys - known)
    ]
    problems += [
        Problem(N_("The site “%(value)s” is both required and left out."), field="include", value=key)
        for key in sorted(must & never)
    ]
    if not cap.is_finite() or cap < 0:
        problems.append(
            Problem(N_("The grant cap must be a finite amount, 0 or more."), field="cap", value=str(cap))
        )
    elif (asked := sum((c.grant for c in sites if c.key in must), Decimal(0))) > cap:
        problems.append(
            Problem(
                N_("The required sites ask %(value)s USD, more than the cap of %(limit)s USD."),
                N_("Raise the cap or require fewer sites."),
                field="include",
                value=str(asked),
                limit=str(cap),
            )
        )
    if problems:
        raise InputError(problems)


def _selection(sites: Iterable[Candidate]) -> Selection:
    ordered = sorted(sites, key=lambda c: c.key)
    return Selection(
        keys=tuple(c.key for c in ordered),
        grant=sum((c.grant for c in ordered), Decimal(0)),
        reduction=sum((c.reduction for c in ordered), Decimal(0)),
    )


def _fill(sites: Iterable[Candidate], room: Decimal) -> list[Candidate]:
    """Take sites in order of grant per tonne; pass over those that no longer fit."""
    taken: list[Candidate] = []
    for site in sorted(sites, key=lambda c: (c.grant / c.reduction, -c.reduction, c.key)):
        if site.grant <= room:
            taken.append(site)
            room -= site.grant
    return taken


def _swaps(taken: Sequence[Candidate], out: Sequence[Candidate], left: Decimal) -> list[Swap]:
    """Every addition and exchange that gains something beyond the cap."""
    return [
        Swap(new.key, old.key if old else None, new.grant - freed - left, new.reduction - lost)
        for new in out
        for old in (None, *taken)
        for freed, lost in [(old.grant, old.reduction) if old else (Decimal(0), Decimal(0))]
        if new.reduction > lost
    ]


def _order(swap: Swap) -> tuple[Decimal, Decimal, str, str]:
    """By grant; of equal ones the greater gain, then the names, so that the answer is always the same."""
    return swap.extra_grant, -swap.extra_reduction, swap.added, swap.dropped or ""
