"""Places, keyed by (era, code) and looked up on a date, because codes are reused when units merge."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from functools import cached_property
from typing import NamedTuple

from .errors import PlaceError


class PlaceKey(NamedTuple):
    """``era`` is the division of the country a code belongs to (``2025``), ``country`` or ``site``."""

    era: str
    code: str

    def __str__(self) -> str:
        return f"{self.era}:{self.code}"

    @classmethod
    def parse(cls, text: str) -> PlaceKey:
        era, sep, code = text.partition(":")
        if not (era and sep and code):
            raise PlaceError(f"“{text}” is not a place key. Write era:code, like 2025:01 or site:nam-son.")
        return cls(era, code)


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its life span, the unit it lies in and the one it became part of."""

    key: PlaceKey
    kind: str
    names: Mapping[str, str]
    valid_from: date | None = None
    valid_to: date | None = None
    parent: PlaceKey | None = None
    successor: PlaceKey | None = None
    iso3166_2: str = ""
    source: str = ""
    verified: bool = True

    def name(self, lang: str) -> str:
        """Name in a language; a missing one falls back on Vietnamese, which is the official one."""
        return self.names.get(lang) or self.names["vi"]

    def exists_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


_VOICED_KANA = "\u3099\u309a"


def search_key(text: str) -> str:
    """Fold a name for search: no tone marks, đ as d, lower case, single spaces, whatever the Unicode form.

    The voicing marks of kana stay: カ and ガ are different letters, not one with and without accent.
    """
    decomposed = unicodedata.normalize("NFKD", text).replace("đ", "d").replace("Đ", "D")
    bare = "".join(c for c in decomposed if c in _VOICED_KANA or not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFC", bare).lower().replace("-", " ").split())


# Vietnamese order: base letter first, then tone (ngang huyền hỏi ngã sắc nặng).
_LETTERS = {c: i for i, c in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Key that sorts names as a Vietnamese dictionary does: đ after d, tones last."""
    letters: list[int] = []
    tones: list[int] = []
    for char in unicodedata.normalize("NFC", text.lower()):
        parts = unicodedata.normalize("NFD", char)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
        if not base:
            continue
        letters.append(_LETTERS[base] if base in _LETTERS else _other_letter(base))
        tones.append(next((_TONES[c] for c in parts if c in _TONES), 0))
    return tuple(letters), tuple(tones)


def _other_letter(char: str) -> int:
    """Spaces, marks and digits come before the letters, other scripts after."""
    return ord(char[0]) - 128 if char < "a" else ord(char[0])


@dataclass
class Gazetteer:
    """All places of a workspace."""

    places: dict[PlaceKey, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, places: Iterable[Place]) -> Gazetteer:
        gazetteer = cls()
        for place in places:
            if place.key in gazetteer.places:
                raise PlaceError(f"The place {place.key} stands twice.")
            gazetteer.places[place.key] = place
        gazetteer._check()
        return gazetteer

    def _check(self) -> None:
        for place in self:
            for relation, key in (("successor", place.successor), ("parent", place.parent)):
                if key is not None and key not in self.places:
                    raise PlaceError(f"The {relation} {key} of {place.key} is not a known place.")
            if place.valid_from and place.valid_to and place.valid_to < place.valid_from:
                raise PlaceError(
                    f"{place.key} ends on {place.valid_to}, before it begins on {place.valid_from}."
                )
            self._refuse_circle(place)
        for code, units in self._units.items():
            for earlier, later in itertools.pairwise(units):
                if (earlier.valid_to or date.max) >= (later.valid_from or date.min):
                    raise PlaceError(
                        f"{earlier.key} and {later.key} both bear the code {code} on {later.valid_from}."
                    )

    def _refuse_circle(self, place: Place) -> None:
        seen = {place.key}
        while place.successor is not None:
            place = self.places[place.successor]
            if place.key in seen:
                raise PlaceError(f"{place.key} succeeds itself.")
            seen.add(place.key)

    @cached_property
    def _units(self) -> dict[str, list[Place]]:
        """Administrative units by code, oldest first."""
        units: dict[str, list[Place]] = {}
        for place in sorted(self, key=lambda p: p.valid_from or date.min):
            if place.key.era.isdigit():
                units.setdefault(place.key.code, []).append(place)
        return units

    def __iter__(self) -> Iterator[Place]:
        return iter(self.places.values())

    def __getitem__(self, key: PlaceKey) -> Place:
        try:
            return self.places[key]
        except KeyError:
            raise PlaceError(f"No place {key}.") from None

    def lookup(self, code: str, on: date) -> Place:
        """The administrative unit that bore ``code`` on a date."""
        for place in self._units.get(code, ()):
            if place.exists_on(on):
                return place
        raise PlaceError(f"No unit had the code {code} on {on.isoformat()}.")

    def find(self, name: str, on: date) -> list[Place]:
        """Units whose name matches, with or without tone marks, on a date."""
        wanted = search_key(name)
        return [
            p for p in self if p.exists_on(on) and any(search_key(n) == wanted for n in p.names.values() if n)
        ]

    def successor_on(self, key: PlaceKey, on: date) -> Place:
        """Follow successors until the unit exists on a date."""
        place = self[key]
        while not place.exists_on(on) and place.successor is not None:
            place = self[place.successor]
        if not place.exists_on(on):
            raise PlaceError(f"{key} has no successor that exists on {on.isoformat()}.")
        return place

    def unit_on(self, key: PlaceKey, on: date) -> Place:
        """The administrative unit a place counts for on a date: a site's parent, then its successor."""
        place = self[key]
        while not place.key.era.isdigit():
            if place.parent is None:
                raise PlaceError(f"{key} lies in no administrative unit.")
            place = self[place.parent]
        return self.successor_on(place.key, on)

    def roll_up(self, amounts: Mapping[PlaceKey, Decimal], on: date) -> dict[PlaceKey, Decimal]:
        """Add amounts of old units up to the units of a date; nothing is lost, rounded or split."""
        total: dict[PlaceKey, Decimal] = {}
        with localcontext() as context:
            context.prec = 400
            for key, amount in amounts.items():
                target = self.successor_on(key, on).key
                total[target] = total.get(target, Decimal(0)) + amount
        return total
