"""Units, gases, periods, places and the Figure. No I/O."""

from .errors import (
    N_,
    GasError,
    InputError,
    ModelError,
    ParameterError,
    PeriodError,
    PlaceError,
    Problem,
    TrungHoaError,
    UnitError,
)
from .figures import Figure, Quality, Status, worst
from .gases import CH4_BIOGENIC, CH4_FOSSIL, Blend, GwpSet, canonical_gas
from .numbers import format_number, from_float, parse_number
from .periods import Period, check_year, format_date
from .places import Gazetteer, Place, PlaceKey, search_key, sort_key
from .units import UNITS, Unit, conversion, convert, unit

__all__ = [
    "CH4_BIOGENIC",
    "CH4_FOSSIL",
    "N_",
    "UNITS",
    "Blend",
    "Figure",
    "GasError",
    "Gazetteer",
    "GwpSet",
    "InputError",
    "ModelError",
    "ParameterError",
    "Period",
    "PeriodError",
    "Place",
    "PlaceError",
    "PlaceKey",
    "Problem",
    "Quality",
    "Status",
    "TrungHoaError",
    "Unit",
    "UnitError",
    "canonical_gas",
    "check_year",
    "conversion",
    "convert",
    "format_date",
    "format_number",
    "from_float",
    "parse_number",
    "search_key",
    "sort_key",
    "unit",
    "worst",
]  # fmt: skip
