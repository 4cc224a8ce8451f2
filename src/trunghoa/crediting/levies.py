"""Contributions to adaptation and to overall mitigation (OMGE), as units that are really moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from trunghoa.parameters import Parameter, Parameters
from trunghoa.quantities import N_, InputError, Problem


@dataclass(frozen=True, slots=True)
class Levies:
    """Units out of a quantity: to the Adaptation Fund, cancelled for OMGE, and what remains."""

    quantity: int
    adaptation: int
    omge: int

    def __post_init__(self) -> None:
        for field, value in (("adaptation", self.adaptation), ("omge", self.omge)):
            if value < 0:
                raise InputError(
                    Problem(
                        N_("%(value)s units cannot be contributed."), field=field, value=str(value), limit="0"
                    )
                )
        if self.adaptation + self.omge > self.quantity:
            raise InputError(
                Problem(
                    N_("Contributions of %(value)s units are more than the %(limit)s there are."),
                    field="adaptation, omge",
                    value=str(self.adaptation + self.omge),
                    limit=str(self.quantity),
                )
            )

    @property
    def remaining(self) -> int:
        return self.quantity - self.adaptation - self.omge

    def postings(self) -> tuple[tuple[str, int], ...]:
        """What is to be posted, by kind of transaction; a contribution of nothing has no posting."""
        amounts = (("levy_sop", self.adaptation), ("cancel_omge", self.omge))
        return tuple((kind, amount) for kind, amount in amounts if amount)


def propose_levies(
    quantity: int, mechanism: str, parameters: Parameters, as_of: date
) -> tuple[Levies, tuple[Parameter, Parameter]]:
    """Contributions that a mechanism asks for (``A6.2`` or ``A6.4``), with the shares they come from.

    A share of whole units is rounded up: a least share is not undercut. Under Article 6.2 nothing is
    required; who contributes gives the amount: ``Levies(quantity, adaptation, omge)``.

    Raises
    ------
    ParameterError
        for a mechanism or date without a share.
    """
    adaptation, omge = (
        parameters.get("article6_levies", as_of=as_of, mechanism=mechanism, item=item)
        for item in ("adaptation", "omge")
    )
    up = [int((Decimal(quantity) * p.value).to_integral_value(ROUND_CEILING)) for p in (adaptation, omge)]
    # So few units that both shares cannot be rounded up: adaptation first, as at issuance.
    return Levies(quantity, up[0], min(up[1], quantity - up[0])), (adaptation, omge)
