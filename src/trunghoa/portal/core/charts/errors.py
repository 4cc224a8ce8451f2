"""Why something was not drawn."""

from trunghoa.quantities import TrungHoaError


class DrawingError(TrungHoaError):
    """A chart would carry something a page must not contain, or cannot be shown as asked."""


class MapError(DrawingError):
    """The map's data lack something without which no map may be shown."""
