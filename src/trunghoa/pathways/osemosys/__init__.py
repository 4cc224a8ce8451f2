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
from .iamc import OWN_NAMES, Row, Rule, iamc, read_rules, write_iamc
from .iamc_names import ROLES, Role, read_roles, standard_rules, without_role
from .model import Model, Table
from .montecarlo import Ensemble, Uncertain, drawn, monte_carlo
from .read import read_model
from .results import Results, ResultTable
from .run import Options, Outcome, backstops, solve_model, solve_path
from .schema import PARAMETERS, RESULTS, SETS
from .write import write_tables, write_workbook

__all__ = [
    "FORESIGHTS",
    "OWN_NAMES",
    "PARAMETERS",
    "RESULTS",
    "ROLES",
    "SETS",
    "Built",
    "Cause",
    "Ensemble",
    "Foresight",
    "Lack",
    "Model",
    "Options",
    "Outcome",
    "ResultTable",
    "Results",
    "Role",
    "Row",
    "Rule",
    "Step",
    "Sweep",
    "Table",
    "Uncertain",
    "backstops",
    "build",
    "cap_sweep",
    "carbon_price",
    "drawn",
    "explain",
    "iamc",
    "monte_carlo",
    "parse_prices",
    "price_sweep",
    "read_model",
    "read_roles",
    "read_rules",
    "solve_model",
    "solve_path",
    "standard_rules",
    "without_role",
    "write_iamc",
    "write_tables",
    "write_workbook",
]
