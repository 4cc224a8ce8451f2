"""A country as a folder: read and check it, run the kernels in order, write the figures. No database.

>>> from trunghoa import workspace
>>> ws = workspace.load("vietnam")
>>> ws.gazetteer.lookup("15", ws.settings.as_of).name("vi")
'Lào Cai'
"""

from .export import export
from .load import find, load
from .model import LandfillRecord, StatedReport, Workspace
from .rows import (
    TABLES,
    Commitment,
    JcmDesignation,
    JcmIssuance,
    JcmProject,
    LandfillPortfolio,
    LandfillProject,
    LandfillRow,
    Meeting,
    MeetingPoint,
    Organisation,
    Pair,
    PlaceRow,
    Report,
    ReportFigure,
    System,
    SystemLead,
)
from .run import DRAWS, SEED, Outcome, Progress, SiteRun, run
from .settings import Settings
from .write import write

__all__ = [
    "DRAWS",
    "SEED",
    "TABLES",
    "Commitment",
    "JcmDesignation",
    "JcmIssuance",
    "JcmProject",
    "LandfillPortfolio",
    "LandfillProject",
    "LandfillRecord",
    "LandfillRow",
    "Meeting",
    "MeetingPoint",
    "Organisation",
    "Outcome",
    "Pair",
    "PlaceRow",
    "Progress",
    "Report",
    "ReportFigure",
    "Settings",
    "SiteRun",
    "StatedReport",
    "System",
    "SystemLead",
    "Workspace",
    "export",
    "find",
    "load",
    "run",
    "write",
]
