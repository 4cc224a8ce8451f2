"""Emission-reduction pathways and carbon prices (S1): AIM/Enduse and OSeMOSYS as one linear program."""

from .ensembles import Mapper, dask_mapper
from .lp import Arrays, Block, Program
from .solving import METHODS, Solution, Solver, solve

__all__ = ["METHODS", "Arrays", "Block", "Mapper", "Program", "Solution", "Solver", "dask_mapper", "solve"]
