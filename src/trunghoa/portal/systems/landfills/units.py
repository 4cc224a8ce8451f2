"""Provinces on a date: a site keeps the unit it was recorded in, and counts for what that unit became."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import timezone

from trunghoa.portal.core.record.models import Place
from trunghoa.quantities import PlaceKey, sort_key

UNIT_KINDS = (Place.Kind.PROVINCE, Place.Kind.MUNICIPALITY)


_order = lru_cache(2048)(sort_key)


@dataclass(frozen=True, slots=True)
class Unit:
    """One administrative unit of one era."""

    pk: int
    era: str
    code: str
    name: str
    valid_from: date | None
    valid_to: date | None
    parent: int | None
    successor: int | None

    @property
    def key(self) -> PlaceKey:
        return PlaceKey(self.era, self.code)

    def exists_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class Units:
    """All administrative units of every era, read in one query."""

    def __init__(self, lang: str) -> None:
        # Eras of units are years: the key's index finds them among any number of sites.
        rows = (
            Place.objects.filter(era__gte="0", era__lt=":", kind__in=UNIT_KINDS)
            .order_by()
            .values_list(
                "pk",
                "era",
                "code",
                f"name_{lang}",
                "valid_from",
                "valid_to",
                "parent_id",
                "successor_id",
                "name_vi",
            )
        )
        self._units = {row[0]: Unit(row[0], row[1], row[2], row[3] or row[8], *row[4:8]) for row in rows}
        self._today = timezone.localdate()
        self._standing: dict[int, Unit | None] = {}

    def of(self, pk: int | None) -> Unit | None:
        """The unit that stands today for a unit of any era."""
        if pk is None:
            return None
        if pk not in self._standing:
            self._standing[pk] = self.on(pk, self._today)
        return self._standing[pk]

    def on(self, pk: int, day: date) -> Unit | None:
        """The unit that stood on a day for a unit of any era; before the oldest list, the unit itself."""
        unit = self._units.get(pk)
        while unit is not None and unit.valid_to is not None and unit.valid_to < day:
            unit = self._units.get(unit.successor) if unit.successor else None
        return unit

    def predecessors(self, code: str) -> list[int]:
        """Units of any era that count today for the unit with this code."""
        return [pk for pk in self._units if (unit := self.of(pk)) is not None and unit.code == code]

    def choices(self) -> list[Unit]:
        standing = [unit for unit in self._units.values() if unit.exists_on(self._today)]
        return sorted(standing, key=lambda u: _order(u.name))
