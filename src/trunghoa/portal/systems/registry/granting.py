"""Grant money on the ledger: it is there once, committed once, and paid out once. Counted in hundredths."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.ledger import services
from trunghoa.portal.core.ledger.errors import Refused
from trunghoa.portal.core.ledger.models import Account, Series
from trunghoa.portal.core.ledger.reading import balances
from trunghoa.portal.core.ledger.spans import Quantity
from trunghoa.portal.core.ledger.tasks import seal_soon
from trunghoa.portal.core.ledger.writing import Act

from .loading import NAMESPACE
from .models import Agreement, GrantFund, Payment

HUNDREDTHS = 100


def hundredths(amount: Decimal) -> int:
    """An amount as the ledger counts it.

    Raises
    ------
    Refused
        for what is no whole number of hundredths.
    """
    found = amount * HUNDREDTHS
    if found != found.to_integral_value() or found < 1:
        raise Refused(
            _("“%(value)s” is no amount of at least one hundredth, in whole ones.") % {"value": amount}
        )
    return int(found)


def amount_of(units: int) -> Decimal:
    return Decimal(units) / HUNDREDTHS


def series_of(fund: GrantFund) -> Series:
    return Series.objects.get(code=code_of(fund.code))


def code_of(fund: str) -> str:
    return f"GRANT-{fund}"


@transaction.atomic
def open_fund(by: User, *, code: str, party: str, currency: str, amount: Decimal, **stated: Any) -> GrantFund:
    """A fund with all of its money in the ledger, entered from the source that states it; once."""
    known = GrantFund.objects.filter(code=code).first()
    if known is not None:
        return known
    name = stated.get("title_en") or code
    issuer, account, paid = (
        Account.objects.create(party=party, kind=kind, name=f"{name}{what}"[:200])
        for kind, what in (
            (Account.Kind.ISSUING, ""),
            (Account.Kind.HOLDING, ""),
            (Account.Kind.RETIREMENT, ", paid"),
        )
    )
    series = Series.objects.create(
        code=code_of(code),
        unit=f"0.01 {currency}",
        issuer=issuer,
        attributes={"programme": "grant", "fund": code},
    )
    act = Act(
        key=uuid5(NAMESPACE, series.code),
        by=by,
        four_eyes=False,
        details={"source": stated.get("source", ""), "import": True},
    )
    services.issue(act, series, account, hundredths(amount))
    return GrantFund.objects.create(
        code=code, currency=currency, amount=amount, account=account, paid=paid, **stated
    )


def left(fund: GrantFund) -> Decimal:
    """What is neither committed nor paid."""
    return amount_of(sum(balances(account=fund.account).values()))


def paid_from(fund: GrantFund) -> Decimal:
    """What of a fund was paid out."""
    return amount_of(sum(balances(account=fund.paid).values()))


def paid_of(agreement: Agreement) -> Decimal:
    """What of the grant was paid out."""
    if agreement.grant is None or agreement.committed is None:
        return Decimal(0)
    return agreement.grant - amount_of(sum(balances(account=agreement.committed).values()))


def commit(agreement: Agreement, proposer: User, signer: User) -> None:
    """Set the grant of an agreement aside.

    Raises
    ------
    Refused
        where the fund has not so much left.
    """
    if agreement.fund is None or not agreement.grant:
        return
    agreement.committed = Account.objects.create(
        party=agreement.fund.account.party,
        kind=Account.Kind.HOLDING,
        name=f"Grant of agreement {agreement.pk}",
    )
    _move(
        agreement, agreement.fund.account, agreement.committed, agreement.grant, (proposer, signer), "commit"
    )


def give_back(agreement: Agreement, proposer: User, signer: User) -> None:
    """What was committed and not paid goes back to the fund, at the end of an agreement."""
    if agreement.fund is None or agreement.committed is None:
        return
    rest = amount_of(sum(balances(account=agreement.committed).values()))
    if rest:
        _move(agreement, agreement.committed, agreement.fund.account, rest, (proposer, signer), "give back")


def pay_out(payment: Payment, confirmer: User) -> None:
    """A grant that was paid leaves what was committed.

    Raises
    ------
    Refused
        where more would be paid than is committed.
    """
    agreement = payment.agreement
    if agreement.fund is None or agreement.committed is None:
        raise Refused(_("No grant is committed under this agreement."))
    act = _act(agreement, (payment.recorded_by, confirmer), f"pay {payment.pk}")
    what = [Quantity(series_of(agreement.fund).pk, hundredths(payment.amount))]
    services.retire(act, agreement.committed, agreement.fund.paid, what)
    seal_soon()


def _move(
    agreement: Agreement,
    source: Account,
    target: Account,
    amount: Decimal,
    people: tuple[User, User],
    what: str,
) -> None:
    fund = agreement.fund
    if fund is None:
        return
    services.transfer(
        _act(agreement, people, what), source, target, [Quantity(series_of(fund).pk, hundredths(amount))]
    )
    seal_soon()


def _act(agreement: Agreement, people: tuple[User, User], what: str) -> Act:
    return Act(
        key=uuid5(NAMESPACE, f"agreement {agreement.pk}: {what}"),
        by=people[0],
        approved_by=people[1],
        details={"agreement": agreement.pk, "kind": what},
    )
