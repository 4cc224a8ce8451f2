"""Storage: levels from year to season to day type to bracket, their limits and rates.

Source: OSeMOSYS GNU MathProg S1–S15, SC1–SC6, SI1–SI3; MUIO 5.4 has a shorter chain (S9–S12, S30, S39,
SC1–SC4): every year starts empty, and storages of a day or of a year end as they began.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..lp import Block, Floats, Ints
from .layout import Columns
from .model import Model, flat, picked
from .schema import INTRADAY, INTRAYEAR, LD, LH, LS, R, S, Y

_Index = dict[str, Ints]
_Link = tuple[NDArray[np.int64], Ints, Floats]


def add_storage(columns: Columns) -> None:
    """Add levels and limits of every storage that some technology fills or empties."""
    charge = _Charge(columns)
    if charge.r.size:
        _Chain(columns, charge).add()


@dataclass(frozen=True)
class _Charge:
    """Charge and discharge of a storage in a bracket, as columns and coefficients."""

    columns: Columns

    @property
    def model(self) -> Model:
        return self.columns.layout.model

    @cached_property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.model.size(d) for d in (R, S, LS, LD, LH, Y))

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        linked = np.zeros((self.model.size(R), self.model.size(S)), dtype=bool)
        for name in ("TechnologyToStorage", "TechnologyFromStorage"):
            (r, _, s, _), _value = self.model.nonzero(name)
            linked[r, s] = True
        r, s = (k.astype(np.int32) for k in np.nonzero(linked))
        return r, s

    @property
    def r(self) -> Ints:
        return self.pairs[0]

    @property
    def s(self) -> Ints:
        return self.pairs[1]

    @cached_property
    def conversion(self) -> tuple[Ints, Ints, Ints, Ints, Floats]:
        """Slice, season, day type, bracket and share of each combination that occurs."""
        season, day, bracket = (self.model.dense(f"Conversion{k}") for k in ("ls", "ld", "lh"))
        share = season[:, :, None, None] * day[:, None, :, None] * bracket[:, None, None, :]
        found = tuple(k.astype(np.int32) for k in np.nonzero(share > 0))
        return (*found, share[found])  # type: ignore[return-value]

    @cached_property
    def year_share(self) -> Floats:
        """Share of the year in a bracket, shape (LS, LD, LH, Y)."""
        found = np.zeros((*self.shape[2:5], self.shape[5]))
        slices, season, day, bracket, share = self.conversion
        np.add.at(found, (season, day, bracket), share[:, None] * self.model.dense("YearSplit")[slices])
        return found

    def rate(self, name: str) -> _Link:
        """Bracket (flat over r, s, ls, ld, lh, y), column and rate per unit of activity."""
        return self._links(name)[:3]

    def _links(self, name: str) -> tuple[NDArray[np.int64], Ints, Floats, Ints, Ints]:
        (r, t, s, m), value = self.model.nonzero(name)
        kept = value > 0
        r, t, s, m, value = picked(kept, r, t, s, m, value)
        slices = self.columns.layout.slices
        at = self.columns.layout.activity_at[r, t, m, :]
        item, y = (k.astype(np.int32) for k in np.nonzero(at >= 0))
        activity = at[item, y]
        ls_, season, day, bracket, share = self.conversion
        n, c = item.size, ls_.size
        each, every = np.repeat(np.arange(n), c), np.tile(np.arange(c), n)
        item, y, activity = picked(each, item, y, activity)
        ls_, season, day, bracket, share = picked(every, ls_, season, day, bracket, share)
        key = flat([r[item], s[item], season, day, bracket, y], self.shape)
        column = self.columns.activity.start + activity.astype(np.int64) * slices + ls_
        return key.astype(np.int64), column.astype(np.int32), value[item] * share, ls_, y

    @cached_property
    def net(self) -> dict[str, _Link]:
        """NetChargeWithinYear and NetChargeWithinDay, by bracket."""
        parts: dict[str, list[_Link]] = {"year": [], "day": []}
        for name, sign in (("TechnologyToStorage", 1.0), ("TechnologyFromStorage", -1.0)):
            key, column, value, ls_, y = self._links(name)
            _, _, season, day, bracket, _ = np.unravel_index(key, self.shape)
            if self.model.dialect == "muio":
                over_year = self.model.dense("YearSplit")[ls_, y]
            else:
                over_year = self.year_share[season, day, bracket, y]
            within_day = self.model.dense("DaySplit")[bracket, y]
            parts["year"].append((key, column, sign * value * over_year))
            parts["day"].append((key, column, sign * value * within_day))
        found = {}
        for which, links in parts.items():
            joined = tuple(np.concatenate([link[k] for link in links]) for k in range(3))
            order = np.argsort(joined[0], kind="stable")
            found[which] = (joined[0][order], joined[1][order], joined[2][order])
        return found

    def add(self, which: str, rows: Ints, brackets: NDArray[np.int64], factor: Floats) -> None:
        """Add ``factor``·net charge of a bracket to a row, for each pair of row and bracket."""
        key, column, value = self.net[which]
        low, high = np.searchsorted(key, brackets, "left"), np.searchsorted(key, brackets, "right")
        lengths = high - low
        item = np.repeat(np.arange(brackets.size), lengths)
        place = np.arange(item.size) - np.repeat(np.cumsum(lengths) - lengths, lengths) + low[item]
        self.columns.program.entries(rows[item], column[place], factor[item] * value[place])


@dataclass(frozen=True)
class _Chain:
    columns: Columns
    charge: _Charge

    @property
    def model(self) -> Model:
        return self.columns.layout.model

    @cached_property
    def muio(self) -> bool:
        return self.model.dialect == "muio"

    def add(self) -> None:
        level = {
            name: self._block(name, dims)
            for name, dims in (
                ("StorageLevelYearStart", (Y,)),
                ("StorageLevelYearFinish", (Y,)),
                ("StorageLevelSeasonStart", (LS, Y)),
                ("StorageLevelDayTypeStart", (LS, LD, Y)),
                ("StorageLevelDayTypeFinish", (LS, LD, Y)),
            )
            if not (self.muio and name == "StorageLevelYearFinish")
        }
        start = level["StorageLevelYearStart"]
        season, day = level["StorageLevelSeasonStart"], level["StorageLevelDayTypeStart"]
        self._seasons(start, season)
        self._days(season, day)
        if self.muio:
            self._empty_start(start)
            self._returns("S39 day", INTRADAY, (LS, LD, Y), "day")
            self._returns("S39 year", INTRAYEAR, (Y,), "year")
        else:
            self._years(start, level["StorageLevelYearFinish"])
            self._finish(level)
            self._rates()
        self._limits(day, level["StorageLevelDayTypeFinish"])

    def index(self, dims: tuple[str, ...]) -> _Index:
        """Positions of every combination of a linked storage with the given sets, shape (n,) each."""
        sizes = [self.model.size(d) for d in dims]
        grid = np.indices((self.charge.r.size, *sizes), dtype=np.int32).reshape(len(dims) + 1, -1)
        found = dict(zip(dims, grid[1:], strict=True))
        return {"pair": grid[0], R: self.charge.r[grid[0]], S: self.charge.s[grid[0]], **found}

    def _block(self, name: str, dims: tuple[str, ...]) -> Block:
        index = self.index(dims)
        labels = {k: v for k, v in index.items() if k != "pair"}
        return self.columns.program.columns(name, index["pair"].size, labels=labels)

    def _rows(self, name: str, index: _Index, lower: Floats | float, upper: Floats | float) -> Block:
        labels = {k: v for k, v in index.items() if k != "pair"}
        return self.columns.program.rows(name, index["pair"].size, lower=lower, upper=upper, labels=labels)

    def _at(self, block: Block, index: _Index, dims: tuple[str, ...], **moved: Ints) -> Ints:
        """Columns of a level at the given positions, some of them moved."""
        keys = [index["pair"], *(moved.get(d, index[d]) for d in dims)]
        sizes = [self.charge.r.size, *(self.model.size(d) for d in dims)]
        return block.at(flat(keys, sizes))

    def _brackets(self, index: _Index, **moved: Ints) -> NDArray[np.int64]:
        keys = [index[R], index[S], *(moved.get(d, index.get(d)) for d in (LS, LD, LH, Y))]
        return flat(keys, self.charge.shape).astype(np.int64)  # type: ignore[arg-type]

    def _add_all(
        self, which: str, rows: Ints, index: _Index, over: tuple[str, ...], factor: Floats, **moved: Ints
    ) -> None:
        """Add ``factor``·net charge summed over the sets ``over`` to each row."""
        sizes = [self.model.size(d) for d in over]
        combos = np.indices(sizes, dtype=np.int32).reshape(len(over), -1)
        count, each = rows.size, combos.shape[1]
        spread = {k: np.repeat(v, each) for k, v in {**index, **moved}.items()}
        for d, values in zip(over, combos, strict=True):
            spread[d] = np.tile(values, count)
        self.charge.add(which, np.repeat(rows, each), self._brackets(spread), np.repeat(factor, each))

    def _pick(self, index: _Index, kept: NDArray[np.bool_]) -> _Index:
        return {k: v[kept] for k, v in index.items()}

    def _years(self, start: Block, finish: Block) -> None:
        """S5–S8: a year starts where the one before ended."""
        add = self.columns.program.entries
        every = self.index((Y,))
        first = every[Y] == 0
        given = self.model.dense("StorageLevelStart")[every[R], every[S]]
        right = np.where(first, given, 0.0)
        rows = self._rows("S5", every, right, right)
        add(rows.index, start.index, 1.0)
        later = self._pick(every, ~first)
        row = rows.at(np.flatnonzero(~first))
        before = later[Y] - 1
        add(row, self._at(start, later, (Y,), YEAR=before), -1.0)
        self._add_all("year", row, later, (LS, LD, LH), np.full(row.size, -1.0), YEAR=before)
        rows = self._rows("S7", every, 0.0, 0.0)
        add(rows.index, finish.index, 1.0)
        last = every[Y] == self.model.size(Y) - 1
        earlier = self._pick(every, ~last)
        add(rows.at(np.flatnonzero(~last)), self._at(start, earlier, (Y,), YEAR=earlier[Y] + 1), -1.0)
        final, row = self._pick(every, last), rows.at(np.flatnonzero(last))
        add(row, self._at(start, final, (Y,)), -1.0)
        self._add_all("year", row, final, (LS, LD, LH), np.full(row.size, -1.0))

    def _empty_start(self, start: Block) -> None:
        """S30 (MUIO): every year starts empty."""
        rows = self._rows("S30", self.index((Y,)), 0.0, 0.0)
        self.columns.program.entries(rows.index, start.index, 1.0)

    def _seasons(self, start: Block, season: Block) -> None:
        """S9–S10."""
        add, every = self.columns.program.entries, self.index((LS, Y))
        rows = self._rows("S9", every, 0.0, 0.0)
        add(rows.index, season.index, 1.0)
        first = every[LS] == 0
        add(rows.at(np.flatnonzero(first)), self._at(start, self._pick(every, first), (Y,)), -1.0)
        later, row = self._pick(every, ~first), rows.at(np.flatnonzero(~first))
        before = later[LS] - 1
        add(row, self._at(season, later, (LS, Y), SEASON=before), -1.0)
        self._add_all("year", row, later, (LD, LH), np.full(row.size, -1.0), SEASON=before)

    def _days(self, season: Block, day: Block) -> None:
        """S11–S12."""
        add, every = self.columns.program.entries, self.index((LS, LD, Y))
        rows = self._rows("S11", every, 0.0, 0.0)
        add(rows.index, day.index, 1.0)
        first = every[LD] == 0
        add(rows.at(np.flatnonzero(first)), self._at(season, self._pick(every, first), (LS, Y)), -1.0)
        later, row = self._pick(every, ~first), rows.at(np.flatnonzero(~first))
        before = later[LD] - 1
        add(row, self._at(day, later, (LS, LD, Y), DAYTYPE=before), -1.0)
        days = self.model.dense("DaysInDayType")[later[LS], before, later[Y]]
        self._add_all("day", row, later, (LH,), -days, DAYTYPE=before)

    def _finish(self, level: dict[str, Block]) -> None:
        """S13–S15."""
        add, every = self.columns.program.entries, self.index((LS, LD, Y))
        finish = level["StorageLevelDayTypeFinish"]
        rows = self._rows("S13", every, 0.0, 0.0)
        add(rows.index, finish.index, 1.0)
        last_day = every[LD] == self.model.size(LD) - 1
        last_season = every[LS] == self.model.size(LS) - 1
        for kept, block, dims in (
            (last_day & last_season, "StorageLevelYearFinish", (Y,)),
            (last_day & ~last_season, "StorageLevelSeasonStart", (LS, Y)),
        ):
            here = self._pick(every, kept)
            columns = self._at(level[block], here, dims, SEASON=here[LS] + 1)
            add(rows.at(np.flatnonzero(kept)), columns, -1.0)
        here, row = self._pick(every, ~last_day), rows.at(np.flatnonzero(~last_day))
        after = here[LD] + 1
        add(row, self._at(finish, here, (LS, LD, Y), DAYTYPE=after), -1.0)
        days = self.model.dense("DaysInDayType")[here[LS], after, here[Y]]
        self._add_all("day", row, here, (LH,), days, DAYTYPE=after)

    def _limits(self, day: Block, finish: Block) -> None:
        """SC1–SC4: levels at the beginning and end of brackets, in the first and the last week."""
        every = self.index((LS, LD, LH, Y))
        later = self._pick(every, every[LD] > 0)
        back = later[LD] - 1
        self._level("SC1", every, day, every[LD], every[LD], before=True)
        self._level("SC2", later, day, later[LD], later[LD] if self.muio else back, before=False)
        self._level("SC3", every, finish, every[LD], every[LD], before=False)
        self._level("SC4", later, finish, back, later[LD], before=True)

    def _level(
        self, name: str, index: _Index, level: Block, day: Ints, charged: Ints, *, before: bool
    ) -> None:
        """Lower ≤ level ± charge of the brackets before (after) this one ≤ upper, of the storage's capacity.

        ``day`` is the day type whose level is taken, ``charged`` the one whose brackets count.
        """
        program, (r, s, y) = self.columns.program, (index[R], index[S], index[Y])
        residual = self.model.dense("ResidualStorageCapacity")[r, s, y]
        least = self.model.dense("MinStorageCharge")[r, s, y]
        brackets = self.model.size(LH)
        which = np.repeat(np.arange(r.size, dtype=np.int32), brackets)
        other = np.tile(np.arange(brackets, dtype=np.int32), r.size)
        counts = other < index[LH][which] if before else other > index[LH][which]
        which, other = which[counts], other[counts]
        sign = 1.0 if before else -1.0
        spread = {k: v[which] for k, v in index.items()}
        keys = self._brackets(spread, DAYTYPE=charged[which], DAILYTIMEBRACKET=other)
        column = self._at(level, index, (LS, LD, Y), DAYTYPE=day)
        for side, share, lower, upper in (
            ("lower", least, least * residual, np.inf),
            ("upper", np.ones(r.size), -np.inf, residual),
        ):
            rows = self._rows(f"{name} {side}", index, lower, upper)
            program.entries(rows.index, column, 1.0)
            self.charge.add("day", rows.at(which), keys, np.full(which.size, sign))
            self.columns.total_storage(rows.index, r, s, y, -share)

    def _rates(self) -> None:
        """SC5 and SC6: rates of charge and discharge."""
        every = self.index((LS, LD, LH, Y))
        for name, links, limit in (
            ("SC5", "TechnologyToStorage", "StorageMaxChargeRate"),
            ("SC6", "TechnologyFromStorage", "StorageMaxDischargeRate"),
        ):
            if not self.model.given(limit):
                continue
            upper = self.model.dense(limit)[every[R], every[S]]
            rows = self._rows(name, every, -np.inf, upper)
            number = np.full(int(np.prod(self.charge.shape)), -1, dtype=np.int64)
            number[self._brackets(every)] = np.arange(rows.size)
            key, column, value = self.charge.rate(links)
            self.columns.program.entries(rows.at(number[key]), column, value)

    def _returns(self, name: str, kind: str, dims: tuple[str, ...], which: str) -> None:
        """S39 (MUIO): storages of this kind end a day or a year as they began it."""
        members = set(self.model.sets.get(kind, ()))
        chosen = np.array([m in members for m in self.model.sets[S]], dtype=bool)
        every = self.index(dims)
        every = self._pick(every, chosen[every[S]])
        rows = self._rows(name, every, 0.0, 0.0)
        over = tuple(d for d in (LS, LD, LH) if d not in dims)
        self._add_all(which, rows.index, every, over, np.ones(rows.size))
