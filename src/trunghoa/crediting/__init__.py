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
from .caps import TransferCap, check_transfer, transfer_cap
from .levies import Levies, propose_levies
from .metrics import AdjustedIndicator, MetricYear, adjusted_indicators
from .read import read_blocks, read_inventory, read_summary_labels
from .summary import SummaryRow, structured_summary
from .verdict import Finding, Verdict
from .write import as_dict

__all__ = [
    "AdjustedIndicator",
    "Block",
    "Definition",
    "Denominator",
    "Finding",
    "FirstTransfer",
    "Inputs",
    "Levies",
    "Method",
    "MetricYear",
    "PartyBalance",
    "PartyYear",
    "Purpose",
    "Result",
    "SummaryRow",
    "TransferCap",
    "Unresolved",
    "Verdict",
    "YearBalance",
    "adjusted_indicators",
    "as_dict",
    "balances",
    "check_party",
    "check_transfer",
    "first_transfer",
    "propose_levies",
    "read_blocks",
    "read_inventory",
    "read_summary_labels",
    "split",
    "structured_summary",
    "transfer_cap",
]
