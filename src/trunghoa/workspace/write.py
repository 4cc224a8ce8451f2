"""What a run leaves behind: figures, the record of the run, and a document per site."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from trunghoa.pathways.enduse.accounts import account
from trunghoa.quantities import Figure

from .pathway_runs import PathwayRun
from .run import Outcome

COLUMNS = (
    "system", "kind", "place", "period", "scenario", "category", "amount", "unit", "gas", "gwp_set", "lower",
    "upper", "status", "quality", "method", "source",
)  # fmt: skip


def write(outcome: Outcome, out: Path) -> list[Path]:
    """Write ``figures.csv``, ``figures.json``, ``run.json``, ``sites/<slug>.json`` and
    ``pathways/<scenario>.json``; return their paths.

    All but ``run.json``, which says how long the run took, are the same bytes for the same workspace,
    parameters and version.
    """
    rows = [_row(figure) for figure in outcome.figures]
    files = {
        out / "figures.csv": _csv(rows),
        out / "figures.json": _json([{k: v for k, v in row.items() if v} for row in rows]),
        out / "run.json": _json(_run(outcome)),
    }
    for site in outcome.sites:
        files[out / "sites" / f"{site.record.row.slug}.json"] = _json(site.result.as_dict())
    for pathway in outcome.pathways:
        files[out / "pathways" / f"{pathway.scenario.code}.json"] = _json(_pathway(pathway))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(files)


def _row(figure: Figure) -> dict[str, str]:
    plain = {name: getattr(figure, name) for name in COLUMNS}
    plain["period"] = figure.period.code()
    for name in ("amount", "lower", "upper"):
        plain[name] = "" if plain[name] is None else f"{plain[name]:f}"
    return {name: str(value) for name, value in plain.items()}


def _csv(rows: Iterable[dict[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _run(outcome: Outcome) -> dict[str, Any]:
    return {
        "workspace": outcome.name,
        "workspace_sha256": outcome.workspace_sha256,
        "version": outcome.version,
        "parameters_version": outcome.parameters_version,
        "seed": outcome.seed,
        "draws": outcome.draws,
        "figures": len(outcome.figures),
        "sites": [site.record.row.slug for site in outcome.sites],
        "pathways": [pathway.scenario.code for pathway in outcome.pathways],
        "notices": [str(notice) for notice in outcome.notices],
        "seconds": round(outcome.seconds, 3),
    }


def _pathway(pathway: PathwayRun) -> dict[str, Any]:
    """The tables of a scenario and its closures, without how long it took: a rerun is the same bytes."""
    found = account(pathway.result)
    found["summary"].pop("seconds")
    return {**found, "closures": [str(closure) for closure in pathway.closures]}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
