"""Data quality: coverage, how far figures are checked, how old they are, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trunghoa.portal.core.record.models import Figure
from trunghoa.quantities import N_

from .blocks import (
    Age,
    Block,
    Column,
    Count,
    Heading,
    Inline,
    Missing,
    Name,
    Paragraph,
    Part,
    PeriodValue,
    Reference,
    Table,
    Text,
)

# What somebody measured or stated; the rest is what a model or a plan expects.
OBSERVED = ("reported", "verified", "issued", "adjusted")


def part(
    names: Mapping[str, Name], by_system: Mapping[str, Sequence[Figure]], owed: Callable[[str], Inline]
) -> Part:
    """One table of how far figures are checked, one of how old they are, and the systems without any."""
    filled = {code: by_system[code] for code in names if by_system[code]}
    blocks: list[Block] = []
    if filled:
        blocks += [_checked(names, filled), *_remarks(), _ages(names, filled)]
    absent = [code for code in names if code not in filled]
    if absent:
        blocks.append(Heading(N_("Systems without a figure in this report")))
        blocks += [Missing(Text("{code}. {name}", code=Reference(c), name=names[c]), owed(c)) for c in absent]
    return Part("data-quality", Text(N_("Data quality")), tuple(blocks), new_page=False)


def _label(names: Mapping[str, Name], code: str) -> Text:
    return Text("{code}. {name}", code=Reference(code), name=names[code])


def _checked(names: Mapping[str, Name], filled: Mapping[str, Sequence[Figure]]) -> Table:
    rows: list[tuple[Inline | None, ...]] = [(_label(names, c), *_counts(f)) for c, f in filled.items()]
    if len(rows) > 1:
        rows.append((Text(N_("All systems")), *_counts([f for group in filled.values() for f in group])))
    return Table(
        Text(N_("Figures by system and by how far they are checked")),
        (
            Column(Text(N_("System")), width=2),
            Column(Text(N_("Figures")), numeric=True),
            Column(Text(N_("Verified")), numeric=True),
            Column(Text(N_("Unverified")), numeric=True),
            Column(Text(N_("Illustrative")), numeric=True),
            Column(Text(N_("Places")), numeric=True),
            Column(Text(N_("Sources")), numeric=True),
        ),
        tuple(rows),
    )


def _counts(figures: Sequence[Figure]) -> tuple[Count, ...]:
    graded = (
        Count.over(f for f in figures if f.quality == q) for q in ("verified", "unverified", "illustrative")
    )
    return (Count.over(figures), *graded, Count.over(figures, "places"), Count.over(figures, "sources"))


def _remarks() -> list[Block]:
    return [
        Paragraph(
            N_("A figure is verified only if every value it rests on has been compared with its source.")
        )
    ]


def _ages(names: Mapping[str, Name], filled: Mapping[str, Sequence[Figure]]) -> Table:
    return Table(
        Text(N_("How old the figures are on the day of the freeze")),
        (
            Column(Text(N_("System")), width=2),
            Column(Text(N_("Latest observed period"))),
            Column(Text(N_("Age in full years")), numeric=True),
            Column(Text(N_("First period"))),
            Column(Text(N_("Last period, projections included"))),
        ),
        tuple((_label(names, code), *_age(figures)) for code, figures in filled.items()),
    )


def _age(figures: Sequence[Figure]) -> tuple[Inline | None, ...]:
    observed = [f.period for f in figures if f.status in OBSERVED]
    latest = max(observed, key=lambda p: (p.end, p.start), default=None)
    seen: tuple[Inline, Inline | None] = (
        (PeriodValue(latest), Age(latest)) if latest else (Text(N_("none observed")), None)
    )
    return (
        *seen,
        PeriodValue(min((f.period for f in figures), key=lambda p: (p.start, p.end))),
        PeriodValue(max((f.period for f in figures), key=lambda p: (p.end, p.start))),
    )
