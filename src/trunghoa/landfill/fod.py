"""First-order decay of landfilled carbon after IPCC 2006 and 2019, as a one-state recurrence per waste type.

Every array has the YEAR on its first axis. What follows is free: ``(years, types)`` for one site,
``(years, types, draws)`` for Monte Carlo. The work is O(years): a cohort never has to be remembered, because
first-order decay of a sum is the sum of the decays.

Nothing here checks its arguments: :class:`trunghoa.landfill.Inputs` has done so once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

CH4_PER_CARBON = 16.0 / 12.0
METHOD = {
    "IPCC2006": "IPCC 2006 V5 ch3 eq 3.1-3.6, annex 3A.1",
    "IPCC2019": "IPCC 2019 Refinement V5 ch3 eq 3.1-3.6",
}


class Decay(NamedTuple):
    """What the recurrence gives, in the mass unit of what was put in."""

    decomposed: FloatArray
    accumulated: FloatArray


@dataclass(frozen=True, slots=True)
class Methane:
    """Methane of one site.

    Attributes
    ----------
    generated : (Y, J, ...) t CH4, by waste type
    emitted : (Y, J, ...) t CH4 after recovery and oxidation; recovery is shared pro rata of generation
    recovered : (Y,) or (Y, ...) t CH4
    accumulated : (Y, J, ...) t of decomposable carbon left at the end of the year
    stored : (Y, J, ...) t of carbon that the deposits of the year put away for good
    """

    generated: FloatArray
    emitted: FloatArray
    recovered: FloatArray
    accumulated: FloatArray
    stored: FloatArray


def decomposable_carbon(tonnes: FloatArray, doc: FloatArray, docf: FloatArray, mcf: FloatArray) -> FloatArray:
    """Carbon that will decompose without air, ``DDOCm = W · DOC · DOCf · MCF``, in t.

    Parameters
    ----------
    tonnes : W, (Y, J) or (Y, J, 1), t wet
    doc, docf : (J,) or (J, draws), 1
    mcf : (Y,) or (Y, draws), 1; the factor of the YEAR OF DEPOSIT, which the cohort keeps whatever happens
        to the site later

    Source: IPCC 2006 V5 ch3 eq 3.2.
    """
    return np.asarray(tonnes * (doc * docf) * mcf[:, None], dtype=np.float64)


def recurrence(added: FloatArray, k: FloatArray, fraction: float) -> Decay:
    """Run ``S_T = rem0_T + S_{T-1}·e^{-k}`` over the first axis.

    Parameters
    ----------
    added : (T, ...) mass put in during each step
    k : decay per step, broadcastable to ``added.shape[1:]``
    fraction : part of the step of deposit in which what was put in already decays, 0 to 1

    Returns
    -------
    Decay
        decomposed in each step and accumulated at its end; over all steps
        ``Σ decomposed + accumulated[-1] = Σ added``.
    """
    decomposed = np.asarray(added * -np.expm1(-k * fraction), dtype=np.float64)
    accumulated = np.asarray(added - decomposed, dtype=np.float64)
    keep = np.exp(-k)
    carried = np.empty(accumulated.shape[1:])
    rows = iter(accumulated)
    previous = next(rows)
    for row in rows:
        np.multiply(previous, keep, carried)
        np.add(row, carried, row)
        previous = row
    decomposed[1:] += accumulated[:-1] * -np.expm1(-k)
    return Decay(decomposed, accumulated)


def decompose(ddocm: FloatArray, k: FloatArray, reaction_start_month: float = 13.0) -> Decay:
    """Decomposed and accumulated carbon of each year.

    Parameters
    ----------
    ddocm : (Y, ...) t C
    k : 1/yr, broadcastable to ``ddocm.shape[1:]``
    reaction_start_month : M; 13 (IPCC default) lets decay begin on 1 January after the deposit, 7 is no
        delay, above 13 waits longer still

    Source: IPCC 2006 V5 ch3 eq 3.4, 3.5 and annex 3A.1 eq 3A1.4-3A1.6.
    """
    wait = max(0, math.ceil((reaction_start_month - 13.0) / 12.0))
    fraction = (13.0 + 12.0 * wait - reaction_start_month) / 12.0
    if wait == 0:
        return recurrence(ddocm, k, fraction)
    started = np.zeros_like(ddocm)
    started[wait:] = ddocm[:-wait]
    decomposed, accumulated = recurrence(started, k, fraction)
    return Decay(decomposed, accumulated + np.cumsum(ddocm - started, axis=0))


def emitted_fraction(generated: FloatArray, recovered: FloatArray, oxidation: FloatArray) -> FloatArray:
    """``(CH4gen − R)(1 − OX) / CH4gen``: recovery is taken off BEFORE oxidation.

    Parameters
    ----------
    generated, recovered : (Y, ...) t CH4 of the whole site
    oxidation : OX, (Y,) or broadcastable, 1

    Source: IPCC 2006 V5 ch3 eq 3.1.
    """
    share = np.divide(recovered, generated, out=np.zeros_like(generated), where=generated > 0)
    return np.asarray((1.0 - share) * (1.0 - oxidation), dtype=np.float64)


def first_order_decay(
    tonnes: FloatArray,
    mcf: FloatArray,
    doc: FloatArray,
    docf: FloatArray,
    k: FloatArray,
    *,
    f: float | FloatArray,
    oxidation: FloatArray,
    recovered: FloatArray,
    reaction_start_month: float = 13.0,
) -> Methane:
    """Methane generated and emitted by one site, year by year and waste type by waste type.

    Parameters
    ----------
    tonnes : W, (Y, J), t wet waste; for Monte Carlo (Y, J, 1)
    mcf : (Y,), of the year of deposit; for Monte Carlo (Y, draws) or (Y, 1)
    doc, docf : (J,), 1; for Monte Carlo (J, draws)
    k : (J,), 1/yr; for Monte Carlo (J, draws)
    f : F, volume fraction of CH4 in landfill gas, 1
    oxidation : OX, (Y,), 1; for Monte Carlo (Y, draws) or (Y, 1)
    recovered : R, (Y,), t CH4, at most what is generated; for Monte Carlo (Y, draws) or (Y, 1)
    reaction_start_month : M

    Returns
    -------
    Methane

    Source: IPCC 2006 V5 ch3 eq 3.1-3.6; carbon stored W·DOC·(1 − DOCf)·MCF, information item.
    """
    ddocm = decomposable_carbon(tonnes, doc, docf, mcf)
    decomposed, accumulated = decompose(ddocm, k, reaction_start_month)
    generated = decomposed * (CH4_PER_CARBON * f)
    total = generated.sum(axis=1)
    if recovered.any():
        left = emitted_fraction(total, recovered, oxidation)
    else:
        left = 1.0 - oxidation
    return Methane(
        generated=generated,
        emitted=generated * left[:, None],
        recovered=recovered,
        accumulated=accumulated,
        stored=np.asarray(tonnes * (doc * (1.0 - docf)) * mcf[:, None], dtype=np.float64),
    )
