"""Run every kernel over a workspace, in order, and gather the figures. No database."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import trunghoa
from trunghoa.landfill import Inputs, Result, resolve
from trunghoa.landfill import run as run_landfill
from trunghoa.landfill.uncertainty import UncertainSite, monte_carlo, uncertain_site
from trunghoa.quantities import N_, Figure, InputError, Problem, worst

from .model import LandfillRecord, Workspace
from .pathway_runs import PathwayRun, run_pathways, target_figures
from .totals import totals

# How often the factors are drawn for the 95 % intervals, and from which seed.
DRAWS, SEED = 1000, 20240111
# Done so far, of how many steps, and what comes next.
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class SiteRun:
    """The run of one landfill."""

    record: LandfillRecord
    result: Result
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Outcome:
    """All figures of a workspace, and what they rest on.

    ``figures`` holds what reports state and what kernels computed, sorted by key; no two share a key.
    """

    name: str
    version: str
    parameters_version: str
    workspace_sha256: str
    seed: int
    draws: int
    figures: tuple[Figure, ...]
    sites: tuple[SiteRun, ...]
    pathways: tuple[PathwayRun, ...]
    notices: tuple[Problem, ...]
    seconds: float


def run(ws: Workspace, progress: Progress = lambda done, of, what: None) -> Outcome:
    """Compute everything a workspace holds the inputs for.

    Parameters
    ----------
    ws : loaded by :func:`trunghoa.workspace.load`
    progress : called before each step

    Raises
    ------
    InputError
        with every fault of every site, before anything is computed.
    """
    started = time.perf_counter()
    resolved = _resolve(ws)
    scenarios = len(ws.pathways.book.scenarios) if ws.pathways is not None else 0
    steps = len(resolved) + scenarios + 2
    progress(0, steps, ws.name)
    spreads = {key: uncertain_site(inputs) for key, (_, inputs) in resolved.items()}
    sites = []
    for number, (key, (record, inputs)) in enumerate(resolved.items(), start=1):
        progress(number, steps, record.row.name_vi)
        sites.append(_site(ws, record, inputs, spreads[key]))
    following = itertools.count(len(sites) + 1)
    pathways = run_pathways(ws, lambda name: progress(next(following), steps, name))
    progress(steps - 1, steps, ws.gazetteer[ws.settings.country].name("vi"))
    figures = [f for stated in ws.reports for f in stated.figures]
    figures += [f for site in sites for f in site.figures]
    figures += target_figures(figures)
    figures += [f for pathway in pathways for f in pathway.figures]
    figures += totals(ws, [f for site in sites for f in site.figures], spreads, draws=DRAWS, seed=SEED)
    progress(steps, steps, "")
    return Outcome(
        name=ws.name,
        version=trunghoa.__version__,
        parameters_version=ws.parameters.version,
        workspace_sha256=ws.sha256,
        seed=SEED,
        draws=DRAWS,
        figures=tuple(_once(figures)),
        sites=tuple(sites),
        pathways=pathways,
        notices=(
            *ws.notices,
            *(n for site in sites for n in _notices(site)),
            *(n for pathway in pathways for n in pathway.notices),
        ),
        seconds=time.perf_counter() - started,
    )


def _resolve(ws: Workspace) -> Mapping[str, tuple[LandfillRecord, Inputs]]:
    found: dict[str, tuple[LandfillRecord, Inputs]] = {}
    problems: list[Problem] = []
    for record in ws.landfills:
        if record.landfill is None:
            continue
        try:
            inputs = resolve(record.landfill, ws.parameters, ws.settings.as_of)
            found[str(record.landfill.site.key)] = (record, inputs)
        except InputError as error:
            problems += [_of_site(p, record) for p in error.problems]
    if problems:
        raise InputError(problems)
    return found


def _of_site(problem: Problem, record: LandfillRecord) -> Problem:
    return replace(problem.at(file="landfills.csv"), field=f"{record.row.slug}: {problem.field}")


def _notices(site: SiteRun) -> Iterator[Problem]:
    return (_of_site(n, site.record) for n in site.result.notices)


def _site(ws: Workspace, record: LandfillRecord, inputs: Inputs, spread: UncertainSite) -> SiteRun:
    result = run_landfill(inputs)
    band = monte_carlo([spread], draws=DRAWS, seed=SEED).sites[spread.key]
    sources = {row.year: row.source for row in ws.deposits_of(record.row.slug)}
    made = [_sourced(f, record, sources) for f in result.figures(band)]
    return SiteRun(record, result, tuple(made))


def _sourced(figure: Figure, record: LandfillRecord, deposits: Mapping[int, str]) -> Figure:
    """Name what a figure rests on: its own year's deposit, the site's rows, or the project's."""
    project = record.project
    if figure.kind == "landfill.deposited":
        return replace(figure, source=deposits.get(figure.period.start.year, figure.source))
    if project is not None and figure.scenario != "as_is":
        quality = worst([figure.quality, project.quality])
        return replace(figure, quality=quality, source=f"{figure.source}; {project.source}")
    return figure


def _once(figures: list[Figure]) -> list[Figure]:
    """Sorted by key; two figures about the same thing would be one tonne counted twice."""
    ordered = sorted(figures, key=lambda f: f.key)
    problems = [
        Problem(N_("Two figures stand for %(value)s."), value=" ".join(filter(None, one.key)))
        for one, other in itertools.pairwise(ordered)
        if one.key == other.key
    ]
    if problems:
        raise InputError(problems)
    return ordered
