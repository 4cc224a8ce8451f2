"""From slots to the pieces of one language. Both renderers print these pieces and nothing else."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from string import Formatter
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, ngettext

from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import N_, format_date, format_number

from .blocks import (
    Age,
    Count,
    DateValue,
    Inline,
    Name,
    Number,
    ParameterValue,
    PeriodValue,
    Reckoned,
    Reference,
    Tally,
    Text,
    Total,
    UnitName,
    slots_in,
)
from .errors import TranslationError
from .manifest import Frozen, plain

LANGUAGES = ("vi", "ja", "en")
MARKS = {"unverified": "†", "illustrative": "‡"}
NBSP = "\u00a0"

STATUS = {
    "projected": N_("projected"),
    "planned": N_("planned (ex-ante)"),
    "reported": N_("reported"),
    "verified": N_("verified"),
    "issued": N_("issued"),
    "adjusted": N_("adjusted"),
}
QUALITY = {"verified": N_("verified"), "unverified": N_("unverified"), "illustrative": N_("illustrative")}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of one kind: ``text`` is translated words; every other kind came from data.

    ``backing`` says what it came from, for the guard: a figure's id, decimals and unit; a period's code.
    """

    kind: str
    text: str
    lang: str = ""
    backing: dict[str, str] = field(default_factory=dict)


@dataclass
class Voice:
    """One language speaking of one freeze. ``counts`` remembers what each reckoned number was made from."""

    lang: str
    frozen: Frozen
    counts: dict[str, Reckoned] = field(default_factory=dict)

    def pieces(self, inline: Inline) -> list[Piece]:
        """The pieces of anything that stands in a slot, a cell or a line."""
        match inline:
            case Text():
                return self._text(inline)
            case Number():
                return self._number(inline)
            case Count() | Total() | Tally() | Age():
                return self._reckoned(inline)
            case ParameterValue():
                return self._parameter(inline)
            case DateValue():
                iso = {"datetime": inline.day.isoformat()}
                return [Piece("date", format_date(inline.day, self.lang), backing=iso)]
            case PeriodValue():
                code = {"period": inline.period.code()}
                return [Piece("period", inline.period.label(self.lang), backing=code)]
            case Reference():
                return [Piece("ref", inline.text, inline.lang, {"url": inline.url} if inline.url else {})]
            case Name():
                text, lang = inline.in_(self.lang)
                return [Piece("name", text, "" if lang == self.lang else lang)]
            case UnitName():
                return [Piece("unit", unit_text(inline.symbol))]
        raise TypeError(f"{type(inline).__name__} does not print.")

    def plain(self, inline: Inline) -> str:
        """As one string, for a document's title and a chart's text for those who do not see it."""
        return "".join(p.text for p in self.pieces(inline))

    def _text(self, text: Text) -> list[Piece]:
        count = text.slots.get(text.by)
        how_many = int(reckon(count, self.frozen)) if isinstance(count, Count | Tally | Age) else None
        message = translate(text.msgid, self.lang, text.plural, how_many)
        if Counter(slots_in(message)) != Counter(slots_in(text.msgid)):
            raise TranslationError(f"{self.lang}: “{message}” does not have the slots of “{text.msgid}”.")
        pieces: list[Piece] = []
        for literal, slot, _, _ in Formatter().parse(message):
            if literal:
                pieces.append(Piece("text", literal))
            if slot is not None:
                pieces.extend(self.pieces(text.slots[slot]))
        return pieces

    def _number(self, number: Number) -> list[Piece]:
        backing = {
            "figure": str(number.figure.pk),
            "part": number.part,
            "decimals": str(number.decimals),
            "unit": number.shown_unit,
            "value": str(plain(number.value)),
        }
        pieces = [Piece("number", format_number(number.value, self.lang, number.decimals), backing=backing)]
        shown = unit_text(number.shown_unit) if number.unit == "after" else ""
        if shown:
            pieces.append(Piece("unit", shown if shown == "%" else NBSP + shown))
        if number.figure.quality in MARKS:
            pieces.append(
                Piece("mark", MARKS[number.figure.quality], backing={"quality": number.figure.quality})
            )
        return pieces

    def _reckoned(self, asked: Reckoned) -> list[Piece]:
        value, decimals = reckon(asked, self.frozen), getattr(asked, "decimals", 0)
        key = hashlib.sha256(repr(_made_of(asked)).encode()).hexdigest()[:16]
        self.counts[key] = asked
        backing = {"count": key, "value": str(plain(value)), "decimals": str(decimals)}
        pieces = [Piece("count", format_number(value, self.lang, decimals), backing=backing)]
        if isinstance(asked, Total):
            shown = unit_text(asked.figures[0].unit) if asked.unit == "after" else ""
            if shown:
                pieces.append(Piece("unit", NBSP + shown))
            weakest = next((q for q in reversed(MARKS) if any(f.quality == q for f in asked.figures)), "")
            if weakest:
                pieces.append(Piece("mark", MARKS[weakest], backing={"quality": weakest}))
        return pieces

    def _parameter(self, parameter: ParameterValue) -> list[Piece]:
        entry = self.frozen.parameter(parameter.run, parameter.index)
        value = parameter_value(entry)
        backing = {"parameter": f"{parameter.run}:{parameter.index}", "value": str(plain(value))}
        pieces = [Piece("parameter", format_number(value, self.lang, places(value)), backing=backing)]
        if entry.get("quality") in MARKS:
            pieces.append(Piece("mark", MARKS[entry["quality"]], backing={"quality": entry["quality"]}))
        return pieces


def unit_text(symbol: str) -> str:
    """A unit or gas as people write it."""
    return numbers.gas(numbers.unit(symbol))


def parameter_value(entry: Any) -> Decimal:
    return Decimal(str(plain(Decimal(str(entry["value"])))))


def places(value: Decimal) -> int:
    """How many decimals print a value exactly."""
    return max(0, -int(value.as_tuple().exponent))


def _made_of(asked: Reckoned) -> tuple[object, ...]:
    """What tells one reckoned number from another."""
    match asked:
        case Count():
            return ("count", asked.of, sorted(asked.figures))
        case Total():
            return ("total", sorted(f.pk for f in asked.figures), asked.decimals)
        case Tally():
            return ("tally", sorted(asked.refs))
    return ("age", asked.period.code())


def reckon(asked: Reckoned, frozen: Frozen) -> Decimal:
    """Make the number again from the freeze; a figure outside it does not count at all."""
    match asked:
        case Count():
            return Decimal(count_of(asked, frozen))
        case Total():
            pks = dict.fromkeys(f.pk for f in asked.figures)
            return sum(
                (Decimal(frozen.entries[pk]["amount"]) for pk in pks if pk in frozen.entries), Decimal()
            )
        case Tally():
            return Decimal(len(set(asked.refs)))
    on, end = date.fromisoformat(frozen.manifest["frozen_on"]), asked.period.end
    return Decimal(max(0, on.year - end.year - ((on.month, on.day) < (end.month, end.day))))


def count_of(count: Count, frozen: Frozen) -> int:
    known = frozen.known
    entries = [known[pk] for pk in dict.fromkeys(count.figures) if pk in known]
    if count.of == "figures":
        return len(entries)
    if count.of == "places":
        return len({e["place"]["key"] for e in entries})
    return len({e["run" if count.of == "runs" else "source"] for e in entries} - {None})


@lru_cache(maxsize=4096)
def translate(msgid: str, lang: str, plural: str = "", count: int | None = None) -> str:
    with translation.override(lang):
        return ngettext(msgid, plural, count) if plural and count is not None else gettext(msgid)
