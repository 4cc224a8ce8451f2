"""What a handed-in file really is. Nothing is believed that the bytes do not say."""

from .check import Accepted, check, content_of, inspect, sniff
from .refusal import Conflict, TooLarge, refuse

__all__ = ["Accepted", "Conflict", "TooLarge", "check", "content_of", "inspect", "refuse", "sniff"]
