"""The manifest: what a publication says, as one canonical file whose hash names the publication."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Figure, FigureQuerySet, Report, Run

from .errors import FrozenError
from .models import Publication

CHUNK = 500


def plain(amount: Decimal | None) -> str | None:
    """Plain decimal text, without exponent and without zeros that say nothing."""
    if amount is None:
        return None
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def with_origin(figures: FigureQuerySet) -> FigureQuerySet:
    """With place, report and run; a run is read once and not once per figure, for its inputs are large."""
    return figures.select_related("place", "report").prefetch_related("run")


def ordered(figures: Iterable[Figure]) -> list[Figure]:
    """An order that depends on what the figures say, not on when they were written."""
    return sorted(
        figures,
        key=lambda f: (
            int(f.system_id[1:]), f.kind, f.place.era, f.place.code, f.period_start, f.period_end, f.scenario,
            f.category, f.status, f.gas, f.gwp_set, f.unit, f.pk,
        ),
    )  # fmt: skip


def figures_of(numbers: Sequence[int]) -> list[Figure]:
    """Rows by their numbers, in that order, however many."""
    found: dict[int, Figure] = {}
    for start in range(0, len(numbers), CHUNK):
        rows = Figure.objects.filter(pk__in=numbers[start : start + CHUNK])
        found |= {f.pk: f for f in with_origin(cast(FigureQuerySet, rows))}
    return [found[pk] for pk in numbers if pk in found]


def canonical(
    head: Mapping[str, Any], figures: Sequence[Figure], earlier: Sequence[Figure] | None = None
) -> bytes:
    """The manifest's bytes: sorted keys, no spaces, UTF-8, one trailing newline."""
    runs = {str(f.run_id): f.run for f in figures if f.run is not None}
    reports = {f.report.code: f.report for f in figures if f.report is not None}
    whole = {
        **head,
        "figures": [entry(f) for f in figures],
        "runs": {key: _run(run) for key, run in runs.items()},
        "reports": {key: _report(report) for key, report in reports.items()},
        **({"earlier": [entry(f) for f in earlier]} if earlier else {}),
    }
    return (json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def entry(figure: Figure) -> dict[str, Any]:
    return {
        "id": figure.pk,
        "identity": figure.identity,
        "system": figure.system_id,
        "kind": figure.kind,
        "amount": plain(figure.amount),
        "lower": plain(figure.lower),
        "upper": plain(figure.upper),
        "unit": figure.unit,
        "gas": figure.gas,
        "gwp_set": figure.gwp_set,
        "place": {
            "key": str(figure.place.key),
            **{lang: figure.place.name(lang) for lang in ("vi", "ja", "en")},
        },
        "period": figure.period.code(),
        "status": figure.status,
        "quality": figure.quality,
        "scenario": figure.scenario,
        "category": figure.category,
        "source": figure.source,
        "method": figure.method,
        "run": str(figure.run_id) if figure.run_id else None,
        "report": figure.report.code if figure.report else None,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "kernel": run.kernel,
        "version": run.version,
        "parameters_version": run.parameters_version,
        "inputs_sha256": run.inputs_sha256,
        "seed": run.seed,
        "parameters": run.parameters,
    }


def _report(report: Report) -> dict[str, Any]:
    issued = report.issued_on.isoformat() if report.issued_on else None
    titles = {lang: report.title(lang) for lang in ("vi", "ja", "en")}
    return {"title": titles, "issued_on": issued, "source": report.source}


class Frozen:
    """A publication's figures as they were frozen: the manifest for what they say, the rows for printing."""

    def __init__(self, publication: Publication) -> None:
        content = documents.read(publication.manifest)
        if hashlib.sha256(content).hexdigest() != publication.manifest_sha256:
            raise FrozenError(f"The manifest of {publication.slug} is not the one that was frozen.")
        self.publication = publication
        self.manifest: dict[str, Any] = json.loads(content)
        self.entries: dict[int, dict[str, Any]] = {e["id"]: e for e in self.manifest["figures"]}
        # Figures of the freeze before, which this one corrected or no longer has.
        self.earlier: dict[int, dict[str, Any]] = {e["id"]: e for e in self.manifest.get("earlier", ())}
        self.known = {**self.earlier, **self.entries}

    @property
    def figures(self) -> FigureQuerySet:
        """The frozen rows in their frozen order, superseded since or not."""
        rows = Figure.objects.filter(frozen_in__publication=self.publication)
        return with_origin(cast(FigureQuerySet, rows.order_by("frozen_in__order")))

    @cached_property
    def rows(self) -> dict[int, Figure]:
        """Every figure the report may print, by its number: the frozen ones and the earlier ones."""
        return {f.pk: f for f in (*figures_of(list(self.earlier)), *self.figures)}

    @property
    def outline(self) -> Mapping[str, Any]:
        """What the report says around its figures.

        Raises
        ------
        FrozenError
            for a freeze made before the outline was part of it.
        """
        try:
            return cast(Mapping[str, Any], self.manifest["outline"])
        except KeyError:
            raise FrozenError(
                f"{self.publication.slug} was frozen by version {self.publication.version}, which kept its "
                "figures only: its kept files stand, and a new report needs a new freeze."
            ) from None

    @cached_property
    def is_official(self) -> bool:
        """Official only if it was frozen so, and every single figure is verified."""
        return bool(self.manifest["official"]) and all(
            e["quality"] == "verified" for e in self.entries.values()
        )

    def parameter(self, run: str, index: int) -> Mapping[str, Any]:
        parameters: list[dict[str, Any]] = self.manifest["runs"][run]["parameters"]
        return parameters[index]

    def check(self) -> None:
        """Raise FrozenError if the database no longer holds exactly what was frozen."""
        head = {k: v for k, v in self.manifest.items() if k not in ("figures", "runs", "reports", "earlier")}
        mine = canonical(head, list(self.figures), figures_of(list(self.earlier)))
        if hashlib.sha256(mine).hexdigest() != self.publication.manifest_sha256:
            raise FrozenError(
                f"The figures of {self.publication.slug} in the database are not the frozen ones."
            )
