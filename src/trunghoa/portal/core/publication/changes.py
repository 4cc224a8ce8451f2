"""What a freeze changed of the one before: new, corrected, withdrawn; and Annex B, which says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.core.record.templatetags.numbers import decimals_for
from trunghoa.quantities import N_

from .blocks import (
    Block,
    Column,
    Count,
    DateValue,
    Inline,
    Name,
    Number,
    Paragraph,
    Part,
    PeriodValue,
    Reference,
    Table,
    Text,
    UnitName,
)
from .manifest import Frozen
from .naming import Naming

TITLE = N_("Annex B. Changes since the last freeze")
LIMIT = 60


@dataclass(frozen=True, slots=True)
class Changes:
    """Numbers of figures: new ones, (old, new) pairs of corrected ones, withdrawn ones."""

    new: tuple[int, ...]
    corrected: tuple[tuple[int, int], ...]
    withdrawn: tuple[int, ...]


def between(before: Mapping[int, Mapping[str, Any]], now: Mapping[int, Mapping[str, Any]]) -> Changes:
    """Compare two freezes' entries by number and by what the figures are about (their identity)."""
    gone = {e["identity"]: pk for pk, e in before.items() if pk not in now}
    came = {pk: e["identity"] for pk, e in now.items() if pk not in before}
    corrected = tuple((gone[identity], pk) for pk, identity in came.items() if identity in gone)
    replaced = {old for old, _ in corrected}
    return Changes(
        new=tuple(pk for pk, identity in came.items() if identity not in gone),
        corrected=corrected,
        withdrawn=tuple(pk for pk in gone.values() if pk not in replaced),
    )


def annex(frozen: Frozen, naming: Naming) -> Part:
    """Annex B, from what the freeze says it changed."""
    kept = frozen.outline["changes"]
    if kept is None:
        return _part(Paragraph(N_("This is the first freeze: there is none before it to compare with.")))
    rows = frozen.rows
    new = [rows[pk] for pk in kept["new"]]
    corrected = [(rows[old], rows[now]) for old, now in kept["corrected"]]
    withdrawn = [rows[pk] for pk in kept["withdrawn"]]
    before = frozen.outline["before"]
    since = Paragraph(
        N_("Compared with the freeze of {day} (manifest {hash})."),
        day=DateValue.of(before["frozen_on"]),
        hash=Reference(f"sha256:{before['sha256'][:16]}"),
    )
    if not (new or corrected or withdrawn):
        return _part(since, Paragraph(N_("No figure is new, corrected or withdrawn.")))
    blocks: list[Block] = [since, _summary(frozen, new, corrected, withdrawn)]
    if corrected:
        blocks.append(_corrected(corrected, naming))
    if withdrawn:
        blocks.append(_listed(Text(N_("Figures withdrawn since")), withdrawn, naming))
    if new:
        blocks.append(_listed(Text(N_("New figures")), new, naming))
    return _part(*blocks)


def _part(*blocks: Block) -> Part:
    return Part("annex-b", Text(TITLE), blocks, wide=True)


def _summary(
    frozen: Frozen,
    new: Sequence[Figure],
    corrected: Sequence[tuple[Figure, Figure]],
    withdrawn: Sequence[Figure],
) -> Table:
    names = {s["code"]: Name(**s["name"]) for s in frozen.outline["systems"]}
    touched = {f.system_id for f in (*new, *(now for _, now in corrected), *withdrawn)}
    return Table(
        Text(N_("Changes by system")),
        (
            Column(Text(N_("System")), width=3),
            Column(Text(N_("New")), numeric=True),
            Column(Text(N_("Corrected")), numeric=True),
            Column(Text(N_("Withdrawn")), numeric=True),
        ),
        tuple(
            (
                Text("{code}. {name}", code=Reference(code), name=names[code]),
                Count.over(f for f in new if f.system_id == code),
                Count.over(now for _, now in corrected if now.system_id == code),
                Count.over(f for f in withdrawn if f.system_id == code),
            )
            for code in names
            if code in touched
        ),
    )


def _corrected(pairs: Sequence[tuple[Figure, Figure]], naming: Naming) -> Table:
    def row(old: Figure, now: Figure) -> tuple[Inline | None, ...]:
        decimals = max(decimals_for(old.amount), decimals_for(now.amount))
        return (
            naming.what(now),
            Name.of(now.place),
            PeriodValue(now.period),
            Number(old, decimals, unit="none"),
            Number(now, decimals, unit="none"),
            UnitName(now.unit),
            Reference.source(now),
        )

    return Table(
        Text(N_("Corrected figures: what they were and what they are")),
        (
            *_about(),
            Column(Text(N_("Before")), numeric=True),
            Column(Text(N_("Now")), numeric=True),
            Column(Text(N_("Unit"))),
            Column(Text(N_("Source of the correction")), width=5),
        ),
        tuple(row(old, now) for old, now in pairs),
        limit=LIMIT,
        small=True,
    )


def _listed(caption: Text, figures: Sequence[Figure], naming: Naming) -> Table:
    return Table(
        caption,
        (
            *_about(),
            Column(Text(N_("Amount")), numeric=True),
            Column(Text(N_("Unit"))),
            Column(Text(N_("Source")), width=5),
        ),
        tuple(
            (
                naming.what(f),
                Name.of(f.place),
                PeriodValue(f.period),
                Number(f, decimals_for(f.amount), unit="none"),
                UnitName(f.unit),
                Reference.source(f),
            )
            for f in figures
        ),
        limit=LIMIT,
        small=True,
    )


def _about() -> tuple[Column, ...]:
    return (
        Column(Text(N_("Figure")), width=4),
        Column(Text(N_("Place")), width=2),
        Column(Text(N_("Period"))),
    )
