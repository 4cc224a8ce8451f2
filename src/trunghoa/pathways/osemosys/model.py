"""An OSeMOSYS model in memory: sets of names and sparse parameters as label-indexed arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trunghoa.quantities import ModelError

from ..lp import Bools, Floats, Ints
from .schema import PARAMETERS, M, Y


@dataclass(frozen=True)
class Table:
    """A parameter: the values that were given and the default for all others.

    Parameters
    ----------
    keys : one array of positions per dimension, each of shape (n,)
    values : shape (n,)
    default : what holds elsewhere; None where the data set gives no default
    """

    keys: tuple[Ints, ...]
    values: Floats
    default: float | None


@dataclass(frozen=True)
class Model:
    """Everything a solve needs.

    Parameters
    ----------
    sets : members by set, in their order; years, seasons, day types and brackets in numeric order
    tables : parameters that the data set gives
    dialect : ``osemosys`` (long formulation) or ``muio`` (MUIO 5.4)
    modes : live modes per technology where a data set restricts them (MUIO), as pairs (technology, mode)
    units : name of the unit per measure (energy, capacity, money, emission), where the data set says
    notices : what a reader should know: assumed defaults, rounded shares, re-encoded files
    source : where it was read from
    """

    sets: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Table]
    dialect: str = "osemosys"
    modes: tuple[Ints, Ints] | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    source: str = ""
    _dense: dict[str, Floats] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def years(self) -> Ints:
        """The years as numbers, shape (Y,)."""
        return np.array([int(y) for y in self.sets[Y]], dtype=np.int32)

    def size(self, name: str) -> int:
        return len(self.sets.get(name, ()))

    def shape(self, parameter: str) -> tuple[int, ...]:
        return tuple(self.size(dim) for dim in PARAMETERS[parameter].dims)

    def given(self, parameter: str) -> bool:
        """Whether the data set gives values or a default of its own."""
        return parameter in self.tables

    def default(self, parameter: str) -> float | None:
        table = self.tables.get(parameter)
        return PARAMETERS[parameter].default if table is None else table.default

    def dense(self, parameter: str) -> Floats:
        """The whole parameter with defaults filled in; do not write into it.

        Raises
        ------
        ModelError
            Cells are missing and neither the data set nor the format has a default.
        """
        if parameter not in self._dense:
            array = np.full(self.shape(parameter), np.nan)
            default = self.default(parameter)
            if default is not None:
                array.fill(default)
            if (table := self.tables.get(parameter)) is not None:
                array[table.keys] = table.values
            if default is None and np.isnan(array).any():
                raise ModelError(f"{parameter}: some cells have no value and there is no default.")
            array.flags.writeable = False
            self._dense[parameter] = array
        return self._dense[parameter]

    def nonzero(self, parameter: str) -> tuple[tuple[Ints, ...], Floats]:
        """Positions and values that are not zero."""
        table = self.tables.get(parameter)
        if self.default(parameter) != 0.0:
            array = self.dense(parameter)
            keys = tuple(k.astype(np.int32) for k in np.nonzero(array))
            return keys, array[keys]
        if table is None:
            return tuple(np.empty(0, dtype=np.int32) for _ in self.shape(parameter)), np.empty(0)
        kept = table.values != 0
        return tuple(key[kept] for key in table.keys), table.values[kept]

    def any(self, parameter: str) -> bool:
        """Whether some value is not zero."""
        return bool(self.nonzero(parameter)[1].size)

    def limit(self, parameter: str) -> Floats:
        """An upper limit with infinity for “none”: −1, or 0 for activity by mode (MUIO's guard).

        Notes
        -----
        Zero is zero everywhere else: a user who forbids something writes 0.
        """
        array = self.dense(parameter)
        none = array == -1.0
        if M in PARAMETERS[parameter].dims:
            none |= array == 0.0
        return np.where(none | (array >= HUGE), np.inf, array)

    def with_table(self, parameter: str, values: Floats) -> Model:
        """The same model with one parameter replaced by a full array."""
        if values.shape != self.shape(parameter):
            raise ModelError(f"{parameter} has shape {self.shape(parameter)}, not {values.shape}.")
        keys = tuple(k.ravel().astype(np.int32) for k in np.indices(values.shape))
        table = Table(keys, np.asarray(values, dtype=np.float64).ravel(), self.default(parameter))
        return replace(self, tables={**self.tables, parameter: table}, _dense={})

    def position(self, set_name: str, member: str) -> int:
        """Position of a member.

        Raises
        ------
        ModelError
            It is not a member.
        """
        try:
            return self.sets[set_name].index(member)
        except (KeyError, ValueError):
            known = ", ".join(self.sets.get(set_name, ())[:20])
            raise ModelError(f"“{member}” is not a member of {set_name} ({known}).") from None

    @cached_property
    def digest(self) -> str:
        """sha256 over sets and parameters: equal for equal inputs, whatever file they came from."""
        found = hashlib.sha256()
        for name in sorted(self.sets):
            found.update(f"{name}\0{chr(0).join(self.sets[name])}\0".encode())
        for name in sorted(self.tables):
            table = self.tables[name]
            order = np.argsort(flat(table.keys, self.shape(name)), kind="stable")
            found.update(f"{name}\0{table.default}\0".encode())
            arrays: list[NDArray[Any]] = [*table.keys, table.values]
            for array in arrays:
                found.update(np.ascontiguousarray(array[order]).tobytes())
        return found.hexdigest()


HUGE = 1e20
"""Limits from here on mean “none”; no energy system is that large."""


def flat(positions: Sequence[Ints], shape: Sequence[int]) -> NDArray[np.int64]:
    """Row-major position of several indices, as 64-bit numbers."""
    found: NDArray[np.int64] = np.zeros(positions[0].shape if positions else (0,), dtype=np.int64)
    for index, size in zip(positions, shape, strict=True):
        found = found * size + index
    return found


def numbered(kept: Bools) -> tuple[tuple[Any, ...], Ints]:
    """Positions where a mask holds, and the running number of each position (−1 where it does not)."""
    keys = tuple(k.astype(np.int32) for k in np.nonzero(kept))
    number = np.full(kept.shape, -1, dtype=np.int32)
    number[keys] = np.arange(keys[0].size, dtype=np.int32)
    return keys, number


def picked(kept: NDArray[Any], *arrays: NDArray[Any]) -> tuple[Any, ...]:
    """The same members of several arrays."""
    return tuple(array[kept] for array in arrays)
