"""The joint report of what stands on record today, written into a folder."""

from datetime import date
from pathlib import Path

from trunghoa.portal.core.publication import tasks
from trunghoa.portal.core.publication.joint import freeze_joint_report


def write_joint_report(out: Path, on: date | None = None) -> list[Path]:
    """Freeze, render and write the files; asked for twice with nothing changed, the same bytes."""
    publication = freeze_joint_report(on)
    tasks.produce(publication)
    return tasks.write(publication, out)
