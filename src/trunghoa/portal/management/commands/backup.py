"""``trunghoa backup FILE``: database and documents of one moment in one file, while the portal is in use."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunghoa.portal import backup
from trunghoa.quantities import TrungHoaError


class Command(BaseCommand):
    help = "Write database and documents into one file, while the portal is in use."

    # It works on the data alone, also where a page is broken.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backup.write(options["file"])
        except (TrungHoaError, OSError) as error:
            raise CommandError(str(error)) from error
        audit = manifest["audit"]
        self.stdout.write(
            f"{options['file']}: {manifest['figures']} figures, {len(manifest['files']) - 1} documents, "
            f"{audit['entries']} audit entries, head {audit['head']}"
        )
