"""What each system gives the home page and the joint report; filled from each system's AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trunghoa.quantities import TrungHoaError

if TYPE_CHECKING:
    from trunghoa.portal.core.record.models import Figure, FigureQuerySet
    from trunghoa.workspace import Workspace

    from .blocks import Block, Inline, Missing, Paragraph

# Called with per cent done and what is being done, as record.runs does.
Progress = Callable[[int, str], None]
# Parts of the report that are no single system's; any system may give blocks to them.
SHARED_PARTS = ("decisions", "finance")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a system stands in the work plan: its computed health, and the decision it asks for, if any."""

    health: Inline | None = None
    asked: Inline | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One system's part of the portal.

    Parameters
    ----------
    system : code of the system, S1 to S10
    url_name : name of its first page
    load : puts what a workspace says of the system into the database; twice changes nothing
    run_all : runs its kernels on what the database holds and puts the Figures; twice changes nothing
    headline : one sentence for the home page and the report's overview, from the figures it is given
        (the current ones on the home page, the frozen ones in the report)
    report : the blocks of its section of the joint report, from the figures it is given
    kinds : what each kind of its figures is called in words (a message id without digits)
    codes : what its scenario and category codes are called, for the annexes
    tonnes : its figures of emission reductions, each tonne once in each status, to be reconciled
    parts : blocks for the shared parts of the report (``SHARED_PARTS``), from the figures it is given
    standings : health and asked decision of the systems it keeps track of, by code

    What ``report``, ``headline``, ``codes``, ``parts`` and ``standings`` give is kept in the freeze, so they
    may read the room's own tables: they are asked once, at the freeze, and not when the report is rendered.
    """

    system: str
    url_name: str
    load: Callable[[Workspace], None]
    run_all: Callable[[Progress], None]
    headline: Callable[[FigureQuerySet], Paragraph | Missing]
    report: Callable[[FigureQuerySet], Sequence[Block]]
    label: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict, hash=False)
    codes: Callable[[], Mapping[str, Inline]] = dict
    tonnes: Callable[[FigureQuerySet], Iterable[Figure]] | None = None
    parts: Mapping[str, Callable[[FigureQuerySet], Sequence[Block]]] = field(default_factory=dict, hash=False)
    standings: Callable[[], Mapping[str, Standing]] = dict

    def __post_init__(self) -> None:
        if unknown := set(self.parts) - set(SHARED_PARTS):
            raise TrungHoaError(f"{self.system}: the report has no part {', '.join(sorted(unknown))}.")


_REGISTERED: dict[str, Section] = {}


def register(section: Section) -> Section:
    """Add a system's section; a system has one."""
    known = _REGISTERED.get(section.system)
    if known is not None and known != section:
        raise TrungHoaError(f"{section.system} already has a section ({known.url_name}).")
    _REGISTERED[section.system] = section
    return section


def unregister(system: str) -> None:
    _REGISTERED.pop(system, None)


def get(system: str) -> Section | None:
    """The section of a system, or None where the system is not there yet."""
    return _REGISTERED.get(system)


def all_sections() -> list[Section]:
    """All sections in the order of the systems: S2 before S10."""
    return sorted(_REGISTERED.values(), key=lambda s: int(s.system[1:]))
