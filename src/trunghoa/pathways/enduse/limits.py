"""Limits, shares, taxes and balances of a model: which members each row sums, and with which weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from trunghoa.quantities import N_, Problem

from ..lp import Floats, Ints
from .expand import Expander, Key
from .model import Balance, GroupLimit, IntensityLimit, Limit, Links, ShareLimit
from .schema import VALUES, Bound
from .tables import ALL, Record, Tables


class LimitReader:
    """Reads the limiting tables against what exists in the model."""

    def __init__(
        self,
        tables: Tables,
        expander: Expander,
        live: Sequence[Key],
        services: Sequence[Key],
        uses: Sequence[Key],
        gases_at: Sequence[Key],
        outputs: Links,
    ) -> None:
        self.tables, self.expander = tables, expander
        self.live, self.services, self.uses, self.gases_at = live, services, uses, gases_at
        self.outputs = outputs
        self.output_keys = [
            (*live[d], services[j][2]) for d, j in zip(outputs.device, outputs.other, strict=True)
        ]

    # What a group cell means

    def in_place(self, cell: str, region: str, sector: str) -> bool:
        """Whether a region and sector lie in a place group, or in a region or sector of that name."""
        rows = self.tables.groups.get("place_groups", {}).get(cell)
        if rows is None:
            return cell in (ALL, region, sector)
        return any(r in (ALL, region) and i in (ALL, sector) for r, i in (row.cells for row in rows))

    def _energies(self, cell: str) -> set[str]:
        rows = self.tables.groups.get("energy_groups", {}).get(cell)
        if rows is not None:
            return {row.cells[0] for row in rows}
        return set(self.tables.members["energies"]) if cell == ALL else {cell}

    def gas_weights(self, places: str, gases: str) -> Floats:
        """Weight of each (region, sector, gas) in a group of places and gases, 0 outside it."""
        rows = self.tables.groups.get("gas_groups", {}).get(gases)
        every = ALL if gases == ALL else gases
        weights = {row.cells[0]: row.weight for row in rows} if rows is not None else {}
        return np.array(
            [
                (weights.get(gas, 0.0) if rows is not None else float(every in (ALL, gas)))
                if self.in_place(places, region, sector)
                else 0.0
                for region, sector, gas in self.gases_at
            ]
        )

    def _grouped(self, name: str) -> Iterator[tuple[Record, Limit]]:
        """Each key combination of a table whose keys are groups, with its limit over the years."""
        table = VALUES[name]
        records = self.tables.records(name)
        for bound in table.bounds or (None,):
            keys = list(dict.fromkeys(r.keys for r in records if r.bound is bound))
            # Groups are taken by their own name here; a star means everything, not every group.
            for key in keys:
                rows = [r for r in records if r.keys == key and r.bound is bound]
                values = self.expander.by_target(table, rows, [key], bound)[0]
                yield rows[0], Limit(key, bound or Bound.MAX, values)

    # Taxes and emission limits

    def tax(self) -> Floats:
        """Price of each (region, sector, gas), summed over all groups that hold it, (T, M)."""
        total = np.zeros((len(self.expander.years), len(self.gases_at)))
        for record, limit in self._grouped("emission_tax"):
            weights = self.gas_weights(*record.keys)
            self._must_hold(record, weights, "gases")
            total += limit.values[:, None] * weights
        return total

    def emission_limits(self) -> tuple[GroupLimit, ...]:
        return tuple(self._weighted("emission_limit"))

    def kept_prices(self) -> tuple[GroupLimit, ...]:
        return tuple(self._weighted("kept_price"))

    def _weighted(self, name: str) -> Iterator[GroupLimit]:
        for record, limit in self._grouped(name):
            weights = self.gas_weights(*record.keys)
            self._must_hold(record, weights, "gases")
            members = np.flatnonzero(weights).astype(np.int32)
            yield GroupLimit(limit, members, weights[members])

    def _must_hold(self, record: Record, weights: Floats, field: str) -> None:
        if not np.any(weights):
            self.expander.problems.append(
                record.problem(
                    N_("“%(value)s” holds nothing that the model has."), field, value=" ".join(record.keys)
                )
            )

    def intensity_limits(self) -> tuple[IntensityLimit, ...]:
        shares = {r.keys: limit.values for r, limit in self._grouped("offset_share")}
        prices = {r.keys: limit.values for r, limit in self._grouped("offset_price")}
        found = []
        for record, limit in self._grouped("intensity_limit"):
            places, gases, service = record.keys
            weights = self.gas_weights(places, gases)
            served = [
                n for n, (r, i, j) in enumerate(self.services) if j == service and self.in_place(places, r, i)
            ]
            self._must_hold(record, weights, "gases")
            self._must_hold(record, np.array(served) + 1, "service")
            members = np.flatnonzero(weights).astype(np.int32)
            zero = np.zeros(len(self.expander.years))
            share, price = shares.get((places, gases), zero), prices.get((places, gases))
            if share.any() and price is None:
                self.expander.problems.append(
                    record.problem(
                        N_("Credits may be used for “%(value)s” but have no price."), "places", value=places,
                        hint=N_("Add a row to offset_price.csv."),
                    )
                )  # fmt: skip
            found.append(
                IntensityLimit(
                    limit, members, weights[members], np.array(served, np.int32), share,
                    zero if price is None else price,
                )
            )  # fmt: skip
        return tuple(found)

    def supply(self) -> tuple[GroupLimit, ...]:
        """Energy that can be had, over places and energies."""
        found = []
        for record, limit in self._grouped("energy_supply"):
            places, energies = record.keys[0], self._energies(record.keys[1])
            inside = [
                n for n, (r, i, k) in enumerate(self.uses) if k in energies and self.in_place(places, r, i)
            ]
            self._must_hold(record, np.array(inside) + 1, "energies")
            found.append(GroupLimit(limit, np.array(inside, np.int32), np.ones(len(inside))))
        return tuple(self._ordered(found, "energy_supply"))

    # Devices

    def recruitment(self) -> tuple[GroupLimit, ...]:
        """New units of a device or group of devices, in each place where it has any."""
        groups = {g: {row.cells[0] for row in rows}
                  for g, rows in self.tables.groups.get("device_groups", {}).items()}  # fmt: skip
        records = self.tables.records("recruitment")
        named = list(dict.fromkeys(r.keys[2] for r in records))
        places = list(dict.fromkeys((r, i) for r, i, _ in self.live))
        targets = [
            (*place, group)
            for place in places
            for group in named
            if any((*place, device) in self._live_set for device in groups.get(group, {group}))
        ]
        found = []
        for bound in VALUES["recruitment"].bounds:
            solved = self.expander.by_target(VALUES["recruitment"], records, targets, bound)
            for target, values in sorted(solved.items()):
                region, sector, group = targets[target]
                inside = groups.get(group, {group})
                members = [
                    n for n, key in enumerate(self.live) if key[:2] == (region, sector) and key[2] in inside
                ]
                found.append(
                    GroupLimit(
                        Limit(targets[target], bound, values),
                        np.array(members, np.int32),
                        np.ones(len(members)),
                    )
                )
        return tuple(self._ordered(found, "recruitment"))

    @property
    def _live_set(self) -> set[Key]:
        return set(self.live)

    def stock_limits(self) -> tuple[GroupLimit, ...]:
        found = []
        records = self.tables.records("stock_limit")
        for bound in VALUES["stock_limit"].bounds:
            solved = self.expander.by_target(VALUES["stock_limit"], records, self.live, bound)
            for n, values in sorted(solved.items()):
                found.append(
                    GroupLimit(Limit(self.live[n], bound, values), np.array([n], np.int32), np.ones(1))
                )
        return tuple(self._ordered(found, "stock_limit"))

    def _ordered(self, limits: list[GroupLimit], table: str) -> list[GroupLimit]:
        """Refuse a least value above the greatest one."""
        least = {g.limit.keys: g.limit.values for g in limits if g.limit.bound is Bound.MIN}
        for group in limits:
            low = least.get(group.limit.keys)
            if group.limit.bound is Bound.MAX and low is not None:
                self._refuse_crossed(table, group.limit, low)
        return limits

    def _refuse_crossed(self, table: str, greatest: Limit, low: Floats) -> None:
        for year in np.flatnonzero(low > greatest.values)[:1].tolist():
            rows = [r for r in self.tables.records(table) if r.bound is Bound.MIN]
            row = next((r for r in rows if r.keys == greatest.keys), rows[0])
            self.expander.problems.append(
                row.problem(
                    N_("The least value %(value)s is above the greatest %(limit)s."),
                    value=f"{low[year]:g} ({self.expander.years[year]})",
                    limit=f"{greatest.values[year]:g}",
                )
            )

    # Shares

    def shares(self) -> tuple[ShareLimit, ...]:
        """The four kinds of share, each as two sets of output links."""
        found = [
            *self._device_shares(),
            *self._group_shares(),
            *self._within_group_shares(),
            *self._region_shares(),
        ]
        least = {(s.table, s.limit.keys): s.limit.values for s in found if s.limit.bound is Bound.MIN}
        for share in found:
            low = least.get((share.table, share.limit.keys))
            if share.limit.bound is Bound.MAX and low is not None:
                self._refuse_crossed(share.table, share.limit, low)
        return tuple(found)

    def _links_where(self, wanted: Sequence[bool]) -> Ints:
        return np.flatnonzero(np.asarray(wanted, dtype=bool)).astype(np.int32)

    def _solved(self, name: str, targets: Sequence[Key]) -> Iterator[tuple[Key, Limit]]:
        for bound in VALUES[name].bounds:
            solved = self.expander.by_target(VALUES[name], self.tables.records(name), targets, bound)
            for target, values in sorted(solved.items()):
                yield targets[target], Limit(targets[target], bound, values)

    def _device_shares(self) -> Iterator[ShareLimit]:
        for key, limit in self._solved("device_share", self.output_keys):
            part = self._links_where([k == key for k in self.output_keys])
            whole = self._links_where(
                [(k[0], k[1], k[3]) == (key[0], key[1], key[3]) for k in self.output_keys]
            )
            yield ShareLimit("device_share", limit, part, whole)

    def _in_group(self, group: str) -> set[tuple[str, str]]:
        return {
            (row.cells[0], row.cells[1])
            for row in self.tables.groups.get("service_groups", {}).get(group, ())
        }

    def _group_shares(self) -> Iterator[ShareLimit]:
        groups = self.tables.groups.get("service_groups", {})
        places = list(dict.fromkeys((r, i, j) for r, i, j in self.services))
        targets = [(r, i, g, j) for r, i, j in places for g in groups]
        for (region, sector, group, service), limit in self._solved("group_share", targets):
            inside = self._in_group(group)
            part = self._links_where(
                [k[:2] == (region, sector) and (k[2], k[3]) in inside for k in self.output_keys]
            )
            whole = self._links_where(
                [k[:2] == (region, sector) and k[3] == service for k in self.output_keys]
            )
            yield ShareLimit("group_share", limit, part, whole)

    def _within_group_shares(self) -> Iterator[ShareLimit]:
        groups = self.tables.groups.get("service_groups", {})
        targets = [
            (*key, g) for key in self.live for g in groups if any(d == key[2] for d, _ in self._in_group(g))
        ]
        for (region, sector, device, group), limit in self._solved("within_group_share", targets):
            inside = self._in_group(group)
            within = [k[:2] == (region, sector) and (k[2], k[3]) in inside for k in self.output_keys]
            whole = self._links_where(within)
            part = self._links_where(
                [w and k[2] == device for w, k in zip(within, self.output_keys, strict=True)]
            )
            yield ShareLimit("within_group_share", limit, part, whole)

    def _region_shares(self) -> Iterator[ShareLimit]:
        for (region, sector, service), limit in self._solved("region_share", self.services):
            part = self._links_where(
                [k[:2] == (region, sector) and k[3] == service for k in self.output_keys]
            )
            whole = self._links_where([k[3] == service for k in self.output_keys])
            yield ShareLimit("region_share", limit, part, whole)

    # Commodities made and used inside the model

    def balances(self, inputs: Links) -> tuple[Balance, ...]:
        """Per area and commodity: the output and input links that belong to it, and its greatest surplus."""
        members = self.tables.members
        by_service = {j: m.own["commodity"] for j, m in members["services"].items() if m.own.get("commodity")}
        by_energy = {k: m.own["commodity"] for k, m in members["energies"].items() if m.own.get("commodity")}
        self._check_units(by_service, by_energy)
        areas = self.tables.groups.get("balance_areas") or {}
        names = list(areas) or list(self.tables.codes("regions"))
        commodities = list(dict.fromkeys([*by_service.values(), *by_energy.values()]))
        records = self.tables.records("surplus_limit")
        targets = [(area, commodity) for area in names for commodity in commodities]
        most = self.expander.series(VALUES["surplus_limit"], records, targets, np.inf)
        found = []
        for n, (area, commodity) in enumerate(targets):
            giving = self._links_where(
                [
                    by_service.get(k[3]) == commodity and self._in_area(area, k[0], k[1])
                    for k in self.output_keys
                ]
            )
            taking = self._links_where(
                [
                    by_energy.get(self.uses[u][2]) == commodity
                    and self._in_area(area, self.uses[u][0], self.uses[u][1])
                    for u in inputs.other
                ]
            )
            if giving.size or taking.size:
                found.append(Balance((area, commodity), giving, taking, most[:, n]))
        return tuple(found)

    def _in_area(self, area: str, region: str, sector: str) -> bool:
        rows = self.tables.groups.get("balance_areas", {}).get(area)
        if rows is None:
            return area == region
        return any(r in (ALL, region) and i in (ALL, sector) for r, i in (row.cells for row in rows))

    def _check_units(self, by_service: dict[str, str], by_energy: dict[str, str]) -> None:
        """The members of a commodity are balanced against each other, so their units must be one."""
        units: dict[str, dict[str, str]] = {}
        for table, found in (("services", by_service), ("energies", by_energy)):
            for code, commodity in found.items():
                unit = self.tables.members[table][code].own.get("unit", "")
                first = units.setdefault(commodity, {"unit": unit, "code": code})
                if unit != first["unit"]:
                    self.expander.problems.append(
                        Problem(
                            N_("“%(value)s” is balanced against %(limit)s."),
                            N_("Give both the same unit."),
                            f"{table}.csv",
                            None,
                            "unit",
                            f"{code} ({unit or '–'})",
                            f"{first['code']} ({first['unit'] or '–'})",
                        )
                    )
