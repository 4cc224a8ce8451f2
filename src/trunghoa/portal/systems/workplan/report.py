"""The work plan's section of the joint report, and its headline."""

from collections.abc import Sequence

from trunghoa.portal.core.publication.blocks import Block, Missing, Paragraph, Text
from trunghoa.portal.core.publication.sections import Progress
from trunghoa.portal.core.record.models import FigureQuerySet
from trunghoa.quantities import N_

KINDS: dict[str, str] = {}


def count(progress: Progress) -> None:
    """Nothing to run yet."""


def headline(figures: FigureQuerySet) -> Paragraph | Missing:
    return Missing(Text(N_("the work plan: no activity is on record")), Text(N_("both sides")))


def blocks(figures: FigureQuerySet) -> Sequence[Block]:
    return [headline(figures)]
