"""The demonstration: load the example, run every kernel, write the joint report in three languages."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from trunghoa.portal import demonstration
from trunghoa.portal.core.publication import sections
from trunghoa.portal.loading import load

EXAMPLE = Path(__file__).resolve().parents[3] / "data" / "vietnam"


class Command(BaseCommand):
    help = "Load the example workspace, run its kernels and write the joint report in vi, ja and en."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, default=Path("out"))
        parser.add_argument("--workspace", type=Path, default=EXAMPLE)

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        call_command("migrate", verbosity=0)
        console.print("[bold]Loading[/] the workspace", options["workspace"].name)
        load(options["workspace"], lambda text: console.print("  ", text))
        people = demonstration.make_accounts()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console) as bars:
            for section in sections.all_sections():
                bar = bars.add_task(f"  {section.system}", total=100)

                def show(per_cent: int, what: str, bar: Any = bar, code: str = section.system) -> None:
                    bars.update(bar, completed=per_cent, description=f"  {code} {what}")

                section.run_all(show)
        demonstration.make_example(people)
        for path in self.publish(options["out"]):
            console.print("  ", path)
        console.print(f"[bold]Accounts[/] (password {demonstration.PASSWORD}):")
        for person in people:
            with translation.override("en"):
                where = person.organisation.name("en") if person.organisation else "no organisation"
                console.print(f"   {person.username:<12} {person.get_role_display()}, {where}")

    def publish(self, out: Path) -> list[Path]:
        from trunghoa.portal import reporting

        return reporting.write_joint_report(out)
