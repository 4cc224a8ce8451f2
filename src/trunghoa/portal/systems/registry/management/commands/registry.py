"""``trunghoa registry aef YEAR --out FILE.xlsx``: annual information of a Party from the ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trunghoa.portal.systems.registry import submitting
from trunghoa.portal.systems.registry.models import AnnualReport
from trunghoa.portal.systems.registry.tasks import aef
from trunghoa.portal.systems.registry.words_article6 import PARTIES
from trunghoa.quantities import TrungHoaError


class Command(BaseCommand):
    help = "Write the annual information of a Party (AEF) as a workbook, with what the checks find."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["aef"])
        parser.add_argument("year", type=int)
        parser.add_argument("--out", type=Path, required=True, help="The workbook to write (.xlsx).")
        parser.add_argument("--party", choices=PARTIES, default=PARTIES[0])
        parser.add_argument("--template", default="", help=f"One of: {', '.join(aef.versions())}.")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
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
