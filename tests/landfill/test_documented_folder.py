"""The folder that the documentation shows is one that the program reads."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from trunghoa.landfill import read_folder, resolve, run
from trunghoa.parameters import Parameters

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "site-folder.md"


@pytest.fixture
def shown() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"csv": [], "toml": []}
    for kind, text in re.findall(r"```(csv|toml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        found[kind].append(text)
    return found


def test_the_whole_example_with_project_and_money_is_computed(
    shown: dict[str, list[str]], tmp_path: Path
) -> None:
    site, _composition, project = shown["toml"]
    site = site.replace("closed = 2017\n", "").split("[[conversions]]")[0]
    (tmp_path / "site.toml").write_text(site + project, encoding="utf-8")
    (tmp_path / "deposits.csv").write_text(shown["csv"][0] + "2036,1000,0,0\n", encoding="utf-8")
    text = (tmp_path / "site.toml").read_text(encoding="utf-8")
    gaps = ", ".join(str(y) for y in range(2018, 2036))
    (tmp_path / "site.toml").write_text(
        text.replace("gap_years = []", f"gap_years = [{gaps}]"), encoding="utf-8"
    )
    given, as_of = read_folder(tmp_path)
    assert as_of == date(2026, 1, 1)
    result = run(resolve(given, Parameters.load(), as_of))
    assert result.reductions is not None
    assert result.reductions.years == tuple(range(2027, 2037))


def test_the_conversion_of_the_example_takes_place(shown: dict[str, list[str]], tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(shown["toml"][0], encoding="utf-8")
    (tmp_path / "deposits.csv").write_text(shown["csv"][0], encoding="utf-8")
    given, as_of = read_folder(tmp_path)
    inputs = resolve(given, Parameters.load(), as_of or date(2026, 1, 1))
    assert [c.to for c in given.site.conversions] == ["semi_aerobic"]
    assert run(inputs).methane.emitted.sum() > 0


def test_a_total_needs_and_takes_the_composition_of_the_example(
    shown: dict[str, list[str]], tmp_path: Path
) -> None:
    site = shown["toml"][0].split("[[conversions]]")[0]
    (tmp_path / "site.toml").write_text(site + shown["toml"][1], encoding="utf-8")
    (tmp_path / "deposits.csv").write_text(
        "year,total_t\n2015,1000\n2016,1000\n2017,1000\n", encoding="utf-8"
    )
    given, _ = read_folder(tmp_path)
    assert {"food", "garden", "paper", "plastic"} == {str(k) for k in given.deposits.composition}
