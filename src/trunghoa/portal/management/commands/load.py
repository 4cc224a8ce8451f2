"""Load a workspace folder into the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunghoa.portal.loading import load
from trunghoa.quantities import TrungHoaError


class Command(BaseCommand):
    help = "Load a workspace (a country as a folder) into the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load(options["folder"], self.stdout.write)
        except TrungHoaError as error:
            raise CommandError(str(error)) from error
