"""Sets, parameters and results of OSeMOSYS and of the MUIO 5.4 dialect, with their dimensions.

Source: OSeMOSYS GNU MathProg (long formulation) and the data format of otoole for names, dimensions and
the defaults that mean "nothing"; MUIO 5.4 model file for the parameters marked ``muio``. The defaults
here stand only where a data set gives none of its own; official data use −1 for "no limit".
"""

from __future__ import annotations

from dataclasses import dataclass

R, T, F, E, S, Y = "REGION", "TECHNOLOGY", "FUEL", "EMISSION", "STORAGE", "YEAR"
L, M, LS, LD, LH = "TIMESLICE", "MODE_OF_OPERATION", "SEASON", "DAYTYPE", "DAILYTIMEBRACKET"
UDC, INTRADAY, INTRAYEAR = "UDC", "STORAGEINTRADAY", "STORAGEINTRAYEAR"

SETS = (R, T, F, E, S, Y, L, M, LS, LD, LH, UDC, INTRADAY, INTRAYEAR)
NUMBERED = (Y, LS, LD, LH)
"""Sets whose members are whole numbers, in the order of the numbers."""
NEEDED = (R, T, F, Y, L, M)
"""Sets without which there is no model."""
ALIASES = {"COMMODITY": F}

NO_LIMIT = -1.0


@dataclass(frozen=True, slots=True)
class Spec:
    """One parameter.

    Attributes
    ----------
    dims : its sets, in the order of its columns
    default : what stands where a data set says nothing; None if it must be given or is derived
    measure : what kind of quantity it is, to attach units on export
    muio : it exists only in the MUIO dialect
    """

    name: str
    dims: tuple[str, ...]
    default: float | None
    measure: str = ""
    muio: bool = False


PARAMETERS = {
    p.name: p
    for p in (
        Spec("YearSplit", (L, Y), None),
        Spec("DiscountRate", (R,), 0.05),
        Spec("DiscountRateIdv", (R, T), None),
        Spec("DiscountRateStorage", (R, S), None),
        Spec("DepreciationMethod", (R,), 1.0),
        Spec("DaySplit", (LH, Y), 0.00137),
        Spec("Conversionls", (L, LS), 0.0),
        Spec("Conversionld", (L, LD), 0.0),
        Spec("Conversionlh", (L, LH), 0.0),
        Spec("DaysInDayType", (LS, LD, Y), 7.0),
        Spec("TradeRoute", (R, R, F, Y), 0.0),
        Spec("SpecifiedAnnualDemand", (R, F, Y), 0.0, "energy"),
        Spec("SpecifiedDemandProfile", (R, F, L, Y), 0.0),
        Spec("AccumulatedAnnualDemand", (R, F, Y), 0.0, "energy"),
        Spec("CapacityToActivityUnit", (R, T), 1.0),
        Spec("CapacityFactor", (R, T, L, Y), 1.0),
        Spec("AvailabilityFactor", (R, T, Y), 1.0),
        Spec("OperationalLife", (R, T), 1.0),
        Spec("ResidualCapacity", (R, T, Y), 0.0, "capacity"),
        Spec("InputActivityRatio", (R, T, F, M, Y), 0.0),
        Spec("OutputActivityRatio", (R, T, F, M, Y), 0.0),
        Spec("CapitalCost", (R, T, Y), 0.0, "money/capacity"),
        Spec("VariableCost", (R, T, M, Y), 0.0, "money/energy"),
        Spec("FixedCost", (R, T, Y), 0.0, "money/capacity"),
        Spec("TechnologyToStorage", (R, T, S, M), 0.0),
        Spec("TechnologyFromStorage", (R, T, S, M), 0.0),
        Spec("StorageLevelStart", (R, S), 0.0, "energy"),
        Spec("StorageMaxChargeRate", (R, S), 0.0),
        Spec("StorageMaxDischargeRate", (R, S), 0.0),
        Spec("MinStorageCharge", (R, S, Y), 0.0),
        Spec("OperationalLifeStorage", (R, S), 0.0),
        Spec("CapitalCostStorage", (R, S, Y), 0.0, "money/energy"),
        Spec("ResidualStorageCapacity", (R, S, Y), 0.0, "energy"),
        Spec("CapacityOfOneTechnologyUnit", (R, T, Y), 0.0, "capacity"),
        Spec("TotalAnnualMaxCapacity", (R, T, Y), NO_LIMIT, "capacity"),
        Spec("TotalAnnualMinCapacity", (R, T, Y), 0.0, "capacity"),
        Spec("TotalAnnualMaxCapacityInvestment", (R, T, Y), NO_LIMIT, "capacity"),
        Spec("TotalAnnualMinCapacityInvestment", (R, T, Y), 0.0, "capacity"),
        Spec("TotalTechnologyAnnualActivityUpperLimit", (R, T, Y), NO_LIMIT, "energy"),
        Spec("TotalTechnologyAnnualActivityLowerLimit", (R, T, Y), 0.0, "energy"),
        Spec("TotalTechnologyModelPeriodActivityUpperLimit", (R, T), NO_LIMIT, "energy"),
        Spec("TotalTechnologyModelPeriodActivityLowerLimit", (R, T), 0.0, "energy"),
        Spec("ReserveMarginTagTechnology", (R, T, Y), 0.0),
        Spec("ReserveMarginTagFuel", (R, F, Y), 0.0),
        Spec("ReserveMargin", (R, Y), 1.0),
        Spec("RETagTechnology", (R, T, Y), 0.0),
        Spec("RETagFuel", (R, F, Y), 0.0),
        Spec("REMinProductionTarget", (R, Y), 0.0),
        Spec("EmissionActivityRatio", (R, T, E, M, Y), 0.0),
        Spec("EmissionsPenalty", (R, E, Y), 0.0, "money/emission"),
        Spec("AnnualExogenousEmission", (R, E, Y), 0.0, "emission"),
        Spec("AnnualEmissionLimit", (R, E, Y), NO_LIMIT, "emission"),
        Spec("ModelPeriodExogenousEmission", (R, E), 0.0, "emission"),
        Spec("ModelPeriodEmissionLimit", (R, E), NO_LIMIT, "emission"),
        Spec("YearWeight", (Y,), 1.0),
        Spec("CapitalRecoveryFactor", (R, T), None, muio=True),
        Spec("PvAnnuity", (R, T), None, muio=True),
        Spec("InputToNewCapacityRatio", (R, T, F, Y), 0.0, muio=True),
        Spec("InputToTotalCapacityRatio", (R, T, F, Y), 0.0, muio=True),
        Spec("TechnologyActivityByModeLowerLimit", (R, T, M, Y), 0.0, "energy", muio=True),
        Spec("TechnologyActivityByModeUpperLimit", (R, T, M, Y), 0.0, "energy", muio=True),
        Spec("TechnologyActivityIncreaseByModeLimit", (R, T, M, Y), 0.0, muio=True),
        Spec("TechnologyActivityDecreaseByModeLimit", (R, T, M, Y), 0.0, muio=True),
        Spec("EmissionToActivityChangeRatio", (R, T, E, M, Y), 0.0, muio=True),
        Spec("UDCMultiplierTotalCapacity", (R, T, UDC, Y), 0.0, muio=True),
        Spec("UDCMultiplierNewCapacity", (R, T, UDC, Y), 0.0, muio=True),
        Spec("UDCMultiplierActivity", (R, T, UDC, Y), 0.0, muio=True),
        Spec("UDCConstant", (R, UDC, Y), 0.0, muio=True),
        Spec("UDCTag", (R, UDC), NO_LIMIT, muio=True),
    )
}

UPPER_LIMITS = frozenset(
    {
        "TotalAnnualMaxCapacity",
        "TotalAnnualMaxCapacityInvestment",
        "TotalTechnologyAnnualActivityUpperLimit",
        "TotalTechnologyModelPeriodActivityUpperLimit",
        "TechnologyActivityByModeUpperLimit",
        "AnnualEmissionLimit",
        "ModelPeriodEmissionLimit",
    }
)

# MUIO writes these as hints for its own model file; they follow from the ratios and are not read.
DERIVED_SETS = (
    "MODExTECHNOLOGYperFUELout",
    "MODExTECHNOLOGYperFUELin",
    "MODExTECHNOLOGYperSTORAGEto",
    "MODExTECHNOLOGYperSTORAGEfrom",
    "MODExTECHNOLOGYperEMISSION",
    "MODExTECHNOLOGYperEMISSIONChange",
    "MODEperTECHNOLOGY",
    "INPUTxFUEL",
    "INPUTxNEWxCAPACITYperFUEL",
    "INPUTxTOTALxCAPACITYperFUEL",
)
IGNORED = frozenset({"ResultsPath", *DERIVED_SETS})

_RT, _RTY, _RLTFY = (R, T), (R, T, Y), (R, L, T, F, Y)

RESULTS: dict[str, tuple[tuple[str, ...], str]] = {
    "AccumulatedNewCapacity": (_RTY, "capacity"),
    "AnnualEmissions": ((R, E, Y), "emission"),
    "AnnualFixedOperatingCost": (_RTY, "money"),
    "AnnualTechnologyEmission": ((R, T, E, Y), "emission"),
    "AnnualTechnologyEmissionByMode": ((R, T, E, M, Y), "emission"),
    "AnnualVariableOperatingCost": (_RTY, "money"),
    "CapitalInvestment": (_RTY, "money"),
    "Demand": ((R, L, F, Y), "energy"),
    "DiscountedSalvageValue": (_RTY, "money"),
    "DiscountedTechnologyEmissionsPenalty": (_RTY, "money"),
    "NewCapacity": (_RTY, "capacity"),
    "ProductionByTechnology": (_RLTFY, "energy"),
    "ProductionByTechnologyAnnual": ((R, T, F, Y), "energy"),
    "RateOfActivity": ((R, L, T, M, Y), "energy"),
    "RateOfProductionByTechnology": (_RLTFY, "energy"),
    "RateOfProductionByTechnologyByMode": ((R, L, T, M, F, Y), "energy"),
    "RateOfUseByTechnology": (_RLTFY, "energy"),
    "RateOfUseByTechnologyByMode": ((R, L, T, M, F, Y), "energy"),
    "SalvageValue": (_RTY, "money"),
    "TotalAnnualTechnologyActivityByMode": ((R, T, M, Y), "energy"),
    "TotalCapacityAnnual": (_RTY, "capacity"),
    "TotalDiscountedCost": ((R, Y), "money"),
    "TotalTechnologyAnnualActivity": (_RTY, "energy"),
    "TotalTechnologyModelPeriodActivity": (_RT, "energy"),
    "UseByTechnology": (_RLTFY, "energy"),
}
"""The 25 OSeMOSYS result tables: dimensions and kind of quantity."""

FURTHER_RESULTS: dict[str, tuple[tuple[str, ...], str]] = {
    "NumberOfNewTechnologyUnits": (_RTY, ""),
    "Trade": ((R, R, L, F, Y), "energy"),
    "NewStorageCapacity": ((R, S, Y), "energy"),
    "SalvageValueStorage": ((R, S, Y), "money"),
    "StorageLevelYearStart": ((R, S, Y), "energy"),
    "StorageLevelSeasonStart": ((R, S, LS, Y), "energy"),
    "StorageLevelDayTypeStart": ((R, S, LS, LD, Y), "energy"),
    "StorageLevelDayTypeFinish": ((R, S, LS, LD, Y), "energy"),
    "StorageLevelYearFinish": ((R, S, Y), "energy"),
}
"""Tables written only where a model has units, trade or storage."""
