"""Serial numbers of registries: read into parts, compared by number, never by text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from trunghoa.quantities import N_, InputError, Problem


@dataclass(frozen=True, slots=True)
class Serial:
    """A block of units of one registry.

    Attributes
    ----------
    format : name of the format it was read by
    series : everything but the numbers; numbers are unique in it
    first, last : both included
    vintage : year, or the first of the years
    parts : the other parts by name, as written
    """

    format: str
    series: tuple[str, ...]
    first: int
    last: int
    vintage: int
    parts: Mapping[str, str] = field(compare=False)
    text: str = field(compare=False)

    @property
    def quantity(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Format:
    """How a registry writes a serial: a pattern with named parts; ``series`` names what makes a series."""

    name: str
    pattern: re.Pattern[str]
    series: tuple[str, ...]


def _format(name: str, pattern: str, *series: str) -> Format:
    return Format(name, re.compile(pattern, re.ASCII), series)


FORMATS = (
    _format(
        "verra",
        r"(?P<batch>\d+)-(?P<first>\d+)-(?P<last>\d+)-(?P<programme>VCS)-(?P<unit>[A-Z]+)-(?P<account>\d+)"
        r"-(?P<body>[A-Z]+)-(?P<country>[A-Z]{2})-(?P<scope>\d+)-(?P<project>\d+)-(?P<start>\d{8})-(?P<end>\d{8})"
        r"-(?P<flag>\d)",
        "batch", "programme", "project", "start", "end",
    ),
    _format(
        "gold_standard",
        r"(?P<programme>GS1)-(?P<kind>\d+)-(?P<country>[A-Z]{2})-(?P<project>GS\d+)-(?P<type>\d+)-(?P<vintage>\d{4})"
        r"-(?P<batch>\d+)-(?P<first>\d+)-(?P<last>\d+)",
        "programme", "project", "vintage", "batch",
    ),
    _format(
        "itmo",
        r"(?P<approach>CA\d{4})-(?P<registry>[A-Z]{3}\d{2})-(?P<country>[A-Z]{3})-(?P<first>\d+)-(?P<vintage>\d{4})",
        "approach", "registry", "country", "vintage",
    ),
    _format(
        "undp_old",
        r"(?P<country>[A-Z]{2})-(?P<unit>ITMO)-(?P<scope>\d+)-(?P<project>\d+)-(?P<vintage>\d{4})-(?P<batch>\d+)"
        r"-(?P<first>\d+)-(?P<last>\d+)",
        "country", "unit", "project", "vintage", "batch",
    ),
    _format(
        "undp",
        r"(?P<country>[A-Z]{2,3})-(?P<unit>[A-Z]+)-(?P<scope>\d+)-(?P<project>\d+)-(?P<first>\d+)-(?P<last>\d+)"
        r"-(?P<vintage>\d{4})",
        "country", "unit", "project", "vintage",
    ),
    _format(
        "jcm",
        r"(?P<programme>JCM)-(?P<country>[A-Z]{2})-(?P<partner>[A-Z]{2})-(?P<project>[A-Z]{2}\d{3})"
        r"-(?P<vintage>\d{4})-(?P<first>\d+)-(?P<last>\d+)",
        "programme", "country", "partner", "project", "vintage",
    ),
)  # fmt: skip

# Common specifications of the JCM registry could not be read; where they differ, another template is given.
JCM_TEMPLATE = "JCM-{country}-{partner}-{project}-{vintage}-{first}-{last}"


def parse_serial(text: str) -> Serial:
    """Read a serial of Verra, Gold Standard, UNDP, the JCM, or an ITMO identifier.

    Blanks around it are dropped; nothing else is mended.

    Raises
    ------
    InputError
        for a text of no known format, a last number before the first, and dates that are none.
    """
    written = text.strip()
    for known in FORMATS:
        if match := known.pattern.fullmatch(written):
            return _serial(known, match, written)
    raise InputError(
        Problem(
            N_("“%(value)s” is not a serial number."),
            N_("Known formats: %(limit)s."),
            field="serial",
            value=text,
            limit=", ".join(f.name for f in FORMATS),
        )
    )


def _serial(known: Format, match: re.Match[str], text: str) -> Serial:
    parts = match.groupdict()
    first = int(parts["first"])
    last = int(parts.get("last") or first)
    if not 1 <= first <= last:
        raise InputError(
            Problem(
                N_("The last unit %(value)s of “%(field)s” lies before the first, %(limit)s."),
                N_("Numbers begin with 1."),
                field=text,
                value=str(last),
                limit=str(first),
            )
        )
    return Serial(
        format=known.name,
        series=(known.name, *(parts[name] for name in known.series)),
        first=first,
        last=last,
        vintage=int(parts["vintage"]) if "vintage" in parts else _vintage(parts, text),
        parts={k: v for k, v in parts.items() if k not in ("first", "last", "vintage")},
        text=text,
    )


def _vintage(parts: Mapping[str, str], text: str) -> int:
    """Year of a vintage written as two days, ``ddmmyyyy``."""
    try:
        start, end = (date(int(p[4:]), int(p[2:4]), int(p[:2])) for p in (parts["start"], parts["end"]))
        if end >= start:
            return start.year
    except ValueError:
        pass
    raise InputError(
        Problem(
            N_("The vintage %(value)s of “%(field)s” is no period."),
            N_("It is written ddmmyyyy-ddmmyyyy."),
            field=text,
            value=f"{parts['start']}-{parts['end']}",
        )
    )


def render_serial(
    country: str,
    partner: str,
    project: str,
    vintage: int,
    first: int,
    last: int,
    template: str = JCM_TEMPLATE,
) -> str:
    """Write the serial of a block of JCM units by a template, such as ``JCM-VN-JP-VN004-2024-1-151``.

    Numbers carry no separators.
    """
    return template.format(
        country=country, partner=partner, project=project, vintage=vintage, first=first, last=last
    )


def serial_problems(serials: Iterable[str]) -> tuple[Problem, ...]:
    """What is wrong with a list: serials that cannot be read, units that stand in two of them.

    Rows are numbered from 1.
    """
    problems: list[Problem] = []
    series: dict[tuple[str, ...], list[tuple[int, int, int]]] = {}
    for row, text in enumerate(serials, start=1):
        try:
            found = parse_serial(text)
        except InputError as error:
            problems += error.at(row=row).problems
            continue
        series.setdefault(found.series, []).append((found.first, found.last, row))
    for blocks in series.values():
        problems += overlaps(blocks)
    return tuple(sorted(problems, key=lambda p: p.row or 0))


def overlaps(blocks: Iterable[tuple[int, int, int]]) -> Iterator[Problem]:
    """Problems of blocks (first, last, row) of one series that share units."""
    reach, at = 0, 0
    for first, last, row in sorted(blocks):
        if first <= reach:
            yield Problem(
                N_("The units %(value)s stand in row %(limit)s too."),
                row=max(row, at),
                field="serial",
                value=f"{first}-{min(last, reach)}",
                limit=str(min(row, at)),
            )
        if last > reach:
            reach, at = last, row


def gaps(blocks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Units between the first and the last of the blocks that are in none of them."""
    found: list[tuple[int, int]] = []
    reach: int | None = None
    for first, last in sorted(blocks):
        if reach is not None and first > reach + 1:
            found.append((reach + 1, first - 1))
        reach = last if reach is None else max(reach, last)
    return tuple(found)
