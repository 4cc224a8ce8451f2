"""The job that renders a publication and keeps its files, byte for byte."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from trunghoa.portal.core.record import documents
from trunghoa.quantities import TrungHoaError

from .errors import FrozenError
from .models import Publication, PublicationFile
from .rendering import MEDIA_TYPES, RenderedFile, render
from .words import LANGUAGES


@task()
def render_files(slug: str) -> str:
    """Render a frozen publication, which stays in its state. Twice changes nothing."""
    return produce(Publication.objects.get(slug=slug)).manifest_sha256


def produce(publication: Publication) -> Publication:
    """Render what is not yet rendered; a fault is kept with the publication and raised."""
    if publication.is_rendered:
        return publication
    try:
        files = render(publication, lambda done, message: _note(publication, done, message))
    except TrungHoaError as error:
        _stopped(publication, str(error))
        raise
    except Exception:
        _stopped(publication, _("The program failed; its administrator finds the reason in the log."))
        raise
    _keep(publication, files)
    publication.refresh_from_db()
    return publication


def _stopped(publication: Publication, why: str) -> None:
    Publication.objects.filter(pk=publication.pk).update(progress=0, message={"problem": why})


def _note(publication: Publication, per_cent: int, message: str) -> None:
    Publication.objects.filter(pk=publication.pk).update(progress=per_cent, message={"text": message})


@transaction.atomic
def _keep(publication: Publication, files: list[RenderedFile]) -> None:
    for file in files:
        document = documents.store(
            file.content,
            media_type=MEDIA_TYPES[file.format],
            filename=f"{publication.slug}-{file.lang}.{file.format}",
            titles={lang: publication.title(lang) for lang in LANGUAGES},
        )
        kept, fresh = PublicationFile.objects.get_or_create(
            publication=publication, lang=file.lang, format=file.format, defaults={"document": document}
        )
        if not fresh and kept.document_id != document.sha256:
            raise FrozenError(
                f"{publication.slug}: {file.lang} {file.format} was kept with sha256 {kept.document_id} "
                f"and now comes out as {document.sha256}."
            )
    Publication.objects.filter(pk=publication.pk).update(progress=100, message={})


def reproduce(publication: Publication) -> list[str]:
    """Render again and name the files whose bytes differ from the kept ones; empty is as it should be."""
    kept = {(f.lang, f.format): f.document_id for f in publication.files.all()}
    fresh = {(f.lang, f.format): f.content for f in render(publication)}
    return [
        f"{publication.slug}-{lang}.{form}"
        for (lang, form), content in fresh.items()
        if kept.get((lang, form)) != hashlib.sha256(content).hexdigest()
    ]


def write(publication: Publication, out: Path) -> list[Path]:
    """Write the kept files and the manifest into a folder, under their names."""
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for document in [
        publication.manifest,
        *(f.document for f in publication.files.select_related("document")),
    ]:
        path = out / document.filename
        path.write_bytes(documents.read(document))
        paths.append(path)
    return paths
