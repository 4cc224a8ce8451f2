"""Serve the portal on this machine: web server and worker together."""

import os
import signal
import subprocess
import sys
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Serve the portal at 127.0.0.1 together with one background worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("collectstatic", interactive=False, verbosity=0)
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "trunghoa.portal.settings"}
        python = sys.executable
        web = [
            python,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(options["port"]),
            "--workers",
            "2",
            "--log-level",
            "warning",
            "trunghoa.portal.wsgi:application",
        ]
        worker = [python, "-m", "trunghoa.portal.manage", "worker"]
        children = [subprocess.Popen(c, env=environment) for c in (web, worker)]  # noqa: S603
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            children[0].wait()
        except KeyboardInterrupt:
            pass
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(timeout=15)
