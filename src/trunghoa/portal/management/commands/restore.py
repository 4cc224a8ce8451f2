"""``trunghoa restore FILE``: a backup into an empty database, checked."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunghoa.portal import backup
from trunghoa.quantities import TrungHoaError


class Command(BaseCommand):
    help = "Read a backup into an empty database and check its chain of entries, figures and documents."

    # It works on the data alone, also where a page is broken.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = backup.restore(options["file"])
        except (TrungHoaError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"restored: {found.figures} figures, {found.documents} documents, {found.entries} audit entries, "
            f"chain whole, head {found.head}; written by version {found.version}. Run migrate before serving."
        )
