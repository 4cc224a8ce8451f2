"""The agreed electronic format (AEF) of annual information: template, workbook, checks, holdings.

Source: Decision 2/CMA.3 annex para 20; Decision 6/CMA.4 annex I.
"""

from .check import check, check_for_submission
from .consistency import check_consistency, check_mirror
from .holdings import Holding, holdings
from .read import load_template, read_workbook, template_versions
from .report import Report, Row, Value, blank_row
from .template import Field, Kind, Table, Template
from .write import write_workbook

__all__ = [
    "Field",
    "Holding",
    "Kind",
    "Report",
    "Row",
    "Table",
    "Template",
    "Value",
    "blank_row",
    "check",
    "check_consistency",
    "check_for_submission",
    "check_mirror",
    "holdings",
    "load_template",
    "read_workbook",
    "template_versions",
    "write_workbook",
]
