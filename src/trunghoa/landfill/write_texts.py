"""Every text of the verifier's workbook. ``ALL`` is what a translation has to cover."""

from __future__ import annotations

from trunghoa.quantities import N_

INPUTS, PARAMETERS, RESULTS, FINANCE = N_("Inputs"), N_("Parameters"), N_("Results"), N_("Finance")
FOD, TOOL04, TOOL04_MONTHLY = N_("FOD"), N_("TOOL04"), N_("TOOL04 monthly")
MPS_INPUT, MPS_CALC = N_("MPS(input)"), N_("MPS(calc_process)")

T_INPUTS = N_("Landfill: what was deposited, where and how")
T_PARAMETERS = N_("Parameters used, each with its source")
T_FOD = N_("First-order decay of one waste type, IPCC equations 3.2 to 3.6")
T_RESULTS = N_("Methane of the site, all waste types")
T_TOOL04 = N_("CDM TOOL04: baseline emissions of the site before any conversion")
T_MPS_INPUT = N_("Monitoring spreadsheet: parameters monitored, parameters fixed, emission reductions")
T_MPS_CALC = N_("Monitoring spreadsheet: calculation of reference and project emissions")
T_FINANCE = N_("Costs and income of the project")

HOW = N_("Blue cells are inputs; every other number is a formula on them. Change an input and all follows.")
SITE, KEY, OPENED, CLOSED = N_("Site"), N_("Key"), N_("Opened"), N_("Closed")
SOURCE, STATUS, NOTE, UNIT = N_("Source"), N_("Status"), N_("Note"), N_("Unit")
GUIDELINE, AS_OF, GWP_SET = N_("Guideline"), N_("Parameters as of"), N_("GWP set")
CLIMATE, MCF_CLASS, CONVERSION = N_("Climate class"), N_("MCF class"), N_("Conversion")
PARAMETER, VALUE, LOWER, UPPER = N_("Parameter"), N_("Value"), N_("Lower bound"), N_("Upper bound")
YEAR, MONTH = N_("Year"), N_("Month")

DEPOSITED = N_("Waste deposited, inert included")
SHARE_IN = N_("Share deposited as")
MCF_YEAR = N_("MCF of the year of deposit")
OX, R_TONNES, R_SHARE = (
    N_("Oxidation OX"),
    N_("CH4 recovered, tonnes"),
    N_("CH4 recovered, share of generated"),
)
K, DOC, DOCF, F, M = (
    N_("Decay rate k"),
    N_("DOC, wet basis"),
    N_("DOCf"),
    N_("F, CH4 in landfill gas"),
    N_("Reaction start month M"),
)
WAIT = N_("Whole years before decay starts")
FRACTION = N_("Part of the first year in which waste decays")
W = N_("Waste W")
DDOCM = N_("DDOCm deposited")
STARTED = N_("DDOCm that starts to react")
DEC0, REM0 = N_("decomposed in the first year"), N_("left of it at the end of the year")
ACCUMULATED, DECOMPOSED = N_("DDOCm accumulated"), N_("DDOCm decomposed")
GENERATED, STORED = N_("CH4 generated"), N_("Carbon stored")
RECOVERED, EMITTED, CO2E = N_("CH4 recovered"), N_("CH4 emitted"), N_("CO2 equivalent")
SUM = N_("Sum")

PHI, CAPTURED, MCF = N_("Model correction factor φ"), N_("Share captured f"), N_("MCF")
GWP = N_("GWP of CH4")
STATE = N_("Σ W·DOC·e^(−k·age)")
DECAYING = N_("DOC decaying")
BASELINE = N_("Baseline emissions BE")

TABLE_MONITORED = N_("Table 1: parameters monitored ex post")
TABLE_FIXED = N_("Table 2: parameters fixed ex ante")
TABLE_REDUCTIONS = N_("Table 3: emission reductions")
METHODOLOGY = N_("Methodology template")
MCF_REFERENCE, MCF_PROJECT = N_("MCF of the reference"), N_("MCF of the project")
OX_REFERENCE, OX_PROJECT = N_("OX of the reference"), N_("OX of the project")
DOCF_REFERENCE = N_("DOCf of the reference")
ELECTRICITY, FUEL = N_("Electricity consumed"), N_("Fuel consumed")
GRID_EF, NCV, FUEL_EF = (
    N_("Emission factor of the grid"),
    N_("Net calorific value"),
    N_("Emission factor of the fuel"),
)
CO2_ELECTRICITY, CO2_FUEL = N_("CO2 of electricity"), N_("CO2 of fuel")
REFERENCE, PROJECT = N_("Reference"), N_("Project")
RE, PE, ER = N_("Reference emissions RE"), N_("Project emissions PE"), N_("Emission reductions ER")
CUMULATIVE = N_("ER, cumulative")
DEPARTURE = N_("Departure declared")

PRICE, CREDIT_SHARE, RATE = N_("Price of a credit"), N_("Share of reductions sold"), N_("Discount rate r")
T = N_("t, years from the first")
CAPEX, OPEX, GRANT, OTHER = N_("Capital cost"), N_("Operating cost"), N_("Grant"), N_("Other income")
COUNTED, REVENUE = N_("ER that counts"), N_("Revenue from credits")
CASH_FLOW, FACTOR = N_("Cash flow"), N_("Discount factor")
NPV, IRR = N_("Net present value"), N_("Internal rate of return")
NO_IRR, MANY_IRR = N_("none"), N_("several: do not rank by them")
LEVELISED, UNDISCOUNTED = N_("Cost per tonne, discounted"), N_("Cost per tonne, undiscounted")
GRANT_PER_TONNE, BREAK_EVEN = N_("Grant per tonne, undiscounted"), N_("Break-even price")
PV_COST, PV_ER, PV_GRANT = (
    N_("Present value of costs"),
    N_("Discounted tonnes"),
    N_("Present value of grants"),
)
PV_OTHER = N_("Present value of other income")
UNDISCOUNTED_ER = N_("Undiscounted tonnes")
NO_MEANING = N_("has no meaning here")
CONVENTION = N_(
    "t = 0 is the year of works: capital cost and grant only. Revenue, operating cost and tonnes from t = 1."
)

WASTE = {
    "food": N_("food"),
    "garden": N_("garden and park"),
    "paper": N_("paper and cardboard"),
    "wood": N_("wood and straw"),
    "textiles": N_("textiles"),
    "nappies": N_("nappies"),
    "bulk_msw": N_("mixed municipal waste"),
}
CLASSES = {
    "tropical_wet": N_("tropical, moist and wet"),
    "tropical_dry": N_("tropical, dry"),
    "temperate_wet": N_("temperate, wet"),
    "temperate_dry": N_("temperate, dry"),
    "managed_anaerobic": N_("managed, anaerobic"),
    "managed_well_semi_aerobic": N_("managed well, semi-aerobic"),
    "managed_poorly_semi_aerobic": N_("managed poorly, semi-aerobic"),
    "managed_well_active_aeration": N_("managed well, active aeration"),
    "managed_poorly_active_aeration": N_("managed poorly, active aeration"),
    "unmanaged_deep": N_("unmanaged, deep or high water table"),
    "unmanaged_shallow": N_("unmanaged, shallow"),
    "uncategorised": N_("uncategorised"),
    "declared": N_("MCF set by hand"),
}
QUALITY = {
    "verified": N_("verified"),
    "unverified": N_("unverified"),
    "illustrative": N_("illustrative"),
}

ALL = tuple(
    dict.fromkeys(
        text
        for name, value in dict(vars()).items()
        if name.isupper()
        for text in (value.values() if isinstance(value, dict) else [value])
        if isinstance(text, str)
    )
)
