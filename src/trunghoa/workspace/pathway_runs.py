"""Every scenario of a workspace's pathway model solved, and the figures people cite of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trunghoa.pathways.enduse import (
    About,
    Closure,
    Result,
    Scenario,
    apply_scenario,
    close,
    compile_model,
    figures,
    open_items,
    solve_model,
)
from trunghoa.quantities import N_, Figure, Period, Problem, Status, from_float, worst

from .model import Workspace
from .pathways import PathwayRecord

SYSTEM = "S1"


@dataclass(frozen=True)
class PathwayRun:
    """One scenario: its result, its figures, and how well its base year closes."""

    scenario: Scenario
    result: Result
    closures: tuple[Closure, ...]
    figures: tuple[Figure, ...]
    notices: tuple[Problem, ...]


def run_pathways(ws: Workspace, step: Callable[[str], None]) -> tuple[PathwayRun, ...]:
    """Solve every scenario of the workspace's model; none where it has no model.

    Parameters
    ----------
    step : called with the name of each scenario before it is solved
    """
    record = ws.pathways
    if record is None:
        return ()
    found = []
    for code, scenario in record.book.scenarios.items():
        step(scenario.names.get(ws.settings.language) or code)
        found.append(_run(ws, record, scenario))
    return tuple(found)


def _run(ws: Workspace, record: PathwayRecord, scenario: Scenario) -> PathwayRun:
    tables = apply_scenario(record.tables, record.book, scenario.code)
    result = solve_model(compile_model(tables))
    notices = [*result.model.notices]
    if not result.optimal:
        notices.append(
            Problem(
                N_("The scenario %(value)s has no solution: %(limit)s."),
                file="scenarios.csv",
                field=scenario.code,
                value=scenario.code,
                limit="; ".join(map(str, result.lacks[:3])) or result.status,
            )
        )
        return PathwayRun(scenario, result, (), (), tuple(notices))
    closures = close(result, record.checks)
    notices += open_items(closures)
    title = tables.settings.get("title", record.tables.name)
    about = About(
        place=ws.settings.country,
        scenario=scenario.code,
        quality=worst([tables.quality, scenario.quality]),
        source=f"{title}, scenario {scenario.code} (tables {tables.sha256[:12]}): {scenario.source}",
    )
    made = (*figures(result, about), *_closures(about, result, closures))
    return PathwayRun(scenario, result, closures, made, tuple(notices))


def _closures(about: About, result: Result, closures: Sequence[Closure]) -> Iterator[Figure]:
    """The closure error of each category of the inventory and of the total, in per cent of the inventory."""
    for closure in closures:
        check = closure.check
        if check.item.value in ("category", "total"):
            yield Figure(
                system=SYSTEM,
                kind="pathways.closure_error",
                place=about.place,
                period=Period.year(check.year),
                amount=from_float(100 * closure.relative),
                unit="%",
                status=Status.PROJECTED,
                quality=worst([about.quality, check.quality]),
                source=f"{about.source}; held against {check.source}",
                method=f"AIM/Enduse, {result.foresight} foresight",
                scenario=about.scenario,
                category=check.member,
            )


def target_figures(stated: Sequence[Figure]) -> list[Figure]:
    """What official targets add up to: the sector caps, the level the reduction leaves, and the gap between.

    Computed from the figures reports state (``target.sector_emissions``, ``target.bau_emissions`` and the
    conditional ``target.reduction_vs_bau``), for each place and year that has all three. Nothing is adjusted
    to fit.
    """
    caps: dict[tuple[str, str], list[Figure]] = {}
    for figure in stated:
        if figure.kind == "target.sector_emissions":
            caps.setdefault(_where(figure), []).append(figure)
    made = []
    for key, parts in caps.items():
        bau = [f for f in stated if f.kind == "target.bau_emissions" and _where(f) == key]
        cuts = [
            f
            for f in stated
            if f.kind == "target.reduction_vs_bau" and f.category == "conditional" and _where(f) == key
        ]
        if len(bau) == 1 and len(cuts) == 1 and {p.unit for p in parts} == {bau[0].unit}:
            made += _mismatch(parts, bau[0], cuts[0])
    return made


def _where(figure: Figure) -> tuple[str, str]:
    return str(figure.place), figure.period.code()


def _mismatch(parts: Sequence[Figure], bau: Figure, cut: Figure) -> list[Figure]:
    of_sectors = sum((f.amount for f in parts), Decimal(0))
    of_reduction = bau.amount * (1 - cut.amount / 100)
    all_of = [*parts, bau, cut]

    def figure(category: str, amount: Decimal) -> Figure:
        return Figure(
            system=SYSTEM,
            kind="target.total_emissions",
            place=bau.place,
            period=bau.period,
            amount=amount,
            unit=bau.unit,
            status=Status.PLANNED,
            quality=worst(f.quality for f in all_of),
            source="; ".join(dict.fromkeys(f.source for f in all_of)),
            method="computed from stated targets",
            gwp_set=bau.gwp_set,
            category=category,
        )

    return [
        figure("sum_of_sector_caps", of_sectors),
        figure("conditional_reduction", of_reduction),
        figure("mismatch", of_sectors - of_reduction),
    ]
