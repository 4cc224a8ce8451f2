"""The crediting kernel against named peers and against the bounds, same work in the same run.

    python benchmarks/crediting.py [--quick]

``--quick`` takes a tenth of everything. Blocks and actions are made up and illustrative.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl

from trunghoa.crediting import Block, Inputs, balances
from trunghoa.crediting.aef import (
    Report,
    blank_row,
    check_consistency,
    load_template,
    read_workbook,
    write_workbook,
)

ACTIONS, BLOCKS = 10_000, 100_000
WRITE_SECONDS = 15.0  # of an AEF workbook of 10,000 actions
TEMPLATE = load_template()


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def report(actions: int) -> Report:
    units = {
        "CooperativeApproachID": "CA0001", "AuthorizationID": "AAA 1", "FirstTransferringPartyID": "AAA",
        "PartyITMORegistryID": "AAA01", "Metric": "GHG", "MitigationType": "Emission reductions",
        "Vintage": 2024,
    }  # fmt: skip
    when = datetime(2025, 6, 1, tzinfo=UTC)
    rows = [
        blank_row(
            TEMPLATE.table(3), ActionDateTime=when, ActionType="First transfer", AcquiringPartyID="BBB",
            ActionSubtype="First transfer to another Party", FirstID=10 * n + 1, LastID=10 * n + 10,
            QuantityCO2=10, **units,
        )
        for n in range(actions)
    ]  # fmt: skip
    first = blank_row(
        TEMPLATE.table(1), ParticipatingParty="AAA", SubmissionVersion="1.0", ReportedYear=2025,
        DateOfSubmission=date(2026, 3, 31), FirstYearOfNDCPeriod=2021, LastYearOfNDCPeriod=2030,
    )  # fmt: skip
    return Report(TEMPLATE, {TEMPLATE.table(1).sheet: (first,), TEMPLATE.table(3).sheet: tuple(rows)})


def peer_write(given: Report) -> None:
    """The same cells by openpyxl, which registries and offices use."""
    book = openpyxl.Workbook(write_only=True)
    for table in TEMPLATE.tables:
        sheet = book.create_sheet(table.sheet)
        sheet.append([f.label for f in table.fields])
        for row in given.tables.get(table.sheet, ()):
            sheet.append([str(v) if isinstance(v, date | datetime) else v for v in row.values()])
    book.save(BytesIO())


def blocks(count: int) -> tuple[Block, ...]:
    draw = random.Random(2026)
    return tuple(
        Block(str(n), f"P{draw.randrange(50)}", "Authorisation", False, True, draw.randrange(1, 10**6),
              draw.randrange(2021, 2031), authorised=draw.randrange(2021, 2031))
        for n in range(count)
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    scale = 10 if parser.parse_args().quick else 1
    given, missed = report(ACTIONS // scale), 0
    made = b""

    def write() -> None:
        nonlocal made
        made = write_workbook(given)

    ours, peer = seconds(write), seconds(lambda: peer_write(given))
    bound = WRITE_SECONDS / scale
    missed += ours > bound
    print(f"  AEF of {ACTIONS // scale:,} actions, checked and written: {ours:.2f} s; bound {bound:.1f} s")
    print(f"    the same cells by openpyxl, unchecked: {peer:.2f} s; x{peer / ours:.2f}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "aef.xlsx"
        path.write_bytes(made)
        took = seconds(lambda: read_workbook(path))
        plain = seconds(lambda: list(openpyxl.load_workbook(path, read_only=True)["Table 3 Actions"].values))
    print(
        f"    read back and typed: {took:.2f} s; cells alone by openpyxl {plain:.2f} s; x{plain / took:.2f}"
    )
    took = seconds(lambda: check_consistency(given, first_vintage=2021, first_report=True))
    print(f"    ten checks: {took:.2f} s")
    some = blocks(BLOCKS // scale)
    took = seconds(lambda: balances(Inputs(some, (2021, 2030), 2021)))
    sums: dict[tuple[str, int], int] = {}

    def bare() -> None:
        for block in some:
            sums[block.party, block.vintage] = sums.get((block.party, block.vintage), 0) + block.quantity

    least = seconds(bare)
    print(
        f"  balances of {len(some):,} blocks: {took:.2f} s; the bare sums {least:.3f} s; x{least / took:.3f}"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
