"""Blocks that a test writes for itself, and the known answers beside the project."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trunghoa.crediting import Block, Inputs, PartyYear

HEADER = (
    "row,programme,party,ft_definition,authorised_ndc,authorised_oimp,"
    "auth_year,issue_year,on_carp,volume_tco2e,vintage"
)


@pytest.fixture
def credit_cases(cases: Path) -> Path:
    folder = cases / "crediting"
    if not folder.is_dir():
        pytest.skip(f"no known answers at {folder}")
    return folder


@pytest.fixture
def case_json(credit_cases: Path) -> Callable[[str], Any]:
    return lambda name: json.loads((credit_cases / name).read_text(encoding="utf-8"))


@pytest.fixture
def blocks_file(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: str, header: str = HEADER, name: str = "blocks.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return path

    return write


def block(key: str = "1", **given: Any) -> Block:
    """A block of 100 t, vintage 2023, authorised for OIMP in 2024 and first transferred with it."""
    default: dict[str, Any] = {
        "party": "Host",
        "definition": "Authorisation",
        "ndc": False,
        "oimp": True,
        "quantity": 100,
        "vintage": 2023,
        "authorised": 2024,
    }
    return Block(key=key, **{**default, **given})


def inputs(*blocks: Block, reported: tuple[PartyYear, ...] = (), **given: Any) -> Inputs:
    default: dict[str, Any] = {"period": (2021, 2030), "first_vintage": 2021}
    return Inputs(blocks=blocks, reported=reported, **{**default, **given})
