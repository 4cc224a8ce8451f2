"""Compile the message catalogues, with no tool that a user's machine may lack."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile the translations (locale/*/LC_MESSAGES/*.po) to .mo files."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                with source.open("rb") as stream:
                    catalogue = read_po(stream, locale=source.parts[-3])
                with source.with_suffix(".mo").open("wb") as stream:
                    write_mo(stream, catalogue)
                self.stdout.write(f"{source.parts[-3]}: {len(catalogue)} messages")
