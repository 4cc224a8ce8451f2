"""What the person who runs a landfill model decides, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from trunghoa.quantities import Quality

from .site import Checklist

GUIDELINES = ("IPCC2006", "IPCC2019")
METHODS = ("fod", "tool04_yearly", "tool04_monthly", "landgem")
JCM_SEMI_AEROBIC = "JCM_SEMI_AEROBIC"


@dataclass(frozen=True, slots=True)
class Override:
    """A value used instead of the table's, with its source.

    ``basis`` is needed where ``doc.<waste>`` is overridden: ``wet``, or ``dry`` with the dry-matter content
    that turns it into the wet value the equations use.
    """

    value: Decimal
    source: str
    quality: Quality = Quality.UNVERIFIED
    lower: Decimal | None = None
    upper: Decimal | None = None
    basis: str = ""
    dry_matter: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Recovery:
    """Methane recovered and burnt, R.

    Attributes
    ----------
    tonnes : t CH4 by year
    fraction : share of what is generated, by year, where no tonnes are known
    metered : tonnes come from a meter
    semi_aerobic_reason : why there is gas recovery although the site is semi-aerobic
    """

    tonnes: Mapping[int, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    fraction: Mapping[int, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    metered: bool = False
    semi_aerobic_reason: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Tool04Choice:
    """Which form of CDM TOOL04: version, application A or B, climate humid or dry (by class when empty)."""

    version: str = "08.1"
    application: str = "B"
    climate: str = ""
    captured: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LandgemChoice:
    """Which parameter set of LandGEM, and at which temperature a volume becomes a mass."""

    parameter_set: str = "inventory"
    density: str = "density_20C"


@dataclass(frozen=True, slots=True)
class Choices:
    """Method choices of one site.

    Attributes
    ----------
    reaction_start_month : M; None takes the guideline's
    oxidation : OX, 1, with ``oxidation_reason``; None takes the value of ``oxidation_class``
    oxidation_class : ``none`` or ``well_managed_cover``
    horizon : last year of the series; None adds the default length after the last deposit
    gwp_set : named set for CO2e
    overrides : by key: ``k.food``, ``doc.food``, ``docf.food``, ``mcf.<class>``, ``f``, ``tool04.phi``, …
    """

    guideline: str = "IPCC2019"
    reaction_start_month: float | None = None
    oxidation: Decimal | None = None
    oxidation_class: str = "none"
    oxidation_reason: str = ""
    horizon: int | None = None
    gwp_set: str = "AR5"
    methods: tuple[str, ...] = ("fod",)
    recovery: Recovery = Recovery()
    tool04: Tool04Choice = Tool04Choice()
    landgem: LandgemChoice = LandgemChoice()
    overrides: Mapping[str, Override] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Fuel:
    """Fuel burnt by the project: t/yr by year, net calorific value TJ/Gg, emission factor tCO2/TJ."""

    name: str
    tonnes: Mapping[int, Decimal]
    ncv: Decimal
    ef: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Departure:
    """What a methodology explicitly lets differ between reference and project, and where it says so."""

    reason: str
    oxidation_reference: Decimal | None = None
    docf_reference: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Project:
    """A semi-aerobic landfill project.

    Attributes
    ----------
    start_year, end_year : first and last year for which reductions are counted; the end may be open
    to : as for a conversion; empty when the site's own conversions say it
    electricity : MWh by year; ``grid_ef`` in tCO2/MWh with ``grid_ef_source``
    departure : None, or what the methodology lets differ
    """

    start_year: int
    end_year: int | None = None
    template: str = JCM_SEMI_AEROBIC
    version: str = "1"
    to: str = "semi_aerobic"
    checklist: Checklist = field(default_factory=Checklist)
    electricity: Mapping[int, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    grid_ef: Decimal = Decimal(0)
    grid_ef_source: str = ""
    fuels: tuple[Fuel, ...] = ()
    departure: Departure | None = None
