"""Why a model has no solution, in words of its own subject: which demand lacks how much, because of what.

The rows that may give way are relaxed at least cost (demand first); the duals of that relaxed program say
which limits cause the lack, and how much more of each would help.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from trunghoa.quantities import N_, Problem

from ..lp import Block
from ..relaxing import Relaxed, relax
from .build import Built
from .model import Model
from .schema import UDC, E, F, L, M, R, T, Y

SMALL = 1e-6
MOST_LACKS = 50
MOST_CAUSES = 3
_DEMANDS = ("EBa11", "EBb4")
_OBLIGATIONS = {
    "TCC": N_("Capacity limits of %(value)s cannot be kept: %(limit)s."),
    "AAC": N_("Yearly activity limits of %(value)s cannot be kept: %(limit)s."),
    "TAC": N_("Activity limits of %(value)s over all years cannot be kept: %(limit)s."),
    "LU": N_("Activity limits by mode of %(value)s cannot be kept: %(limit)s."),
    "LU3": N_("The growth limit of %(value)s cannot be kept: %(limit)s."),
    "LU4": N_("The decline limit of %(value)s cannot be kept: %(limit)s."),
    "E8": N_("Emissions of %(value)s are above their limit: %(limit)s."),
    "E9": N_("Emissions of %(value)s over all years are above their limit: %(limit)s."),
    "RE4": N_("The renewable target of %(value)s is missed: %(limit)s."),
    "RM3": N_("The reserve margin of %(value)s is missed: %(limit)s."),
    "UDC": N_("The user-defined constraint %(value)s cannot be kept: %(limit)s."),
}
# Parameters behind the rows that can cause a lack.
_CAUSES = {
    "TCC": ("TotalAnnualMaxCapacity", "TotalAnnualMinCapacity"),
    "AAC": ("TotalTechnologyAnnualActivityUpperLimit", "TotalTechnologyAnnualActivityLowerLimit"),
    "TAC": ("TotalTechnologyModelPeriodActivityUpperLimit", "TotalTechnologyModelPeriodActivityLowerLimit"),
    "LU": ("TechnologyActivityByModeUpperLimit", "TechnologyActivityByModeLowerLimit"),
    "LU3": ("TechnologyActivityIncreaseByModeLimit", ""),
    "LU4": ("TechnologyActivityDecreaseByModeLimit", ""),
    "E8": ("AnnualEmissionLimit", ""),
    "E9": ("ModelPeriodEmissionLimit", ""),
    "RE4": ("REMinProductionTarget", ""),
    "RM3": ("ReserveMargin", ""),
    "UDC": ("UDCConstant", "UDCConstant"),
    "CAa4": ("ResidualCapacity", ""),
    "CAb1": ("AvailabilityFactor", ""),
}


@dataclass(frozen=True)
class Cause:
    """A limit that causes a lack.

    Attributes
    ----------
    parameter : the OSeMOSYS parameter
    members : its keys
    help : by how much the sum of lacks falls per unit of the limit
    """

    parameter: str
    members: tuple[str, ...]
    help: float

    def __str__(self) -> str:
        return f"{self.parameter}[{', '.join(self.members)}]"


@dataclass(frozen=True)
class Lack:
    """One demand or limit that cannot be met.

    Attributes
    ----------
    row : name of the equation
    members : set name to member
    amount : by how much, in the row's own unit
    unit : that unit, empty where the data set does not say
    causes : the limits that matter most for it
    """

    row: str
    members: dict[str, str]
    amount: float
    unit: str
    causes: tuple[Cause, ...] = field(default=())

    @property
    def year(self) -> str:
        return self.members.get(Y, "")

    def problem(self) -> Problem:
        """The lack as a problem whose message can be translated."""
        amount = f"{self.amount:.6g} {self.unit}".strip()
        if self.row in _DEMANDS:
            names = [self.members[F], self.members.get(R, ""), self.members.get(L, "")]
            what = f"{names[0]} ({', '.join(n for n in names[1:] if n)})"
            because = ", ".join(str(cause) for cause in self.causes)
            if because:
                message = N_("Demand for %(value)s in %(field)s lacks %(limit)s.")
                return Problem(
                    message, source=f"because of {because}", field=self.year, value=what, limit=amount
                )
            return Problem(
                N_("Demand for %(value)s in %(field)s lacks %(limit)s."),
                N_("Nothing in the model can supply it: check its technologies and their inputs."),
                field=self.year, value=what, limit=amount,
            )  # fmt: skip
        what = ", ".join(self.members[d] for d in (T, E, UDC, M, R, L, Y) if d in self.members)
        return Problem(_OBLIGATIONS[self.row], value=what, limit=amount)

    def __str__(self) -> str:
        if self.row not in _DEMANDS:
            return str(self.problem())
        region, piece = self.members.get(R, ""), self.members.get(L, "")
        place = f"{region}, {piece}" if piece else region
        text = f"demand {self.members[F]} in {self.year} lacks {self.amount:.6g} {self.unit}".rstrip()
        causes = " and ".join(str(c) for c in self.causes)
        return f"{text} ({place}) " + (f"because of {causes}" if causes else "because nothing can supply it")


def explain(built: Built, *, time_limit: float | None = None) -> list[Lack]:
    """What a program without a solution lacks.

    Returns
    -------
    lacks : demands that cannot be met, largest first; limits that contradict each other if it is not demand
    """
    demands = dict.fromkeys(_DEMANDS, 1.0)
    relaxed = relax(built.program, demands, time_limit=time_limit)
    if not relaxed.solution.optimal:
        # Limits contradict each other: let them give way too, but only where demand alone does not help.
        weights = {**demands, **dict.fromkeys((*_OBLIGATIONS,), 1000.0)}
        relaxed = relax(built.program, weights, time_limit=time_limit)
    return _lacks(built, relaxed)


def _lacks(built: Built, relaxed: Relaxed) -> list[Lack]:
    model, found = built.model, []
    for side in (relaxed.short, relaxed.over):
        for name, amounts in side.items():
            block = built.program.row_blocks[name]
            rows = np.flatnonzero(amounts > SMALL)
            for row in rows[np.argsort(-amounts[rows], kind="stable")][:MOST_LACKS].tolist():
                members = _members(model, block, row)
                unit = model.units.get("emission" if name in {"E8", "E9"} else "energy", "")
                found.append(Lack(name, members, float(amounts[row]), unit, _causes(built, relaxed, members)))
    return sorted(found, key=lambda lack: -lack.amount)[:MOST_LACKS]


def _members(model: Model, block: Block, row: int) -> dict[str, str]:
    return {d: model.sets[d][int(k[row])] for d, k in block.labels.items() if d in model.sets}


def _upstream(model: Model, fuel: str) -> set[str]:
    """Technologies that lead to a fuel, over any number of steps."""
    (_, ot, of, _, _), _out = model.nonzero("OutputActivityRatio")
    (_, it, jf, _, _), _in = model.nonzero("InputActivityRatio")
    makes: dict[int, set[int]] = {}
    needs: dict[int, set[int]] = {}
    for f, t in zip(of.tolist(), ot.tolist(), strict=True):
        makes.setdefault(f, set()).add(t)
    for t, f in zip(it.tolist(), jf.tolist(), strict=True):
        needs.setdefault(t, set()).add(f)
    wanted, seen, found = [model.position(F, fuel)], set[int](), set[int]()
    while wanted:
        f = wanted.pop()
        seen.add(f)
        for t in makes.get(f, set()) - found:
            found.add(t)
            wanted += [g for g in needs.get(t, set()) if g not in seen]
    return {model.sets[T][t] for t in found}


def _causes(built: Built, relaxed: Relaxed, lack: dict[str, str]) -> tuple[Cause, ...]:
    """Limits that would shorten the lack: of its region, year and supply chain, the most helpful first."""
    model = built.model
    chain = _upstream(model, lack[F]) if F in lack else None
    found: list[tuple[tuple[bool, bool, float], Cause]] = []
    for cause, members in _binding(built, relaxed):
        if members.get(R, lack.get(R)) != lack.get(R):
            continue
        if chain is not None and T in members and members[T] not in chain:
            continue
        # Limits on what is there already are named only where nothing else holds the model back.
        standing = cause.parameter in {"ResidualCapacity", "AvailabilityFactor"}
        other_year = members.get(Y, lack.get(Y)) != lack.get(Y)
        found.append(((standing, other_year, -cause.help), cause))
    found.sort(key=lambda item: item[0])
    if found:
        found = [item for item in found if item[0][:2] == found[0][0][:2]]
    causes: dict[str, Cause] = {}
    for _, cause in found:
        causes.setdefault(str(cause), cause)
    return tuple(causes.values())[:MOST_CAUSES]


def _binding(built: Built, relaxed: Relaxed) -> Iterator[tuple[Cause, dict[str, str]]]:
    """Every limit whose dual says that more of it would help, with its members."""
    solution, model = relaxed.solution, built.model
    for name, (upper, lower) in _CAUSES.items():
        block, duals = built.program.row_blocks.get(name), solution.dual(name)
        if block is None or not duals.size:
            continue
        for row in np.flatnonzero(np.abs(duals) > SMALL).tolist():
            parameter = upper if duals[row] < 0 or not lower else lower
            members = _members(model, block, row)
            yield Cause(parameter, tuple(members.values()), abs(float(duals[row]))), members
    block = built.columns.capacity
    for row in np.flatnonzero(solution.reduced[block.slice] < -SMALL).tolist():
        members = _members(model, block, row)
        saved = -float(solution.reduced[block.start + row])
        yield Cause("TotalAnnualMaxCapacityInvestment", tuple(members.values()), saved), members
