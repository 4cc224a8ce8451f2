"""Crediting: Article 6.2 of the Paris Agreement (S2) and the Joint Crediting Mechanism (S7)."""

from .balance import (
    Denominator,
    Inputs,
    Method,
    PartyBalance,
    PartyYear,
    Result,
    Unresolved,
    YearBalance,
    balances,
    check_party,
)
from .blocks import Block, Definition, FirstTransfer, Purpose, first_transfer, split
from .read import read_blocks, read_inventory
from .verdict import Finding, Verdict
from .write import as_dict

__all__ = [
    "Block",
    "Definition",
    "Denominator",
    "Finding",
    "FirstTransfer",
    "Inputs",
    "Method",
    "PartyBalance",
    "PartyYear",
    "Purpose",
    "Result",
    "Unresolved",
    "Verdict",
    "YearBalance",
    "as_dict",
    "balances",
    "check_party",
    "first_transfer",
    "read_blocks",
    "read_inventory",
    "split",
]
