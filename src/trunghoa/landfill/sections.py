"""The tables of a TOML file, read strictly: every fault is kept with file and field, unknown keys too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from trunghoa.quantities import N_, InputError, Problem, TrungHoaError, parse_number

T = TypeVar("T")


@dataclass
class Section:
    """One table. What cannot be read adds to ``problems`` and gives None or the default."""

    name: str
    data: Mapping[str, Any]
    file: str
    problems: list[Problem]
    asked: set[str] = field(default_factory=set)

    def path(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def refuse(self, key: str, message: str, hint: str = "", *, value: object = "", limit: str = "") -> None:
        self.problems.append(
            Problem(message, hint, file=self.file, field=self.path(key), value=str(value), limit=limit)
        )

    def _raw(self, key: str, *, required: bool = False) -> Any:
        self.asked.add(key)
        if required and self.data.get(key) in (None, ""):
            self.refuse(key, N_("%(field)s is missing."))
        return self.data.get(key)

    def text(self, key: str, *, required: bool = False, known: Collection[str] = ()) -> str:
        value = self._raw(key, required=required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.refuse(key, N_("“%(value)s” must be text."), N_("Put it in quotes."), value=value)
            return ""
        if value and known and value not in known:
            self.refuse(key, N_("“%(value)s” is not one of: %(limit)s."), value=value, limit=", ".join(known))
            return ""
        return value.strip()

    def number(self, key: str, *, required: bool = False) -> Decimal | None:
        value = self._raw(key, required=required)
        return None if value is None or value == "" else self._number(key, value)

    def _number(self, key: str, value: Any) -> Decimal | None:
        if not isinstance(value, str | int | float | Decimal):
            self.refuse(key, N_("“%(value)s” is not a number."), N_("Write digits."), value=value)
            return None
        return self.parsed(key, lambda: parse_number(value))

    def float(self, key: str, *, required: bool = False) -> float | None:
        found = self.number(key, required=required)
        return None if found is None else float(found)

    def integer(self, key: str, *, required: bool = False) -> int | None:
        found = self.number(key, required=required)
        if found is None:
            return None
        if found != found.to_integral_value() or abs(found) > 10**6:
            self.refuse(key, N_("“%(value)s” is not a year."), N_("Write it like 2024."), value=found)
            return None
        return int(found)

    def flag(self, key: str) -> bool | None:
        value = self._raw(key)
        if value is not None and not isinstance(value, bool):
            self.refuse(key, N_("“%(value)s” must be true or false."), value=value)
            return None
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        value = self._raw(key, required=required)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.refuse(
            key,
            N_("“%(value)s” is not a date."),
            N_("Write it like 2024-12-31, without quotes."),
            value=value,
        )
        return None

    def parsed(self, key: str, read: Callable[[], T]) -> T | None:
        """Call ``read``; what it refuses becomes a problem of this key."""
        try:
            return read()
        except InputError as error:
            self.problems.extend(error.at(file=self.file, field=self.path(key)).problems)
        except TrungHoaError as error:
            self.refuse(key, str(error).replace("%", "%%"))
        return None

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self._raw(key)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.refuse(key, N_("“%(value)s” must be a list of texts."), value=value)
            return default
        return tuple(value)

    def years(self, key: str) -> tuple[int, ...]:
        value = self._raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(type(v) is int for v in value):
            self.refuse(key, N_("“%(value)s” must be a list of years."), value=value)
            return ()
        return tuple(value)

    def by_name(self, key: str) -> dict[str, Decimal]:
        """A table of numbers by name."""
        numbers = {name: self._number(f"{key}.{name}", value) for name, value in self._mapping(key).items()}
        return {name: number for name, number in numbers.items() if number is not None}

    def by_year(self, key: str) -> dict[int, Decimal]:
        """A table of numbers by year, ``{ 2026 = 10.5, 2027 = 11 }``."""
        found: dict[int, Decimal] = {}
        for year, amount in self.by_name(key).items():
            if year.isascii() and year.isdigit():
                found[int(year)] = amount
            else:
                self.refuse(
                    f"{key}.{year}", N_("“%(value)s” is not a year."), N_("Write it like 2024."), value=year
                )
        return found

    def is_table(self, key: str) -> bool:
        return isinstance(self.data.get(key), Mapping)

    def _mapping(self, key: str) -> Mapping[str, Any]:
        value = self._raw(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.refuse(key, N_("%(field)s must be a table."), value=value)
            return {}
        return value

    def section(self, key: str) -> Section:
        """A sub-table; empty when absent."""
        return Section(self.path(key), self._mapping(key), self.file, self.problems)

    def sections(self, key: str) -> list[Section]:
        """An array of tables."""
        value = self._raw(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(v, Mapping) for v in value):
            self.refuse(key, N_("%(field)s must be an array of tables."), N_("Write it as [[%(field)s]]."))
            return []
        return [
            Section(f"{self.path(key)}[{number}]", table, self.file, self.problems)
            for number, table in enumerate(value, start=1)
        ]

    def finish(self) -> None:
        """Refuse keys that nobody asked for: a typing error must not pass in silence."""
        for key in self.data:
            if key not in self.asked:
                self.refuse(
                    key,
                    N_("%(field)s is not known here."),
                    N_("Known: %(limit)s."),
                    limit=", ".join(sorted(self.asked)),
                )
