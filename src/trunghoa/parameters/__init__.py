"""Dated parameters: law, factors, potentials and thresholds, each with its source."""

from .cells import Cells, read_cells
from .gwp import blend, gwp_set
from .table import DATA, Parameter, Parameters, read_table

__all__ = ["DATA", "Cells", "Parameter", "Parameters", "blend", "gwp_set", "read_cells", "read_table"]
