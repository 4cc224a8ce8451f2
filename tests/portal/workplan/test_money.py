"""Money in three currencies: exact, never mixed, converted only at a rate of its day."""

from datetime import date
from decimal import Decimal

import pytest

from trunghoa.portal.systems.workplan import money
from trunghoa.portal.systems.workplan.models import Budget
from trunghoa.quantities import InputError


def test_stages_and_currencies_are_never_added():
    rows = [
        Budget(stage="needed", currency="VND", amount=Decimal(10)),
        Budget(stage="needed", currency="JPY", amount=Decimal(20)),
        Budget(stage="disbursed", currency="JPY", amount=Decimal(5)),
        Budget(stage="needed", currency="JPY", amount=Decimal(1)),
    ]
    found = [(s.stage, s.currency, s.amount, s.rows) for s in money.totals(rows)]
    assert found == [
        ("needed", "JPY", Decimal(21), 2), ("needed", "VND", Decimal(10), 1),
        ("disbursed", "JPY", Decimal(5), 1),
    ]  # fmt: skip


def test_an_amount_without_a_day_is_not_converted_and_neither_is_its_sum():
    rows = [Budget(stage="needed", currency="JPY", amount=Decimal(100), on=None)]
    assert money.converted(Decimal(100), "JPY", None) is None
    assert money.totals(rows)[0].in_common is None


def test_a_conversion_names_its_rate_with_source_and_day():
    found = money.converted(Decimal(1_000_000), "JPY", date(2024, 1, 11))
    assert found is not None
    assert found.rate.source
    assert found.amount == (Decimal(1_000_000) * found.rate.value).quantize(Decimal("0.01"))
    assert money.rate("JPY", "USD", date(1950, 1, 1)) is None


@pytest.mark.parametrize(
    ("amount", "currency"), [("0.5", "VND"), ("1.5", "JPY"), ("0.001", "USD"), ("-1", "USD"), ("1e18", "VND")]
)
def test_what_is_no_money_is_refused(amount, currency):
    with pytest.raises(InputError):
        money.exact(Decimal(amount), currency)
