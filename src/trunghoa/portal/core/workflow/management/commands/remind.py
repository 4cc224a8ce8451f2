"""Send the reminders of the day; to be run once every night, and again at will."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trunghoa.portal.core.workflow.reminders import remind


class Command(BaseCommand):
    help = "Mail each person at most one digest a day of what is due soon or late and theirs to do."

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = remind()
        self.stdout.write(json.dumps({"reminded": len(outcome.reminded), "failed": len(outcome.failed)}))
        if outcome.failed:
            raise CommandError("No mail could be sent to: " + ", ".join(outcome.failed))
