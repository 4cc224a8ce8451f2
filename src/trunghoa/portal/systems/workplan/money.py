"""Money of three currencies: exact sums in each, and conversions that name their rate and its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from trunghoa.parameters import Parameter, Parameters
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import N_, InputError, ParameterError, Problem, Quality, worst

from .models import Budget

TABLE = "exchange_rates"
# Yen and dong have no smaller coin in use.
DECIMALS = {"JPY": 0, "USD": 2, "VND": 0}
COMMON = "USD"


@lru_cache(maxsize=1)
def _parameters() -> Parameters:
    return Parameters.load()


def exact(amount: Decimal, currency: str) -> Decimal:
    """The amount, if its currency has such an amount.

    Raises
    ------
    InputError
        for a negative amount, one too large to be money, or more decimals than the currency has.
    """
    places = DECIMALS[currency]
    if amount < 0:
        raise InputError(
            Problem(
                N_("%(value)s cannot be a budget."),
                N_("Leave the minus out; a repayment is a row of its own."),
                value=f"{amount:f}",
            )
        )
    if amount.adjusted() > 17:
        raise InputError(
            Problem(
                N_("%(value)s is more money than there is (limit %(limit)s)."),
                N_("Check the zeros and the currency."),
                value=f"{amount:f}",
                limit="10^18",
            )
        )
    exponent = int(amount.normalize().as_tuple().exponent)
    if -exponent > places:
        raise InputError(
            Problem(
                N_("%(value)s has more decimals than this currency has (%(limit)s)."),
                N_("Write whole yen or dong; dollars with at most two decimals."),
                value=f"{amount:f}",
                limit=str(places),
            )
        )
    return amount


def written(amount: Decimal, currency: str) -> str:
    return f"{numbers.number(amount, DECIMALS[currency])}\u00a0{currency}"


@dataclass(frozen=True)
class Converted:
    """An amount in another currency, with the rate that made it."""

    amount: Decimal
    currency: str
    rate: Parameter


def rate(currency: str, to: str, on: date | None) -> Parameter | None:
    """The rate that held on a day, or nothing where none is known."""
    if on is None:
        return None
    try:
        return _parameters().get(TABLE, as_of=on, currency=currency, to=to)
    except ParameterError:
        return None


def converted(amount: Decimal, currency: str, on: date | None, to: str = COMMON) -> Converted | None:
    """An amount at the rate of its day; without such a rate there is no conversion."""
    if currency == to:
        return None
    found = rate(currency, to, on)
    if found is None:
        return None
    places = Decimal(1).scaleb(-DECIMALS[to])
    return Converted((amount * found.value).quantize(places, rounding=ROUND_HALF_UP), to, found)


@dataclass(frozen=True)
class Sum:
    """Everything of one stage and currency; in the common currency only if every row could be converted."""

    stage: str
    currency: str
    amount: Decimal
    rows: int
    in_common: Decimal | None
    quality: str


def totals(budgets: Iterable[Budget]) -> list[Sum]:
    """Exact sums by stage and currency; different stages and currencies are never added."""
    found: dict[tuple[str, str], list[Budget]] = {}
    for row in budgets:
        found.setdefault((row.stage, row.currency), []).append(row)
    stages, currencies = list(Budget.Stage.values), list(Budget.Currency.values)
    keys = sorted(found, key=lambda key: (stages.index(key[0]), currencies.index(key[1])))
    return [
        Sum(
            stage,
            currency,
            sum((row.amount for row in found[stage, currency]), Decimal(0)),
            len(found[stage, currency]),
            in_common(found[stage, currency]),
            worst(rates_of(found[stage, currency])).value,
        )
        for stage, currency in keys
    ]


def rates_of(budgets: Iterable[Budget]) -> list[Quality]:
    """How far the rates of these rows were checked."""
    found = (converted(row.amount, row.currency, row.on) for row in budgets)
    return [conversion.rate.quality for conversion in found if conversion]


def in_common(budgets: Iterable[Budget]) -> Decimal | None:
    """The sum in the common currency, each row at the rate of its day."""
    whole = Decimal(0)
    for row in budgets:
        found = converted(row.amount, row.currency, row.on)
        if row.currency != COMMON and found is None:
            return None
        whole += found.amount if found else row.amount
    return whole
