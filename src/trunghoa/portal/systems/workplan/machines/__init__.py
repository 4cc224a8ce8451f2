"""The room's machines; importing them declares them."""

from . import activity, meetings, proposals

__all__ = ["activity", "meetings", "proposals"]
