"""What the room keeps beside the ledger. Who holds which units is the ledger's alone."""

from .accounts import RegistryAccount, series_for
from .approvals import TransferApproval
from .authorisations import Authorisation, AuthorisedEntity, CooperativeApproach, ItmoRange, Terms
from .governance import Designation, Duty, Methodology
from .issuance import Allotment, Issuance
from .monitoring import Change, Correction, MonitoringImport
from .orders import Order
from .parties import AnnualReport, FinalYear, Handed, InventoryYear, PartyReport, PartySettings
from .partners import PartnerRegistry, SettlementNote, StatedBlock, Statement
from .projects import Opinion, Participant, Project, PublicInput
from .purchases import Agreement, Delivery, GrantFund, Instalment, Offer, Payment

__all__ = [
    "Agreement",
    "Allotment",
    "AnnualReport",
    "Authorisation",
    "AuthorisedEntity",
    "Change",
    "CooperativeApproach",
    "Correction",
    "Delivery",
    "Designation",
    "Duty",
    "FinalYear",
    "GrantFund",
    "Handed",
    "Instalment",
    "InventoryYear",
    "Issuance",
    "ItmoRange",
    "Methodology",
    "MonitoringImport",
    "Offer",
    "Opinion",
    "Order",
    "Participant",
    "PartnerRegistry",
    "PartyReport",
    "PartySettings",
    "Payment",
    "Project",
    "PublicInput",
    "RegistryAccount",
    "SettlementNote",
    "StatedBlock",
    "Statement",
    "Terms",
    "TransferApproval",
    "series_for",
]
