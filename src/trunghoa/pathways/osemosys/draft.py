"""A model while it is being read: collects sets, values and all that is wrong, then becomes a Model."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

import numpy as np

from trunghoa.quantities import N_, InputError, Problem

from ..lp import Bools, Floats, Ints
from .model import Model, Table, flat
from .schema import ALIASES, NEEDED, NUMBERED, PARAMETERS, SETS, UPPER_LIMITS, M, T

MOST_PROBLEMS = 200
ENORMOUS = 1e15

_Part = tuple[tuple[Ints, ...], Floats, Ints, str]


class Draft:
    """Collects what a data set says.

    Parameters
    ----------
    source : name of the file or folder, for messages
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.notices: list[str] = []
        self.sets: dict[str, tuple[str, ...]] = {}
        self.index: dict[str, dict[str, int]] = {}
        self.defaults: dict[str, float | None] = {}
        self.units: dict[str, str] = {}
        self.muio = False
        self.modes: list[tuple[str, list[str]]] = []
        self._parts: dict[str, list[_Part]] = {}

    def refuse(
        self,
        message: str,
        hint: str = "",
        *,
        file: str = "",
        row: int | None = None,
        field: str = "",
        value: str = "",
        limit: str = "",
    ) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            place = file or self.source
            self.problems.append(Problem(message, hint, place, row, field, value, limit))

    def add_set(self, name: str, members: Sequence[str], *, file: str = "", row: int | None = None) -> None:
        """Take the members of a set; numbered sets are put in numeric order."""
        if name in ALIASES:
            self.muio = self.muio or name == "COMMODITY"
            name = ALIASES[name]
        self.muio = self.muio or name in {"UDC", "STORAGEINTRADAY", "STORAGEINTRAYEAR"}
        found = [plain(m) for m in members]
        if len(set(found)) < len(found):
            twice = next(m for m in found if found.count(m) > 1)
            self.refuse(
                N_("“%(value)s” stands twice in the set %(field)s."),
                N_("Keep one of them."),
                file=file, row=row, field=name, value=twice,
            )  # fmt: skip
        if name in NUMBERED:
            found = self._ordered(name, found, file, row)
        self.sets[name] = tuple(dict.fromkeys(found))
        self.index[name] = {member: i for i, member in enumerate(self.sets[name])}

    def _ordered(self, name: str, members: list[str], file: str, row: int | None) -> list[str]:
        numbers: dict[int, str] = {}
        for member in members:
            number = _whole(member)
            if number is None:
                self.refuse(
                    N_("“%(value)s” in the set %(field)s is not a whole number."),
                    N_("Members of %(field)s are whole numbers, such as 2030."),
                    file=file, row=row, field=name, value=member,
                )  # fmt: skip
            else:
                numbers[number] = str(number)
        return [numbers[n] for n in sorted(numbers)]

    def positions(
        self, name: str, dim: str, labels: Sequence[str], *, file: str = "", rows: Sequence[int] = ()
    ) -> Ints:
        """Positions of labels in a set; −1 and a problem for each that is not a member."""
        index = self.index.get(dim, {})
        try:
            return np.array([index[label] for label in labels], dtype=np.int32)
        except KeyError:
            return self._searched(name, dim, labels, file, rows)

    def _searched(self, name: str, dim: str, labels: Sequence[str], file: str, rows: Sequence[int]) -> Ints:
        index, found = self.index.get(dim, {}), []
        for i, label in enumerate(labels):
            position = index.get(plain(label), -1)
            if position < 0 and (number := _whole(label)) is not None:
                position = index.get(str(number), -1)
            if position < 0:
                self.refuse(
                    N_("“%(value)s” is not a member of the set %(limit)s."),
                    N_("Correct the name, or add it to the set."),
                    file=file, row=rows[i] if len(rows) else None, field=name, value=label, limit=dim,
                )  # fmt: skip
            found.append(position)
        return np.array(found, dtype=np.int32)

    def numbers(
        self, name: str, texts: Sequence[str | float], *, file: str = "", rows: Sequence[int] = ()
    ) -> Floats:
        """Numbers of texts; nan and a problem for each that is not one."""
        try:
            return np.array(list(map(float, texts)))
        except ValueError:
            return np.array([self._number(name, text, file, rows, i) for i, text in enumerate(texts)])

    def _number(self, name: str, text: str | float, file: str, rows: Sequence[int], i: int) -> float:
        try:
            return float(text)
        except ValueError:
            hint = N_("Write a number with a decimal point, such as 0.25.")
            if "," in str(text):
                hint = N_("Write a decimal point instead of the comma, and no separators of thousands.")
            row = rows[i] if len(rows) else None
            message = N_("“%(value)s” is not a number.")
            self.refuse(message, hint, file=file, row=row, field=name, value=str(text))
            return 0.0

    def set_default(self, name: str, text: str | float | None, *, file: str = "") -> None:
        if isinstance(text, str):
            self.defaults[name] = float(self.numbers(name, [text], file=file)[0])
        else:
            self.defaults[name] = text

    def add(
        self, name: str, keys: tuple[Ints, ...], values: Floats, *, file: str = "", rows: Sequence[int] = ()
    ) -> None:
        """Take values of a parameter at positions; ``rows`` says where each stands in the file."""
        places = np.asarray(rows, dtype=np.int32) if len(rows) else np.zeros(values.size, dtype=np.int32)
        self._parts.setdefault(name, []).append((keys, values, places, file))

    def finish(self) -> Model:
        """Make the model.

        Raises
        ------
        InputError
            with everything found wrong so far.
        """
        for name in SETS:
            self.sets.setdefault(name, ())
            self.index.setdefault(name, {})
        for name in NEEDED:
            if not self.sets[name]:
                self.refuse(N_("The set %(field)s has no members."), N_("Give at least one."), field=name)
        tables = {
            name: self._table(name) for name in PARAMETERS if name in self._parts or name in self.defaults
        }
        if self.muio or "CapitalRecoveryFactor" in tables:
            self.muio = True
        self._missing(tables)
        if self.problems:
            raise InputError(self.problems)
        return Model(
            self.sets,
            tables,
            "muio" if self.muio else "osemosys",
            self._modes(),
            dict(self.units),
            tuple(self.notices),
            self.source,
        )

    def _modes(self) -> tuple[Ints, Ints] | None:
        if not self.modes:
            return None
        pairs = [
            (self.index[T][technology], self.index[M][mode])
            for technology, modes in self.modes
            for mode in modes
            if technology in self.index[T] and mode in self.index[M]
        ]
        technologies, modes = (np.array([p[k] for p in pairs], dtype=np.int32) for k in (0, 1))
        return technologies, modes

    def _table(self, name: str) -> Table:
        dims = PARAMETERS[name].dims
        default = self.defaults[name] if name in self.defaults else PARAMETERS[name].default
        parts = self._parts.get(name, [])
        if not parts:
            return Table(tuple(np.empty(0, dtype=np.int32) for _ in dims), np.empty(0), default)
        keys = tuple(np.concatenate([part[0][k] for part in parts]) for k in range(len(dims)))
        values = np.concatenate([part[1] for part in parts])
        known = np.ones(values.size, dtype=bool)
        for key in keys:
            known &= key >= 0
        self._check_values(name, keys, values, parts, known)
        return Table(tuple(key[known] for key in keys), values[known], default)

    def _check_values(
        self, name: str, keys: tuple[Ints, ...], values: Floats, parts: list[_Part], known: Bools
    ) -> None:
        def place(i: int) -> dict[str, object]:
            rows = np.concatenate([part[2] for part in parts])
            counts = np.cumsum([part[1].size for part in parts])
            file = parts[int(np.searchsorted(counts, i, side="right"))][3]
            return {"file": file, "row": int(rows[i]) or None}

        for i in np.flatnonzero(np.isnan(values))[:10].tolist():
            self.refuse(
                N_("%(field)s has a value that is not a number (%(value)s)."),
                N_("Give a number, or leave the row out for the default."),
                field=name, value=self._label(name, keys, i), **place(i),  # type: ignore[arg-type]
            )  # fmt: skip
        huge = np.abs(values) > ENORMOUS
        if huge.any() and name in UPPER_LIMITS:
            self.notices.append(f"{name}: {int(huge.sum())} limits above 1e15 are taken as no limit.")
            values[huge & (values > 0)] = math.inf
            huge &= values < 0
        for i in np.flatnonzero(huge)[:10].tolist():
            self.refuse(
                N_("%(field)s is %(value)s, beyond what a solver can compute with (%(limit)s)."),
                N_("Use smaller units, or leave the row out."),
                field=name, value=f"{values[i]:g}", limit="1e15", **place(i),  # type: ignore[arg-type]
            )  # fmt: skip
        where = flat(keys, [len(self.sets[d]) for d in PARAMETERS[name].dims])
        where = np.where(known, where, -1 - np.arange(where.size))
        order = np.argsort(where, kind="stable")
        repeated = order[1:][where[order][1:] == where[order][:-1]]
        for i in np.sort(repeated)[:10].tolist():
            self.refuse(
                N_("%(field)s has two values for %(value)s."),
                N_("Keep one of them."),
                field=name, value=self._label(name, keys, i), **place(i),  # type: ignore[arg-type]
            )  # fmt: skip

    def _label(self, name: str, keys: tuple[Ints, ...], i: int) -> str:
        dims = PARAMETERS[name].dims
        return ", ".join(
            self.sets[d][int(k[i])] if k[i] >= 0 else "?" for d, k in zip(dims, keys, strict=True)
        )

    def _missing(self, tables: dict[str, Table]) -> None:
        """Refuse what must be given and is not, and tables without a default that do not cover their sets."""
        for name, table in tables.items():
            spec = PARAMETERS[name]
            if table.default is not None or (spec.default is None and name.startswith("DiscountRate")):
                continue
            cells = math.prod(len(self.sets[d]) for d in spec.dims)
            if table.values.size < cells and not self.problems:
                self.refuse(
                    N_("%(field)s has %(value)s of %(limit)s values and no default."),
                    N_("Give the missing values, or a default."),
                    field=name, value=str(table.values.size), limit=str(cells),
                )  # fmt: skip
        for name in ("YearSplit",):
            if name not in tables:
                self.refuse(N_("%(field)s is not given."), N_("Without it there is no model."), field=name)
        if "DiscountRate" not in tables:
            self.notices.append("DiscountRate is not given; 0.05 is assumed.")


def plain(label: str) -> str:
    """A name without surrounding blanks, its diacritics composed the same way whatever the file did."""
    text = label.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _whole(text: str) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None
