"""Tonnes reduced, by how far they have come: ex-ante, reported, verified, issued, adjusted; each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trunghoa.portal.core.record.models import Figure
from trunghoa.quantities import N_

from .blocks import (
    Block,
    Column,
    Heading,
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
    Total,
)

# A figure's status as a stage of a tonne; what a model projects and what a project plans are both ex-ante.
STAGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("ex_ante", N_("Ex-ante"), ("projected", "planned")),
    ("reported", N_("Reported"), ("reported",)),
    ("verified", N_("Verified"), ("verified",)),
    ("issued", N_("Issued"), ("issued",)),
    ("adjusted", N_("Adjusted"), ("adjusted",)),
)
STAGE = {status: stage for stage, _, statuses in STAGES for status in statuses}


@dataclass(frozen=True)
class Counted:
    """Claims of one stage: those that count, and those that another system's claim covers."""

    counted: tuple[Figure, ...]
    overlap: tuple[tuple[Figure, Figure], ...]  # removed, and the one it lies under


def once(claims: Iterable[Figure]) -> Counted:
    """Count a tonne once: of two systems' claims to one place and time in one stage, one stays.

    The larger claim stays, so that the smaller is taken as part of it. Claims of one system add up: a system
    gives each of its tonnes once.
    """
    counted: list[Figure] = []
    overlap: list[tuple[Figure, Figure]] = []
    for claim in sorted(claims, key=lambda f: (-f.amount, int(f.system_id[1:]), f.pk)):
        above = next((f for f in counted if _same_tonnes(f, claim)), None)
        if above is None:
            counted.append(claim)
        else:
            overlap.append((claim, above))
    return Counted(tuple(counted), tuple(overlap))


def _same_tonnes(a: Figure, b: Figure) -> bool:
    return (
        a.system_id != b.system_id
        and a.place_id == b.place_id
        and a.period_start <= b.period_end
        and b.period_start <= a.period_end
    )


def part(figures: Sequence[Figure], names: Mapping[str, Name]) -> Part:
    """The reconciliation of every GWP set there is; sets do not add up."""
    blocks: list[Block] = []
    for gwp_set in sorted({f.gwp_set for f in figures}):
        blocks += _of_set(gwp_set, [f for f in figures if f.gwp_set == gwp_set], names)
    present = {STAGE[f.status] for f in figures}
    blocks += [
        Missing(Text(N_("tonnes in the stage “{stage}”: no system has a figure of them"), stage=Text(label)))
        for stage, label, _ in STAGES
        if stage not in present
    ]
    if figures:
        blocks.insert(
            0,
            Paragraph(
                N_(
                    "A tonne stands once in the column of each stage it has reached: the columns "
                    "do not add up. Where two systems claim the same place and time, the larger claim counts."
                )
            ),
        )
    return Part("tonnes", Text(N_("Tonnes: from ex-ante to adjusted")), tuple(blocks), new_page=False)


def _of_set(gwp_set: str, figures: Sequence[Figure], names: Mapping[str, Name]) -> list[Block]:
    stages = {
        stage: once(f for f in figures if STAGE[f.status] == stage) for stage, _, _ in STAGES
    }  # fmt: skip
    systems = sorted({f.system_id for f in figures}, key=lambda code: int(code[1:]))

    def row(label: Inline, of: Mapping[str, Sequence[Figure]]) -> tuple[Inline | None, ...]:
        return (label, *(_total(of[stage]) for stage, _, _ in STAGES))

    rows = [
        row(
            Text("{code}. {name}", code=Reference(code), name=names[code]),
            {s: [f for f in figures if f.system_id == code and STAGE[f.status] == s] for s in stages},
        )
        for code in systems
    ]
    rows.append(row(Text(N_("Overlap removed")), {s: [f for f, _ in c.overlap] for s, c in stages.items()}))
    rows.append(row(Text(N_("Counted once")), {s: c.counted for s, c in stages.items()}))
    blocks: list[Block] = [
        Table(
            Text(N_("Emission reductions by stage ({gwp_set})"), gwp_set=Reference(gwp_set or "CO2e")),
            (
                Column(Text(N_("System")), width=3),
                *(Column(Text(label), unit="tCO2e", numeric=True, width=2) for _, label, _ in STAGES),
            ),
            tuple(rows),
        )
    ]
    removed = [pair for counted in stages.values() for pair in counted.overlap]
    return [*blocks, *_overlaps(removed)] if removed else blocks


def _total(figures: Sequence[Figure]) -> Inline | None:
    return Total(tuple(figures), unit="none") if figures else None


def _overlaps(removed: Sequence[tuple[Figure, Figure]]) -> list[Block]:
    return [
        Heading(N_("Overlaps between systems")),
        Table(
            Text(N_("Claims that are part of another claim")),
            (
                Column(Text(N_("Place")), width=3),
                Column(Text(N_("Period"))),
                Column(Text(N_("Claimed by"))),
                Column(Text(N_("Amount")), unit="tCO2e", numeric=True),
                Column(Text(N_("Lies under"))),
                Column(Text(N_("Amount")), unit="tCO2e", numeric=True),
            ),
            tuple(
                (
                    Name.of(f.place), PeriodValue(f.period), Reference(f.system_id), Number(f, unit="none"),
                    Reference(above.system_id), Number(above, unit="none"),
                )
                for f, above in removed
            ),
        ),
    ]  # fmt: skip
