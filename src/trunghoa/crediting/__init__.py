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
    check_names,
    check_party,
)
from .blocks import Block, Definition, FirstTransfer, Purpose, first_transfer, split
from .cadt import CadtField, CadtModel, CadtTable, cadt_export
from .caps import TransferCap, check_transfer, transfer_cap
from .double_counting import (
    Move,
    ProgrammeIssuance,
    double_claim,
    double_issuance,
    double_transfer,
    double_use,
    withdrawn_with_units,
)
from .levies import Levies, propose_levies
from .metrics import AdjustedIndicator, MetricYear, adjusted_indicators
from .purchases import Due, Instalment, Settlement, Shortfall, settle
from .read import load_cadt_model, read_blocks, read_inventory, read_summary_labels
from .reconciling import Balance, Held, Match, Piece, compare_balances, compare_blocks
from .serials import Serial, gaps, parse_serial, render_serial, serial_problems
from .summary import SummaryRow, structured_summary
from .verdict import Finding, Verdict
from .write import as_dict, cadt_json, cadt_workbook

__all__ = [
    "AdjustedIndicator",
    "Balance",
    "Block",
    "CadtField",
    "CadtModel",
    "CadtTable",
    "Definition",
    "Denominator",
    "Due",
    "Finding",
    "FirstTransfer",
    "Held",
    "Inputs",
    "Instalment",
    "Levies",
    "Match",
    "Method",
    "MetricYear",
    "Move",
    "PartyBalance",
    "PartyYear",
    "Piece",
    "ProgrammeIssuance",
    "Purpose",
    "Result",
    "Serial",
    "Settlement",
    "Shortfall",
    "SummaryRow",
    "TransferCap",
    "Unresolved",
    "Verdict",
    "YearBalance",
    "adjusted_indicators",
    "as_dict",
    "balances",
    "cadt_export",
    "cadt_json",
    "cadt_workbook",
    "check_names",
    "check_party",
    "check_transfer",
    "compare_balances",
    "compare_blocks",
    "double_claim",
    "double_issuance",
    "double_transfer",
    "double_use",
    "first_transfer",
    "gaps",
    "load_cadt_model",
    "parse_serial",
    "propose_levies",
    "read_blocks",
    "read_inventory",
    "read_summary_labels",
    "render_serial",
    "serial_problems",
    "settle",
    "split",
    "structured_summary",
    "transfer_cap",
    "withdrawn_with_units",
]
