"""What an indicator stands at: the figures on record, looked up each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.access import visible_figures
from trunghoa.portal.core.record.models import Figure

from .models import Indicator

KEYS = ("kind", "place_id", "unit", "status", "scenario", "category")


@dataclass(frozen=True)
class Standing:
    """An indicator and the latest figure that it counts, if there is one that the reader may see."""

    indicator: Indicator
    current: Figure | None

    @property
    def baseline(self) -> Decimal | None:
        figure = self.indicator.baseline_figure
        return figure.amount if figure else self.indicator.baseline

    @property
    def progress(self) -> Decimal | None:
        """The share of the way from baseline to target that has been gone; none without all three."""
        target, baseline = self.indicator.target, self.baseline
        if self.current is None or target is None or baseline is None or target == baseline:
            return None
        return (self.current.amount - baseline) / (target - baseline)

    @property
    def is_reached(self) -> bool | None:
        target = self.indicator.target
        if self.current is None or target is None:
            return None
        up = self.indicator.direction == Indicator.Direction.UP
        return self.current.amount >= target if up else self.current.amount <= target


def standings(indicators: Sequence[Indicator], user: User) -> list[Standing]:
    """Each indicator with its latest figure, all in one query."""
    if not indicators:
        return []
    wanted = Q(pk__in=[])
    for indicator in indicators:
        wanted |= Q(**{key: getattr(indicator, key) for key in KEYS})
    rows = Figure.objects.current().filter(wanted).filter(visible_figures(user))
    latest = {
        tuple(getattr(row, key) for key in KEYS): row for row in rows.order_by("period_end", "pk").iterator()
    }
    return [Standing(i, latest.get(tuple(getattr(i, key) for key in KEYS))) for i in indicators]
