"""The worked example: a grant for landfill methane tied to a purchase of credits. Nobody agreed any of it.

The grant and the sites are those that the portfolio chose, the volumes follow from the reductions on record,
and what is assumed beyond that stands in a data file. Everything it makes is marked illustrative.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.workflow import moves

from . import granting
from .models import Agreement, GrantFund, Project
from .tasks import dated

LANGUAGES = ("vi", "ja", "en")
# Who plays seller and buyer, among the accounts of the demonstration.
SELLER, BUYER = "participant", "buyer"


def furnish(people: Mapping[str, User]) -> None:
    """Make the example from figures that the landfills' runs gave; doing it twice changes nothing."""
    cap = Figure.objects.current().filter(kind="landfill.grant_cap").first()
    chosen = Figure.objects.current().filter(kind="landfill.grant_chosen").select_related("place")
    if cap is None or not chosen:
        return
    assumed = dated.purchase_example()
    fund = _fund(cap, people, assumed)
    for grant in chosen.order_by("place__code"):
        with transaction.atomic():
            _agreement(fund, grant, people, assumed)


def _fund(cap: Figure, people: Mapping[str, User], assumed: Mapping[str, Any]) -> GrantFund:
    return granting.open_fund(
        people[BUYER],
        code=cap.scenario,
        party=assumed["party"],
        currency=assumed["currency"],
        amount=cap.amount,
        title_vi="Quỹ viện trợ giảm mê-tan bãi chôn lấp (minh họa)",
        title_ja="埋立地メタン対策無償資金基金（例示）",
        title_en="Grant fund for landfill methane (illustrative)",
        payer=people[BUYER].organisation,
        figure=cap,
        source=f"{cap.source}. {assumed['source']}",
        quality=Quality.ILLUSTRATIVE,
    )


def _agreement(
    fund: GrantFund, grant: Figure, people: Mapping[str, User], assumed: Mapping[str, Any]
) -> None:
    project = _project(grant, people[SELLER])
    if project.agreements.exists():
        return
    years = assumed["vintages"]
    rows = Figure.objects.current().filter(
        kind="landfill.emission_reduction", place=grant.place, period_start__year__in=years, amount__gt=0
    )
    figures = {row.period_start.year: row for row in rows.order_by("period_start")}
    # Credits are whole: fractions are cut off.
    volumes = {year: int(row.amount * Decimal(assumed["share"])) for year, row in figures.items()}
    if sorted(volumes) != sorted(years):
        return
    made = Agreement.objects.create(
        project=project,
        seller=people[SELLER].organisation,
        buyer=people[BUYER].organisation,
        vintage_from=min(years),
        vintage_to=max(years),
        volume=sum(volumes.values()),
        price=Decimal(assumed["price"]),
        currency=assumed["currency"],
        conditions="\n".join(assumed["conditions"][lang] for lang in LANGUAGES),
        shortfall=assumed["shortfall"],
        fund=fund,
        grant=grant.amount,
        created_by=people[SELLER],
        quality=Quality.ILLUSTRATIVE,
        source=assumed["source"],
    )
    for year, volume in volumes.items():
        due = date(year + 1, assumed["due_month"], assumed["due_day"])
        made.schedule.create(due=due, volume=volume)
    made.figures.set([grant, *figures.values()])
    moves.began(made)
    for verb, person in (("propose", SELLER), ("sign", BUYER)):
        moves.move(made, verb, people[person], revision=made.revision)


def _project(grant: Figure, seller: User) -> Project:
    """A project that stands for the conversion of the site; it has no reference, for nobody registered it."""
    code = f"example-{grant.place.code}"[:60]
    known = Project.objects.filter(code=code).first()
    if known is not None:
        return known
    titles = {
        "title_vi": f"Chuyển sang bán hiếu khí: {grant.place.name('vi')} (minh họa)",
        "title_ja": f"準好気性への転換：{grant.place.name('ja')}（例示）",
        "title_en": f"Semi-aerobic conversion: {grant.place.name('en')} (illustrative)",
    }
    made = Project.objects.create(
        code=code,
        place=grant.place,
        created_by=seller,
        quality=Quality.ILLUSTRATIVE,
        source="Demonstration",
        **titles,
    )
    return moves.began(made)
