"""The numbers of the training course: what each stands for, and how it is got from the example workspace.

A lesson writes a number as ``494.9<!-- net_zero | total | 2030 -->``. The note names a scenario of the
workspace, with ``+lever=strength`` and ``~table:key:…:year=value`` for what the lesson changes; a measure;
and a year. After a change of the model write the numbers anew: ``python -m tests.docs.course``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COURSE = ROOT / "docs" / "course"
NUMBER = re.compile(r"(?P<text>[−-]?\d[\d,]*(?:\.\d+)?)<!-- (?P<note>[^>]*?) -->")


def lessons() -> list[Path]:
    return sorted(COURSE.glob("[0-9]*.md"))


def numbers(path: Path) -> Iterator[tuple[str, str]]:
    """Each printed number with its note."""
    for found in NUMBER.finditer(path.read_text(encoding="utf-8")):
        yield found["text"], found["note"]


@cache
def workspace() -> Any:
    from trunghoa import workspace

    return workspace.load("vietnam")


@cache
def result(scenario: str) -> Any:
    """The result of a scenario with its changes, read as the pages read it."""
    from trunghoa.pathways.enduse import apply_scenario, compile_model, pull, solve_model
    from trunghoa.pathways.enduse.accounts import account
    from trunghoa.portal.systems.scenarios import tasks
    from trunghoa.portal.systems.scenarios.reading import Result

    record = workspace().pathways
    head, *edits = scenario.split("~")
    code, *pulled = head.split("+")
    tables = apply_scenario(record.tables, record.book, code)
    for lever in pulled:
        name, strength = lever.split("=")
        tables = pull(tables, [(record.book.levers[name], float(strength))])
    for edit in edits:
        where, value = edit.split("=")
        table, *keys, year = where.split(":")
        tables = tasks.edited(tables, [[table, keys, "", int(year), value, "unverified", "course"]])
    return Result(account(solve_model(compile_model(tables))))


def aims() -> Any:
    """The targets as the workspace states them."""
    rows = [f for stated in workspace().reports for f in stated.figures if f.kind.startswith("target.")]
    caps = {(f.period.start.year, f.category): f.amount for f in rows if f.kind == "target.sector_emissions"}
    bau = {f.period.start.year: f.amount for f in rows if f.kind == "target.bau_emissions"}
    cuts = {(f.period.start.year, f.category): f.amount for f in rows if f.kind == "target.reduction_vs_bau"}
    return caps, bau, cuts


def value(note: str) -> float:
    """What a number stands for."""
    scenario, measure, year_text = (part.strip() for part in note.split("|"))
    year = int(year_text)
    caps, bau, cuts = aims()
    if scenario == "targets":
        level = float(bau[year] * (1 - cuts[year, "conditional"] / 100))
        total = float(sum(amount for (y, _category), amount in caps.items() if y == year))
        return {"caps": total, "level": level, "mismatch": total - level}[measure]
    if measure.startswith("avoided "):
        price = float(measure.removeprefix("avoided "))
        before, after = priced(scenario, 0.0), priced(scenario, price)
        return _at(before, year) - _at(after, year)
    if measure.startswith("gap "):
        cut = cuts[year, measure.removeprefix("gap ")]
        return _total(scenario, year) - float(bau[year] * (1 - cut / 100))
    found = result(scenario)
    n = found.years.index(year)
    kind, _, of = measure.partition(" ")
    match kind:
        case "total":
            return float(found.total_emissions()[n])
        case "category":
            return float(found.emissions()[of][n])
        case "generation":
            return float(found.generation()[of][1][n]) / 3.6
        case "capacity":
            return float(found.capacity()[of][1][n])
        case "cost":
            return float(found.system_cost()[n])
        case "price":
            return float(found.carbon_price()[n] * found.per_tonne)
        case "input":
            from trunghoa.pathways.enduse import apply_scenario

            record = workspace().pathways
            table, *keys = of.split(":")
            tables = apply_scenario(record.tables, record.book, scenario)
            return next(r.value for r in tables.records(table) if r.keys == tuple(keys) and r.year == year)
    raise ValueError(f"no measure {measure}")


def _total(scenario: str, year: int) -> float:
    return _at(result(scenario), year)


def _at(found: Any, year: int) -> float:
    return float(found.total_emissions()[found.years.index(year)])


@cache
def priced(scenario: str, price: float) -> Any:
    """A scenario under a price of a sweep instead of a price of its own."""
    from trunghoa.pathways.enduse import compile_model, pull, solve_model
    from trunghoa.pathways.enduse.accounts import account
    from trunghoa.pathways.enduse.job import taxed
    from trunghoa.portal.systems.scenarios.reading import Result

    record = workspace().pathways
    levers = [(lever, s) for lever, s in record.book.pulled(scenario) if lever.code != "carbon_price"]
    tables = pull(record.tables, levers)
    return Result(account(solve_model(compile_model(taxed(tables, price) if price else tables))))


def decimals_of(text: str) -> int:
    return len(text.partition(".")[2])


def read(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def written(amount: float, decimals: int) -> str:
    text = f"{amount:,.{decimals}f}".replace("-", "−")
    return text.removeprefix("−") if not read(text) else text


def rewrite() -> None:
    """Put today's numbers into the lessons, each with as many decimals as it has."""
    for path in lessons():
        text = path.read_text(encoding="utf-8")

        def fresh(found: re.Match[str]) -> str:
            return f"{written(value(found['note']), decimals_of(found['text']))}<!-- {found['note']} -->"

        path.write_text(NUMBER.sub(fresh, text), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
