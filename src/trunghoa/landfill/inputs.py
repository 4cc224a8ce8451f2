"""Everything one run of a landfill needs, resolved: arrays, and the parameter behind each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from trunghoa.parameters import Parameter
from trunghoa.quantities import InputError, Problem

from .choices import Choices, Project
from .climate_class import ClimateClass
from .deposits import Deposits, site_problems
from .finance import Terms
from .fod import FloatArray
from .site import Site, SiteClass


@dataclass(frozen=True, slots=True)
class Landfill:
    """A site as given, before any parameter is looked up: what a folder or the portal's tables hold.

    Raises
    ------
    InputError
        for deposits before the site opens or after it closes.
    """

    site: Site
    deposits: Deposits
    choices: Choices = field(default_factory=Choices)
    project: Project | None = None
    finance: Terms | None = None

    def __post_init__(self) -> None:
        problems = site_problems(self.deposits.rows, self.site)
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True)
class Tool04Inputs:
    """Resolved arguments of :mod:`trunghoa.landfill.tool04`; ``mcf`` is the site's before conversions."""

    version: str
    application: str
    climate: str
    phi: float
    captured: float
    oxidation: float
    f: float
    docf: float
    mcf: float


@dataclass(frozen=True, slots=True)
class LandgemInputs:
    """Resolved arguments of :mod:`trunghoa.landfill.landgem`; L0 in m³/t, density in kg/m³."""

    parameter_set: str
    k: float
    l0: float
    density: float
    density_at: str


@dataclass(frozen=True, eq=False)
class ProjectInputs:
    """Resolved project, over the years of the run: (Y,) arrays, zero before ``first``.

    Attributes
    ----------
    first, last : positions of the first and last counted year in ``Inputs.years``
    mcf_reference, mcf : reference value, and (Y,) of the project
    oxidation_reference : (Y,); docf_reference : (J,)
    electricity_co2, fuel_co2 : (Y,), t CO2
    """

    project: Project
    first: int
    last: int
    mcf_reference: float
    mcf: FloatArray
    mcf_classes: tuple[str, ...]
    oxidation_reference: FloatArray
    docf_reference: FloatArray
    electricity_co2: FloatArray
    fuel_co2: FloatArray


@dataclass(frozen=True, eq=False)
class Inputs:
    """Checked and resolved inputs of one site. Made by :func:`trunghoa.landfill.resolve`.

    Attributes
    ----------
    years : Y consecutive years, first deposit to horizon
    waste_types : J degradable waste types
    tonnes : W, (Y, J), t wet
    deposited : (Y,), t wet, inert waste included
    doc, docf, k : (J,); 1, 1, 1/yr
    mcf : (Y,), of the year of deposit = ``mcf_shares @ mcf_values``
    mcf_classes, mcf_values, mcf_shares : C classes the site has had, (C,) and (Y, C) by days
    mcf_first : MCF as if the site had never been converted
    f : F; oxidation : OX, (Y,)
    recovered : R, (Y,), t CH4; ``recovery_metered`` says how well it is known
    used : each parameter looked up, by a short key such as ``k.food``, ``doc.food``, ``docf.food``,
        ``mcf.managed_anaerobic``, ``f``, ``oxidation``, ``gwp``; bounds are ``lower`` and ``upper``
    site_class : MCF class before conversions, with its reason
    last_deposit : year of the last deposit
    notices : what was accepted but should be looked at
    """

    site: Site
    years: tuple[int, ...]
    waste_types: tuple[str, ...]
    tonnes: FloatArray
    deposited: FloatArray
    doc: FloatArray
    docf: FloatArray
    k: FloatArray
    mcf: FloatArray
    mcf_classes: tuple[str, ...]
    mcf_values: FloatArray
    mcf_shares: FloatArray
    mcf_first: float
    f: float
    oxidation: FloatArray
    recovered: FloatArray
    recovery_metered: bool
    reaction_start_month: float
    guideline: str
    climate: ClimateClass
    site_class: SiteClass
    gwp_set: str
    gwp: Decimal
    choices: Choices
    project: ProjectInputs | None
    tool04: Tool04Inputs | None
    landgem: LandgemInputs | None
    finance: Terms | None
    used: Mapping[str, Parameter]
    as_of: date
    last_deposit: int
    notices: tuple[Problem, ...] = field(default=())
