"""Read an OSeMOSYS model, whatever format it comes in."""

from __future__ import annotations

from pathlib import Path

from trunghoa.quantities import N_, InputError, Problem

from .checks import check
from .model import Model
from .read_gmpl import looks_like_gmpl, read_gmpl
from .read_tables import read_folder, read_workbook
from .texts import read_bytes


def read_model(path: Path) -> Model:
    """Read and check a model.

    Parameters
    ----------
    path : a GMPL data file (also ``.gz``; OSeMOSYS or MUIO 5.4), an otoole CSV folder, or a workbook with a
        sheet per parameter. What it is, is seen from its content.

    Returns
    -------
    model : with notices of what was assumed, converted or looks doubtful

    Raises
    ------
    InputError
        with one Problem per fault, naming file, row, field, value and limit.
    """
    return check(_read(path))


def _read(path: Path) -> Model:
    if path.is_dir():
        return read_folder(path)
    content = read_bytes(path)[:100_000]
    if content.startswith(b"PK\x03\x04"):
        return read_workbook(path)
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if looks_like_gmpl(content.decode("utf-16" if wide else "latin-1", errors="replace")):
        return read_gmpl(path)
    raise InputError(
        Problem(
            N_("This is not an OSeMOSYS model."),
            N_("Give a GMPL data file, a folder of CSV files, or a workbook with a sheet per parameter."),
            file=path.name,
        )
    )
