"""What kinds of figures are called and where a figure is cited, told by those who know it."""

from collections.abc import Callable, Iterable

from django.http import HttpRequest
from django.utils.translation import gettext

from trunghoa.quantities import N_

from .models import Figure

# (system, kind) -> its name as a message id, or nothing.
Namer = Callable[[str, str], str | None]
# (request, figure) -> label and address of each place that cites it and that the reader may see.
Citer = Callable[[HttpRequest, Figure], Iterable[tuple[str, str]]]

# Kinds that come from reports and decisions, which no system's section names.
KINDS = {
    "inventory.sector_emissions": N_("emissions of a sector (inventory)"),
    "inventory.total_emissions": N_("total emissions (inventory)"),
    "target.bau_emissions": N_("business-as-usual emissions (target)"),
    "target.reduction_vs_bau": N_("reduction against business as usual (target)"),
    "target.sector_emissions": N_("emissions of a sector (target)"),
}
_namers: list[Namer] = [lambda _system, kind: KINDS.get(kind)]
_citers: list[Citer] = []


def name_kinds(namer: Namer) -> None:
    """Let somebody who knows a system's kinds name them."""
    _namers.append(namer)


def cite(citer: Citer) -> None:
    """Let somebody who cites figures tell where."""
    _citers.append(citer)


def message(system: str, kind: str) -> str | None:
    """The name of a kind as a message id, where somebody knows one."""
    return next((words for namer in _namers if (words := namer(system, kind))), None)


def kind(figure: Figure) -> str:
    """The figure's kind in the reader's language; the code itself where nobody knows its name."""
    words = message(figure.system_id, figure.kind)
    return gettext(words) if words else figure.kind


def citations(request: HttpRequest, figure: Figure) -> list[tuple[str, str]]:
    return [found for citer in _citers for found in citer(request, figure)]
