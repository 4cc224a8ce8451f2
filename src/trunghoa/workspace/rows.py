"""The rows of a workspace's tables. A row class is its table's schema: each field is a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from trunghoa.quantities import Period, PlaceKey, Quality, Status


class Side(StrEnum):
    """Whose duty it is."""

    VN = "VN"
    JP = "JP"
    BOTH = "both"
    OTHER = "other"


class PlaceKind(StrEnum):
    COUNTRY = "country"
    MUNICIPALITY = "municipality"
    PROVINCE = "province"


class OrganisationKind(StrEnum):
    MINISTRY = "ministry"
    PROVINCE = "province"
    CITY = "city"
    FACILITY = "facility"
    THIRD_PARTY = "third_party"
    RESEARCH = "research"
    OBSERVER = "observer"


class ReportKind(StrEnum):
    INVENTORY = "inventory"
    DECISION = "decision"
    STUDY = "study"
    STATEMENT = "statement"


class CommitmentKind(StrEnum):
    FOCUS = "focus"
    ACTIVITY = "activity"
    REQUEST = "request"


class CommitmentState(StrEnum):
    PROPOSED = "proposed"
    FORWARDED = "forwarded"
    PLANNED = "planned"
    AGREED = "agreed"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


Marks = Mapping[str, bool | str]
# Part of what identifies a row; and a text that must not be empty (other types say it by ``| None``).
KEY: Marks = {"key": True}
REQUIRED: Marks = {"required": True}
NAME: Marks = {**KEY, **REQUIRED}


def refers(table: str, marks: Marks | None = None) -> Marks:
    """The cell holds the key of a row of another table."""
    return {"refers_to": table, **(marks or {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Backed:
    """Every row says where it comes from and how far that was checked."""

    source: str = field(metadata=REQUIRED)
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow(Backed):
    """A country or administrative unit. ``name_ja_quality`` stands apart: katakana are often from memory."""

    era: str = field(metadata=NAME)
    code: str = field(metadata=NAME)
    kind: PlaceKind
    name_vi: str = field(metadata=REQUIRED)
    name_ja: str
    name_en: str
    name_ja_quality: Quality
    valid_from: date | None
    valid_to: date | None
    parent: PlaceKey | None = field(metadata=refers("places"))
    successor: PlaceKey | None = field(metadata=refers("places"))
    iso3166_2: str
    note: str

    @property
    def place(self) -> PlaceKey:
        return PlaceKey(self.era, self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class System(Backed):
    """One of the systems the Joint Working Group reviews."""

    code: str = field(metadata=NAME)
    name_vi: str = field(metadata=REQUIRED)
    name_ja: str = field(metadata=REQUIRED)
    name_en: str = field(metadata=REQUIRED)
    sentence_vi: str = field(metadata=REQUIRED)
    sentence_ja: str = field(metadata=REQUIRED)
    sentence_en: str = field(metadata=REQUIRED)

    @property
    def order(self) -> int:
        """S10 comes after S9, which text order would not do."""
        return int(self.code[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation(Backed):
    """An organisation with its life span and, where it was merged, its successor."""

    code: str = field(metadata=NAME)
    name_vi: str = field(metadata=REQUIRED)
    name_ja: str
    name_en: str
    side: Side
    kind: OrganisationKind
    place: PlaceKey | None = field(metadata=refers("places"))
    valid_from: date | None
    valid_to: date | None
    successor: str = field(metadata=refers("organisations"))
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLead(Backed):
    """An organisation that leads a system for its side, and so answers for what is missing of it."""

    system: str = field(metadata=refers("systems", NAME))
    organisation: str = field(metadata=refers("organisations", NAME))
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Backed):
    """A statement somebody made. Figures of reports with different ``guidelines`` are no one series."""

    code: str = field(metadata=NAME)
    kind: ReportKind
    title_vi: str = field(metadata=REQUIRED)
    title_ja: str
    title_en: str
    organisation: str = field(metadata=refers("organisations"))
    issued_on: date | None
    guidelines: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigure(Backed):
    """One number of a report, as printed there."""

    report: str = field(metadata=refers("reports", NAME))
    system: str = field(metadata=refers("systems", REQUIRED))
    kind: str = field(metadata=NAME)
    category: str = field(metadata=KEY)
    scenario: str = field(metadata=KEY)
    place: PlaceKey = field(metadata=refers("places", NAME))
    period: Period = field(metadata=NAME)
    amount: Decimal
    unit: str = field(metadata=REQUIRED)
    gas: str
    gwp_set: str = field(metadata=KEY)
    status: Status = field(metadata=KEY)
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment(Backed):
    """What a side undertook or asked for at a meeting of the Joint Working Group."""

    ref: str = field(metadata=NAME)
    system: str = field(metadata=refers("systems", REQUIRED))
    also_system: str = field(metadata=refers("systems"))
    kind: CommitmentKind
    side: Side
    state: CommitmentState
    recorded_on: date
    due: date | None
    title_vi: str = field(metadata=REQUIRED)
    title_ja: str = field(metadata=REQUIRED)
    title_en: str = field(metadata=REQUIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting(Backed):
    """A meeting of the Joint Working Group; what no source states stays empty."""

    code: str = field(metadata=NAME)
    number: int
    held_on: date
    place_vi: str
    place_ja: str
    place_en: str
    chair_vn: str
    chair_jp: str
    plan_year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPoint(Backed):
    """A point on which a meeting is known to have spoken: a system, or what its title says."""

    meeting: str = field(metadata=refers("meetings", NAME))
    order: int = field(metadata=KEY)
    system: str = field(metadata=refers("systems"))
    title_vi: str
    title_ja: str
    title_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(Backed):
    """A locality of the country and its partner in Japan, with the evidence seen."""

    place: PlaceKey = field(metadata=refers("places", NAME))
    partner: str = field(metadata=refers("organisations", NAME))
    since_year: int | None
    since_on: date | None
    note_vi: str
    note_ja: str
    note_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositionShare(Backed):
    """Share of one waste type in mixed waste, by wet mass."""

    composition: str = field(metadata=NAME)
    waste: str = field(metadata=NAME)
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LandfillRow(Backed):
    """A landfill. What is not known stays empty; without ``opened`` and deposits it is not modelled."""

    slug: str = field(metadata=NAME)
    name_vi: str = field(metadata=REQUIRED)
    name_ja: str
    name_en: str
    place: PlaceKey = field(metadata=refers("places"))
    operator: str = field(metadata=refers("organisations"))
    latitude: Decimal | None
    longitude: Decimal | None
    opened: int | None
    closed: int | None
    managed: bool | None
    depth: Decimal | None
    water_table: Decimal | None
    cover: str
    permeable_cover: bool | None
    leachate_drainage_not_sunk: bool | None
    regulated_pondage: bool | None
    gas_vents: bool | None
    mcf_class: str
    mcf_reason: str
    oxidation_class: str
    composition: str = field(metadata=refers("compositions.composition"))
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LandfillClimate(Backed):
    """Long-term means at a landfill (°C, mm/yr), or the class given with its reason."""

    site: str = field(metadata=refers("landfills", NAME))
    mat: Decimal | None
    map: Decimal | None
    pet: Decimal | None
    given: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LandfillDeposit(Backed):
    """Wet tonnes laid down in a year; ``waste`` is empty for mixed waste of the site's composition."""

    site: str = field(metadata=refers("landfills", NAME))
    year: int = field(metadata=KEY)
    waste: str = field(metadata=KEY)
    tonnes: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LandfillConversion(Backed):
    """A change of how waste is laid down that has happened."""

    site: str = field(metadata=refers("landfills", NAME))
    on: date = field(metadata=KEY)
    to: str = field(metadata=REQUIRED)
    permeable_cover: bool | None
    leachate_drainage_not_sunk: bool | None
    regulated_pondage: bool | None
    gas_vents: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LandfillRecovery(Backed):
    """Tonnes of methane recovered in a year."""

    site: str = field(metadata=refers("landfills", NAME))
    year: int = field(metadata=KEY)
    tonnes: Decimal
    metered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LandfillPortfolio(Backed):
    """A sum of grant money that several projects ask for."""

    code: str = field(metadata=NAME)
    title_vi: str = field(metadata=REQUIRED)
    title_ja: str
    title_en: str
    grant_cap_usd: Decimal
    commitment: str = field(metadata=refers("commitments"))
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LandfillProject(Backed):
    """A semi-aerobic conversion that could be built: works in ``works_year``, waste under it a year later."""

    slug: str = field(metadata=NAME)
    site: str = field(metadata=refers("landfills", REQUIRED))
    portfolio: str = field(metadata=refers("landfill_portfolios"))
    title_vi: str = field(metadata=REQUIRED)
    title_ja: str
    title_en: str
    works_year: int
    end_year: int
    to: str = field(metadata=REQUIRED)
    permeable_cover: bool | None
    leachate_drainage_not_sunk: bool | None
    regulated_pondage: bool | None
    gas_vents: bool | None
    capex_usd: Decimal
    opex_usd_per_year: Decimal
    grant_usd: Decimal
    price_usd_per_tco2e: Decimal
    credit_share: Decimal
    discount_rate: Decimal
    electricity_mwh_per_year: Decimal
    grid_ef_tco2_per_mwh: Decimal
    grid_ef_source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JcmProject(Backed):
    """A project of the Joint Crediting Mechanism as sources tell of it; what none states stays empty."""

    code: str = field(metadata=NAME)
    reference: str
    title_vi: str = field(metadata=REQUIRED)
    title_ja: str
    title_en: str
    methodology: str
    scope: str
    state: str = field(metadata=REQUIRED)
    known_on: date | None
    registered_on: date | None
    summary_vi: str
    summary_ja: str
    summary_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JcmIssuance(Backed):
    """Credits issued for a project, and who got them; an empty share is one that no source states."""

    project: str = field(metadata=refers("jcm_projects", NAME))
    number: int = field(metadata=KEY)
    period_start: date | None
    period_end: date | None
    known_on: date | None
    issued: int
    government_jp: int | None
    government_vn: int | None
    participants: int | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JcmDesignation(Backed):
    """A third-party entity of the Joint Crediting Mechanism; scopes joined by spaces, empty if not stated."""

    organisation: str = field(metadata=refers("organisations", NAME))
    scopes: str
    valid_from: date | None
    valid_to: date | None


# Every table a workspace may have, by the name of its file.
TABLES: dict[str, type[Backed]] = {
    "places": PlaceRow,
    "systems": System,
    "organisations": Organisation,
    "system_leads": SystemLead,
    "reports": Report,
    "report_figures": ReportFigure,
    "commitments": Commitment,
    "meetings": Meeting,
    "meeting_points": MeetingPoint,
    "pairs": Pair,
    "compositions": CompositionShare,
    "landfills": LandfillRow,
    "landfill_climate": LandfillClimate,
    "landfill_deposits": LandfillDeposit,
    "landfill_conversions": LandfillConversion,
    "landfill_recovery": LandfillRecovery,
    "landfill_portfolios": LandfillPortfolio,
    "landfill_projects": LandfillProject,
    "jcm_projects": JcmProject,
    "jcm_issuances": JcmIssuance,
    "jcm_designations": JcmDesignation,
}
