"""Work through the jobs; jobs that a dead worker held are taken back first and while it runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django_tasks_db.management.commands.db_worker import Worker

from trunghoa.portal.core.record import workers


class Command(BaseCommand):
    help = "Run background jobs until stopped (or until none is left, with --until-empty)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-empty", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        worker_id = workers.new_worker_id()
        workers.beat(worker_id)
        if taken := workers.take_back():
            self.stdout.write(f"took back {taken} interrupted jobs")
        heart = workers.Heartbeat(worker_id)
        heart.start()
        worker = Worker(
            queue_names=["*"],
            interval=0.5,
            batch=options["until_empty"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
            excluded_queue_names=[],
        )
        worker.configure_signals()
        try:
            worker.run()
        finally:
            heart.stopped.set()
            heart.join(timeout=workers.BEAT)
