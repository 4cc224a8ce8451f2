"""Freezing: the current figures and what every system says of them, kept as one manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from trunghoa import __version__
from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Document, Figure
from trunghoa.portal.core.workflow import moves

from . import sections
from .composing import compose
from .errors import FrozenError, NotOfficial
from .manifest import CHUNK, Frozen, canonical, figures_of, ordered, with_origin
from .models import FrozenFigure, Publication


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
    after: Publication | None = None,
    by: User | None = None,
) -> Publication:
    """Freeze the current figures of the systems (all registered ones unless told otherwise) as of a day.

    ``cover`` may hold ``meeting`` (a text per language), ``held_on`` (ISO date) and ``co_chairs`` (a list of
    texts per language). ``after`` is the freeze to compare with; unless given, the one superseded, or else
    the latest before this one. The same freeze asked for again is the one that stands.

    Raises
    ------
    NotOfficial
        when an official statement is asked for and a figure is unverified or illustrative.
    FrozenError
        when the slug already names another freeze.
    """
    codes = list(systems) if systems is not None else [s.system for s in sections.all_sections()]
    rows = ordered(
        with_origin(Figure.objects.current().filter(system__in=codes)) if figures is None else figures
    )
    if official and (weak := [f for f in rows if f.quality != "verified"]):
        raise NotOfficial(
            f"{slug}: {len(weak)} of {len(rows)} figures are not verified (the first: {weak[0]}, "
            f"{weak[0].quality}, {weak[0].source}). It can only be a working draft."
        )
    before = after or supersedes or _latest_before(slug)
    composed = compose(rows, codes, on, Frozen(before) if before else None)
    head = {
        "format": 2,
        "slug": slug,
        "title": {lang: titles[lang] for lang in ("vi", "ja", "en")},
        "frozen_on": on.isoformat(),
        "systems": codes,
        "cover": dict(cover or {}),
        "official": official,
        "supersedes": supersedes.manifest_sha256 if supersedes else None,
        "version": __version__,
        "outline": composed.outline,
    }
    content = canonical(head, rows, figures_of(composed.earlier))
    return _keep(head, rows, content, supersedes, before, by)


def _latest_before(slug: str) -> Publication | None:
    """The freeze to compare with; for one that stands already, the same as when it was made."""
    standing = Publication.objects.filter(slug=slug).first()
    if standing is not None:
        return standing.compared_with
    return Publication.objects.exclude(state="withdrawn").order_by("-frozen_on", "-pk").first()


@transaction.atomic
def _keep(
    head: dict[str, Any],
    rows: list[Figure],
    content: bytes,
    supersedes: Publication | None,
    before: Publication | None,
    by: User | None,
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
        compared_with=before,
        requested_by=by,
        state=Publication.State.DRAFT,
    )
    bulk.create(
        FrozenFigure.objects,
        [FrozenFigure(publication=publication, figure=f, order=i) for i, f in enumerate(rows)],
        about=publication,
        batch_size=CHUNK,
    )
    return moves.began(publication)
