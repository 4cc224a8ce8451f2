"""What stops a publication."""

from trunghoa.quantities import TrungHoaError


class PublicationError(TrungHoaError):
    """Root of what stops a publication."""


class UnbackedNumber(PublicationError):
    """A digit of the rendered report is accounted for by no frozen figure, date, period or identifier."""


class FrozenError(PublicationError):
    """Somebody tried to change what has been frozen."""


class NotOfficial(PublicationError):
    """An official statement was asked for, but some of its numbers are not verified."""


class TranslationError(PublicationError):
    """A translation lacks a slot of its message, or has one too many."""
