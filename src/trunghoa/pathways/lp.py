"""One sparse linear program, put together from named blocks of columns, rows and entries.

A model adds whole blocks at a time: ``columns`` and ``rows`` each return a :class:`Block`, whose
``index`` numbers its members in the program, and ``entries`` adds coefficients as three arrays. No
Python loop over members is needed anywhere. :mod:`trunghoa.pathways.solving` solves the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trunghoa.quantities import ModelError

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Block:
    """Consecutive columns or rows of one kind, such as new capacity or the annual balance.

    Parameters
    ----------
    name : what the members are; one block of a kind per program
    start, size : where the block lies in the program
    labels : set name to positions in that set, one array of length ``size`` per dimension
    """

    name: str
    start: int
    size: int
    labels: Mapping[str, Ints] = field(default_factory=dict)

    @property
    def index(self) -> Ints:
        """Numbers of the members in the program, shape (size,)."""
        return np.arange(self.start, self.start + self.size, dtype=np.int32)

    @property
    def slice(self) -> slice:
        return slice(self.start, self.start + self.size)

    def at(self, members: ArrayLike) -> Ints:
        """Numbers in the program of the given members of the block."""
        found = np.asarray(members, dtype=np.int32) + np.int32(self.start)
        return found.astype(np.int32, copy=False)


@dataclass(frozen=True)
class Arrays:
    """The program as the solver takes it: minimise ``cost``·x + ``offset`` within all bounds."""

    cost: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    row_lower: Floats
    row_upper: Floats
    starts: Ints
    indices: Ints
    values: Floats
    offset: float


class Program:
    """A linear (or mixed-integer) program under construction; always a minimisation.

    Parameters
    ----------
    sets : members of each set by name, used only to write readable column and row names

    Attributes
    ----------
    offset : constant of the objective; it belongs to the objective that is reported

    Examples
    --------
    >>> lp = Program()
    >>> x = lp.columns("output", 2, cost=[1.0, 3.0], upper=[4.0, np.inf])
    >>> demand = lp.rows("demand", 1, lower=6.0)
    >>> lp.entries(demand.at([0, 0]), x.index, 1.0)
    >>> lp.shape
    (1, 2, 2)
    """

    def __init__(self, sets: Mapping[str, Sequence[str]] | None = None) -> None:
        self.sets = dict(sets or {})
        self.offset = 0.0
        self.column_blocks: dict[str, Block] = {}
        self.row_blocks: dict[str, Block] = {}
        self._cost: list[Floats] = []
        self._bounds: list[tuple[Floats, Floats]] = []
        self._integer: list[NDArray[np.bool_]] = []
        self._row_bounds: list[tuple[Floats, Floats]] = []
        self._entries: list[tuple[Ints, Ints, Floats]] = []
        self.column_count = 0
        self.row_count = 0
        self._arrays: Arrays | None = None

    def columns(
        self,
        name: str,
        size: int,
        *,
        cost: ArrayLike = 0.0,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        integer: ArrayLike = False,
        labels: Mapping[str, Ints] | None = None,
    ) -> Block:
        """Add ``size`` columns. Scalars hold for all of them.

        Raises
        ------
        ModelError
            The name is taken, or an array's length is not ``size``.
        """
        block = self._add(self.column_blocks, name, self.column_count, size, labels)
        self._cost.append(_filled(name, "cost", cost, size))
        self._bounds.append((_filled(name, "lower", lower, size), _filled(name, "upper", upper, size)))
        self._integer.append(np.broadcast_to(np.asarray(integer, dtype=bool), (size,)))
        self.column_count += size
        return block

    def rows(
        self,
        name: str,
        size: int,
        *,
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
        labels: Mapping[str, Ints] | None = None,
    ) -> Block:
        """Add ``size`` rows ``lower <= a·x <= upper``; equal bounds make an equation."""
        block = self._add(self.row_blocks, name, self.row_count, size, labels)
        bounds = (_filled(name, "lower", lower, size), _filled(name, "upper", upper, size))
        self._row_bounds.append(bounds)
        self.row_count += size
        return block

    def entries(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> None:
        """Add coefficients at program rows and columns; entries at the same place are summed."""
        row, column = np.asarray(rows, dtype=np.int32), np.asarray(columns, dtype=np.int32)
        if row.shape != column.shape:
            raise ModelError(f"Entries with {row.size} rows and {column.size} columns.")
        value = np.broadcast_to(np.asarray(values, dtype=np.float64), row.shape)
        self._entries.append((row, column, value))
        self._arrays = None

    def _add(
        self, blocks: dict[str, Block], name: str, start: int, size: int, labels: Mapping[str, Ints] | None
    ) -> Block:
        if name in blocks:
            raise ModelError(f"The program already has a block “{name}”.")
        for dimension, members in (labels or {}).items():
            if len(members) != size:
                raise ModelError(f"Block “{name}” has {size} members and {len(members)} labels {dimension}.")
        blocks[name] = block = Block(name, start, size, dict(labels or {}))
        self._arrays = None
        return block

    def arrays(self) -> Arrays:
        """Assemble the program in compressed columns; done once until something is added."""
        if self._arrays is None:
            self._arrays = self._assemble()
        return self._arrays

    def _assemble(self) -> Arrays:
        rows, columns, values = (_joined([part[k] for part in self._entries]) for k in range(3))
        if not np.isfinite(values).all():
            raise ModelError("The program has a coefficient that is not a finite number.")
        starts, indices, values = compressed(rows.astype(np.int32), columns.astype(np.int32), values)
        padded = np.zeros(self.column_count + 1, dtype=np.int32)
        padded[: starts.size] = starts
        padded[starts.size :] = indices.size
        cost = _joined(self._cost)
        if not np.isfinite(cost).all():
            raise ModelError("The program has a cost that is not a finite number.")
        return Arrays(
            cost=cost,
            lower=_joined([low for low, _ in self._bounds]),
            upper=_joined([up for _, up in self._bounds]),
            integer=np.concatenate(self._integer) if self._integer else np.empty(0, dtype=bool),
            row_lower=_joined([low for low, _ in self._row_bounds]),
            row_upper=_joined([up for _, up in self._row_bounds]),
            starts=padded,
            indices=indices,
            values=values,
            offset=self.offset,
        )

    def copy(self, *, costs: bool = True, integer: bool = True) -> Program:
        """A program with the same blocks, to add to; without costs or without whole numbers if wished."""
        other = Program(self.sets)
        other.offset = self.offset if costs else 0.0
        other.column_blocks, other.row_blocks = dict(self.column_blocks), dict(self.row_blocks)
        other.column_count, other.row_count = self.column_count, self.row_count
        other._cost = list(self._cost) if costs else [np.zeros(self.column_count)]
        other._integer = list(self._integer) if integer else [np.zeros(self.column_count, dtype=bool)]
        other._bounds, other._row_bounds = list(self._bounds), list(self._row_bounds)
        other._entries = list(self._entries)
        return other

    @property
    def shape(self) -> tuple[int, int, int]:
        """Rows, columns and nonzero coefficients."""
        return self.row_count, self.column_count, int(self.arrays().values.size)

    def column_names(self) -> list[str]:
        """``block[member,member]`` for every column, for written files and messages."""
        return [name for block in self.column_blocks.values() for name in self.names(block)]

    def row_names(self) -> list[str]:
        return [name for block in self.row_blocks.values() for name in self.names(block)]

    def names(self, block: Block) -> list[str]:
        """Readable names of a block's members; positions stand where a set's members are not known."""
        parts: list[list[str]] = []
        for dimension, members in block.labels.items():
            known = self.sets.get(dimension)
            parts.append([known[i] if known is not None else str(i) for i in members.tolist()])
        if not parts:
            return [f"{block.name}({i})" for i in range(block.size)]
        joined = (",".join(labels).replace(" ", "_") for labels in zip(*parts, strict=True))
        return [f"{block.name}({members})" for members in joined]


def _filled(name: str, what: str, value: ArrayLike, size: int) -> Floats:
    array = np.asarray(value, dtype=np.float64)
    if array.ndim and array.shape != (size,):
        raise ModelError(f"Block “{name}” has {size} members and {array.size} values of {what}.")
    if np.isnan(array).any():
        raise ModelError(f"Block “{name}” has a {what} that is not a number.")
    return np.broadcast_to(array, (size,))


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0)


def compressed(rows: Ints, columns: Ints, values: Floats) -> tuple[Ints, Ints, Floats]:
    """Sort entries by column, then row; sum entries at the same place and drop what is then zero.

    Returns
    -------
    starts, indices, values : compressed sparse columns up to the last column that has an entry

    Notes
    -----
    One stable sort of the position: blocks arrive mostly in order, and merging runs is what it is good at.
    """
    height = int(rows.max()) + 1 if rows.size else 1
    order = np.argsort(columns.astype(np.int64) * height + rows, kind="stable")
    rows, columns, values = rows[order], columns[order], values[order]
    first = np.ones(rows.size, dtype=bool)
    first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    if not first.all():
        values = np.add.reduceat(values, np.flatnonzero(first))
        rows, columns = rows[first], columns[first]
    kept = values != 0
    if not kept.all():
        rows, columns, values = rows[kept], columns[kept], values[kept]
    counts = np.bincount(columns) if columns.size else np.zeros(0, dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return starts, rows, values
