"""The order of the joint report, and each part built from what a freeze holds and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from trunghoa.portal.core.record.models import Figure
from trunghoa.quantities import N_

from . import annexes, changes, quality, tonnes
from .blocks import (
    Block,
    Column,
    Count,
    DateValue,
    Edition,
    Inline,
    Missing,
    Name,
    Number,
    Paragraph,
    Part,
    PeriodValue,
    Reference,
    Table,
    Text,
)
from .encoding import decode
from .leads import owed_by
from .manifest import Frozen
from .naming import Naming
from .phrases import missing_text

NOT_BUILT = N_("this system has no place in the platform yet")
NO_FIGURES = N_("no figure of this system was frozen")
OPERATOR = N_("the operator of the platform")
NO_HEALTH = N_("unknown: no activity is on record")
NOTHING_ASKED = N_("none on record")

# The shared parts: title, and what is said to be missing where no system fills them.
DECISIONS = N_("Decisions and proposals by side")
FINANCE = N_("Finance: needed, committed, disbursed, private")
NO_DECISIONS = N_("decisions and proposals of the two sides, and the answers to them; none is on record")
NO_FINANCE = (
    N_("money needed, committed and disbursed for the activities, in yen, dollars and dong at dated rates"),
    N_("private finance"),
)


class Kept:
    """The outline of a freeze, decoded."""

    def __init__(self, frozen: Frozen) -> None:
        self.frozen = frozen
        self.outline = frozen.outline
        self.systems: list[Mapping[str, Any]] = self.outline["systems"]
        self.names = {s["code"]: Name(**s["name"]) for s in self.systems}

    def again(self, kept: Any) -> Any:
        return decode(kept, self.frozen.rows)

    @cached_property
    def naming(self) -> Naming:
        codes = self.outline["codes"].items()
        return Naming({s: {c: self.again(words) for c, words in known.items()} for s, known in codes})

    @cached_property
    def by_system(self) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {code: [] for code in self.names}
        for figure in self.figures:
            found[figure.system_id].append(figure)
        return found

    @cached_property
    def figures(self) -> list[Figure]:
        return [self.frozen.rows[pk] for pk in self.frozen.entries]

    def owed(self, code: str) -> Inline:
        return owed_by(self.outline["leads"].get(code, {}))

    def heading(self, code: str) -> Text:
        return Text(N_("{code}. {name}"), code=Reference(code), name=self.names[code])


def build(frozen: Frozen) -> Edition:
    """The edition of a freeze. It reads the freeze only, so it is the same whenever it is built."""
    kept = Kept(frozen)
    chapters = [_chapter(kept, code) for code in kept.names]
    claims = [frozen.rows[pk] for pk in kept.outline["tonnes"]]
    body = [
        _overview(kept),
        _shared(kept, "decisions", DECISIONS, (NO_DECISIONS,)),
        *chapters,
        _shared(kept, "finance", FINANCE, NO_FINANCE),
        tonnes.part(claims, kept.names),
    ]
    return Edition(
        title=Name(*(frozen.manifest["title"][lang] for lang in ("vi", "ja", "en"))),
        official=frozen.is_official,
        frozen_on=date.fromisoformat(frozen.manifest["frozen_on"]),
        manifest_sha256=frozen.publication.manifest_sha256,
        cover=_cover(kept),
        parts=(
            *body,
            quality.part(kept.names, kept.by_system, kept.owed),
            annexes.figures(kept.figures, body, kept.naming),
            changes.annex(frozen, kept.naming),
            annexes.workbook(),
            annexes.methods(frozen),
        ),
    )


def _cover(kept: Kept) -> tuple[tuple[Text, Inline], ...]:
    frozen = kept.frozen
    cover: dict[str, Any] = frozen.manifest["cover"]
    sha256 = frozen.publication.manifest_sha256
    meeting: Inline = Name(**cover["meeting"]) if "meeting" in cover else Text(N_("not stated"))
    lines: list[tuple[Text, Inline]] = [(Text(N_("Meeting")), meeting)]
    if "held_on" in cover:
        lines.append((Text(N_("Held on")), DateValue.of(cover["held_on"])))
    chairs = [Name(**person) for person in cover.get("co_chairs", [])]
    lines += [(Text(N_("Co-chair")), chair) for chair in chairs]
    if not chairs:
        lines.append((Text(N_("Co-chairs")), Text(N_("not stated"))))
    lines.append((Text(N_("Figures frozen on")), DateValue.of(frozen.manifest["frozen_on"])))
    lines.append((Text(N_("Figures frozen")), Count(tuple(frozen.entries))))
    if before := kept.outline["before"]:
        lines.append((Text(N_("Compared with the freeze of")), DateValue.of(before["frozen_on"])))
    # In two halves, so that it fits a line and can be read aloud.
    lines.append((Text(N_("Hash of the manifest")), Reference(f"sha256:{sha256[:32]} {sha256[32:]}")))
    return tuple(lines)


def _overview(kept: Kept) -> Part:
    table = Table(
        Text(N_("Each system: how it stands, its headline figure, what changed, what is to be decided")),
        (
            Column(Text(N_("No."))),
            Column(Text(N_("System")), width=4),
            Column(Text(N_("Health")), width=3),
            Column(Text(N_("Headline figure")), width=6),
            Column(Text(N_("Change since the last freeze")), width=3),
            Column(Text(N_("Decision asked")), width=4),
        ),
        tuple(_overview_row(kept, code) for code in kept.names),
    )
    return Part("overview", Text(N_("The ten systems at a glance")), (table,), wide=True)


def _overview_row(kept: Kept, code: str) -> tuple[Inline | None, ...]:
    standing = kept.outline["standings"].get(code, {})
    headline = kept.again(kept.outline["headlines"].get(code))
    if headline is None:
        headline = Missing(Text(NOT_BUILT), Text(OPERATOR))
    return (
        Reference(code),
        kept.names[code],
        kept.again(standing.get("health")) or Text(NO_HEALTH),
        missing_text(headline) if isinstance(headline, Missing) else headline,
        _change(kept, code),
        kept.again(standing.get("asked")) or Text(NOTHING_ASKED),
    )


def _change(kept: Kept, code: str) -> Inline | None:
    """What the headline figure was at the freeze before."""
    headline = kept.outline["headline_figures"].get(code)
    if headline is None:
        return None
    if kept.outline["before"] is None:
        return Text(N_("first freeze"))
    if headline["before"] is None:
        return Text(N_("new"))
    if headline["before"] == headline["now"]:
        return Text(N_("unchanged"))
    old = kept.frozen.rows[headline["before"]]
    return Text(N_("was {amount} in {period}"), amount=Number(old), period=PeriodValue(old.period))


def _shared(kept: Kept, key: str, title: str, absent: Sequence[str]) -> Part:
    blocks: tuple[Block, ...] = kept.again(kept.outline["parts"].get(key, []))
    missing = tuple(Missing(Text(what), kept.owed("S10")) for what in absent)
    return Part(key, Text(title), blocks or missing, new_page=False)


def _chapter(kept: Kept, code: str) -> Part:
    blocks: list[Block] = list(_purpose(kept, code))
    given = kept.outline["sections"].get(code)
    if given is None:
        blocks.append(Missing(Text(NOT_BUILT), Text(OPERATOR)))
    if given:
        blocks += kept.again(given)
    elif not kept.by_system[code]:
        blocks.append(Missing(Text(NO_FIGURES), kept.owed(code)))
    return Part(code, kept.heading(code), tuple(blocks), new_page=False)


def _purpose(kept: Kept, code: str) -> tuple[Block, ...]:
    """What the system is for: a sentence of the record, so a name and not words of ours."""
    sentence = next(s["sentence"] for s in kept.systems if s["code"] == code)
    return (Paragraph("{sentence}", sentence=Name(**sentence)),) if sentence["vi"] else ()
