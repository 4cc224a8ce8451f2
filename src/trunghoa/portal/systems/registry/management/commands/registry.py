"""``trunghoa registry aef YEAR --out FILE.xlsx``: annual information of a Party from the ledger;
``trunghoa registry cadt --out FILE``: projects, issuances and units for the CAD Trust, as JSON or xlsx.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trunghoa.portal.systems.registry import exporting, submitting
from trunghoa.portal.systems.registry.models import AnnualReport
from trunghoa.portal.systems.registry.tasks import aef
from trunghoa.portal.systems.registry.words_article6 import PARTIES
from trunghoa.quantities import TrungHoaError


class Command(BaseCommand):
    help = (
        "Write the annual information of a Party (AEF) as a workbook, with what the checks find; "
        "or the export to the Climate Action Data Trust (.json or .xlsx)."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["aef", "cadt"])
        parser.add_argument("year", type=int, nargs="?", help="The year of the annual information.")
        parser.add_argument("--out", type=Path, required=True, help="The file to write.")
        parser.add_argument("--party", choices=PARTIES, default=PARTIES[0])
        parser.add_argument("--template", default="", help=f"One of: {', '.join(aef.versions())}.")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "cadt":
            self.cadt(options["out"])
        elif options["year"] is None:
            raise CommandError(
                "Name the year of the annual information: trunghoa registry aef YEAR --out FILE"
            )
        else:
            self.aef(options)

    def cadt(self, out: Path) -> None:
        made = exporting.export()
        form = out.suffix.lstrip(".")
        if form not in ("json", "xlsx"):
            raise CommandError(f"{out}: name a file that ends in .json or .xlsx.")
        try:
            out.write_bytes(exporting.as_file(made, form, timezone.localdate()))
        except (TrungHoaError, OSError) as error:
            raise CommandError(str(error)) from None
        rows = ", ".join(f"{len(rows)} {name}" for name, rows in made.tables.items() if rows)
        self.stdout.write(f"{out}: {rows}; {made.units} units")
        for serial, units, why in made.left_out:
            self.stdout.write(f"left out: {serial} ({units} units): {why}")

    def aef(self, options: dict[str, Any]) -> None:
        row = AnnualReport(party=options["party"], year=options["year"], template=options["template"])
        try:
            checked = submitting.checked(row, timezone.localdate())
            options["out"].write_bytes(aef.workbook(checked.report, draft=True))
        except (TrungHoaError, OSError) as error:
            raise CommandError(str(error)) from None
        findings = (*checked.findings, checked.mirror)
        if options["as_json"]:
            told = {
                "out": str(options["out"]),
                "actions": len(checked.report.rows(3)),
                "holdings": len(checked.report.rows(4)),
                "checks": {found.check: found.verdict.value for found in findings},
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        self.stdout.write(
            f"{options['out']}: {len(checked.report.rows(3))} actions, "
            f"{len(checked.report.rows(4))} holdings of {row.party} in {row.year}; a draft, "
            "which the portal submits when every check is passed"
        )
        for found in findings:
            self.stdout.write(f"{found.verdict.value:8} {found.check}")
            for problem in found.problems[:20]:
                self.stdout.write(f"         {problem}")
