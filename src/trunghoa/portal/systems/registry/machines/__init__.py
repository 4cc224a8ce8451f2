"""The lives of what this room keeps; importing declares them."""

from . import approval, authorisation, final_year, issuance, methodology, order, project, reports  # noqa: F401
