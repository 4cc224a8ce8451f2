"""A scenario as plain data: what a run is asked for with, and what its fingerprint is taken of.

What is here decides the result and nothing else does: equal descriptions, one run.
"""

from collections.abc import Iterable
from typing import Any

from .models import Edit, Scenario

# The kernel that runs a model of each kind.
KERNELS = {"enduse": "pathways.enduse", "osemosys": "pathways.osemosys"}


def describe(scenario: Scenario) -> dict[str, Any]:
    """Model, levers, edits, settings and analysis of a scenario as it stands."""
    if scenario.model.kind == "osemosys":
        return {
            "kind": "osemosys",
            "model": scenario.model.document_id,
            "method": scenario.choices.get("method", "simplex"),
            "foresight": scenario.settings.get("foresight", "perfect"),
            "units": dict(sorted(scenario.settings.get("units", {}).items())),
            "quality": scenario.model.quality,
            "analysis": {"kind": "sweep", "prices": scenario.choices.get("prices", "")}
            if scenario.analysis == "sweep"
            else {},
        }
    choices = {key: value for key, value in sorted(scenario.choices.items()) if value not in (None, "")}
    return {
        "kind": "enduse",
        "model": scenario.model.document_id,
        "levers": [list(pulled) for pulled in scenario.levers],
        "edits": [edit_row(edit) for edit in standing_edits(scenario)],
        "settings": dict(sorted(scenario.settings.items())),
        "method": choices.pop("method", "simplex"),
        "analysis": {"kind": scenario.analysis, **choices} if scenario.analysis != "single" else {},
    }


def standing_edits(scenario: Scenario) -> list[Edit]:
    """The latest edit of each record that is not undone, in the order of tables and keys."""
    return standing(scenario.edits.filter(undone_on__isnull=True).order_by("pk"))


def standing(edits: Iterable[Edit]) -> list[Edit]:
    latest = {edit.target: edit for edit in edits if edit.undone_on is None}
    return sorted(latest.values(), key=lambda e: (e.table, e.keys, e.bound, e.year or 0))


def edit_row(edit: Edit) -> list[Any]:
    """An edit as a run keeps it: table, keys, bound, year, value (empty: taken out), quality, source."""
    return [edit.table, list(edit.keys), edit.bound, edit.year, edit.value, edit.quality, edit.source]
