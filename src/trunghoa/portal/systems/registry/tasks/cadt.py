"""Export to the Climate Action Data Trust: the kernel's model, check and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from trunghoa.crediting import CadtModel, cadt_export, cadt_json, cadt_workbook, load_cadt_model

Tables = dict[str, list[dict[str, Any]]]


@lru_cache(maxsize=1)
def model() -> CadtModel:
    return load_cadt_model()


def checked(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> Tables:
    """Rows as the model has them.

    Raises
    ------
    InputError
        with each key, value or reference that the model does not allow.
    """
    return cadt_export(tables, model())


def as_json(tables: Tables) -> bytes:
    return cadt_json(tables).encode()


def as_workbook(tables: Tables, day: date) -> bytes:
    return cadt_workbook(tables, model(), day)
