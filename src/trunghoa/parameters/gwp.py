"""GWP sets and blends out of the parameter tables ``gwp`` and ``blends``."""

from __future__ import annotations

from datetime import date

from trunghoa.quantities import Blend, GwpSet, ParameterError, Quality, canonical_gas

from .table import Parameters


def gwp_set(parameters: Parameters, name: str, *, as_of: date) -> GwpSet:
    """One named set: ``SAR``, ``AR4``, ``AR5``, ``AR6`` or ``KIGALI_ANNEX_F``."""
    rows = parameters.rows("gwp", as_of=as_of, gwp_set=name)
    if not rows:
        known = sorted({dict(r.keys)["gwp_set"] for r in parameters.rows("gwp")})
        raise ParameterError(f"No GWP set “{name}”. Known: {', '.join(known)}.")
    return GwpSet(
        name=name,
        values={canonical_gas(dict(r.keys)["gas"]): r.value for r in rows},
        source=rows[0].source,
        unverified=frozenset(
            canonical_gas(dict(r.keys)["gas"]) for r in rows if r.quality is not Quality.VERIFIED
        ),
    )


def blend(parameters: Parameters, name: str, *, as_of: date) -> Blend:
    """One refrigerant blend by any spelling of its name."""
    key = canonical_gas(name)
    rows = parameters.rows("blends", as_of=as_of, blend=key)
    if not rows:
        raise ParameterError(f"No blend “{name}” ({key}) in the table blends.")
    return Blend(
        name=key,
        fractions={canonical_gas(dict(r.keys)["component"]): r.value for r in rows},
        source=rows[0].source,
    )
