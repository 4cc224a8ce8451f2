"""Freezing: which figures a publication says, as one canonical file whose hash names the publication."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from django.db import transaction

from trunghoa import __version__
from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Document, Figure, FigureQuerySet, Report, Run

from . import sections
from .errors import FrozenError, NotOfficial
from .models import FrozenFigure, Publication

CHUNK = 500


def plain(amount: Decimal | None) -> str | None:
    """Plain decimal text, without exponent and without zeros that say nothing."""
    if amount is None:
        return None
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def freeze(
    slug: str,
    titles: Mapping[str, str],
    *,
    on: date,
    systems: Sequence[str] | None = None,
    figures: Iterable[Figure] | None = None,
    cover: Mapping[str, Any] | None = None,
    official: bool = False,
    supersedes: Publication | None = None,
    by: User | None = None,
) -> Publication:
    """Freeze the current figures of the systems (all registered ones unless told otherwise) as of a day.

    ``cover`` may hold ``meeting`` (a text per language), ``held_on`` (ISO date) and ``co_chairs`` (a list of
    texts per language). The same freeze asked for again is the one that stands.

    Raises
    ------
    NotOfficial
        when an official statement is asked for and a figure is unverified or illustrative.
    FrozenError
        when the slug already names another freeze.
    """
    codes = list(systems) if systems is not None else [s.system for s in sections.all_sections()]
    rows = _ordered(
        with_origin(Figure.objects.current().filter(system__in=codes)) if figures is None else figures
    )
    if official and (weak := [f for f in rows if f.quality != "verified"]):
        raise NotOfficial(
            f"{slug}: {len(weak)} of {len(rows)} figures are not verified (the first: {weak[0]}, "
            f"{weak[0].quality}, {weak[0].source}). It can only be a working draft."
        )
    head = {
        "format": 1,
        "slug": slug,
        "title": {lang: titles[lang] for lang in ("vi", "ja", "en")},
        "frozen_on": on.isoformat(),
        "systems": codes,
        "cover": dict(cover or {}),
        "official": official,
        "supersedes": supersedes.manifest_sha256 if supersedes else None,
        "version": __version__,
    }
    content = canonical(head, rows)
    return _keep(head, rows, content, supersedes, by)


@transaction.atomic
def _keep(
    head: dict[str, Any], rows: list[Figure], content: bytes, supersedes: Publication | None, by: User | None
) -> Publication:
    sha256 = hashlib.sha256(content).hexdigest()
    standing = Publication.objects.filter(slug=head["slug"]).first()
    if standing is not None:
        if standing.manifest_sha256 == sha256:
            return standing
        raise FrozenError(
            f"{standing.slug} was frozen on {standing.frozen_on} as {standing.manifest_sha256[:16]}; "
            f"what is asked for now has {sha256[:16]}. Give the new freeze a slug of its own."
        )
    manifest = documents.store(
        content,
        media_type="application/json",
        filename=f"{head['slug']}.manifest.json",
        titles=head["title"],
        classification=Document.Classification.OFFICERS,
    )
    publication = Publication.objects.create(
        slug=head["slug"],
        **{f"title_{lang}": text for lang, text in head["title"].items()},
        frozen_on=date.fromisoformat(head["frozen_on"]),
        systems=head["systems"],
        cover=head["cover"],
        official=head["official"],
        manifest=manifest,
        manifest_sha256=sha256,
        version=head["version"],
        supersedes=supersedes,
        requested_by=by,
    )
    FrozenFigure.objects.bulk_create(
        [FrozenFigure(publication=publication, figure=f, order=i) for i, f in enumerate(rows)],
        batch_size=CHUNK,
    )
    return publication


def with_origin(figures: FigureQuerySet) -> FigureQuerySet:
    """With place, report and run; a run is read once and not once per figure, for its inputs are large."""
    return figures.select_related("place", "report").prefetch_related("run")


def _ordered(figures: Iterable[Figure]) -> list[Figure]:
    """An order that depends on what the figures say, not on when they were written."""
    return sorted(
        figures,
        key=lambda f: (
            int(f.system_id[1:]), f.kind, f.place.era, f.place.code, f.period_start, f.period_end, f.scenario,
            f.category, f.status, f.gas, f.gwp_set, f.unit, f.pk,
        ),
    )  # fmt: skip


def canonical(head: Mapping[str, Any], figures: Sequence[Figure]) -> bytes:
    """The manifest's bytes: sorted keys, no spaces, UTF-8, one trailing newline."""
    runs = {str(f.run_id): f.run for f in figures if f.run is not None}
    reports = {f.report.code: f.report for f in figures if f.report is not None}
    whole = {
        **head,
        "figures": [entry(f) for f in figures],
        "runs": {key: _run(run) for key, run in runs.items()},
        "reports": {key: _report(report) for key, report in reports.items()},
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

    @property
    def figures(self) -> FigureQuerySet:
        """The frozen rows in their frozen order, superseded since or not."""
        rows = Figure.objects.filter(frozen_in__publication=self.publication)
        return with_origin(cast(FigureQuerySet, rows.order_by("frozen_in__order")))

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
        head = {k: v for k, v in self.manifest.items() if k not in ("figures", "runs", "reports")}
        mine = canonical(head, list(self.figures))
        if hashlib.sha256(mine).hexdigest() != self.publication.manifest_sha256:
            raise FrozenError(
                f"The figures of {self.publication.slug} in the database are not the frozen ones."
            )
