"""What a run leaves behind: documents for all who may see the scenario, figures once it is published."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record import documents, figures
from trunghoa.portal.core.record.models import Figure, Run
from trunghoa.quantities import Figure as FigureValue
from trunghoa.quantities import Period, PlaceKey, Quality, Status, from_float, worst

from . import reading, targets
from .models import Scenario, Solve
from .reading import Result

JSON = "application/json"
SYSTEM = "S1"
TOTAL = "pathways.total_emissions"
WITH_LAND, WITHOUT_LAND = "with_lulucf", "without_lulucf"
# What a solve leaves of an amount below this is the solver's dust.
DUST = 1e-9


# Name, media type and bytes of what a run leaves beside its result.
File = tuple[str, str, bytes]


def keep(run: Run, data: dict[str, Any], log: str, files: Sequence[File] = ()) -> Solve:
    """The tables of a solve as documents, and what the lists show of it."""
    content = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    document = documents.store(content, media_type=JSON, filename=f"pathway-{run.inputs_sha256[:12]}.json")
    run.outputs.add(document)
    for name, media_type, made in files:
        run.outputs.add(documents.store(made, media_type=media_type, filename=name))
    bulk.update(Solve.objects.filter(run=run), ending="", log=log, summary=data["summary"], result=document)
    return Solve.objects.get(run=run)


def settle(run: Run) -> None:
    """Show the run on every scenario that asked for it; a published one gets its figures."""
    for scenario in Scenario.objects.filter(last_run=run).select_related("model__place", "owner"):
        if run.solve.summary.get("status") != "optimal":
            continue
        bulk.update(Scenario.objects.filter(pk=scenario.pk), shown_run=run)
        scenario.shown_run = run
        if scenario.state == "published":
            publish(scenario)


def publish(scenario: Scenario) -> list[Figure]:
    """Put the figures of the shown run on record; what only an earlier run gave is withdrawn."""
    run = scenario.shown_run
    result = reading.of_run(run)
    # A sweep or draws are many courses: their own figures would be those of none.
    # Nor are those of a handed-in model the country's: its places and gases have names of its own.
    own = scenario.model.kind != "enduse"
    if own or run is None or result is None or not result.optimal or scenario.analysis != "single":
        return []
    values = list(figures_of(scenario, result))
    rows = figures.put(values, run=run)
    _withdraw(scenario, run, {row.pk for row in rows})
    return rows


def withdraw(scenario: Scenario) -> None:
    if scenario.shown_run is not None:
        _withdraw(scenario, scenario.shown_run, set())


def _withdraw(scenario: Scenario, run: Run, kept: set[int]) -> None:
    standing = Figure.objects.current().filter(
        system_id=SYSTEM, scenario=scenario.code, kind__startswith="pathways."
    )
    gone = [pk for pk in standing.values_list("pk", flat=True) if pk not in kept]
    bulk.update_keys(Figure, gone, is_current=False, withdrawn_by=run)


def quality_of(scenario: Scenario, result: Result) -> Quality:
    """As good as the worst of the model's numbers, the scenario's own and what it says of itself."""
    return worst([Quality(result.data["quality"]), Quality(scenario.quality)])


def method_of(result: Result) -> str:
    summary = result.summary
    return f"AIM/Enduse, {summary['foresight']} foresight, {summary['method']}"


def figures_of(scenario: Scenario, result: Result) -> Iterator[FigureValue]:
    """The numbers people cite: emissions, generation, capacity, investment, cost, price, gap."""
    shared = {
        "system": SYSTEM,
        "place": PlaceKey(scenario.model.place.era, scenario.model.place.code),
        "status": Status.PROJECTED,
        "quality": quality_of(scenario, result),
        "source": f"{scenario.source}; {scenario.model.source}",
        "method": method_of(result),
        "scenario": scenario.code,
    }
    yield from _emissions(result, shared)
    yield from _energy(result, shared)
    yield from _money(result, shared)
    yield from _gaps(scenario, result, shared)


def exact(value: float) -> Decimal:
    return from_float(0.0 if abs(value) < DUST else value)


def _emissions(result: Result, shared: dict[str, Any]) -> Iterator[FigureValue]:
    if not result.co2e_unit or not result.gwp_set:
        return
    by, total = result.emissions(), result.total_emissions()
    land = by.get("lulucf", [0.0] * len(total))
    without = [a - b for a, b in zip(total, land, strict=True)]
    rows = [("pathways.emissions", category, amounts) for category, amounts in by.items()]
    rows += [(TOTAL, WITH_LAND, total), (TOTAL, WITHOUT_LAND, without)]
    for kind, category, amounts in rows:
        for year, amount in zip(result.years, amounts, strict=True):
            yield FigureValue(
                kind=kind,
                period=Period.year(year),
                amount=exact(amount),
                unit=result.co2e_unit,
                gwp_set=result.gwp_set,
                category=category,
                **shared,
            )


def _energy(result: Result, shared: dict[str, Any]) -> Iterator[FigureValue]:
    tables = (
        ("pathways.generation", result.generation(), ("TWh", "GWh", "PJ", "TJ", "MWh")),
        ("pathways.capacity", result.capacity(), ("GW", "MW", "kW")),
    )
    for kind, by, units in tables:
        for device, (unit, amounts) in by.items():
            if unit not in units:
                continue
            for year, amount in zip(result.years, amounts, strict=True):
                if abs(amount) >= DUST:
                    yield FigureValue(
                        kind=kind,
                        period=Period.year(year),
                        amount=exact(amount),
                        unit=unit,
                        category=device,
                        **shared,
                    )


def _money(result: Result, shared: dict[str, Any]) -> Iterator[FigureValue]:
    if result.dollars is None:
        return
    millions = result.dollars / 1e6
    invested = result.summed("investment", lambda r: "")[""][1]
    for kind, amounts in (("system_cost", result.system_cost()), ("investment", invested)):
        for year, amount in zip(result.years, amounts, strict=True):
            yield FigureValue(
                kind=f"pathways.{kind}",
                period=Period.year(year),
                amount=exact(amount * millions),
                unit="MUSD",
                **shared,
            )
    if (factor := result.per_tonne) is None or not result.gwp_set:
        return
    for row in result.rows("carbon_price"):
        category = "tax" if row["kind"] == "tax" else row["places"]
        if row["kind"] == "tax" and not any(row.amounts):
            continue
        for year, price in zip(result.years, row.amounts, strict=True):
            if price is not None:
                yield FigureValue(
                    kind="pathways.carbon_price",
                    period=Period.year(year),
                    amount=exact(price * factor),
                    unit="USD/tCO2e",
                    gwp_set=result.gwp_set,
                    category=category,
                    **shared,
                )


def _gaps(scenario: Scenario, result: Result, shared: dict[str, Any]) -> Iterator[FigureValue]:
    """Emissions less the line of the contribution; above zero is what is missing."""
    aims = targets.of_place(scenario.model.place)
    yield from aims.figures(shared["place"])
    if result.co2e_unit != targets.UNIT or not result.gwp_set:
        return
    for line in aims.lines:
        amount = targets.interpolated(result.years, result.total_emissions(), line.year)
        if amount is not None:
            told = {**shared, "source": f"{shared['source']}; {line.source}"}
            yield FigureValue(
                kind="pathways.gap",
                period=Period.year(line.year),
                amount=exact(amount) - line.level,
                unit=targets.UNIT,
                gwp_set=result.gwp_set,
                category=line.category,
                **{**told, "quality": worst([shared["quality"], line.quality])},
            )


def iamc(result: Result, model: str, scenario: str, *, wide: bool) -> bytes:
    """The result as an IAMC table: model, scenario, region, variable, unit and years."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    head = ["model", "scenario", "region", "variable", "unit"]
    writer.writerow([*head, *result.years] if wide else [*head, "year", "value"])
    for region, variable, unit, amounts in iamc_rows(result):
        start = [model, scenario, region, variable, unit]
        if wide:
            writer.writerow([*start, *("" if a is None else repr(a) for a in amounts)])
            continue
        for year, amount in zip(result.years, amounts, strict=True):
            if amount is not None:
                writer.writerow([*start, year, repr(amount)])
    return stream.getvalue().encode()


IamcRow = tuple[str, str, str, list[float | None]]


def iamc_rows(result: Result) -> Iterator[IamcRow]:
    """Variables by IAMC's names; what has no unit is left out, for a number without one says nothing."""
    if "iamc" in result.data:
        yield from (tuple(row) for row in result.data["iamc"])
        return
    names = {c: result.name("sectors", c, "en") for c in result.data["members"].get("sectors", {})}
    yield from _iamc_sums(
        result,
        "co2e",
        lambda r: f"Emissions|Kyoto Gases|{names[r['sector']]}",
        {"Mt": "Mt CO2-equiv/yr", "kt": "kt CO2-equiv/yr", "t": "t CO2-equiv/yr"},
    )
    yield from _iamc_sums(
        result,
        "emission",
        lambda r: f"Emissions|{r['gas']}|{names[r['sector']]}",
        {"Mt": "Mt/yr", "kt": "kt/yr", "t": "t/yr"},
    )
    energy = {"PJ": "PJ/yr", "EJ": "EJ/yr", "TJ": "TJ/yr", "GJ": "GJ/yr", "TWh": "TWh/yr", "GWh": "GWh/yr"}
    yield from _iamc_sums(
        result,
        "energy",
        lambda r: f"Energy Use|{names[r['sector']]}|{result.name('energies', r['energy'], 'en')}",
        energy,
    )
    makers = set(result.generation())
    device = {c: result.name("devices", c, "en") for c in result.data["members"].get("devices", {})}
    yield from _iamc_sums(
        result,
        "output",
        lambda r: f"Secondary Energy|Electricity|{device[r['device']]}" if r["device"] in makers else None,
        energy,
    )
    yield from _iamc_sums(
        result,
        "stock",
        lambda r: f"Capacity|Electricity|{device[r['device']]}" if r["device"] in makers else None,
        {"GW": "GW", "MW": "MW", "kW": "kW"},
    )
    money = result.settings.get("currency", "")
    regions = list(result.data["members"].get("regions", {})) or ["World"]
    if money:
        yield from _iamc_sums(
            result, "investment", lambda r: f"Investment|{names[r['sector']]}", {money: money}
        )
    if money and result.gas_unit:
        region = regions[0] if len(regions) == 1 else "World"
        yield region, "Price|Carbon", f"{money}/{result.gas_unit} CO2", result.carbon_price()


def _iamc_sums(result: Result, table: str, variable: Any, units: dict[str, str]) -> Iterator[IamcRow]:
    found: dict[tuple[str, str, str], list[float]] = {}
    for row in result.rows(table):
        name = variable(row)
        if name is None or row.unit not in units:
            continue
        total = found.setdefault((row["region"], name, units[row.unit]), [0.0] * len(result.years))
        for n, amount in enumerate(row.amounts):
            total[n] += amount or 0.0
    for (region, name, unit), amounts in found.items():
        yield region, name, unit, list(amounts)


def workbook(result: Result, about: list[tuple[str, str]], lang: str) -> bytes:
    """All tables of a result, a sheet each; the same result gives the same bytes."""
    from datetime import datetime

    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the same result, the same bytes
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet("run")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90)
    for y, (label, value) in enumerate(about):
        sheet.write_string(y, 0, label)
        sheet.write_string(y, 1, value)
    for table in result.tables():
        rows = result.rows(table)
        sheet = book.add_worksheet(table[:31])
        keys = list(rows[0].keys) if rows else []
        for x, header in enumerate([*keys, "name", "unit"]):
            sheet.write_string(0, x, header, bold)
        for x, year in enumerate(result.years, start=len(keys) + 2):
            sheet.write_number(0, x, year, bold)
        sheet.freeze_panes(1, len(keys))
        for y, row in enumerate(rows, start=1):
            for x, key in enumerate(keys):
                sheet.write_string(y, x, row[key])
            sheet.write_string(y, len(keys), _named(result, row, lang))
            sheet.write_string(y, len(keys) + 1, row.unit)
            for x, amount in enumerate(row.amounts, start=len(keys) + 2):
                if amount is not None:
                    sheet.write_number(y, x, amount)
    book.close()
    return stream.getvalue()


MEMBERS = {
    "device": "devices",
    "service": "services",
    "energy": "energies",
    "gas": "gases",
    "sector": "sectors",
}


def _named(result: Result, row: reading.Row, lang: str) -> str:
    """The name of the last key that has one."""
    for key in reversed(row.keys):
        if key in MEMBERS:
            return result.name(MEMBERS[key], row[key], lang)
    return ""
