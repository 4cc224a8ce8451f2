"""Landfill methane (S8): first-order decay, CDM TOOL04, LandGEM, the JCM semi-aerobic template.

>>> from trunghoa.landfill import read_folder, resolve, run  # doctest: +SKIP
>>> run(resolve(read_folder(folder).landfill, parameters, as_of)).figures()  # doctest: +SKIP
"""

from .choices import (
    Choices,
    Departure,
    Fuel,
    LandgemChoice,
    Override,
    Project,
    Recovery,
    Tool04Choice,
)
from .climate_class import ClimateClass, classify
from .deposits import DepositRow, Deposits
from .fod import Methane, first_order_decay
from .inputs import Inputs, Landfill, LandgemInputs, ProjectInputs, Tool04Inputs
from .read import Folder, located, read_folder
from .resolve import resolve
from .run import Result, run
from .semi_aerobic import Reductions
from .site import Checklist, Climate, Conversion, Site
from .waste import WASTE_TYPES, waste_type
from .write_folder import folder_files

__all__ = [
    "WASTE_TYPES",
    "Checklist",
    "Choices",
    "Climate",
    "ClimateClass",
    "Conversion",
    "Departure",
    "DepositRow",
    "Deposits",
    "Folder",
    "Fuel",
    "Inputs",
    "Landfill",
    "LandgemChoice",
    "LandgemInputs",
    "Methane",
    "Override",
    "Project",
    "ProjectInputs",
    "Recovery",
    "Reductions",
    "Result",
    "Site",
    "Tool04Choice",
    "Tool04Inputs",
    "classify",
    "first_order_decay",
    "folder_files",
    "located",
    "read_folder",
    "resolve",
    "run",
    "waste_type",
]
