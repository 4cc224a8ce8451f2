"""The jobs of this room, and the only place that calls the pathways kernel."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from trunghoa import __version__
from trunghoa.parameters import Parameters
from trunghoa.pathways.bottom_up import WARNING, Bar, Measure, bottom_up
from trunghoa.pathways.enduse import Lever, Record, Tables, compile_model, pull
from trunghoa.pathways.enduse.plain import from_plain, levers_from_plain, levers_to_plain, to_plain
from trunghoa.pathways.enduse.read import parse_value, parse_year
from trunghoa.pathways.enduse.schema import REFERS, VALUES, Bound, Values
from trunghoa.pathways.scheme import Course, Sector, along
from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.publication.sections import Progress
from trunghoa.portal.core.record import documents, runs
from trunghoa.portal.core.record.models import Document, Run
from trunghoa.quantities import N_, InputError, Problem, Quality, TrungHoaError, from_float
from trunghoa.quantities import Figure as FigureValue

from . import osemosys, outcome, running, warming
from .description import KERNELS, describe
from .models import Scenario, Solve
from .reading import Result, Row

__all__ = ["REFERS", "VALUES", "WARNING", "Bound", "Record", "Tables", "Values", "parse_value", "parse_year"]

# Versions of parameters that a run rests on: all of them stand in the model's document.
PARAMETERS_VERSION = "model"
LOG_LINES = 400


@lru_cache(maxsize=8)
def _model_data(sha256: str) -> dict[str, Any]:
    return json.loads(documents.read(Document.objects.get(pk=sha256)))


@lru_cache(maxsize=8)
def base_tables(sha256: str) -> Tables:
    """The tables of a model's document, which never change."""
    return from_plain(_model_data(sha256)["tables"])


@lru_cache(maxsize=8)
def base_levers(sha256: str) -> dict[str, Lever]:
    """The levers a model offers, in its order."""
    return levers_from_plain(_model_data(sha256)["levers"])


@lru_cache(maxsize=8)
def expert_bars(sha256: str) -> dict[int, list[Bar]]:
    """The measures that experts state beside a model, by year and in the order of their cost."""
    rows = [
        Measure(**{**row, "quality": Quality(row["quality"])})
        for row in _model_data(sha256).get("measures", ())
    ]
    years = sorted({row.year for row in rows if row.year is not None})
    return {year: bottom_up([row for row in rows if row.year == year]) for year in years}


def plain_model(tables: Tables, levers: Mapping[str, Lever], measures: Iterable[Measure] = ()) -> bytes:
    """A model as the document that runs read."""
    data: dict[str, Any] = {"tables": to_plain(tables), "levers": levers_to_plain(levers)}
    if rows := [{**asdict(measure), "quality": measure.quality.value} for measure in measures]:
        data["measures"] = rows
    return json.dumps(data, ensure_ascii=False, sort_keys=True).encode()


def described_tables(description: Mapping[str, Any]) -> Tables:
    """The tables a description asks for: the model's, with levers, edits and settings."""
    tables, levers = base_tables(description["model"]), base_levers(description["model"])
    pulled = [(levers[code], float(strength)) for code, strength in description["levers"] if code in levers]
    tables = pull(tables, pulled)
    tables = edited(tables, description["edits"])
    if description["settings"]:
        tables = tables.with_settings(**description["settings"])
    return tables


def tables_of(scenario: Scenario) -> Tables:
    return described_tables(describe(scenario))


def edited(tables: Tables, edits: Iterable[list[Any]]) -> Tables:
    """Put edits in place of the records they are about; an edit without a value takes its record out."""
    by_table: dict[str, list[list[Any]]] = {}
    for row in edits:
        by_table.setdefault(row[0], []).append(row)
    changed: dict[str, list[Record]] = {}
    for table, rows in by_table.items():
        records = {target_of(r): r for r in tables.records(table)}
        for _table, keys, bound, year, value, quality, source in rows:
            target = (tuple(keys), bound, year)
            if value == "":
                records.pop(target, None)
                continue
            records[target] = Record(
                tuple(keys), number(value), year, Bound(bound) if bound else None, Quality(quality),
                source, "", f"{table}.csv", None,
            )  # fmt: skip
        changed[table] = list(records.values())
    return tables.with_values(changed)


def number(text: str) -> float:
    return math.inf if text == "inf" else float(text)


def target_of(record: Record) -> tuple[tuple[str, ...], str, int | None]:
    return record.keys, record.bound.value if record.bound else "", record.year


def problems_of(scenario: Scenario) -> list[Problem]:
    """Why a scenario cannot be run as it stands; empty when it can."""
    return description_problems(describe(scenario))


def description_problems(description: Mapping[str, Any]) -> list[Problem]:
    if description["kind"] != "enduse":
        return []  # a handed-in model was read before it was kept
    try:
        compile_model(described_tables(description))
    except InputError as error:
        return list(error.problems)
    except TrungHoaError as error:
        return [Problem(str(error).replace("%", "%%"))]
    return []


def inputs_sha256(scenario: Scenario) -> str:
    return runs.fingerprint(describe(scenario))


def request_run(scenario: Scenario, by: User | None = None) -> tuple[Run, bool]:
    """The run of a scenario as it stands; the flag says whether it still has to be executed."""
    found, needed = runs.request(
        KERNELS[scenario.model.kind],
        version=__version__,
        parameters_version=PARAMETERS_VERSION,
        inputs=describe(scenario),
        place=None,
        by=by,
    )
    Solve.objects.get_or_create(run=found)
    scenario.runs.add(found)
    if needed and found.state == Run.State.QUEUED:
        bulk.update(Solve.objects.filter(run=found), ending="", log="", cancelled_by=None, cancelled_on=None)
    values: dict[str, Any] = {"last_run": found}
    if found.state == Run.State.DONE and found.solve.summary.get("status") == "optimal":
        values["shown_run"] = found
    bulk.update(Scenario.objects.filter(pk=scenario.pk), **values)
    scenario.refresh_from_db()
    return found, needed


def enqueue(scenario: Scenario, by: User | None = None) -> Run:
    """Ask for a run and put it into the queue once what asks for it is committed."""
    with transaction.atomic():
        found, needed = request_run(scenario, by)
        if needed and found.state == Run.State.QUEUED:
            transaction.on_commit(lambda: run_scenario.enqueue(str(found.pk)))
        elif not needed and scenario.state == "published":
            outcome.publish(scenario)
    return found


@task()
def run_scenario(run_id: str) -> None:
    """Run one scenario; delivered twice, it counts once."""
    execute(Run.objects.get(pk=run_id), draw=True)


def cancel(run: Run, by: User) -> bool:
    """Say that a run is to stop; one that has not begun ends at once. False when it has ended already."""
    with transaction.atomic():
        held = Run.objects.select_for_update().get(pk=run.pk)
        if held.state not in (Run.State.QUEUED, Run.State.RUNNING):
            return False
        solve, _made = Solve.objects.get_or_create(run=held)
        bulk.update(Solve.objects.filter(pk=solve.pk), cancelled_by=by, cancelled_on=timezone.now())
        if held.state == Run.State.QUEUED:
            _ended(held, "cancelled", [])
    return True


def execute(run: Run, *, draw: bool = False) -> Run | None:
    """Execute a run; how it ended stands on it, and stops nothing else.

    With ``draw`` its charts are drawn before it is done, so that no reader waits for them.
    """
    solve, _made = Solve.objects.get_or_create(run=run)
    if run.state == Run.State.FAILED and solve.ending == "cancelled":
        return None
    log = _Log(run)

    def kernel(progress: runs.Progress) -> tuple[list[FigureValue], list[dict[str, Any]]]:
        progress(1, _("reading the model"))
        answer = _solved(run, progress, log)
        if "problems" in answer:
            log.problems = answer["problems"]
            raise InputError([Problem(**p) for p in answer["problems"]])
        log.data = answer["result"]
        log.files = answer.get("files", [])
        if draw:
            progress(98, _("drawing the charts"))
            warming.draw(run, log.data)
        return [], []

    def after(done: Run) -> None:
        outcome.keep(done, log.data, log.text, log.files)
        outcome.settle(Run.objects.select_related("solve").get(pk=done.pk))

    try:
        return runs.execute(run, kernel, after=after)
    except running.EndedError as error:
        _ended(run, error.how, [], log.text + (f"\n{error.detail}" if error.detail else ""))
    except TrungHoaError as error:
        problems = log.problems or [asdict(p) for p in getattr(error, "problems", ())]
        _ended(run, "refused", problems, log.text)
    return None


def _solved(run: Run, progress: runs.Progress, log: "_Log") -> dict[str, Any]:
    description = run.inputs

    def hear(message: dict[str, Any]) -> None:
        if "log" in message:
            log.add(message["log"])
        elif message.get("of"):
            share = message["done"] / message["of"]
            progress(2 + int(95 * share), _("solving"))

    limits: dict[str, Any] = {
        "seconds": settings.SCENARIO_SECONDS,
        "memory": settings.SCENARIO_MEMORY_BYTES,
        "hear": hear,
        "stopped": lambda: Solve.objects.filter(run=run, cancelled_on__isnull=False).exists(),
    }
    if description["kind"] == "osemosys":
        return osemosys.solved(description, limits, analysis_of(description["analysis"]).get("prices", []))
    order = {
        "tables": to_plain(described_tables(description)),
        "method": description["method"],
        "analysis": analysis_of(description["analysis"]),
    }
    return running.solve(order, **limits)


def analysis_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the kernel's job is asked for, from the scenario's choices."""
    match told.get("kind"):
        case "sweep":
            return {"prices": price_list(told.get("prices", ""))}
        case "draws":
            return {
                "draws": int(told.get("draws", 0)),
                "spread": float(told.get("spread", 0)),
                "seed": int(told.get("seed", 0)),
            }
    return {}


MOST_PRICES = 81


def price_list(text: str) -> list[float]:
    """Prices from ``first:last:step`` or from numbers with spaces between.

    Raises
    ------
    InputError
        for what is neither, or is too much.
    """
    try:
        if ":" in text:
            first, last, step = (float(part) for part in text.split(":"))
            count = math.floor((last - first) / step + 1e-9) + 1
            prices = [first + n * step for n in range(count)] if 0 < count <= MOST_PRICES else []
        else:
            prices = [float(part) for part in text.split()]
    except (ValueError, ZeroDivisionError, OverflowError):
        prices = []
    if (
        not 2 <= len(prices) <= MOST_PRICES
        or sorted(set(prices)) != prices
        or not all(map(math.isfinite, prices))
    ):
        raise InputError(
            Problem(
                N_("“%(value)s” is not a list of prices."),
                N_("Write first:last:step, as 0:200:25; at most %(limit)s prices in rising order."),
                field="prices",
                value=text,
                limit=str(MOST_PRICES),
            )
        )
    return prices


class _Log:
    """The last lines of a solver's log, put on record now and then; it is quiet, no change of anything."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.lines: list[str] = []
        self.problems: list[dict[str, Any]] = []
        self.data: dict[str, Any] = {}
        self.files: list[outcome.File] = []
        self._written = timezone.now()

    @property
    def text(self) -> str:
        return "\n".join(self.lines[-LOG_LINES:])

    def add(self, line: str) -> None:
        if line.strip():
            self.lines.append(line.rstrip())
        now = timezone.now()
        if (now - self._written).total_seconds() >= 1:
            self._written = now
            Solve.objects.filter(run=self.run).update(log=self.text)


def _ended(run: Run, how: str, problems: list[dict[str, Any]], log: str = "") -> None:
    """How a run ended that left no result."""
    texts = [str(Problem(**p)) for p in problems] or [how]
    bulk.update(
        Run.objects.filter(pk=run.pk),
        state=Run.State.FAILED,
        finished_on=timezone.now(),
        message={"problems": texts},
    )
    bulk.update(
        Solve.objects.filter(run=run), ending=how, log=log, summary={"status": how, "problems": problems}
    )


def run_all(progress: Progress) -> None:
    """Run every published scenario that has no result for its present state; twice changes nothing."""
    rows = list(Scenario.objects.filter(state="published").select_related("model").order_by("pk"))
    for index, scenario in enumerate(rows):
        progress(100 * index // max(len(rows), 1), scenario.title_vi)
        found, needed = request_run(scenario)
        if needed:
            execute(found)
        else:
            outcome.publish(scenario)
    progress(100, "")


@cache
def parameters() -> Parameters:
    return Parameters.load()


def scheme_of(result: Result, model: str) -> Course | None:
    """The trading scheme that the model names, along a result; None where it names none or has no tonnes.

    Raises
    ------
    TrungHoaError
        when something it needs is neither laid down nor assumed.
    """
    name, group = (result.settings.get(item, "") for item in ("scheme", "scheme_places"))
    rows = base_tables(model).groups.get("place_groups", {}).get(group, ()) if name and model else ()
    if not rows or not result.co2e_unit:
        return None
    places = [row.cells for row in rows]

    def covers(region: str, sector: str) -> bool:
        return any(r in (region, "*") and s in (sector, "*") for r, s in places)

    def course(table: str, sector: str, service: str = "") -> list[float]:
        def group_of(row: Row) -> str | None:
            held = row["sector"] == sector and covers(row["region"], sector)
            return "" if held and (not service or row["service"] == service) else None

        return result.summed(table, group_of).get("", ("", [0.0] * len(result.years)))[1]

    def by_year(amounts: Iterable[float]) -> dict[int, Decimal]:
        return {y: from_float(a) for y, a in zip(result.years, amounts, strict=True)}

    sectors = []
    for code in result.data["members"].get("sectors", {}):
        if any(s in (code, "*") for _region, s in places):
            emitted = by_year(map(result.tonnes, course("co2e", code)))
            sectors.append(Sector(code, emitted, by_year(course("service", code, result.product(code)))))
    return along(parameters(), name, sectors, result.years)


def gwp_sets(tables: Tables) -> set[str]:
    """GWP sets that the weights of a model's gases name."""
    rows = tables.groups.get("gas_groups", {}).values()
    return {row.gwp_set for found in rows for row in found if row.gwp_set}
