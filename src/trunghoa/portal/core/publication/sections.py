"""What each system gives the home page and the joint report; filled from each system's AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trunghoa.quantities import TrungHoaError

if TYPE_CHECKING:
    from trunghoa.portal.core.record.models import FigureQuerySet
    from trunghoa.workspace import Workspace

    from .blocks import Block, Missing, Paragraph

# Called with per cent done and what is being done, as record.runs does.
Progress = Callable[[int, str], None]


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
    report : the blocks of its section of the joint report, from the frozen figures it is given
    kinds : what each kind of its figures is called in words (a message id without digits)
    """

    system: str
    url_name: str
    load: Callable[[Workspace], None]
    run_all: Callable[[Progress], None]
    headline: Callable[[FigureQuerySet], Paragraph | Missing]
    report: Callable[[FigureQuerySet], Sequence[Block]]
    label: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict, hash=False)


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
