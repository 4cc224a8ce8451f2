"""Emission-reduction pathways and carbon prices (S1): AIM/Enduse and OSeMOSYS as one linear program."""

from .lp import Arrays, Block, Program
from .solving import METHODS, Solution, Solver, solve

__all__ = ["METHODS", "Arrays", "Block", "Program", "Solution", "Solver", "solve"]
