"""The room's machines; importing them declares them."""

from . import activity

__all__ = ["activity"]
