"""How much of a project may go abroad, by the law of the host on a day."""

from __future__ import annotations

from datetime import date

from trunghoa.crediting import TransferCap, check_transfer, transfer_cap
from trunghoa.parameters import Parameter

from .dated import parameters


def cap(issued: int, transferred: int, law: str, project_class: str, as_of: date) -> TransferCap:
    """The cap of a project after all that went abroad so far.

    Raises
    ------
    ParameterError
        for a class or day that the law does not know.
    """
    return transfer_cap(issued, [transferred], law, project_class, parameters(), as_of)


def check(found: TransferCap, quantity: int) -> None:
    """Raises InputError where a transfer passes the cap."""
    check_transfer(found, quantity)


def classes(law: str, as_of: date) -> list[tuple[str, Parameter]]:
    """The classes of projects that the law knows on a day."""
    rows = parameters().rows("transfer_caps", as_of=as_of, law=law)
    return [(dict(row.keys)["class"], row) for row in rows]


def needs_approval(law: str, as_of: date) -> bool:
    """Whether the law asks for an approval of each transfer abroad on a day; not before it is in force."""
    rows = parameters().rows("transfer_approval", as_of=as_of, law=law)
    return any(dict(row.keys)["item"] == "required" and row.value > 0 for row in rows)
