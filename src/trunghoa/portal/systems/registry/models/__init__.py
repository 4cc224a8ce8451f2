"""What the room keeps beside the ledger. Who holds which units is the ledger's alone."""

from .accounts import RegistryAccount, series_for
from .governance import Designation, Duty, Methodology
from .issuance import Allotment, Issuance
from .monitoring import Change, Correction, MonitoringImport
from .orders import Order
from .projects import Opinion, Participant, Project, PublicInput

__all__ = [
    "Allotment",
    "Change",
    "Correction",
    "Designation",
    "Duty",
    "Issuance",
    "Methodology",
    "MonitoringImport",
    "Opinion",
    "Order",
    "Participant",
    "Project",
    "PublicInput",
    "RegistryAccount",
    "series_for",
]
