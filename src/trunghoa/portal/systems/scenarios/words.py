"""The words of the trade, in one place."""

from django.utils.translation import gettext_lazy as _

# Categories of the national inventory, in its order.
CATEGORIES = {
    "energy": _("energy"),
    "ippu": _("industrial processes"),
    "agriculture": _("agriculture"),
    "lulucf": _("land use and forestry"),
    "waste": _("waste"),
}
FORESIGHTS = [
    ("recursive", _("recursive: year by year")),
    ("perfect", _("perfect: all years at once")),
    ("rolling", _("rolling: windows of years")),
]
METHODS = [("simplex", _("simplex")), ("ipm", _("interior point"))]
# What the numbers of a handed-in model are measured in, with an example of each.
UNITS = {
    "energy": _("Unit of energy, such as PJ"),
    "capacity": _("Unit of capacity, such as GW"),
    "money": _("Unit of money with its price year, such as million USD2015"),
    "emission": _("Unit of emissions, such as Mt"),
}
COSTS = {
    "operating": _("operation"),
    "energy": _("energy bought"),
    "capital": _("capital, new units"),
    "replacement": _("replacement"),
    "retrofit": _("retrofit"),
    "emission_payment": _("payment for emissions"),
    "credits": _("credits bought"),
    "standing": _("capital, all standing units"),
}
STATUSES = {
    "optimal": _("solved"),
    "infeasible": _("no solution"),
    "unbounded": _("unbounded"),
    "unbounded or infeasible": _("no solution"),
    "time limit": _("time limit reached"),
    "cancelled": _("cancelled"),
}
KINDS = {
    "sum of yearly costs": _("sum of yearly costs, not discounted"),
    "discounted system cost": _("discounted system cost"),
}
ENDINGS = {
    "cancelled": _("The run was cancelled."),
    "time": _("The run was stopped: it took longer than it may."),
    "memory": _("The run was stopped: it needed more memory than it may."),
    "refused": _("The run was refused."),
    "crashed": _("The solver ended without an answer."),
}
TABLE_GROUPS = (
    (_("Demand and prices"), ("demand", "energy_price", "emission_tax", "emission_limit", "energy_supply")),
    (
        _("Devices"),
        (
            "capital_cost", "operating_cost", "subsidy", "life", "hurdle_rate", "weibull_shape", "output",
            "output_change", "input", "input_change", "operating_change", "fully_operated", "stock",
            "retrofit_cost", "retrofit_subsidy", "replacement_cost",
        ),
    ),
    (
        _("Limits"),
        (
            "device_share", "group_share", "within_group_share", "region_share", "recruitment",
            "stock_limit", "surplus_limit",
        ),
    ),
    (
        _("Emissions"),
        (
            "emission_factor", "process_emission", "kept_price", "intensity_limit", "offset_share",
            "offset_price",
        ),
    ),
)  # fmt: skip
COLUMNS = {
    "region": _("Region"),
    "sector": _("Sector"),
    "device": _("Device"),
    "to": _("Turned into"),
    "service": _("Service"),
    "energy": _("Energy"),
    "gas": _("Gas"),
    "gases": _("Gases"),
    "places": _("Places"),
    "energies": _("Energies"),
    "group": _("Group"),
    "share_group": _("Group"),
    "vintage": _("Year of building"),
    "commodity": _("Commodity"),
    "area": _("Area"),
    "bound": _("Bound"),
    "year": _("Year"),
    "value": _("Value"),
    "unit": _("Unit"),
    "quality": _("Quality"),
    "source": _("Source"),
    "kind": _("Kind"),
}
BOUNDS = {"min": _("at least"), "max": _("at most"), "total": _("at most, over all years")}
