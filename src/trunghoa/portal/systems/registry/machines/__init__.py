"""The lives of what this room keeps; importing declares them."""

from . import change, issuance, methodology, order, project  # noqa: F401
