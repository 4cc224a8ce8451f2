"""What a run leaves behind: figures, the record of the run, and a document per site."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from trunghoa.quantities import Figure

from .run import Outcome

COLUMNS = (
    "system", "kind", "place", "period", "scenario", "category", "amount", "unit", "gas", "gwp_set", "lower",
    "upper", "status", "quality", "method", "source",
)  # fmt: skip


def write(outcome: Outcome, out: Path) -> list[Path]:
    """Write ``figures.csv``, ``figures.json``, ``run.json`` and ``sites/<slug>.json``; return their paths.

    All but ``run.json``, which says how long the run took, are the same bytes for the same workspace,
    parameters and version.
    """
    (out / "sites").mkdir(parents=True, exist_ok=True)
    rows = [_row(figure) for figure in outcome.figures]
    files = {
        out / "figures.csv": _csv(rows),
        out / "figures.json": _json([{k: v for k, v in row.items() if v} for row in rows]),
        out / "run.json": _json(_run(outcome)),
    }
    for site in outcome.sites:
        files[out / "sites" / f"{site.record.row.slug}.json"] = _json(site.result.as_dict())
    for path, text in files.items():
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
        "notices": [str(notice) for notice in outcome.notices],
        "seconds": round(outcome.seconds, 3),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
