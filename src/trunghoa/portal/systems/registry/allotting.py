"""Allocation tables: a proposal from the project's shares, and keeping what was decided on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.workflow import moves

from .models import Allotment, Issuance, RegistryAccount
from .tasks import methods

Table = Mapping[int, Mapping[str, int]]


def proposed(issuance: Issuance) -> dict[int, dict[str, int]]:
    """By vintage and account number, from the shares that were registered; nothing where there are none."""
    issued = {int(year): int(amount) for year, amount in issuance.requested.items() if int(amount)}
    shares = {number: Decimal(issuance.project.shares[number]) for number in order(issuance.project.shares)}
    if not issued or not shares:
        return {}
    return methods.allocation(issued, shares, issuance.project.rounding)


def order(shares: Mapping[str, Any]) -> list[str]:
    """Accounts in the order in which shares are rounded: those of the two parties before those of entities.

    PostgreSQL keeps no order of keys, so the order follows from the accounts.
    """
    rows = RegistryAccount.objects.filter(number__in=shares).select_related("account")
    entities = {row.number: row.account.organisation_id is not None for row in rows}
    return sorted(shares, key=lambda number: (entities.get(number, True), number))


def kept(issuance: Issuance) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for vintage, number, amount in issuance.allotments.values_list("vintage", "account__number", "amount"):
        found.setdefault(vintage, {})[number] = amount
    return found


def keep(issuance: Issuance, table: Table, by: User, revision: int) -> None:
    """Replace the table; signatures on another one are taken back.

    Raises
    ------
    Stale
        where somebody changed the issuance meanwhile.
    """
    accounts = {row.number: row for row in RegistryAccount.objects.all()}

    def change(held: Any) -> None:
        bulk.delete(held.allotments.all(), about=held)
        rows = [
            Allotment(issuance=held, account=accounts[number], vintage=vintage, amount=amount)
            for vintage, amounts in sorted(table.items())
            for number, amount in amounts.items()
            if amount
        ]
        bulk.create(Allotment.objects, rows, about=held)

    moves.edit(issuance, by, revision=revision, change=change)
