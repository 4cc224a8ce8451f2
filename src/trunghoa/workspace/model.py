"""A workspace in memory: checked rows, and what they make."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from trunghoa.landfill import Landfill
from trunghoa.parameters import Parameter, Parameters
from trunghoa.quantities import Figure, Gazetteer, Problem, Quality

from .pathways import PathwayRecord
from .rows import (
    Backed,
    Commitment,
    JcmDesignation,
    JcmIssuance,
    JcmProject,
    LandfillDeposit,
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
from .settings import Settings, to_toml
from .tables import to_csv

Row = TypeVar("Row", bound=Backed)


@dataclass(frozen=True, slots=True)
class StatedReport:
    """A report with the figures it states."""

    row: Report
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class LandfillRecord:
    """A landfill as the workspace knows it; ``landfill`` is None where too little is known to model it."""

    row: LandfillRow
    landfill: Landfill | None
    project: LandfillProject | None
    quality: Quality


@dataclass(frozen=True)
class Workspace:
    """A country as a folder.

    Attributes
    ----------
    settings : ``workspace.toml``
    tables : rows by table, in file order
    parameters : the package's dated tables and the folder's own
    own_parameters : the rows of the folder's own parameter tables
    gazetteer : administrative units and sites
    reports : each with its figures
    landfills : each with its deposits, conversions, recovery, climate and project
    pathways : the pathway model with its scenarios, where the folder has one
    notices : what was accepted but should be looked at
    """

    settings: Settings
    tables: Mapping[str, tuple[Backed, ...]]
    parameters: Parameters
    own_parameters: tuple[Parameter, ...]
    gazetteer: Gazetteer
    reports: tuple[StatedReport, ...]
    landfills: tuple[LandfillRecord, ...]
    notices: tuple[Problem, ...]
    pathways: PathwayRecord | None = None

    def rows(self, table: str, row_class: type[Row]) -> tuple[Row, ...]:
        return tuple(row for row in self.tables.get(table, ()) if isinstance(row, row_class))

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def places(self) -> tuple[PlaceRow, ...]:
        return self.rows("places", PlaceRow)

    @property
    def systems(self) -> tuple[System, ...]:
        return tuple(sorted(self.rows("systems", System), key=lambda s: s.order))

    @property
    def organisations(self) -> tuple[Organisation, ...]:
        return self.rows("organisations", Organisation)

    @property
    def system_leads(self) -> tuple[SystemLead, ...]:
        return self.rows("system_leads", SystemLead)

    @property
    def report_figures(self) -> tuple[ReportFigure, ...]:
        return self.rows("report_figures", ReportFigure)

    @property
    def commitments(self) -> tuple[Commitment, ...]:
        return self.rows("commitments", Commitment)

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        return self.rows("meetings", Meeting)

    @property
    def meeting_points(self) -> tuple[MeetingPoint, ...]:
        return tuple(sorted(self.rows("meeting_points", MeetingPoint), key=lambda p: (p.meeting, p.order)))

    @property
    def pairs(self) -> tuple[Pair, ...]:
        return self.rows("pairs", Pair)

    def deposits_of(self, slug: str) -> tuple[LandfillDeposit, ...]:
        return tuple(row for row in self.rows("landfill_deposits", LandfillDeposit) if row.site == slug)

    @property
    def portfolios(self) -> tuple[LandfillPortfolio, ...]:
        return self.rows("landfill_portfolios", LandfillPortfolio)

    @property
    def projects(self) -> tuple[LandfillProject, ...]:
        return self.rows("landfill_projects", LandfillProject)

    @property
    def jcm_projects(self) -> tuple[JcmProject, ...]:
        return self.rows("jcm_projects", JcmProject)

    @property
    def jcm_issuances(self) -> tuple[JcmIssuance, ...]:
        return self.rows("jcm_issuances", JcmIssuance)

    @property
    def jcm_designations(self) -> tuple[JcmDesignation, ...]:
        return self.rows("jcm_designations", JcmDesignation)

    @cached_property
    def sha256(self) -> str:
        """Hash of all that the files say; how they are written (row order, newlines, quoting) is left out."""
        digest = hashlib.sha256(to_toml(self.settings).encode())
        for table in sorted(self.tables):
            digest.update(f"\n[{table}]\n".encode())
            for line in sorted(to_csv(type(row), [row]) for row in self.tables[table]):
                digest.update(line.encode())
        for text in sorted(repr(parameter) for parameter in self.own_parameters):
            digest.update(text.encode())
        if self.pathways is not None:
            for name, text in sorted(self.pathways.files.items()):
                lines = "\n".join(sorted(text.replace("\r\n", "\n").splitlines()))
                digest.update(f"\n[pathways/{name}]\n{lines}".encode())
        return digest.hexdigest()
