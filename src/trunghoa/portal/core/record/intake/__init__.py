"""What a handed-in file really is. Nothing is believed that the bytes do not say."""

from .check import Accepted, check, content_of, inspect, sniff
from .names import clean
from .packages import is_office, texts_of
from .refusal import Conflict, TooLarge, refuse

__all__ = [
    "Accepted", "Conflict", "TooLarge", "check", "clean", "content_of", "inspect", "is_office", "refuse",
    "sniff", "texts_of",
]  # fmt: skip
