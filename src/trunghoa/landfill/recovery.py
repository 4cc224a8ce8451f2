"""Methane recovered, R: metered tonnes or a share of what is generated, never more than is generated."""

from __future__ import annotations

import numpy as np

from trunghoa.quantities import N_, Problem

from .choices import Recovery
from .fod import FloatArray, first_order_decay
from .inputs import Inputs
from .site import SEMI_AEROBIC

# A meter reading typed from a sheet may exceed the model's last digit.
_ROUNDING = 1e-9


def recovered(inputs: Inputs, recovery: Recovery) -> tuple[FloatArray, list[Problem]]:
    """R of each year of the run, (Y,), t CH4, and everything wrong with it.

    Source: IPCC 2006 V5 ch3 eq 3.1.
    """
    found = np.zeros(len(inputs.years))
    problems: list[Problem] = []
    if not recovery.tonnes and not recovery.fraction:
        return found, problems
    generated = _generated(inputs)
    for year in sorted({*recovery.tonnes, *recovery.fraction}):
        tonnes, fraction = recovery.tonnes.get(year), recovery.fraction.get(year)
        label = f"recovery.{'fraction' if tonnes is None else 'tonnes'}.{year}"
        if year not in inputs.years:
            problems.append(
                _problem(
                    N_("Recovery in %(value)s, outside the run (%(limit)s)."), label, str(year), _span(inputs)
                )
            )
        elif tonnes is not None and fraction is not None:
            problems.append(
                _problem(N_("Recovery in %(value)s is given in tonnes and as a share."), label, str(year))
            )
        elif fraction is not None:
            if not 0 <= fraction <= 1:
                problems.append(
                    _problem(N_("%(value)s is outside %(limit)s."), label, str(fraction), "0 to 1")
                )
            found[inputs.years.index(year)] = float(fraction) * generated[inputs.years.index(year)]
        elif tonnes is not None:
            at = inputs.years.index(year)
            found[at] = float(tonnes)
            if not 0 <= found[at] <= generated[at] * (1 + _ROUNDING):
                problems.append(
                    Problem(
                        N_("%(value)s t CH4 recovered, but only %(limit)s t generated."),
                        N_("Check the meter's unit (t of CH4, not m3 of gas), the year and the deposits."),
                        field=label,
                        value=str(tonnes),
                        limit=f"{generated[at]:.3f}",
                        source="IPCC 2006 V5 ch3 eq 3.1",
                    )
                )
    return found, problems + _conflict(inputs, found, recovery.semi_aerobic_reason)


def _generated(inputs: Inputs) -> FloatArray:
    none = np.zeros(len(inputs.years))
    return np.asarray(
        first_order_decay(
            inputs.tonnes, inputs.mcf, inputs.doc, inputs.docf, inputs.k,
            f=inputs.f, oxidation=none, recovered=none, reaction_start_month=inputs.reaction_start_month,
        ).generated.sum(axis=1)
    )  # fmt: skip


def _problem(message: str, field: str, value: str, limit: str = "") -> Problem:
    return Problem(message, field=field, value=value, limit=limit)


def _span(inputs: Inputs) -> str:
    return f"{inputs.years[0]} to {inputs.years[-1]}"


def _conflict(inputs: Inputs, found: FloatArray, reason: str) -> list[Problem]:
    """Gas recovery sucks out the air a semi-aerobic site lives on: the two exclude each other."""
    semi = [i for i, name in enumerate(inputs.mcf_classes) if name in SEMI_AEROBIC]
    share = inputs.mcf_shares[:, semi].sum(axis=1)
    both = [str(y) for y, r, s in zip(inputs.years, found, share, strict=True) if r > 0 and s > 0]
    if not both or reason:
        return []
    return [
        Problem(
            N_(
                "Methane is recovered while the site is semi-aerobic (%(value)s); the two exclude each other."
            ),
            N_("Correct the recovery or the conversion, or write recovery.semi_aerobic_reason."),
            field="recovery",
            value=", ".join(both),
        )
    ]
