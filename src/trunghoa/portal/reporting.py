"""The joint report of what stands on record today."""

from datetime import date
from itertools import count
from pathlib import Path

from django.utils import timezone

from trunghoa.portal.core.publication import freezing, tasks
from trunghoa.portal.core.publication.errors import FrozenError
from trunghoa.portal.core.publication.models import Publication

TITLES = {
    "vi": "Báo cáo chung về thực hiện Kế hoạch hợp tác Việt Nam – Nhật Bản về biến đổi khí hậu",
    "ja": "気候変動に関する日越協力計画の実施に係る共同報告書",
    "en": "Joint report on the Viet Nam – Japan Cooperation Plan on climate change",
}


def freeze_joint_report(on: date | None = None) -> Publication:
    """Freeze all systems' figures as a working draft; with nothing changed it is the draft that stands."""
    day = on or timezone.localdate()
    for number in count(1):
        slug = f"joint-report-{day.isoformat()}" + (f"-{number}" if number > 1 else "")
        try:
            return freezing.freeze(slug, TITLES, on=day)
        except FrozenError:
            continue
    raise AssertionError("unreachable")


def write_joint_report(out: Path, on: date | None = None) -> list[Path]:
    """Freeze, render and write the files; asked for twice with nothing changed, the same bytes."""
    publication = freeze_joint_report(on)
    tasks.produce(publication)
    return tasks.write(publication, out)
