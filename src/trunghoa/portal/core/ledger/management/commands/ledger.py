"""``trunghoa ledger verify``: recompute the ledger; ``trunghoa ledger seal``: seal what is new."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from trunghoa.portal.core.ledger import sealing, verification


class Command(BaseCommand):
    help = "Recompute the ledger from its postings (exit code 1 where it does not fit), or seal what is new."
    # It works on the data alone, also where a page is broken.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify", "seal"])
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "seal":
            self.seal(options["as_json"])
        else:
            self.verify(options["as_json"])

    def seal(self, as_json: bool) -> None:
        made = sealing.seal()
        if as_json:
            names = ("number", "first", "last", "count", "root", "sha256")
            self.stdout.write(json.dumps([{name: getattr(row, name) for name in names} for row in made]))
            return
        for row in made:
            self.stdout.write(
                f"seal {row.number}: {row.count} transactions up to {row.last}, root {row.root}"
            )
        if not made:
            self.stdout.write("nothing new to seal")

    def verify(self, as_json: bool) -> None:
        verdict = verification.verify()
        if as_json:
            self.stdout.write(json.dumps(verdict.as_dict(), ensure_ascii=False))
        elif verdict.whole:
            self.stdout.write(
                f"{verdict.transactions} transactions, {verdict.postings} postings, {verdict.blocks} blocks: "
                f"whole; {verdict.seals} seals, {verdict.unsealed} transactions not sealed yet"
            )
        else:
            for fault in verdict.faults:
                self.stderr.write(fault)
        if not verdict.whole:
            raise SystemExit(1)
