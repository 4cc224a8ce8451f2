"""Codes of this room and what they are called."""

from django.utils.translation import gettext_lazy as _

# Issuing sides, as serials and the ledger write them: ISO 3166 alpha-2 and alpha-3.
PARTY = {"VN": "VNM", "JP": "JPN"}
SIDE_OF = {party: side for side, party in PARTY.items()}
# ISO 3166 keeps XX and XXZ free for users; here they say that a source does not tell the side.
UNTOLD_SIDE, UNTOLD_PARTY = "XX", "XXZ"
# What a vintage is called where a source does not tell it.
UNTOLD_VINTAGE = 0

ACCOUNT_KINDS = [
    ("national", _("National holding account")),
    ("entity", _("Entity holding account")),
    ("pending", _("Pending: not yet divided")),
    ("external", _("External account (mirror)")),
    ("adaptation", _("Contributions for adaptation")),
    ("retirement_ndc", _("Use towards an NDC")),
    ("retirement_oimp", _("Use for other international mitigation purposes")),
    ("cancel_voluntary", _("Voluntary cancellation")),
    ("cancel_omge", _("Cancellation for overall mitigation (OMGE)")),
    ("issuing", _("Issuing account")),
]
# Sub-accounts of an organisation's account: Circular 11/2026/TT-BNNMT.
SUB_ACCOUNTS = [
    ("", _("whole account")),
    ("general", _("general registration")),
    ("tradable", _("tradable balance")),
    ("transfer", _("transfer")),
    ("borrowing", _("borrowing")),
    ("offset", _("offset")),
    ("surrender", _("surrender")),
    ("blocked", _("blocked")),
]
LEDGER_KIND = {
    "issuing": "issuing",
    "retirement_ndc": "retirement",
    "retirement_oimp": "retirement",
    "cancel_voluntary": "cancellation",
    "cancel_omge": "cancellation",
}
PARTS = [
    ("participant", _("project participant")),
    ("consultant", _("consultant")),
    ("proponent", _("methodology proponent")),
]
