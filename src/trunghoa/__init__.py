"""Trung hòa: measure, plan, act, credit, warn and report toward carbon neutrality by 2050."""

__version__ = "0.1.0"
