"""Landfill folders that a test writes for itself, and the known answers beside the project."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parents[2] / "../shared/cases/methane_hfc"

SITE = """
{top}
[site]
name = "Nam Sơn"
opened = {opened}
managed = true
source = "illustrative"
status = "illustrative"
{site}
[climate]
{climate}
[model]
as_of = 2026-01-01
{model}
{rest}
"""
DEPOSITS = "year,food,paper\n2020,1000,200\n2021,1100,210\n"


@pytest.fixture
def cases() -> Path:
    if not CASES.exists():
        pytest.skip(f"known answers are not beside the project ({CASES})")
    return CASES


@pytest.fixture
def read_case(cases: Path) -> Callable[[str], list[dict[str, str]]]:
    def read(name: str) -> list[dict[str, str]]:
        with (cases / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    return read


@pytest.fixture
def case_json(cases: Path) -> Callable[[str], Any]:
    return lambda name: json.loads((cases / name).read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write a landfill folder; the parts of ``site.toml`` that a test is about are given as text."""

    def write(
        *,
        deposits: str | bytes = DEPOSITS,
        opened: object = 2000,
        site: str = "",
        climate: str = "mat_c = 24\nmap_mm = 1700",
        model: str = 'guideline = "IPCC2006"',
        rest: str = "",
        top: str = "",
    ) -> Path:
        text = SITE.format(opened=opened, site=site, climate=climate, model=model, rest=rest, top=top)
        (tmp_path / "site.toml").write_text(text, encoding="utf-8")
        raw = deposits if isinstance(deposits, bytes) else deposits.encode()
        (tmp_path / "deposits.csv").write_bytes(raw)
        return tmp_path

    return write
