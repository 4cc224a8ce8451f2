"""Methodologies as data, reductions by vintage, and what is issued and allocated of them."""

from .allocation import Allocation, largest_remainder, propose_allocation, rounded_up
from .dimensions import check_units
from .expression import evaluate, names, parse, terms
from .issuance import Designation, Issuance, check_designation, check_four_eyes, check_issuance
from .model import Criterion, Methodology, Monitoring, Option, Reading, Registration, Symbol
from .potentials import check_potentials
from .read import load_methodologies, load_methodology, methodology_of, read_methodology
from .run import Reduction, eligibility, needed_of, reductions, registration_problems, tried
from .spreadsheet import formula, written
from .vintages import CreditRule, Vintage, credit_rule, credits_by_vintage

__all__ = [
    "Allocation",
    "CreditRule",
    "Criterion",
    "Designation",
    "Issuance",
    "Methodology",
    "Monitoring",
    "Option",
    "Reading",
    "Reduction",
    "Registration",
    "Symbol",
    "Vintage",
    "check_designation",
    "check_four_eyes",
    "check_issuance",
    "check_potentials",
    "check_units",
    "credit_rule",
    "credits_by_vintage",
    "eligibility",
    "evaluate",
    "formula",
    "largest_remainder",
    "load_methodologies",
    "load_methodology",
    "methodology_of",
    "names",
    "needed_of",
    "parse",
    "propose_allocation",
    "read_methodology",
    "reductions",
    "registration_problems",
    "rounded_up",
    "terms",
    "tried",
    "written",
]
