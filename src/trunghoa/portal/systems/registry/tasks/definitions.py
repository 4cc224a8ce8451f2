"""Definitions of methodologies: those that come with the program and those that people propose."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from trunghoa.crediting.methodology import Methodology, load_methodologies, methodology_of


def packaged() -> tuple[Methodology, ...]:
    """The methodologies that come with the program."""
    return load_methodologies()


def found(code: str, version: str, definition: Mapping[str, Any] | None = None) -> Methodology | None:
    """A methodology whose equations are on record: as proposed here, or else as it comes with the program."""
    if text := (definition or {}).get("toml"):
        return _read(text)
    return next((m for m in packaged() if (m.id, m.version) == (code, version)), None)


def read(text: str, file: str) -> Methodology:
    """Read a definition.

    Raises
    ------
    InputError
        with one Problem for each key or equation that is wrong.
    """
    return methodology_of(text, file)


@lru_cache(maxsize=200)
def _read(text: str) -> Methodology:
    return methodology_of(text)
