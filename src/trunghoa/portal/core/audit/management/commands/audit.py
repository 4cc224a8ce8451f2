"""``trunghoa audit verify``: recompute the chain and name the first entry that does not fit."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from trunghoa.portal.core.audit import verification


class Command(BaseCommand):
    help = "Recompute the chain of audit entries; exit code 1 where it is broken."
    # It works on the data alone, also where a page is broken.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify"])
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verification.verify()
        refusing = verification.refuses_changes()
        if options["as_json"]:
            found = {**verdict.as_dict(), "refuses_changes": refusing}
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        elif verdict.whole:
            self.stdout.write(f"{verdict.entries} entries, chain whole, head {verdict.head}")
        if not verdict.whole and not options["as_json"]:
            self.stderr.write(verdict.why)
        if not refusing and not options["as_json"]:
            self.stderr.write("The database does not refuse changes of entries: run migrate.")
        if not verdict.whole or not refusing:
            raise SystemExit(1)
