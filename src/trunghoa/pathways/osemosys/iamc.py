"""Results in the IAMC layout: model, scenario, region, variable, unit and years, long or wide.

What a technology or fuel is called there is not in OSeMOSYS data: rules say it, read from a CSV file or
given, or :mod:`.iamc_names` makes them. Without rules every table keeps the model's own names behind a
heading such as ``Capacity|``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trunghoa.quantities import N_, InputError, ModelError, Problem

from .carbon import carbon_price
from .results import Results, ResultTable, grouped
from .schema import FURTHER_RESULTS, RESULTS, E, F, R, T, Y

HEADING = ("Model", "Scenario", "Region", "Variable", "Unit")
PRICE = "CarbonPrice"
_YEARLY = {"energy", "money", "emission"}
_RULE_COLUMNS = ("table", "variable", "unit", "factor", T, F, E)


@dataclass(frozen=True)
class Rule:
    """One kind of variable.

    Attributes
    ----------
    table : a result table with years, or ``CarbonPrice``
    variable : name, in which ``{TECHNOLOGY}``, ``{FUEL}`` and ``{EMISSION}`` stand for members; what is not
        named is summed
    members : restricts a set to some members
    unit : unit of the variable; empty for the model's own
    factor : by which values are multiplied to be in ``unit``
    """

    table: str
    variable: str
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unit: str = ""
    factor: float = 1.0


OWN_NAMES = (
    Rule("AnnualEmissions", "Emissions|{EMISSION}"),
    Rule("TotalCapacityAnnual", "Capacity|{TECHNOLOGY}"),
    Rule("NewCapacity", "Capacity Additions|{TECHNOLOGY}"),
    Rule("ProductionByTechnologyAnnual", "Production|{FUEL}|{TECHNOLOGY}"),
    Rule("CapitalInvestment", "Investment|{TECHNOLOGY}"),
    Rule("AnnualVariableOperatingCost", "OM Cost|Variable|{TECHNOLOGY}"),
    Rule("AnnualFixedOperatingCost", "OM Cost|Fixed|{TECHNOLOGY}"),
    Rule(PRICE, "Price|Carbon|{EMISSION}"),
)


@dataclass(frozen=True)
class Row:
    """One value of the long table."""

    region: str
    variable: str
    unit: str
    year: str
    value: float


def iamc(results: Results, rules: Sequence[Rule] = OWN_NAMES) -> list[Row]:
    """Rows of the long table, ordered by region, variable and year.

    Raises
    ------
    ModelError
        A unit is not known: neither the rule nor the model's ``units`` says it.
    """
    sums: dict[tuple[str, str, str, str], float] = {}
    for rule in rules:
        if rule.table == PRICE and not results.solution.y.size:
            continue
        for region, variable, unit, year, value in _rows(results, rule):
            key = region, variable, unit, year
            sums[key] = sums.get(key, 0.0) + value
    return [Row(*key, value) for key, value in sorted(sums.items())]


def _rows(results: Results, rule: Rule) -> Iterable[tuple[str, str, str, str, float]]:
    table, model = _table(results, rule), results.model
    unit = rule.unit or _unit(results, table)
    dims = [d for d in (R, T, F, E) if d in table.dims and (d == R or f"{{{d}}}" in rule.variable)]
    kept = [
        i
        for i, members in enumerate(zip(*table.labels(model), strict=True))
        if all(members[table.dims.index(d)] in names for d, names in rule.members.items() if d in table.dims)
    ]
    keys = [table.keys[table.dims.index(d)][kept] for d in (*dims, Y)]
    found, values = grouped(keys, [model.size(d) for d in (*dims, Y)], table.values[kept])
    for *members, year, value in zip(*(k.tolist() for k in found), values.tolist(), strict=True):
        names = {d: model.sets[d][i] for d, i in zip(dims, members, strict=True)}
        variable = rule.variable.format(**{T: "", F: "", E: "", **names})
        yield names[R], variable, unit, model.sets[Y][year], value * rule.factor


def _table(results: Results, rule: Rule) -> ResultTable:
    if rule.table == PRICE:
        # What a further tonne costs whoever emits it: the model's own tax and the price of its limits.
        price = carbon_price(results.built, results.solution) + results.model.dense("EmissionsPenalty")
        keys = price.nonzero()
        positions = tuple(k.astype("int32") for k in keys)
        return ResultTable(PRICE, (R, E, Y), positions, price[keys], "money/emission")
    known = RESULTS.get(rule.table) or FURTHER_RESULTS.get(rule.table)
    if known is None or Y not in known[0]:
        raise ModelError(f"“{rule.table}” is not a result by year.")
    return results.table(rule.table)


def _unit(results: Results, table: ResultTable) -> str:
    parts = []
    for measure in table.measure.split("/"):
        unit = results.model.units.get(measure)
        if not unit:
            raise ModelError(
                f"The unit of {measure} is not known: IAMC tables need units. Write it into config.yaml "
                f"under “units”, such as {measure}: {_EXAMPLES[measure]}."
            )
        parts.append(unit)
    return f"{parts[0]}/yr" if table.measure in _YEARLY else "/".join(parts)


_EXAMPLES = {"energy": "PJ", "capacity": "GW", "money": "million US$2010", "emission": "Mt CO2"}


def read_rules(path: Path) -> list[Rule]:
    """Read rules from a CSV file with the columns table, variable, unit, factor, TECHNOLOGY, FUEL, EMISSION.

    Members in one cell are separated by blanks; an empty cell means all.

    Raises
    ------
    InputError
        with file, row and field.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    problems, rules = [], []
    for number, row in enumerate(rows, 2):
        factor = (row.get("factor") or "1").strip()
        checks = {
            "table": row.get("table") in {*RESULTS, *FURTHER_RESULTS, PRICE},
            "variable": bool(row.get("variable")),
            "factor": _number(factor),
        }
        for field_, good in checks.items():
            if not good:
                problems.append(
                    Problem(
                        N_("“%(value)s” cannot be used here."),
                        N_("Columns: %(limit)s."),
                        path.name, number, field_, row.get(field_) or "", ", ".join(_RULE_COLUMNS),
                    )
                )  # fmt: skip
        if not problems:
            members = {d: tuple(row[d].split()) for d in (T, F, E) if (row.get(d) or "").strip()}
            rules.append(Rule(row["table"], row["variable"], members, row.get("unit") or "", float(factor)))
    if problems:
        raise InputError(problems)
    return rules


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_iamc(rows: Sequence[Row], path: Path, *, model: str, scenario: str, wide: bool = True) -> None:
    """Write the table as CSV or, by the file's ending, as a workbook; wide has the years across.

    Raises
    ------
    ModelError
        Model or scenario has no name.
    """
    if not model.strip() or not scenario.strip():
        raise ModelError("An IAMC table names its model and its scenario.")
    lines = list(_wide(rows, model, scenario) if wide else _long(rows, model, scenario))
    if path.suffix == ".xlsx":
        import xlsxwriter

        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("data")
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
        return
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(lines)


def _long(rows: Sequence[Row], model: str, scenario: str) -> Iterable[list[str | float]]:
    yield [*HEADING, "Year", "Value"]
    for row in rows:
        yield [model, scenario, row.region, row.variable, row.unit, int(row.year), row.value]


def _wide(rows: Sequence[Row], model: str, scenario: str) -> Iterable[list[str | float]]:
    years = sorted({row.year for row in rows}, key=int)
    yield [*HEADING, *map(int, years)]
    lines: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in rows:
        lines.setdefault((row.region, row.variable, row.unit), {})[row.year] = row.value
    for key, values in lines.items():
        yield [model, scenario, *key, *(values.get(y, "") for y in years)]
