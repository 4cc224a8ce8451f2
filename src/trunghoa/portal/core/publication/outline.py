"""The order of the joint report: cover, the ten systems on a page, a section each, data quality, annexes."""

from __future__ import annotations

from datetime import date
from typing import Any

from trunghoa.portal.core.record.models import Figure, System
from trunghoa.quantities import N_

from . import annexes, sections
from .blocks import (
    Block,
    Column,
    Count,
    DateValue,
    Edition,
    Inline,
    Missing,
    Name,
    Paragraph,
    Part,
    Reference,
    Table,
    Text,
)
from .manifest import Frozen
from .phrases import missing_text

NOT_BUILT = N_("this system has no place in the platform yet")
NO_FIGURES = N_("no figure of this system was frozen")
OPERATOR = N_("the operator of the platform")


def build(frozen: Frozen) -> Edition:
    """The edition of a freeze. It reads frozen figures only, so it is the same whenever it is built."""
    systems = list(System.objects.all())
    figures = list(frozen.figures)
    by_system: dict[str, list[Figure]] = {s.code: [] for s in systems}
    for figure in figures:
        by_system.setdefault(figure.system_id, []).append(figure)
    # The overview has a page to itself; after it the systems follow one another without empty paper.
    chapters = [_chapter(s, frozen, new_page=s == systems[0]) for s in systems]
    overview = _overview(systems, frozen)
    body = [overview, *chapters]
    return Edition(
        title=Name(*(frozen.manifest["title"][lang] for lang in ("vi", "ja", "en"))),
        official=frozen.is_official,
        frozen_on=date.fromisoformat(frozen.manifest["frozen_on"]),
        manifest_sha256=frozen.publication.manifest_sha256,
        cover=_cover(frozen),
        parts=(
            *body,
            annexes.data_quality(systems, by_system),
            annexes.figures(figures, body),
            annexes.parameters(frozen),
        ),
    )


def _cover(frozen: Frozen) -> tuple[tuple[Text, Inline], ...]:
    cover: dict[str, Any] = frozen.manifest["cover"]
    sha256 = frozen.publication.manifest_sha256
    lines: list[tuple[Text, Inline]] = []
    if "meeting" in cover:
        lines.append((Text(N_("Meeting")), Name(**cover["meeting"])))
    if "held_on" in cover:
        lines.append((Text(N_("Held on")), DateValue(date.fromisoformat(cover["held_on"]))))
    lines += [(Text(N_("Co-chair")), Name(**person)) for person in cover.get("co_chairs", [])]
    lines.append((Text(N_("Figures frozen on")), DateValue(date.fromisoformat(frozen.manifest["frozen_on"]))))
    lines.append((Text(N_("Figures frozen")), Count(tuple(frozen.entries))))
    # In two halves, so that it fits a line and can be read aloud.
    lines.append((Text(N_("Hash of the manifest")), Reference(f"sha256:{sha256[:32]} {sha256[32:]}")))
    return tuple(lines)


def _overview(systems: list[System], frozen: Frozen) -> Part:
    rows = tuple((Reference(s.code), Name.of(s), _headline(s.code, frozen)) for s in systems)
    return Part(
        key="overview",
        title=Text(N_("The ten systems at a glance")),
        blocks=(
            Table(
                Text(N_("Headline figure of each system, or what is missing and who owes it")),
                (
                    Column(Text(N_("No."))),
                    Column(Text(N_("System")), width=2),
                    Column(Text(N_("Headline figure")), width=3),
                ),
                rows,
            ),
        ),
    )


def _headline(code: str, frozen: Frozen) -> Inline:
    section = sections.get(code)
    if section is None:
        return missing_text(Missing(Text(NOT_BUILT), Text(OPERATOR)))
    headline = section.headline(frozen.figures.filter(system=code))
    return missing_text(headline) if isinstance(headline, Missing) else headline


def _chapter(system: System, frozen: Frozen, new_page: bool) -> Part:
    title = Text(N_("{code}. {name}"), code=Reference(system.code), name=Name.of(system))
    section = sections.get(system.code)
    if section is None:
        return Part(
            system.code, title, (*_purpose(system), Missing(Text(NOT_BUILT), Text(OPERATOR))), new_page=False
        )
    blocks = tuple(section.report(frozen.figures.filter(system=system.code)))
    empty = (Missing(Text(NO_FIGURES), Text(OPERATOR)),)
    return Part(system.code, title, (*_purpose(system), *(blocks or empty)), new_page=new_page)


def _purpose(system: System) -> tuple[Block, ...]:
    """What the system is for: a sentence of the record, so a name and not words of ours."""
    if not system.sentence_vi:
        return ()
    return (Paragraph("{sentence}", sentence=Name.of(system, "sentence")),)
