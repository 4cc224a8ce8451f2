"""Models made in tests: from plain dictionaries to the kernel's tables."""

from __future__ import annotations

from trunghoa.pathways.enduse import Member, Record, Tables
from trunghoa.pathways.enduse.schema import Bound

from .enduse_reference import Case

PLACE = ("R", "I")


def rows(*found, bound=None):
    """Records from ``(keys, value)`` or ``(keys, value, year)``."""
    return tuple(
        Record(
            tuple(str(k) for k in keys), float(value), rest[0] if rest else None, bound, file="test", row=n
        )
        for n, (keys, value, *rest) in enumerate(found, start=2)
    )


def tables_of(case: Case, **settings: str) -> Tables:
    """A reference case as the kernel's tables."""
    d = case.devices
    services = sorted({device.service for device in d.values()})
    values = {
        "life": rows(*(((n,), device.life) for n, device in d.items())),
        "weibull_shape": rows(*(((n,), device.shape) for n, device in d.items() if device.shape)),
        "hurdle_rate": rows(*(((*PLACE, n), device.rate) for n, device in d.items())),
        "capital_cost": rows(*(((*PLACE, n), device.capital) for n, device in d.items())),
        "operating_cost": rows(*(((*PLACE, n), device.operating) for n, device in d.items())),
        "output": rows(*(((*PLACE, n, device.service), device.output) for n, device in d.items())),
        "input": rows(*(((*PLACE, n, k), e) for n, device in d.items() for k, e in device.inputs.items())),
        "energy_price": rows(*((("*", "*", k), v) for k, v in case.price.items())),
        "emission_factor": rows(*((("*", "*", k, "CO2"), v) for k, v in case.factor.items())),
        "demand": rows(
            *(((*PLACE, s), v, y) for s, by_year in case.demand.items() for y, v in by_year.items())
        ),
        "stock": rows(*(((*PLACE, n, v), units) for (n, v), units in case.stock.items())),
        "emission_tax": rows(*((("*", "CO2"), v, y) for y, v in case.tax.items())),
        "emission_limit": rows(*((("*", "CO2"), v, y) for y, v in case.cap.items()), bound=Bound.MAX),
        "recruitment": rows(*(((*PLACE, n), v) for n, v in case.recruit_max.items()), bound=Bound.MAX),
        "stock_limit": rows(*(((*PLACE, n), v) for n, v in case.stock_max.items()), bound=Bound.MAX),
        "device_share": rows(
            *(((*PLACE, n, d[n].service), v) for n, v in case.share_max.items()), bound=Bound.MAX
        )
        + rows(*(((*PLACE, n, d[n].service), v) for n, v in case.share_min.items()), bound=Bound.MIN),
        "energy_supply": rows(*((("*", k), v) for k, v in case.exhaustible.items()), bound=Bound.TOTAL),
        "retrofit_cost": rows(*(((*PLACE, a, b), v) for (a, b), v in case.retrofit.items())),
        "replacement_cost": rows(*(((*PLACE, n), v) for n, v in case.replacement.items())),
    }
    members = {
        "regions": {"R": Member("R")},
        "sectors": {"I": Member("I")},
        "devices": {n: Member(n) for n in d},
        "services": {s: Member(s, {}, {"commodity": s} if s in case.internal else {}) for s in services},
        "energies": {k: Member(k, {}, {"commodity": k} if k in case.internal else {}) for k in case.price},
        "gases": {"CO2": Member("CO2")},
    }
    return Tables({"years": " ".join(map(str, case.years)), **settings}, members, {}, values, "test")
