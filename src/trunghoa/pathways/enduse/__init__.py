"""AIM/Enduse: services given by devices at least cost, year by year or with foresight.

>>> from pathlib import Path
>>> from trunghoa.pathways import enduse
>>> tables = enduse.read_folder(Path("model"))  # doctest: +SKIP
>>> result = enduse.solve_model(enduse.compile_model(tables))  # doctest: +SKIP
"""

from .balance import Check, Closure, close, emissions_by_category, open_items, read_balance
from .checking import FORESIGHTS
from .compiling import compile_model
from .explaining import Lack
from .figures import About, figures
from .model import Model
from .read import is_enduse_folder, read_folder
from .scenarios import Book, Lever, Scenario, apply_scenario, pull, read_scenarios
from .solution import Result
from .solve import Options, discounted_cost, solve_model
from .tables import Member, Membership, Record, Tables

__all__ = [
    "FORESIGHTS",
    "About",
    "Book",
    "Check",
    "Closure",
    "Lack",
    "Lever",
    "Member",
    "Membership",
    "Model",
    "Options",
    "Record",
    "Result",
    "Scenario",
    "Tables",
    "apply_scenario",
    "close",
    "compile_model",
    "discounted_cost",
    "emissions_by_category",
    "figures",
    "is_enduse_folder",
    "open_items",
    "pull",
    "read_balance",
    "read_folder",
    "read_scenarios",
    "solve_model",
]
