"""Words of Article 6 as the common nomenclatures of the reports spell them, and codes of this part."""

from django.utils.translation import gettext_lazy as _

from .words import PARTY

PARTIES = tuple(PARTY.values())
PARTY_NAMES = {"VNM": _("Viet Nam"), "JPN": _("Japan")}
# Exact words of the nomenclature: they go into the reports as they stand.
PURPOSES = ("NDC", "OIMP", "IMP", "OP", "NDC and OIMP", "NDC and IMP", "NDC and OP")
AUTHORISATION, ISSUANCE, USE = "Authorisation", "Issuance", "Use or Cancellation"
DEFINITIONS = (AUTHORISATION, ISSUANCE, USE)
TRANSFER = "First international transfer"
METRICS = ("GHG", "non-GHG")
MITIGATION = ("Emission reductions", "Removals", "Emission reductions and removals")
METHODS = [
    ("trajectory", _("single-year NDC: trajectory, annual adjustments")),
    ("averaging", _("single-year NDC: averaging")),
    ("multi-year", _("multi-year NDC: annual adjustments, cumulative at the end")),
]
DENOMINATORS = [("elapsed", _("elapsed years")), ("period", _("all years of the period"))]
# Marks of units in the ledger: what is first transferred, and by which authorisation it is an ITMO.
FIRST_TRANSFER = "first_transfer"
AUTHORISED = "authorised:"


def for_ndc(purpose: str) -> bool:
    return purpose.startswith("NDC")


def for_oimp(purpose: str) -> bool:
    """For international mitigation purposes, other purposes, or both of them."""
    return bool(purpose) and purpose != "NDC"
