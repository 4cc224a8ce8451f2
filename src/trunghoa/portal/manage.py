"""``python -m trunghoa.portal.manage COMMAND``, the same as ``trunghoa manage COMMAND``."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from trunghoa.portal.core.audit.context import name_process


def main(arguments: list[str]) -> None:
    """Run a command; ``arguments`` begin with the program's name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trunghoa.portal.settings")
    # Changes say which command made them.
    name_process(" ".join(["command", *arguments[1:2]]))
    try:
        settings.INSTALLED_APPS  # noqa: B018 - reads the settings, and so the environment
    except ImproperlyConfigured as error:
        sys.exit(f"{error} To try the demonstration on this machine, set TRUNGHOA_DEMO=true.")
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)
