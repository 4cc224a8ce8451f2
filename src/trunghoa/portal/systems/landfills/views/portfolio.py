"""Which sites to help under a grant cap: curve, table, exact choice; a shared address shows the same."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.accounts.rules import reads_everything
from trunghoa.portal.core.charts.store import View, drawn
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import InputError, Quality, parse_number, worst

from .. import drawings, portfolio, tables, tasks
from ..fields import full_text, written
from ..models import Fund
from ..portfolio import Offer


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    funds = list(Fund.objects.all())
    fund = next((f for f in funds if f.code == request.GET.get("fund")), funds[0] if funds else None)
    offers = portfolio.offers(person(request), fund)
    ready = [offer for offer in offers if offer.ready]
    cap_text = request.GET.get("cap", written(fund.cap) if fund else "")
    include, exclude = request.GET.getlist("include"), request.GET.getlist("exclude")
    found, problems = _choice(ready, cap_text, include, exclude)
    table = _table(offers, found, include, exclude)
    # The address holds the whole question, so downloads and a shared link give the same answer.
    asked = [(k, v) for k in ("fund", "cap", "include", "exclude") for v in request.GET.getlist(k)]
    table.query = urlencode(asked)
    if answer := download(request, table):
        return answer
    gwp_sets = sorted({o.figures["reduction"].gwp_set for o in ready})
    context = {
        "funds": funds,
        "fund": fund,
        "cap": cap_text,
        "offers": offers,
        "waiting": [offer for offer in offers if not offer.ready],
        "found": found,
        "problems": problems,
        "table": table,
        "include": include,
        "exclude": exclude,
        "gwp_sets": ", ".join(gwp_sets),
        "chart": _chart(ready, gwp_sets[0]) if len(gwp_sets) == 1 else None,
        "steps": _steps(found, offers) if found else [],
        "cents": _cents(found),
        "partly": not reads_everything(person(request)),
        "doubtful": any(f.quality != "verified" for o in offers for f in o.figures.values()),
    }
    # What is wrong with the record is not the fault of the question.
    return render(request, "landfills/portfolio.html", context, status=422 if problems and asked else 200)


def _choice(
    ready: list[Offer], cap_text: str, include: list[str], exclude: list[str]
) -> tuple[Any, list[str]]:
    """The best portfolio, or why the question has no answer."""
    if not ready:
        return None, []
    try:
        cap = parse_number(cap_text, lang=numbers.language())
        return tasks.choose([o.candidate() for o in ready], cap, include, exclude), []
    except InputError as error:
        return None, [full_text(p) for p in error.problems]


def _steps(found: Any, offers: list[Offer]) -> list[tuple[str, str]]:
    """The steps beyond the cap, each with what it is the least of."""
    cheapest, smallest = found.next_swap, found.smallest_swap
    if cheapest is None:
        return []
    if cheapest == smallest:
        return [(_("Smallest and cheapest step beyond the cap"), _step(found, cheapest, offers))]
    return [
        (_("Smallest step beyond the cap"), _step(found, smallest, offers)),
        (_("Cheapest step beyond the cap, per tonne gained"), _step(found, cheapest, offers)),
    ]


def _step(found: Any, swap: Any, offers: list[Offer]) -> str:
    """One step beyond the cap, in words."""
    names = {o.key: o.landfill.place.name(numbers.language()) for o in offers}
    values = {
        "added": names.get(swap.added, swap.added),
        "dropped": names.get(swap.dropped, swap.dropped),
        "grant": numbers.number(swap.extra_grant, _cents(found)),
        "tonnes": numbers.number(swap.extra_reduction, 0),
        "each": numbers.number(swap.grant_per_tonne, 2),
    }
    if swap.dropped:
        words = _(
            "With %(grant)s USD more, %(added)s could replace %(dropped)s: %(tonnes)s tCO₂e more, "
            "%(each)s USD each."
        )
    else:
        words = _(
            "With %(grant)s USD more, %(added)s could be added: %(tonnes)s tCO₂e more, %(each)s USD each."
        )
    return words % values


def _cents(found: Any) -> int:
    """Decimals of money: grants are whole dollars, so cents stand only where the cap has them."""
    return 2 if found is not None and found.cap % 1 else 0


def _table(offers: list[Offer], found: Any, include: list[str], exclude: list[str]) -> Table:
    chosen = set(found.chosen.keys) if found else set()
    greedy = set(found.greedy.keys) if found else set()
    lang = numbers.language()

    def figure(key: str, header: Any, decimals: int | None = None) -> Column:
        return Column(
            key,
            header,
            lambda o: o.figures[key].amount if key in o.figures else None,
            lambda o: tables.link_to(o.figures[key], decimals) if key in o.figures else "–",
            True,
        )

    def box(name: str, ticked: list[str]) -> Any:
        def cell(offer: Offer) -> str:
            if not offer.ready:
                return "–"
            label = _("Require %(site)s") if name == "include" else _("Leave out %(site)s")
            return format_html(
                '<input type="checkbox" form="cap-form" name="{}" value="{}" aria-label="{}"{}>',
                name,
                offer.key,
                label % {"site": offer.landfill.place.name(lang)},
                SafeString(" checked") if offer.key in ticked else "",
            )

        return cell

    def yes(keys: set[str]) -> Any:
        return lambda o: _("yes") if o.key in keys else _("no")

    def worst_of(offer: Offer) -> str:
        return worst(
            [Quality(offer.project.quality), *(Quality(f.quality) for f in offer.figures.values())]
        ).value

    def site(offer: Offer) -> str:
        return format_html(
            '<a href="{}">{}</a>', offer.landfill.get_absolute_url(), offer.landfill.place.name(lang)
        )

    columns = [
        Column("site", gettext_lazy("Landfill"), lambda o: o.landfill.place.name(lang), site),
        Column("state", gettext_lazy("State"), lambda o: o.project.get_state_display()),
        figure("cost", gettext_lazy("Cost (USD)")),
        figure("grant", gettext_lazy("Grant asked (USD)")),
        figure("reduction", gettext_lazy("Reduction (tCO₂e)")),
        figure("undiscounted", gettext_lazy("USD/tCO₂e, undiscounted"), 2),
        figure("discounted", gettext_lazy("USD/tCO₂e, discounted"), 2),
        figure("grant_per_tonne", gettext_lazy("Grant, USD/tCO₂e"), 2),
        Column("quality", gettext_lazy("Quality"), worst_of, lambda o: numbers.quality(worst_of(o))),
        Column("chosen", gettext_lazy("Chosen"), yes(chosen)),
        Column("greedy", gettext_lazy("Greedy"), yes(greedy)),
        Column("include", gettext_lazy("Require"), lambda o: o.key in include, box("include", include)),
        Column("exclude", gettext_lazy("Leave out"), lambda o: o.key in exclude, box("exclude", exclude)),
    ]
    return Table("portfolio", columns, offers, caption=_("Landfills with a semi-aerobic project"))


def _chart(ready: list[Offer], gwp_set: str) -> Any:
    lang = get_language() or "vi"
    names = {o.key: o.landfill.place.name(lang) for o in ready}
    curve = tasks.curve([o.candidate() for o in ready])
    steps = [(names[s.key], s.end - s.start, s.cost_per_tonne) for s in curve.steps]
    prices = sorted({o.project.price for o in ready if o.project.price is not None})
    marks = [(Decimal(p), _("price of a credit")) for p in prices]
    if not steps:
        return None
    view = View(
        drawings.cost_curve(steps, gwp_set, marks, lang),
        _("Marginal abatement cost of the sites"),
        _("Steps from the cheapest site to the dearest; a step is as wide as what the site reduces."),
    )
    return drawn(view, lang)
