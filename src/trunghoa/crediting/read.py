"""Read blocks and inventories from CSV, and what comes with the package. All problems come at once."""

from __future__ import annotations

import json
from pathlib import Path

from trunghoa.parameters import DATA, Cells, read_cells
from trunghoa.quantities import N_, InputError, Problem, check_year, parse_number

from .balance import PartyYear
from .blocks import Block
from .cadt import CadtField, CadtModel, CadtTable

SUMMARY = DATA.parent / "article6" / "structured_summary.csv"
CADT = DATA.parent / "cadt"
BLOCK_COLUMNS = (
    "row", "party", "ft_definition", "authorised_ndc", "authorised_oimp",
    "auth_year", "volume_tco2e", "vintage",
)  # fmt: skip
BLOCK_OPTIONS = ("programme", "issue_year", "transfer_year", "use_year", "on_carp")
# The same column under the names that tables in use give it.
INVENTORY = ("inventory", "inventory_tco2e")
USED = ("used", "used_tco2e", "used_towards_ndc")


def whole(text: str) -> int:
    """Read a whole number written without grouping."""
    number = parse_number(text)
    if number != number.to_integral_value():
        raise InputError(
            Problem(N_("“%(value)s” is not a whole number."), N_("Units are whole tonnes."), value=text)
        )
    return int(number)


def _year(text: str) -> int:
    return check_year(whole(text))


def _flag(text: str) -> bool:
    answers = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}
    try:
        return answers[text.casefold()]
    except KeyError:
        raise InputError(
            Problem(N_("“%(value)s” is not one of: %(limit)s."), value=text, limit="0, 1")
        ) from None


def read_blocks(path: Path) -> tuple[Block, ...]:
    """Read authorised blocks, one a row.

    Columns: ``row`` (names the block), ``party``, ``ft_definition``, ``authorised_ndc`` and
    ``authorised_oimp`` (0 or 1), ``auth_year``, ``volume_tco2e`` (whole tonnes), ``vintage``; where known
    ``issue_year``, ``transfer_year`` (first international transfer), ``use_year``, ``on_carp`` and
    ``programme``.

    Raises
    ------
    InputError
        with one Problem for each cell that cannot be read.
    """
    _, rows, problems = read_cells(path, required=BLOCK_COLUMNS, optional=BLOCK_OPTIONS)
    blocks = [block for cells in rows if (block := _block(cells)) is not None]
    if problems:
        raise InputError(sorted(problems, key=lambda p: p.row or 0))
    if not blocks:
        raise InputError(Problem(N_("The file holds no block."), file=path.name))
    return tuple(blocks)


def _block(cells: Cells) -> Block | None:
    faults = len(cells.problems)
    key, party = cells.text("row", required=True), cells.text("party", required=True)
    ndc = cells.read("authorised_ndc", _flag, required=True)
    oimp = cells.read("authorised_oimp", _flag, required=True)
    quantity = cells.read("volume_tco2e", whole, required=True)
    vintage = cells.read("vintage", _year, required=True)
    authorised, issued = cells.read("auth_year", _year), cells.read("issue_year", _year)
    transferred, used = cells.read("transfer_year", _year), cells.read("use_year", _year)
    on_carp = cells.read("on_carp", _flag)
    if len(cells.problems) > faults or ndc is None or oimp is None or quantity is None or vintage is None:
        return None
    return Block(
        key=key,
        party=party,
        definition=cells.text("ft_definition"),
        ndc=ndc,
        oimp=oimp,
        quantity=quantity,
        vintage=vintage,
        authorised=authorised,
        issued=issued,
        transferred=transferred,
        used=used,
        on_carp=on_carp,
        programme=cells.text("programme"),
        row=cells.row,
    )


def read_inventory(path: Path, party: str = "") -> tuple[PartyYear, ...]:
    """Read what Parties report: ``year``, ``inventory`` (t CO2e, may be empty) and ``used`` (t).

    ``party`` is the Party of a file that has no such column.

    Raises
    ------
    InputError
        with one Problem for each cell that cannot be read, and for a file without a Party.
    """
    header, rows, problems = read_cells(path, required=("year",), optional=("party", *INVENTORY, *USED))
    for names in (INVENTORY, USED):
        if len(given := [n for n in names if n in header]) > 1:
            problems.append(
                Problem(
                    N_("The columns %(value)s say the same."),
                    N_("Keep one of them."),
                    file=path.name,
                    row=1,
                    value=", ".join(given),
                )
            )
    if not problems and not party and "party" not in header:
        problems.append(
            Problem(
                N_("The file does not say of which Party it is."),
                N_("Add the column %(field)s, or name one Party."),
                file=path.name,
                row=1,
                field="party",
            )
        )
    found = [_report(cells, header, party) for cells in rows]
    if problems:
        raise InputError(sorted(problems, key=lambda p: p.row or 0))
    return tuple(report for report in found if report is not None)


def _report(cells: Cells, header: list[str], party: str) -> PartyYear | None:
    name = cells.text("party", required=True) if "party" in header else party
    year = cells.read("year", _year, required=True)
    inventory = next((cells.number(n) for n in INVENTORY if n in header), None)
    used = next((cells.read(n, whole) for n in USED if n in header), None)
    return None if year is None else PartyYear(name, year, inventory, used or 0, cells.row)


def read_summary_labels(path: Path = SUMMARY) -> dict[int, str]:
    """Official labels of the structured summary by row number."""
    _, rows, problems = read_cells(path, required=("row", "label", "source"))
    if problems:
        raise InputError(problems)
    return {whole(cells.text("row")): cells.text("label") for cells in rows}


def load_cadt_model(version: str = "v2") -> CadtModel:
    """The data model of the Climate Action Data Trust that comes with the package."""
    given = json.loads((CADT / f"{version}.json").read_text(encoding="utf-8"))
    return CadtModel(
        given["version"],
        given["source"],
        tuple(
            CadtTable(
                t["table"],
                tuple(
                    CadtField(
                        f["key"], f.get("required", False), f.get("refers", ""), tuple(f.get("values", ()))
                    )
                    for f in t["fields"]
                ),
                t.get("aef", 0),
            )
            for t in given["tables"]
        ),
    )
