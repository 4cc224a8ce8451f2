"""A model as its tables hold it: records with their place in the files, before anything is worked out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from trunghoa.quantities import N_, InputError, Problem, Quality, worst

from .schema import SETTINGS, Bound

ALL = "*"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a value table.

    Parameters
    ----------
    keys : the key cells, in the order of the table's schema
    bound : which bound the value is, where the table has bounds
    year : the year the value is given for; None holds for every year
    value : the number, ``inf`` for no limit
    quality, source, note : where the number comes from and how far that was checked
    file, row : where it stands
    """

    keys: tuple[str, ...]
    value: float
    year: int | None = None
    bound: Bound | None = None
    quality: Quality = Quality.UNVERIFIED
    source: str = ""
    note: str = ""
    file: str = ""
    row: int | None = None

    def problem(self, message: str, field_name: str = "value", **cells: str) -> Problem:
        """A problem of this row."""
        value = cells.pop("value", f"{self.value:g}")
        return Problem(message, file=self.file, row=self.row, field=field_name, value=value, **cells)


@dataclass(frozen=True, slots=True)
class Member:
    """One row of a member table: its code, its names by language and the table's own columns."""

    code: str
    names: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """The name in a language, else in any, else the code."""
        return self.names.get(language) or next(filter(None, self.names.values()), self.code)


@dataclass(frozen=True, slots=True)
class Membership:
    """One row of a group table."""

    cells: tuple[str, ...]
    weight: float = 1.0
    file: str = ""
    row: int | None = None
    quality: Quality = Quality.UNVERIFIED
    source: str = ""
    gwp_set: str = ""


@dataclass(frozen=True)
class Tables:
    """A whole model before it is compiled; what a scenario changes and what an officer edits.

    Attributes
    ----------
    settings : text by item, see :data:`trunghoa.pathways.enduse.schema.SETTINGS`
    members : by table and code
    groups : by table and group code
    values : records by table, in file order
    name : the folder's or file's name, for messages
    notices : what was accepted but should be looked at
    """

    settings: Mapping[str, str]
    members: Mapping[str, Mapping[str, Member]]
    groups: Mapping[str, Mapping[str, tuple[Membership, ...]]]
    values: Mapping[str, tuple[Record, ...]]
    name: str = ""
    notices: tuple[Problem, ...] = ()

    def records(self, table: str) -> tuple[Record, ...]:
        return self.values.get(table, ())

    def codes(self, table: str) -> tuple[str, ...]:
        return tuple(self.members.get(table, ()))

    def with_values(self, changed: Mapping[str, Iterable[Record]]) -> Tables:
        """The same model with some value tables replaced."""
        return replace(self, values={**self.values, **{t: tuple(r) for t, r in changed.items()}})

    def with_settings(self, **items: str) -> Tables:
        """The same model with some settings replaced; an empty text takes a setting away."""
        unknown = set(items) - set(SETTINGS)
        if unknown:
            raise InputError(
                Problem(
                    N_("“%(value)s” is not a setting."),
                    N_("Known: %(limit)s."),
                    value=min(unknown),
                    limit=", ".join(SETTINGS),
                )
            )
        merged = {**self.settings, **items}
        return replace(self, settings={k: v for k, v in merged.items() if v})

    @property
    def quality(self) -> Quality:
        """The worst quality of any number in the model."""
        return worst({r.quality for rows in self.values.values() for r in rows})

    @property
    def sha256(self) -> str:
        """Hash of all that the tables say, whatever the order of rows."""
        said = {
            "settings": sorted(self.settings.items()),
            "members": {
                t: sorted((m.code, sorted(m.names.items()), sorted(m.own.items())) for m in found.values())
                for t, found in sorted(self.members.items())
            },
            "groups": {
                t: sorted((g, r.cells, repr(r.weight)) for g, rows in found.items() for r in rows)
                for t, found in sorted(self.groups.items())
            },
            "values": {
                t: sorted(
                    (r.keys, r.bound or "", r.year or 0, repr(r.value), r.quality.value, r.source, r.note)
                    for r in rows
                )
                for t, rows in sorted(self.values.items())
                if rows
            },
        }
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
