"""Backups: database and documents of one moment in one file, and back into an empty database.

The database comes first, from one snapshot; documents are never changed, so every file that snapshot names is
there when they are copied after it. The manifest's counts are taken from the snapshot itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from trunghoa import __version__
from trunghoa.portal import dumping
from trunghoa.portal.core.audit import verification
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Document, Figure
from trunghoa.quantities import TrungHoaError

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
DOCUMENT = re.compile(r"documents/[0-9a-f]{2}/[0-9a-f]{64}")


class BackupError(TrungHoaError):
    """A backup that cannot be written or read."""


@dataclass(frozen=True)
class Checked:
    """What a restored database was found to hold."""

    figures: int
    documents: int
    entries: int
    head: str
    version: str


def write(path: Path) -> dict[str, Any]:
    """Write a backup while the portal is in use; returns its manifest."""
    if path.exists():
        raise BackupError(f"{path} is there already: give another name, or take it away first.")
    partial = path.with_name(f"{path.name}.partial")
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder) / DATABASE
        taken = dumping.dump(connection, snapshot)
        files = {DATABASE: snapshot, **dict(_stored())}
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "made_on": timezone.now().isoformat(timespec="seconds"),
            "database": connection.vendor,
            "figures": taken.figures,
            "audit": {"entries": taken.entries, "head": taken.head},
            "files": {
                name: {"sha256": sha256(file), "size": file.stat().st_size} for name, file in files.items()
            },
        }
        listed = Path(folder) / MANIFEST
        listed.write_text(json.dumps(manifest, sort_keys=True, indent=1) + "\n", encoding="utf-8")
        # It holds everything the portal knows, so only its owner may read it.
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w") as archive:
                for name, file in {MANIFEST: listed, **files}.items():
                    archive.add(file, name, recursive=False)
            stream.flush()
            os.fsync(stream.fileno())
    partial.replace(path)
    return manifest


def _stored() -> Iterator[tuple[str, Path]]:
    """The documents on disk, under their names in a backup."""
    root = Path(settings.DOCUMENT_ROOT)
    for file in sorted(root.glob("*/*")):
        name = f"documents/{file.relative_to(root).as_posix()}"
        if DOCUMENT.fullmatch(name) and file.is_file() and not file.is_symlink():
            yield name, file


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def restore(path: Path) -> Checked:
    """Read a backup into the empty database of the settings and check what came out.

    Raises
    ------
    BackupError
        when the file is damaged, the database is not empty, or what was restored is not what was backed up.
    """
    if rows := dumping.rows_in(connection):
        raise BackupError(
            f"The database is not empty ({rows}). Name a new one in DATABASE_URL: a backup never overwrites."
        )
    with tempfile.TemporaryDirectory() as folder:
        manifest = _unpacked(path, Path(folder))
        if manifest["database"] != connection.vendor:
            raise BackupError(
                f"The backup is of {manifest['database']}, the database here is {connection.vendor}."
            )
        for name in manifest["files"]:
            if name != DATABASE:
                _put_back(Path(folder) / name)
        dumping.load(connection, Path(folder) / DATABASE)
    return check(manifest)


def _unpacked(path: Path, folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose files are all there and unaltered."""
    try:
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, tarfile.TarError, ValueError) as error:
        raise BackupError(f"{path} is not a backup, or damaged: {error}") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{path} has format {manifest.get('format')}; this program reads {FORMAT}.")
    for name, said in manifest["files"].items():
        if name != DATABASE and not DOCUMENT.fullmatch(name):
            raise BackupError(f"{path} names a file that no backup holds: {name}")
        if not (folder / name).is_file() or sha256(folder / name) != said["sha256"]:
            raise BackupError(f"{path} is damaged: {name} is missing or altered.")
    return manifest


def _put_back(file: Path) -> None:
    target = documents.path_of(file.name)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        partial.write_bytes(file.read_bytes())
        partial.replace(target)


def check(manifest: dict[str, Any]) -> Checked:
    """Follow the audit chain, count the figures, and read every document against its hash."""
    verdict = verification.verify()
    if not verdict.whole:
        raise BackupError(f"The audit chain is broken: {verdict.why}")
    said = manifest["audit"]
    if (verdict.entries, verdict.head) != (said["entries"], said["head"]):
        raise BackupError(
            f"The audit chain ends at entry {verdict.entries} ({verdict.head[:12]}), the manifest says "
            f"{said['entries']} ({said['head'][:12]})."
        )
    count = Figure.objects.count()
    if count != manifest["figures"]:
        raise BackupError(f"{count} figures were restored, the manifest says {manifest['figures']}.")
    read = 0
    for key in Document.objects.order_by("pk").values_list("pk", flat=True).iterator():
        file = documents.path_of(key)
        if not file.is_file() or sha256(file) != key:
            raise BackupError(f"The document {key} is missing or altered.")
        read += 1
    return Checked(count, read, verdict.entries, verdict.head, manifest["version"])
