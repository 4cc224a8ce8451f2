"""What the sheets of one workbook share: the run, and where its inputs and parameters stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

import numpy as np

from .fod import Decay, FloatArray, recurrence
from .inputs import Inputs
from .run import Result
from .workbook import Book, Sheet


@dataclass
class Frame:
    """``parameter`` maps a short key to the cell of its value; yearly inputs begin at ``first_row``.

    Columns of the Inputs sheet: waste types from ``tonnes_column``; MCF, OX, R in tonnes and R as a share
    from ``mcf_column``.
    """

    book: Book
    result: Result
    sheet: Sheet
    parameter: dict[str, str] = field(default_factory=dict)
    first_row: int = 0
    tonnes_column: int = 0
    mcf_column: int = 0

    @property
    def inputs(self) -> Inputs:
        return self.result.inputs

    @property
    def wait(self) -> int:
        """Whole years by which decay is put off."""
        return max(0, ceil((self.inputs.reaction_start_month - 13.0) / 12.0))

    @property
    def fraction(self) -> float:
        return (13.0 + 12.0 * self.wait - self.inputs.reaction_start_month) / 12.0

    def started(self, carbon: FloatArray) -> FloatArray:
        """What begins to decay in each year: the deposits, ``wait`` years later."""
        return np.concatenate([np.zeros(self.wait), carbon])[: len(carbon)]

    def decay(self, carbon: FloatArray, j: int) -> Decay:
        """The recurrence of waste type j, (Y,)."""
        found = recurrence(self.started(carbon)[:, None], self.inputs.k[[j]], self.fraction)
        return Decay(found.decomposed[:, 0], found.accumulated[:, 0])

    def deposited(self, i: int) -> str:
        return self.sheet.ref(self.first_row + i, 1)

    def tonnes(self, i: int, j: int) -> str:
        return self.sheet.ref(self.first_row + i, self.tonnes_column + j)

    def mcf(self, i: int) -> str:
        return self.sheet.ref(self.first_row + i, self.mcf_column)

    def oxidation(self, i: int) -> str:
        return self.sheet.ref(self.first_row + i, self.mcf_column + 1)

    def recovery(self, i: int) -> tuple[str, str]:
        row = self.first_row + i
        return self.sheet.ref(row, self.mcf_column + 2), self.sheet.ref(row, self.mcf_column + 3)
