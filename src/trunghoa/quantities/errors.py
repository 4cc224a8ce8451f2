"""The error tree.

TrungHoaError
├── InputError        something a person gave is wrong; carries one Problem per cell
├── UnitError         a unit is unknown, or two units do not measure the same thing
├── GasError          a gas, blend or GWP set is unknown, or lacks a value
├── PeriodError       a period is malformed
├── PlaceError        a place is unknown on that date
├── ParameterError    a dated parameter is missing on that date
└── ModelError        a kernel was asked for something that has no meaning
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


def N_(message: str) -> str:  # noqa: N802 - the gettext convention for "translate later"
    """Mark a message for translation; the portal translates it where it is shown."""
    return message


class TrungHoaError(Exception):
    """Root of every error this package raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place of an input.

    ``message`` and ``hint`` are English texts with ``%(value)s``, ``%(limit)s`` and ``%(field)s`` in
    them, so that they can be translated before the values are put in.
    """

    message: str
    hint: str = ""
    file: str = ""
    row: int | None = None
    field: str = ""
    value: str = ""
    limit: str = ""
    source: str = ""

    def at(self, *, file: str = "", row: int | None = None, field: str = "") -> Problem:
        """Return the same problem with its place filled in where it was not yet known."""
        return replace(
            self,
            file=self.file or file,
            row=self.row if self.row is not None else row,
            field=self.field or field,
        )

    @property
    def where(self) -> str:
        parts = [self.file]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.field:
            parts.append(f"field {self.field}")
        return ", ".join(p for p in parts if p)

    @property
    def params(self) -> dict[str, str]:
        return {"value": self.value, "limit": self.limit, "field": self.field}

    def __str__(self) -> str:
        text = self.message % self.params
        if self.where:
            text = f"{self.where}: {text}"
        if self.hint:
            text += f" {self.hint % self.params}"
        if self.source:
            text += f" [{self.source}]"
        return text


class InputError(TrungHoaError):
    """Everything found wrong with an input, so that it can be mended in one go."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))

    def at(self, *, file: str = "", row: int | None = None, field: str = "") -> InputError:
        return InputError(p.at(file=file, row=row, field=field) for p in self.problems)


class UnitError(TrungHoaError):
    """A unit is unknown, or two units do not measure the same thing."""


class GasError(TrungHoaError):
    """A gas, a blend or a GWP set is unknown, or the set lacks the gas."""


class PeriodError(TrungHoaError):
    """A period ends before it begins, or its text cannot be read."""


class PlaceError(TrungHoaError):
    """No such place on that date."""


class ParameterError(TrungHoaError):
    """No such parameter on that date."""


class ModelError(TrungHoaError):
    """A kernel was asked for something that has no meaning."""
