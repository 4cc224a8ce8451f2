"""Bring the message catalogues up to date, or check that they are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trunghoa.portal import messages


class Command(BaseCommand):
    help = (
        "Update locale/*/LC_MESSAGES/django.po from code and templates; --check only tells what is missing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            for lang in messages.LANGUAGES:
                self.stdout.write(f"{lang}: {len(messages.update(lang))} messages to translate")
            return
        wrong = [fault for lang in messages.LANGUAGES for fault in messages.faults(lang)]
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(f"{len(messages.found())} messages, each in {', '.join(messages.LANGUAGES)}")
