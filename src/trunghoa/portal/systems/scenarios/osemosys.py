"""OSeMOSYS models that people hand in: kept as they came, read and solved in a process of its own."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.intake import Accepted, clean, inspect, is_office, refuse, sniff, texts_of
from trunghoa.portal.core.record.models import Document, Run
from trunghoa.portal.core.record.packing import packed
from trunghoa.quantities import N_, InputError, Problem

from . import running

KIND = "osemosys"
ZIP = "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {".zip": ZIP, ".xlsx": XLSX, ".txt": "text/plain", ".dat": "text/plain"}
TABLES, DATA, CONFIG = (".csv",), (".txt", ".dat"), "config.yaml"
RESULTS = {"zip": (ZIP, "tables.zip"), "xlsx": (XLSX, "results.xlsx")}


def accept(content: bytes, name: str) -> Accepted:
    """A file that may be a model, by what its bytes are; whether it is one, reading tells.

    Raises
    ------
    InputError
        when it is none of the kinds that are read, or is damaged or harmful.
    """
    if sniff(content) == "package":
        if not is_office(content):
            arranged(content)
            return Accepted(content, ZIP, clean(name))
        kind = inspect(content)
    else:
        kind = inspect(content)
    if kind not in ("xlsx", "text"):
        raise refuse(
            N_("A file of the kind %(value)s is no model."),
            N_("Hand in a GMPL data file, a zipped folder of CSV files, or a workbook (.xlsx)."),
            value=kind,
        )
    return Accepted(content, XLSX if kind == "xlsx" else "text/plain", clean(name))


def arranged(content: bytes) -> dict[str, bytes]:
    """The files of a zipped model by name: CSV tables with their configuration, or one data file."""
    found = texts_of(content, (*TABLES, *DATA, CONFIG))
    paths = {path: PurePosixPath(path).name for path in found}
    tables = [path for path, name in paths.items() if name.casefold().endswith(TABLES)]
    data = [path for path, name in paths.items() if name.casefold().endswith(DATA)]
    if not tables and len(data) == 1:
        return {paths[data[0]]: found[data[0]]}
    if not tables:
        raise refuse(
            N_(
                "The packed folder holds %(value)s data files and no CSV tables; one model is read at a time."
            ),
            N_("Pack the folder of CSV tables, or one GMPL data file (.txt, .dat)."),
            value=str(len(data)),
        )
    twice = sorted({name for name in paths.values() if list(paths.values()).count(name) > 1})
    if twice:
        raise refuse(
            N_("“%(value)s” stands twice in the packed folder; one model is read at a time."),
            N_("Pack the folder of one model alone."),
            value=twice[0],
        )
    kept = [*tables, *(path for path, name in paths.items() if name == CONFIG)]
    return {paths[path]: found[path] for path in kept}


def place(content: bytes, folder: Path) -> Path:
    """Put a model where the kernel can read it; the path to give it."""
    if sniff(content) == "package" and not is_office(content):
        files = arranged(content)
        model = folder / "model"
        model.mkdir()
        for name, text in files.items():
            (model / name).write_bytes(text)
        return model / next(iter(files)) if len(files) == 1 and not any(map(_is_table, files)) else model
    path = folder / ("model.xlsx" if sniff(content) == "package" else "model.txt")
    path.write_bytes(content)
    return path


def _is_table(name: str) -> bool:
    return name.casefold().endswith(TABLES)


def read(content: bytes) -> dict[str, Any]:
    """What a model is: digest, sizes, years, units, notices.

    Raises
    ------
    InputError
        with file, row, field and value of everything that is wrong.
    """
    limits: dict[str, Any] = {
        "seconds": settings.SCENARIO_READ_SECONDS,
        "memory": settings.SCENARIO_MEMORY_BYTES,
        "hear": lambda message: None,
        "stopped": lambda: False,
    }
    with TemporaryDirectory() as folder:
        order = {"path": str(place(content, Path(folder)))}
        try:
            answer = running.solve(order, kind=KIND, **limits)
        except running.EndedError as error:
            raise InputError(
                Problem(
                    N_("The model was not read: it takes more time or memory than it may (%(value)s)."),
                    N_("Leave out regions, years or slices, or ask the administrator for more."),
                    value=error.how, limit=f"{limits['seconds']} s",
                )
            ) from error  # fmt: skip
    if "problems" in answer:
        raise InputError([Problem(**p) for p in answer["problems"]])
    found: dict[str, Any] = answer["result"]
    return found


def solved(
    description: Mapping[str, Any], limits: Mapping[str, Any], prices: Sequence[float] = ()
) -> dict[str, Any]:
    """The job's answer to a described run, with the files it left."""
    document = Document.objects.get(pk=description["model"])
    with TemporaryDirectory() as name:
        folder = Path(name)
        order = {
            "path": str(place(documents.read(document), folder)),
            "out": str(folder / "out"),
            "method": description["method"],
            "foresight": description["foresight"],
            "units": description["units"],
            "prices": list(prices),
        }
        (folder / "out").mkdir()
        answer = running.solve(order, kind=KIND, **limits)
        if "result" in answer:
            answer["result"] = completed(answer["result"], description["quality"])
            answer["files"] = left(folder / "out", description["model"][:12])
    return answer


def completed(found: dict[str, Any], quality: str) -> dict[str, Any]:
    """A result with what pages look for in every result."""
    return {
        **found,
        "kind": KIND,
        "quality": quality,
        "intervals": [1] * len(found["years"]),
        "settings": {"currency": found["units"].get("money", "")},
        "members": {},
    }


def left(out: Path, stem: str) -> list[tuple[str, str, bytes]]:
    """The tables of a run, zipped, and the workbook where there is one."""
    found = []
    if tables := sorted(out.glob("tables/*.csv")):
        content = packed({path.name: path.read_bytes() for path in tables})
        found.append((f"osemosys-{stem}-tables.zip", ZIP, content))
    if (book := out / "results.xlsx").is_file():
        found.append((f"osemosys-{stem}-results.xlsx", XLSX, book.read_bytes()))
    return found


def file_of(run: Run, kind: str) -> Document | None:
    """The file of a kind that a run left: ``zip`` with all tables or ``xlsx``."""
    media_type, ending = RESULTS[kind]
    return run.outputs.filter(media_type=media_type, filename__endswith=ending).first()


def table_of(run: Run, name: str) -> tuple[list[str], list[list[str]]] | None:
    """Heading and rows of one result table; None where there is none."""
    document = file_of(run, "zip")
    if document is None:
        return None
    with zipfile.ZipFile(io.BytesIO(documents.read(document))) as package:
        if f"{name}.csv" not in package.namelist():
            return None
        text = package.read(f"{name}.csv").decode()
    head, *rows = csv.reader(text.splitlines())
    return head, rows
