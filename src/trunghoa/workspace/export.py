"""A workspace back as a folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from trunghoa.parameters import Parameter
from trunghoa.parameters.table import FIXED
from trunghoa.quantities import N_, InputError, Problem

from .model import Workspace
from .pathways import FOLDER as PATHWAYS
from .rows import TABLES
from .settings import FILE, to_toml
from .tables import to_csv


def export(ws: Workspace, folder: Path) -> list[Path]:
    """Write a workspace as a folder that :func:`load` reads back to an equal one; return the files' paths.

    Raises
    ------
    InputError
        when the folder holds anything already: a table left over would become part of the workspace.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError(
            Problem(
                N_("The folder %(value)s is not empty."), N_("Export into a new folder."), value=str(folder)
            )
        )
    files = {folder / FILE: to_toml(ws.settings)}
    for table in ws.settings.tables:
        files[folder / f"{table}.csv"] = to_csv(TABLES[table], ws.tables[table])
    for name in sorted({p.name for p in ws.own_parameters}):
        own = [p for p in ws.own_parameters if p.name == name]
        files[folder / "parameters" / f"{name}.csv"] = _parameters(own)
    if ws.pathways is not None:
        files |= {folder / PATHWAYS / name: text for name, text in ws.pathways.files.items()}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(files)


def _parameters(rows: Iterable[Parameter]) -> str:
    rows = list(rows)
    keys = list(dict.fromkeys(key for row in rows for key, _ in row.keys))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*keys, *FIXED])
    for row in rows:
        held = dict(row.keys)
        days = [d.isoformat() if d else "" for d in (row.valid_from, row.valid_to)]
        bounds = ["" if b is None else str(b) for b in (row.lower, row.upper)]
        writer.writerow(
            [*(held.get(k, "") for k in keys), str(row.value), row.unit, *bounds, *days, row.quality.value,
             row.source, row.note]
        )  # fmt: skip
    return stream.getvalue()
