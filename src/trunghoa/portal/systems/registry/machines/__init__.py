"""The lives of what this room keeps; importing declares them."""

from . import approval, authorisation, issuance, methodology, order, project  # noqa: F401
