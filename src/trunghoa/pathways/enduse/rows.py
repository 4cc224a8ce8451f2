"""Rows of the program: services and commodities, shares, limits of devices, energy and emissions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..lp import Block, Floats, Ints
from .model import GroupLimit, Links
from .schema import Bound

if TYPE_CHECKING:
    from .building import Builder


def add_rows(b: Builder) -> None:
    """Add every row that does not concern stocks."""
    service_rows(b)
    share_rows(b)
    device_limit_rows(b)
    supply_rows(b)
    emission_rows(b)
    intensity_rows(b)


def service_rows(b: Builder) -> None:
    """Final services are met; commodities made inside the model cover their use."""
    model = b.model
    final = np.flatnonzero(~np.isnan(model.demand[0])).astype(np.int32)
    place = np.full(len(model.services), -1, np.int32)
    place[final] = np.arange(final.size)
    labels = {"year": np.repeat(np.array(b.periods, np.int32), final.size),
              "service": np.tile(final, b.k)}  # fmt: skip
    wanted = np.concatenate([model.demand[p, final] for p in b.periods])
    beyond = np.concatenate([model.surplus[p, final] for p in b.periods])
    rows = b.soft("demand", b.k * final.size, lower=wanted, upper=wanted + beyond, labels=labels)
    links = np.flatnonzero(place[model.outputs.other] >= 0)
    for position, p in enumerate(b.periods):
        b.program.entries(
            rows.at(position * final.size + place[model.outputs.other[links]]),
            b.built.operation.at(position * b.n + model.outputs.device[links]),
            model.outputs.values[p, links],
        )
    if not model.balances:
        return
    count = len(model.balances)
    most = np.concatenate([[balance.surplus[p] for balance in model.balances] for p in b.periods])
    labels = {"year": np.repeat(np.array(b.periods, np.int32), count),
              "commodity": np.tile(np.arange(count, dtype=np.int32), b.k)}  # fmt: skip
    balanced = b.soft("commodity", b.k * count, lower=0.0, upper=most, labels=labels)
    given, taken = [x.giving for x in model.balances], [x.taking for x in model.balances]
    for side, links_of, sign in ((given, model.outputs, 1.0), (taken, model.inputs, -1.0)):
        owner, link = _spread(side)
        for position, p in enumerate(b.periods):
            columns = b.built.operation.at(position * b.n + links_of.device[link])
            values = sign * links_of.values[p, link]
            b.program.entries(balanced.at(position * count + owner), columns, values)


def _spread(sets: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Sets of links side by side: the number of the set, and the link, of every member."""
    sizes = [part.size for part in sets]
    owner = np.repeat(np.arange(len(sets), dtype=np.int32), sizes)
    return owner, np.concatenate(sets) if sets else np.empty(0, np.int32)


def _sum(
    b: Builder, row: Ints, position: int, links: Links, chosen: NDArray[np.integer[Any]], values: Floats
) -> None:
    """Add a weighted sum of links to one row."""
    columns = b.built.operation.at(position * b.n + links.device[chosen])
    b.program.entries(np.repeat(row, chosen.size), columns, values)


def _limit_block(b: Builder, name: str, limits: list[tuple[int, int, Bound, float]]) -> Block:
    """One row per (position of year, number of the limit); max and total from above, min from below."""
    values = np.array([v for *_, v in limits])
    least = np.array([bound is Bound.MIN for _, _, bound, _ in limits], dtype=bool)
    labels = {"year": np.array([b.periods[p] for p, *_ in limits], np.int32),
              "limit": np.array([n for _, n, *_ in limits], np.int32)}  # fmt: skip
    return b.soft(name, len(limits), lower=np.where(least, values, -np.inf),
                      upper=np.where(least, np.inf, values), labels=labels)  # fmt: skip


def _yearly(b: Builder, limits: tuple[GroupLimit, ...]) -> list[tuple[int, int, Bound, float]]:
    return [
        (position, n, group.limit.bound, float(group.limit.values[p]))
        for n, group in enumerate(limits)
        if group.limit.bound is not Bound.TOTAL
        for position, p in enumerate(b.periods)
        if np.isfinite(group.limit.values[p])
    ]


def _numbers(live: list[tuple[int, int, Bound, float]], position: int, count: int) -> Ints:
    """Row of each limit in a solved year, -1 where it has none."""
    found = np.full(count, -1, np.int32)
    for row, (at, n, _, _) in enumerate(live):
        if at == position:
            found[n] = row
    return found


def share_rows(b: Builder) -> None:
    """Σ part − share × Σ whole, from above or below."""
    model = b.model
    live = [
        (position, n, share.limit.bound, 0.0)
        for n, share in enumerate(model.shares)
        for position, p in enumerate(b.periods)
        if np.isfinite(share.limit.values[p])
    ]
    if not live:
        return
    rows = _limit_block(b, "share", live)
    limits = np.array([share.limit.values for share in model.shares])
    parts, wholes = (_spread([getattr(share, side) for share in model.shares]) for side in ("part", "whole"))
    for position, p in enumerate(b.periods):
        number = _numbers(live, position, len(model.shares))
        for (owner, link), is_whole in ((parts, False), (wholes, True)):
            kept = number[owner] >= 0
            who, which = owner[kept], link[kept]
            values = model.outputs.values[p, which] * (-limits[who, p] if is_whole else 1.0)
            columns = b.built.operation.at(position * b.n + model.outputs.device[which])
            b.program.entries(rows.at(number[who]), columns, values)


def device_limit_rows(b: Builder) -> None:
    """Recruitment per year of a device or group, and stock."""
    model = b.model
    live = _yearly(b, model.recruitment)
    if live:
        rows = _limit_block(b, "recruitment", live)
        owner, member = _spread([group.members for group in model.recruitment])
        for position in range(b.k):
            number = _numbers(live, position, len(model.recruitment))[owner]
            kept = number >= 0
            columns = b.built.new.at(position * b.n + member[kept])
            b.program.entries(rows.at(number[kept]), columns, 1.0)
    live = _yearly(b, model.stock_limits)
    if live:
        _stock_limit_rows(b, live)


def _stock_limit_rows(b: Builder, live: list[tuple[int, int, Bound, float]]) -> None:
    device_of = np.array([int(group.members[0]) for group in b.model.stock_limits], np.int32)
    given = [b.given_stock(p) for p in b.periods]
    moved = [(p, n, bound, v - float(given[p][device_of[n]])) for p, n, bound, v in live]
    rows = _limit_block(b, "stock_limit", moved)
    for position in range(b.k):
        device, column, value = b.stock_entries(position)
        number = _numbers(moved, position, device_of.size)
        for bound in (Bound.MIN, Bound.MAX):
            row_of = np.full(b.n, -1, np.int32)
            for n, group in enumerate(b.model.stock_limits):
                if group.limit.bound is bound and number[n] >= 0:
                    row_of[device_of[n]] = number[n]
            kept = row_of[device] >= 0
            b.program.entries(rows.at(row_of[device[kept]]), column[kept], value[kept])


def supply_rows(b: Builder) -> None:
    """Energy of a group of places and energies, each year and over all years."""
    model = b.model
    live = _yearly(b, model.supply)
    if live:
        rows = _limit_block(b, "energy_supply", live)
        for r, (position, n, _, _) in enumerate(live):
            _energy_sum(b, rows.at([r]), position, model.supply[n], 1.0)
    totals = [n for n, group in enumerate(model.supply) if group.limit.bound is Bound.TOTAL]
    for n in totals:
        left = b.state.supply_left.get(n, float(model.supply[n].limit.values[-1]))
        if np.isfinite(left):
            row = _total_row(b, "energy_total", n, left)
            for position, p in enumerate(b.periods):
                _energy_sum(b, row, position, model.supply[n], float(model.intervals[p]))


def _total_row(b: Builder, name: str, number: int, left: float) -> Ints:
    labels = {"limit": np.array([number], np.int32)}
    return b.soft(f"{name}_{number}", 1, lower=-np.inf, upper=left, labels=labels).index


def _energy_sum(b: Builder, row: Ints, position: int, group: GroupLimit, factor: float) -> None:
    chosen = np.flatnonzero(np.isin(b.model.inputs.other, group.members))
    values = factor * b.model.inputs.values[b.periods[position], chosen]
    _sum(b, row, position, b.model.inputs, chosen, values)


def emission_rows(b: Builder) -> None:
    model = b.model
    live = _yearly(b, model.emission_limits)
    if live:
        rows = _limit_block(b, "emission_limit", live)
        for r, (position, n, _, _) in enumerate(live):
            group = model.emission_limits[n]
            _emission_sum(b, rows.at([r]), position, group.members, group.weights)
    totals = [n for n, group in enumerate(model.emission_limits) if group.limit.bound is Bound.TOTAL]
    for n in totals:
        group = model.emission_limits[n]
        left = b.state.emissions_left.get(n, float(group.limit.values[-1]))
        if np.isfinite(left):
            row = _total_row(b, "emission_total", n, left)
            for position, p in enumerate(b.periods):
                weights = group.weights * float(model.intervals[p])
                _emission_sum(b, row, position, group.members, weights)


def _emission_sum(b: Builder, row: Ints, position: int, members: Ints, weights: Floats) -> None:
    weight = np.zeros(len(b.model.gases_at))
    weight[members] = weights
    links = b.model.emissions
    chosen = np.flatnonzero(weight[links.other])
    values = links.values[b.periods[position], chosen] * weight[links.other[chosen]]
    _sum(b, row, position, links, chosen, values)


def intensity_rows(b: Builder) -> None:
    """Emissions less credits <= rate × service; credits <= share of the emissions."""
    model = b.model
    for n, group in enumerate(model.intensity_limits):
        for position, p in enumerate(b.periods):
            if not np.isfinite(group.limit.values[p]):
                continue
            labels = {"year": np.array([p], np.int32)}
            row = b.soft(f"intensity_{n}_{p}", 1, lower=-np.inf, upper=0.0, labels=labels).index
            _emission_sum(b, row, position, group.members, group.weights)
            chosen = np.flatnonzero(np.isin(model.outputs.other, group.services))
            values = -group.limit.values[p] * model.outputs.values[p, chosen]
            _sum(b, row, position, model.outputs, chosen, values)
            if group.offset_share[p] > 0:
                price = group.offset_price[p] * b.built.weight[position]
                bought = b.program.columns(f"credits_{n}_{p}", 1, cost=price, labels=labels)
                b.program.entries(row, bought.index, -1.0)
                most = b.program.rows(f"credit_share_{n}_{p}", 1, upper=0.0, labels=labels).index
                b.program.entries(most, bought.index, 1.0)
                share = -group.offset_share[p]
                _emission_sum(b, most, position, group.members, group.weights * share)
                b.built.credits[n, position] = bought.start
