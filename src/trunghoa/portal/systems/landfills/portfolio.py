"""Which projects a fund should help: candidates from the figures on record, and the figures of the choice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from trunghoa import __version__
from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record import runs
from trunghoa.portal.core.record.access import visible_sites
from trunghoa.portal.core.record.models import Figure, Place, Run
from trunghoa.quantities import Figure as FigureValue
from trunghoa.quantities import Period, Quality, Status, TrungHoaError, from_float, worst

from .models import Fund, Landfill, Project

KINDS = {
    "reduction": ("landfill.emission_reduction_total", "undiscounted"),
    "reduction_discounted": ("landfill.emission_reduction_total", "discounted"),
    "cost": ("landfill.cost", "undiscounted"),
    "cost_discounted": ("landfill.cost", "discounted"),
    "grant": ("landfill.grant_asked", "project"),
    "grant_per_tonne": ("landfill.grant_per_tonne", "project"),
    "undiscounted": ("landfill.cost_per_tonne", "undiscounted"),
    "discounted": ("landfill.cost_per_tonne", "discounted"),
    "break_even": ("landfill.break_even_price", "project"),
    "npv": ("landfill.npv", "project"),
    "irr": ("landfill.irr", "project"),
}
BY_KIND = {value: key for key, value in KINDS.items()}


@dataclass(frozen=True)
class Offer:
    """A landfill with a project, and the figures of it that stand on record."""

    landfill: Landfill
    project: Project
    figures: dict[str, Figure]

    @property
    def key(self) -> str:
        return str(self.landfill.place.code)

    @property
    def ready(self) -> bool:
        """Whether its cost, grant and reduction are known."""
        return {"reduction", "cost", "grant"} <= self.figures.keys()

    def candidate(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "cost": self.figures["cost"].amount,
            "grant": self.figures["grant"].amount,
            "reduction": self.figures["reduction"].amount,
            "gwp_set": self.figures["reduction"].gwp_set,
        }


def offers(user: User | None, fund: Fund | None = None) -> list[Offer]:
    """Landfills with a project that a person may see, in the order of their names; two queries."""
    visible = visible_sites(user, "landfill__place__") if user is not None else Q()
    projects = (
        Project.objects.filter(visible)
        .exclude(state=Project.State.WITHDRAWN)
        .select_related("landfill__place__parent", "fund")
        .order_by("landfill__place__search", "pk")
    )
    if fund is not None:
        projects = projects.filter(Q(fund=fund) | Q(fund__isnull=True))
    rows = list(projects)
    found: dict[int, dict[str, Figure]] = {}
    wanted = Figure.objects.current().filter(
        place_id__in=[p.landfill.place_id for p in rows], kind__in={kind for kind, _ in KINDS.values()}
    )
    for figure in wanted.order_by("pk"):
        if name := BY_KIND.get((figure.kind, figure.scenario)):
            found.setdefault(figure.place_id, {})[name] = figure
    return [Offer(p.landfill, p, found.get(p.landfill.place_id, {})) for p in rows]


def run_fund(fund: Fund) -> Run | None:
    """Choose under the fund's own cap and put the choice on record; with nothing changed, nothing happens."""
    from . import tasks

    ready = [offer for offer in offers(None, fund) if offer.ready]
    country = Place.objects.filter(kind=Place.Kind.COUNTRY).order_by("pk").first()
    if not ready or country is None:
        return None
    kernel_name = f"landfill.portfolio:{fund.code}"[:40]
    run, needed = runs.request(
        kernel_name,
        version=__version__,
        parameters_version=tasks.parameters().version,
        inputs={
            "fund": fund.code,
            "cap": f"{fund.cap:f}",
            "candidates": [{k: str(v) for k, v in offer.candidate().items()} for offer in ready],
            "figures": sorted(f.pk for offer in ready for f in offer.figures.values()),
        },
        place=country,
    )
    if not needed:
        return run

    chosen: set[str] = set()

    def kernel(progress: runs.Progress) -> tuple[list[FigureValue], list[dict[str, Any]]]:
        found = tasks.choose([offer.candidate() for offer in ready], fund.cap, (), ())
        chosen.update(found.chosen.keys)
        return list(figures(fund, country, ready, found)), []

    def after(done: Run) -> None:
        # Grants stand at the sites, where a run of the country does not reach to withdraw them.
        kept = {offer.landfill.place_id for offer in ready if offer.key in chosen}
        gone = Figure.objects.current().filter(kind="landfill.grant_chosen", run__kernel=kernel_name)
        bulk.update(gone.exclude(place_id__in=kept), is_current=False, withdrawn_by=done)

    try:
        return runs.execute(run, kernel, after=after)
    except TrungHoaError:
        return None


def figures(fund: Fund, country: Place, ready: Sequence[Offer], found: Any) -> Iterable[FigureValue]:
    """Cap, choice and what greedy would have chosen, at the country; the grant of each chosen site."""
    grade = worst([Quality(fund.quality), *(Quality(f.quality) for o in ready for f in o.figures.values())])
    first = min(o.figures["reduction"].period_start.year for o in ready)
    last = max(o.figures["reduction"].period_end.year for o in ready)
    gwp_set = ready[0].figures["reduction"].gwp_set

    def row(
        kind: str, amount: Decimal, unit: str, *, place: Place = country, category: str = ""
    ) -> FigureValue:
        return FigureValue(
            system="S8",
            kind=kind,
            place=place.key,
            period=Period.years(first, last),
            amount=amount,
            unit=unit,
            status=Status.PLANNED,
            quality=grade if kind != "landfill.grant_cap" else Quality(fund.quality),
            source=fund.source,
            method="exact 0/1 knapsack under the cap"
            if category != "greedy"
            else "by grant per tonne until the cap",
            gwp_set=gwp_set if "CO2e" in unit else "",
            scenario=fund.code,
            category=category,
        )

    yield row("landfill.grant_cap", fund.cap, "USD")
    for category, chosen in (("chosen", found.chosen), ("greedy", found.greedy)):
        yield row("landfill.portfolio_grant", chosen.grant, "USD", category=category)
        yield row("landfill.portfolio_reduction", chosen.reduction, "tCO2e", category=category)
    if found.marginal_cost is not None:
        yield row("landfill.portfolio_marginal_cost", from_float(float(found.marginal_cost)), "USD/tCO2e")
    for offer in ready:
        if offer.key in found.chosen.keys:
            yield row(
                "landfill.grant_chosen",
                offer.figures["grant"].amount,
                "USD",
                place=offer.landfill.place,
                category="chosen",
            )
