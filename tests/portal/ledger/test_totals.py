"""Sums carried forward with each seal: the same before and after it, and wrong ones are found."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from trunghoa.portal.core.ledger import sealing, services, totals
from trunghoa.portal.core.ledger.models import LedgerTransaction, Series, Total, Turnover
from trunghoa.portal.core.ledger.spans import Span
from trunghoa.portal.core.ledger.totals import Done, Standing
from trunghoa.portal.core.ledger.verification import verify


@pytest.fixture
def busy(registry):
    """Issued, transferred, used, blocked, and one of each undone; grams beside credits."""
    r, pk = registry, registry.series.pk
    grams = Series.objects.create(code="R-32", unit="g", issuer=r.issuing)
    services.issue(r.act(), grams, r.alpha, 1000)
    services.issue(r.act(), r.series, r.alpha, 100)
    services.transfer(r.act(), r.alpha, r.beta, [Span(pk, 1, 40)])
    services.block(r.act(), r.alpha, [Span(pk, 51, 60)])
    undone = services.block(r.act(), r.alpha, [Span(pk, 61, 70)])
    services.reverse(r.act(), undone)
    services.retire(r.act(), r.beta, r.retired, [Span(pk, 1, 10)])
    return r


def told(registry):
    there = totals.standing("account__kind", "series__unit")
    credits = {kind: sums for (kind, unit), sums in there.items() if unit == "t CO2e"}
    return credits, totals.turnover("t CO2e")


def test_sums_are_the_same_before_and_after_a_seal_and_with_more_since(busy):
    year = LedgerTransaction.objects.first().at.astimezone().year
    expected = (
        {
            "issuing": Standing(-100, 0), "holding": Standing(90, 10), "retirement": Standing(10, 0)
        },
        {(year, "issue"): Done(1, 100), (year, "retire"): Done(1, 10), (year, "transfer"): Done(1, 40)},
    )  # fmt: skip
    assert told(busy) == expected
    assert not Total.objects.exists()
    sealing.seal()
    assert Total.objects.filter(account=busy.alpha).count() == 2
    assert told(busy) == expected
    services.unblock(busy.act(), busy.alpha, [Span(busy.series.pk, 51, 60)])
    services.retire(busy.act(), busy.beta, busy.retired, [Span(busy.series.pk, 11, 40)])
    expected[0]["holding"], expected[0]["retirement"] = Standing(60, 0), Standing(40, 0)
    expected[1][year, "retire"] = Done(2, 40)
    assert told(busy) == expected
    sealing.seal()
    assert told(busy) == expected
    assert totals.turnover("g") == {(year, "issue"): Done(1, 1000)}
    assert verify().faults == []


def test_a_sum_that_was_altered_is_found(busy):
    sealing.seal()
    Total.objects.filter(account=busy.beta, series=busy.series).update(units=31)
    Turnover.objects.filter(kind="retire").update(units=11)
    year = LedgerTransaction.objects.first().at.astimezone().year
    assert verify().faults == [
        f"Account {busy.beta.pk}, series {busy.series.pk}: the sum carried is not that of its postings.",
        f"{year}, retire, t CO2e: the turnover carried is not that of the postings.",
    ]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_total")
    assert len(verify().faults) == 7


def test_a_database_that_was_sealed_before_gets_its_sums(busy):
    sealing.seal()
    before = [list(model.objects.values_list()) for model in (Total, Turnover)]
    for model in (Total, Turnover):
        model.objects.all().delete()
    import_module("trunghoa.portal.core.ledger.migrations.0003_totals").carry(apps, None)
    assert verify().faults == []
    kept = [list(model.objects.values_list()) for model in (Total, Turnover)]
    assert [[row[1:] for row in rows] for rows in kept] == [[row[1:] for row in rows] for rows in before]
