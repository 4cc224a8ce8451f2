"""What a freeze keeps beside its figures: the words and order of the report, asked of every system once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from trunghoa.portal.core.record.models import Figure, FigureQuerySet, System

from . import changes, leads, sections
from .blocks import BlockError
from .encoding import encode, figures_named
from .errors import UnbackedNumber
from .manifest import Frozen, with_origin
from .sections import Section

LANGS = ("vi", "ja", "en")
# The order in which a system is given its figures; what is printed first may depend on it.
ORDER = (
    "kind", "place__era", "place__code", "period_start", "period_end", "scenario", "category", "status",
    "gas", "gwp_set", "unit", "pk",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Composed:
    """The outline as plain data, and the numbers of the earlier figures that it names."""

    outline: dict[str, Any]
    earlier: list[int]


def compose(rows: Sequence[Figure], codes: Sequence[str], on: date, before: Frozen | None) -> Composed:
    """Ask every system that is part of the freeze.

    Raises
    ------
    UnbackedNumber
        when a system prints a figure that is not frozen with it.
    """
    given = [s for s in sections.all_sections() if s.system in codes]
    figures = {s.system: _figures(rows, s.system) for s in given}
    outline: dict[str, Any] = {
        "systems": [_system(s) for s in System.objects.order_by("order")],
        "leads": leads.on(on),
        "sections": {s.system: encode(list(s.report(figures[s.system]))) for s in given},
        "headlines": {s.system: encode(s.headline(figures[s.system])) for s in given},
        "standings": _standings(given),
        "parts": {
            key: encode([b for s in given if key in s.parts for b in s.parts[key](figures[s.system])])
            for key in sections.SHARED_PARTS
        },
        "codes": {s.system: {code: encode(words) for code, words in s.codes().items()} for s in given},
        "tonnes": [f.pk for s in given for f in _tonnes(s, figures[s.system])],
    }
    _check({f.pk for f in rows}, outline)
    return _compared(outline, rows, before)


def _figures(rows: Sequence[Figure], system: str) -> FigureQuerySet:
    """The frozen figures of a system, as a query that its section may narrow further."""
    mine = [f.pk for f in rows if f.system_id == system]
    current = Figure.objects.current().filter(system=system)
    # Most freezes take all there is; then the database need not be told each number.
    if set(current.values_list("pk", flat=True)) != set(mine):
        current = Figure.objects.filter(pk__in=mine)
    return with_origin(cast(FigureQuerySet, current.order_by(*ORDER)))


def _system(system: System) -> dict[str, Any]:
    return {
        "code": system.code,
        "name": {lang: getattr(system, f"name_{lang}") for lang in LANGS},
        "sentence": {lang: getattr(system, f"sentence_{lang}") for lang in LANGS},
    }


def _standings(given: Sequence[Section]) -> dict[str, dict[str, Any]]:
    return {
        code: {"health": encode(standing.health), "asked": encode(standing.asked)}
        for section in given
        for code, standing in section.standings().items()
    }


def _tonnes(section: Section, figures: FigureQuerySet) -> Iterable[Figure]:
    if section.tonnes is None:
        return ()
    found = list(section.tonnes(figures))
    if strange := next((f for f in found if f.unit != "tCO2e"), None):
        raise BlockError(f"{section.system}: tonnes to reconcile are in tCO2e, {strange} is not.")
    return found


def _check(frozen: set[int], outline: dict[str, Any]) -> None:
    """A report that needs another figure is refused at the freeze, not first when it is rendered."""
    named = [
        *((code, pk) for code, blocks in outline["sections"].items() for pk in figures_named(blocks)),
        *((code, pk) for code, line in outline["headlines"].items() for pk in figures_named(line)),
        *((key, pk) for key, blocks in outline["parts"].items() for pk in figures_named(blocks)),
        *(("tonnes", pk) for pk in outline["tonnes"]),
    ]
    for where, pk in named:
        if pk not in frozen:
            raise UnbackedNumber(f"Section {where}: it prints figure {pk}, which is not in the freeze.")


def _compared(outline: dict[str, Any], rows: Sequence[Figure], before: Frozen | None) -> Composed:
    now = {f.pk: {"identity": f.identity} for f in rows}
    headlines = {code: next(iter(figures_named(kept)), None) for code, kept in outline["headlines"].items()}
    if before is None:
        outline |= {"before": None, "changes": None}
        outline["headline_figures"] = {c: {"now": pk, "before": None} for c, pk in headlines.items() if pk}
        return Composed(outline, [])
    found = changes.between(before.entries, now)
    olds = before.manifest.get("outline", {}).get("headlines", {})
    outline["before"] = {
        "sha256": before.publication.manifest_sha256,
        "slug": before.publication.slug,
        "frozen_on": before.manifest["frozen_on"],
    }
    outline["changes"] = {
        "new": list(found.new),
        "corrected": [list(pair) for pair in found.corrected],
        "withdrawn": list(found.withdrawn),
    }
    outline["headline_figures"] = {
        code: {"now": pk, "before": next(iter(figures_named(olds.get(code))), None)}
        for code, pk in headlines.items()
        if pk
    }
    earlier = [old for old, _ in found.corrected] + list(found.withdrawn)
    earlier += [h["before"] for h in outline["headline_figures"].values() if h["before"]]
    return Composed(outline, sorted({pk for pk in earlier if pk not in now}))
