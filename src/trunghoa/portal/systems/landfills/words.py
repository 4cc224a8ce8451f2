"""The words of the trade, in one place: classes and waste types as officials name them."""

from django.utils.translation import gettext_lazy as _

CLIMATE_CLASSES = [
    ("tropical_wet", _("tropical, moist and wet")),
    ("tropical_dry", _("tropical, dry")),
    ("temperate_wet", _("temperate, wet")),
    ("temperate_dry", _("temperate, dry")),
]
MCF_CLASSES = [
    ("managed_anaerobic", _("managed, anaerobic")),
    ("managed_well_semi_aerobic", _("managed well, semi-aerobic")),
    ("managed_poorly_semi_aerobic", _("managed poorly, semi-aerobic")),
    ("managed_well_active_aeration", _("managed well, active aeration")),
    ("managed_poorly_active_aeration", _("managed poorly, active aeration")),
    ("unmanaged_deep", _("unmanaged, deep or high water table")),
    ("unmanaged_shallow", _("unmanaged, shallow")),
    ("uncategorised", _("uncategorised")),
]
CONVERSION_TARGETS = [
    ("semi_aerobic", _("semi-aerobic (well or poorly, after the checklist)")),
    ("active_aeration", _("active aeration (well or poorly, after the checklist)")),
    *MCF_CLASSES,
]
WASTE_TYPES = [
    ("food", _("food")),
    ("garden", _("garden and park")),
    ("paper", _("paper and cardboard")),
    ("wood", _("wood and straw")),
    ("textiles", _("textiles")),
    ("nappies", _("nappies")),
    ("bulk_msw", _("mixed municipal waste")),
    ("plastic", _("plastic")),
    ("metal", _("metal")),
    ("glass", _("glass")),
    ("other", _("other, inert")),
]
WASTE_TEXT = {**dict(WASTE_TYPES), "total": _("total, inert included"), "": _("all types")}
CLIMATE_TEXT = dict(CLIMATE_CLASSES)
MCF_TEXT = {**dict(MCF_CLASSES), "declared": _("MCF set by hand")}
SCENARIO_TEXT = {
    "as_is": _("as is"),
    "reference": _("reference"),
    "project": _("project"),
    "discounted": _("discounted"),
    "undiscounted": _("undiscounted"),
}

PARAMETERS = {
    "k": _("decay rate k"),
    "doc": _("degradable organic carbon DOC"),
    "docf": _("share of DOC that decomposes, DOCf"),
    "mcf": _("methane correction factor MCF"),
    "f": _("share of CH₄ in landfill gas, F"),
    "oxidation": _("oxidation factor OX"),
    "recovery": _("methane recovered, R (factor)"),
    "recovery_metered": _("uncertainty of metered recovery"),
    "recovery_unmetered": _("uncertainty of unmetered recovery"),
    "gwp": _("global warming potential of CH₄"),
    "reaction_start_month": _("month in which decay starts, M"),
    "deep_waste": _("depth from which an unmanaged site is deep"),
    "horizon": _("years shown after the last deposit"),
    "climate.mat_tropical": _("temperature above which a site is tropical"),
    "climate.map_wet": _("precipitation from which a tropical site is wet"),
    "climate.map_per_pet_wet": _("MAP/PET above which a site is wet"),
    "composition_rounding": _("sum of a composition taken as rounding"),
    "composition_refused": _("sum of a composition that is refused"),
    "project.mcf_reference": _("MCF of the reference"),
}


def parameter_name(key: str) -> str:
    """A parameter's short key in words: k.food → decay rate k, food."""
    if key in PARAMETERS:
        return str(PARAMETERS[key])
    stem, _dot, of = key.partition(".")
    if stem == "project":
        return parameter_name(of)
    words = PARAMETERS.get(stem)
    kind = WASTE_TEXT.get(of) or MCF_TEXT.get(of)
    return f"{words}, {kind}" if words and kind else key


# The one source of a limit that no document states; all others are cited as written.
OWN_RULE = _("rule of this program")
