"""OSeMOSYS models, MUIO's dialect too: read, check, solve as one linear program, tabulate, analyse.

>>> from pathlib import Path
>>> from trunghoa.pathways import osemosys
>>> outcome = osemosys.solve_path(Path("model.txt"))  # doctest: +SKIP
>>> outcome.results.table("NewCapacity")  # doctest: +SKIP
"""

from .build import Built, build
from .carbon import Step, Sweep, cap_sweep, carbon_price, parse_prices, price_sweep
from .explaining import Cause, Lack, explain
from .foresight import FORESIGHTS, Foresight
from .model import Model, Table
from .read import read_model
from .results import Results, ResultTable
from .run import Options, Outcome, backstops, solve_model, solve_path
from .schema import PARAMETERS, RESULTS, SETS
from .write import write_tables, write_workbook

__all__ = [
    "FORESIGHTS",
    "PARAMETERS",
    "RESULTS",
    "SETS",
    "Built",
    "Cause",
    "Foresight",
    "Lack",
    "Model",
    "Options",
    "Outcome",
    "ResultTable",
    "Results",
    "Step",
    "Sweep",
    "Table",
    "backstops",
    "build",
    "cap_sweep",
    "carbon_price",
    "explain",
    "parse_prices",
    "price_sweep",
    "read_model",
    "solve_model",
    "solve_path",
    "write_tables",
    "write_workbook",
]
