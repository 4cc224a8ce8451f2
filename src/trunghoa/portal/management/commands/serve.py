"""Serve the portal on this machine: web server and worker together."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Serve the portal at 127.0.0.1 together with one background worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("collectstatic", interactive=False, verbosity=0)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        web, worker = start(web_server(options["port"])), start(WORKER)
        try:
            while web.poll() is None:
                if worker.poll() is not None:
                    self.stderr.write("The background worker stopped; it is started again.")
                    worker = start(WORKER)
                time.sleep(1)
        except KeyboardInterrupt:
            pass
        finally:
            for child in (web, worker):
                child.terminate()
            for child in (web, worker):
                child.wait(timeout=15)


WORKER = ["-m", "trunghoa.portal.manage", "worker"]


def web_server(port: int) -> list[str]:
    """Granian's arguments, one option per line."""
    options = {
        "--interface": "wsgi",
        "--host": "127.0.0.1",
        "--port": str(port),
        "--workers": "2",
        # Each thread holds a database connection; a page is short.
        "--blocking-threads": "4",
        "--log-level": "warning",
    }
    return [
        "-m",
        "granian",
        *[w for pair in options.items() for w in pair],
        "trunghoa.portal.wsgi:application",
    ]


def start(arguments: list[str]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "trunghoa.portal.settings"}
    return subprocess.Popen([sys.executable, *arguments], env=environment)  # noqa: S603
