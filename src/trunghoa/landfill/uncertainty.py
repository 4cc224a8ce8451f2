"""Monte Carlo over sites: the 95 % interval of methane emitted, per site and year and for all sites.

Only one site's draws exist at a time. The total is summed in fixed groups of sites and these in order, so
every bit of the result is the same for one worker and for many.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from trunghoa.quantities import N_, InputError, Problem

from .fod import CH4_PER_CARBON, FloatArray
from .inputs import Inputs
from .spread import LOGNORMAL, TRIANGULAR, UNIFORM, Spread, stream

LEVELS = (0.025, 0.5, 0.975)
GROUP = 16  # sites whose draws are summed before the groups are: sets the order of addition for good


@dataclass(frozen=True, eq=False)
class UncertainSite:
    """What the recurrence needs of one site, with a spread for each parameter.

    Attributes
    ----------
    key : names the site and its random stream
    years : Y consecutive years
    waste_types : J
    tonnes : W, (Y, J), t wet
    k, doc, docf : J spreads; 1/yr, 1, 1
    mcf_classes, mcf, mcf_shares : C names, C spreads, and (Y, C) share of a year's deposit in each class
    f : F, 1
    oxidation, recovered : (Y,); 1, t CH4
    recovery : spread of a factor on ``recovered``, around 1
    reaction_start_month : M
    """

    key: str
    years: tuple[int, ...]
    waste_types: tuple[str, ...]
    tonnes: FloatArray
    k: tuple[Spread, ...]
    doc: tuple[Spread, ...]
    docf: tuple[Spread, ...]
    mcf_classes: tuple[str, ...]
    mcf: tuple[Spread, ...]
    mcf_shares: FloatArray
    f: Spread
    oxidation: FloatArray
    recovered: FloatArray
    recovery: Spread
    reaction_start_month: float = 13.0

    def spreads(self) -> dict[str, Spread]:
        """Every uncertain parameter by its short key, in the order in which draws are made."""
        named = {
            f"{kind}.{waste}": spread
            for kind, group in (("k", self.k), ("doc", self.doc), ("docf", self.docf))
            for waste, spread in zip(self.waste_types, group, strict=True)
        }
        named |= {"f": self.f, "recovery": self.recovery}
        return named | {f"mcf.{c}": s for c, s in zip(self.mcf_classes, self.mcf, strict=True)}


def uncertain_site(inputs: Inputs, *, shape: str = TRIANGULAR) -> UncertainSite:
    """Give the resolved inputs of a run their spreads: those of the parameters it used.

    ``shape`` (triangular or pert) is that of DOC, DOCf, MCF and F; k is lognormal and recovery uniform.
    """
    used = inputs.used
    recovery = used.get("recovery_metered" if inputs.recovery_metered else "recovery_unmetered")
    share = float(recovery) if recovery is not None else 0.0  # looked up only where there is recovery

    def spread(key: str, default: float, form: str, fraction: bool) -> Spread:
        return Spread.of(used[key], form, fraction=fraction) if key in used else Spread.fixed(default)

    def group(kind: str, defaults: FloatArray, form: str, fraction: bool) -> tuple[Spread, ...]:
        pairs = zip(inputs.waste_types, defaults.tolist(), strict=True)
        return tuple(spread(f"{kind}.{waste}", value, form, fraction) for waste, value in pairs)

    classes = zip(inputs.mcf_classes, inputs.mcf_values.tolist(), strict=True)
    return UncertainSite(
        key=str(inputs.site.key),
        years=inputs.years,
        waste_types=inputs.waste_types,
        tonnes=inputs.tonnes,
        k=group("k", inputs.k, LOGNORMAL, False),
        doc=group("doc", inputs.doc, shape, True),
        docf=group("docf", inputs.docf, shape, True),
        mcf_classes=inputs.mcf_classes,
        mcf=tuple(spread(f"mcf.{name}", value, shape, True) for name, value in classes),
        mcf_shares=inputs.mcf_shares,
        f=Spread.of(used["f"], shape, fraction=True),
        oxidation=inputs.oxidation,
        recovered=inputs.recovered,
        recovery=Spread(1.0, 1.0 - share, 1.0 + share, UNIFORM),
        reaction_start_month=inputs.reaction_start_month,
    )


class Factors(NamedTuple):
    """One value of each parameter per draw: (J, D), (J, D), (C, D), (D,), (D,)."""

    k: FloatArray
    carbon: FloatArray
    mcf: FloatArray
    f: FloatArray
    recovery: FloatArray


def emissions(site: UncertainSite, factors: Factors) -> FloatArray:
    """Methane emitted, (Y, D) t, of one site at each draw.

    The recurrence of :mod:`trunghoa.landfill.fod` with its order of work turned round: one pass over the
    years with arrays that stay in the processor's cache.
    """
    types, draws = factors.k.shape
    wait = max(0, math.ceil((site.reaction_start_month - 13.0) / 12.0))
    fraction = (13.0 + 12.0 * wait - site.reaction_start_month) / 12.0
    keep = np.exp(-factors.k)
    carbon = factors.carbon * (CH4_PER_CARBON * factors.f)
    one_class = len(site.mcf) == 1
    if one_class:
        carbon *= factors.mcf[0]
    released = -np.expm1(-factors.k) * carbon
    at_once = -np.expm1(-factors.k * fraction) * carbon if fraction else None
    left = np.exp(-factors.k * fraction) if fraction else None
    state, work = np.zeros((types, draws)), np.empty((types, draws))
    out = np.empty((len(site.years), draws))
    for row, year in enumerate(range(-wait, len(site.years) - wait)):
        np.multiply(state, released, out=work)
        np.add.reduce(work, axis=0, out=out[row])
        np.multiply(state, keep, out=state)
        if year < 0 or not site.tonnes[year].any():
            continue
        added: FloatArray = site.tonnes[year][:, None]
        if not one_class:
            added = added * _mixed(site.mcf_shares[year], factors.mcf)
        if at_once is not None and left is not None:
            np.multiply(added, at_once, out=work)
            out[row] += work.sum(axis=0)
            added = np.multiply(added, left, out=work)
        np.add(state, added, out=state)
    if site.recovered.any():
        recovered = site.recovered[:, None] * factors.recovery
        out -= np.minimum(recovered, out, out=recovered)
    if site.oxidation.any():
        out *= (1.0 - site.oxidation)[:, None]
    return out


def _mixed(shares: FloatArray, mcf: FloatArray) -> FloatArray:
    """Σ share·MCF in a fixed order of addition (a matrix product leaves it to the library)."""
    total: FloatArray = shares[0] * mcf[0]
    for share, values in zip(shares[1:], mcf[1:], strict=True):
        total += share * values
    return total


@dataclass(frozen=True, eq=False)
class Band:
    """Yearly mean, standard deviation and 2.5, 50 and 97.5 % quantiles, each (Y,), t CH4."""

    years: tuple[int, ...]
    mean: FloatArray
    sd: FloatArray
    lower: FloatArray
    median: FloatArray
    upper: FloatArray


def band(years: Sequence[int], draws: FloatArray) -> Band:
    """Summarise (Y, D) draws; they are sorted in place along the draws.

    Quantiles interpolate linearly between order statistics. A full sort of each year is what NumPy does
    fastest here: its partition at the six ranks needed takes longer.
    """
    mean, sd = draws.mean(axis=1), draws.std(axis=1)
    draws.sort(axis=1)
    last = draws.shape[1] - 1
    quantiles: list[FloatArray] = []
    for level in LEVELS:
        below = math.floor(level * last)
        weight = level * last - below
        low, high = draws[:, below], draws[:, min(below + 1, last)]
        quantiles.append(low + weight * (high - low))
    return Band(tuple(years), mean, sd, *quantiles)


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Bands per site, by key, and of the total; ``shared`` says whether factors were national."""

    sites: Mapping[str, Band]
    total: Band
    draws: int
    seed: int
    shared: bool


class Sampler:
    """Draws the factors of a site; in ``shared`` mode k, DOC and DOCf of a waste type come once for all.

    What is shared is the rank in the distribution: sites of different climate classes have different ranges
    of k, but a draw that is high in one is as high in the other.
    """

    def __init__(self, seed: int, draws: int, *, shared: bool) -> None:
        self.seed, self.draws, self.shared = seed, draws, shared
        self._national: dict[tuple[str, Spread], FloatArray] = {}

    def prepare(self, sites: Sequence[UncertainSite]) -> None:
        """Make the national draws before any worker starts."""
        for site in sites if self.shared else ():
            for name, spread in self._by_type(site):
                if (name, spread) not in self._national:
                    self._national[name, spread] = spread.draw(stream(self.seed, name), self.draws)

    def factors(self, site: UncertainSite) -> Factors:
        own = stream(self.seed, site.key)
        rows = [
            self._national[name, spread] if self.shared else spread.draw(own, self.draws)
            for name, spread in self._by_type(site)
        ]
        types = len(site.waste_types)
        k, doc, docf = (np.array(rows[i * types : (i + 1) * types]) for i in range(3))
        f, recovery = site.f.draw(own, self.draws), site.recovery.draw(own, self.draws)
        mcf = np.array([spread.draw(own, self.draws) for spread in site.mcf])
        return Factors(k, np.multiply(doc, docf, out=doc), mcf, f, recovery)

    @staticmethod
    def _by_type(site: UncertainSite) -> list[tuple[str, Spread]]:
        return list(site.spreads().items())[: 3 * len(site.waste_types)]


def simulate(site: UncertainSite, *, draws: int, seed: int, shared: bool = False) -> FloatArray:
    """Methane emitted, (Y, D) t, of one site: the very draws that :func:`monte_carlo` summarises.

    Two variants of one site under one seed, such as reference and project, have the same draws of k, DOC,
    DOCf and F, so their difference can be taken draw by draw.
    """
    sampler = _sampler([site], draws, seed, shared)
    return emissions(site, sampler.factors(site))


def monte_carlo(
    sites: Sequence[UncertainSite],
    *,
    draws: int = 1000,
    seed: int,
    shared: bool = True,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Uncertainty:
    """Bands of every site and of their total.

    Parameters
    ----------
    sites : at least one, each with a key of its own
    draws : D, 2 or more
    seed : any whole number from 0; the same seed gives the same bits whatever ``workers`` is
    shared : one national draw of k, DOC and DOCf per waste type for all sites. Independent draws let
        errors cancel between sites and shrink the national interval by about √n: right only where the
        factors were measured site by site
    workers : threads
    progress : called with the share done, 0 to 1

    Raises
    ------
    InputError
        for no site, a repeated key, fewer than 2 draws, a negative seed or no worker.
    """
    sampler = _sampler(sites, draws, seed, shared, workers)
    years = range(min(s.years[0] for s in sites), max(s.years[-1] for s in sites) + 1)
    groups = [sites[i : i + GROUP] for i in range(0, len(sites), GROUP)]
    total = np.zeros((len(years), draws))
    bands: dict[str, Band] = {}

    def work(group: Sequence[UncertainSite]) -> tuple[dict[str, Band], FloatArray]:
        subtotal = np.zeros((len(years), draws))
        found: dict[str, Band] = {}
        for site in group:
            emitted = emissions(site, sampler.factors(site))
            first = site.years[0] - years[0]
            subtotal[first : first + len(emitted)] += emitted
            found[site.key] = band(site.years, emitted)
        return found, subtotal

    with ThreadPoolExecutor(workers) as pool:
        ahead = 4 * workers  # groups in the pool at once: their subtotals are what is held in memory
        waiting = [pool.submit(work, group) for group in groups[:ahead]]
        for number in range(len(groups)):
            found, subtotal = waiting.pop(0).result()
            if number + ahead < len(groups):
                waiting.append(pool.submit(work, groups[number + ahead]))
            bands |= found
            total += subtotal
            if progress:
                progress((number + 1) / len(groups))
    return Uncertainty(bands, band(years, total), draws, seed, shared)


def _sampler(
    sites: Sequence[UncertainSite], draws: int, seed: int, shared: bool, workers: int = 1
) -> Sampler:
    problems = []
    if not sites or len({s.key for s in sites}) < len(sites):
        problems.append(
            Problem(
                N_("Give at least one site, each with a key of its own."),
                field="sites",
                value=str(len(sites)),
            )
        )
    for name, value, least in (("draws", draws, 2), ("seed", seed, 0), ("workers", workers, 1)):
        if value < least:
            problems.append(
                Problem(
                    N_("%(field)s must be at least %(limit)s, not %(value)s."),
                    field=name,
                    value=str(value),
                    limit=str(least),
                )
            )
    if problems:
        raise InputError(problems)
    sampler = Sampler(seed, draws, shared=shared)
    sampler.prepare(sites)
    return sampler
