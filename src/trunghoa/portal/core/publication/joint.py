"""The joint report of what stands on record: its title, and as many freezes of a day as are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone

from trunghoa.portal.core.accounts.models import User

from . import freezing
from .errors import FrozenError
from .models import Publication

TITLES = {
    "vi": "Báo cáo chung về thực hiện Kế hoạch hợp tác Việt Nam – Nhật Bản về biến đổi khí hậu",
    "ja": "気候変動に関する日越協力計画の実施に係る共同報告書",
    "en": "Joint report on the Viet Nam – Japan Cooperation Plan on climate change",
}


def freeze_joint_report(
    on: date | None = None,
    *,
    cover: Mapping[str, Any] | None = None,
    supersedes: Publication | None = None,
    by: User | None = None,
) -> Publication:
    """Freeze all systems' figures as a working draft; with nothing changed it is the draft that stands."""
    day = on or timezone.localdate()
    for number in count(1):
        slug = f"joint-report-{day.isoformat()}" + (f"-{number}" if number > 1 else "")
        try:
            made = freezing.freeze(slug, TITLES, on=day, cover=cover, supersedes=supersedes, by=by)
        except FrozenError:
            continue
        if made.state != Publication.State.WITHDRAWN:
            return made
    raise AssertionError("unreachable")
