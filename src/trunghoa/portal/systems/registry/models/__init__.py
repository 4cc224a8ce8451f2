"""What the room keeps beside the ledger. Who holds which units is the ledger's alone."""

from .accounts import RegistryAccount, series_for
from .governance import Designation, Duty, Methodology
from .issuance import Allotment, Issuance
from .orders import Order
from .projects import Opinion, Participant, Project, PublicInput

__all__ = [
    "Allotment",
    "Designation",
    "Duty",
    "Issuance",
    "Methodology",
    "Opinion",
    "Order",
    "Participant",
    "Project",
    "PublicInput",
    "RegistryAccount",
    "series_for",
]
