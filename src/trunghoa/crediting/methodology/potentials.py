"""Whether the potentials fixed at registration are those of the set they are said to be of."""

from __future__ import annotations

from collections.abc import Iterator

from trunghoa.quantities import N_, GasError, GwpSet, Problem

from ..verdict import Finding, finding, unknown
from .model import Methodology, Registration

CHECK = "potentials"


def check_potentials(methodology: Methodology, registration: Registration, gwps: GwpSet) -> Finding:
    """Compare each potential with the named set's value for its gas.

    Unknown where the registration does not say which gas each potential is of; failed where a set of another
    name is given, a gas is not in it, or a value differs.
    """
    if not methodology.gwp_symbol:
        return finding(CHECK, ())
    given = registration.fixed.get(methodology.gwp_symbol)
    values = given if isinstance(given, tuple) else () if given is None else (given,)
    if not values or len(registration.gases) != len(values):
        return unknown(CHECK, N_("The gas of each potential is not named."))
    if gwps.name != registration.gwp_set:
        return finding(
            CHECK,
            [Problem(N_("The registration uses %(value)s, compared was %(limit)s."), field="gwp_set",
                     value=registration.gwp_set, limit=gwps.name)],
        )  # fmt: skip

    def differing() -> Iterator[Problem]:
        for gas, value in zip(registration.gases, values, strict=True):
            try:
                known = gwps.of(gas)
            except GasError as error:
                yield Problem(str(error).replace("%", "%%"), field=methodology.gwp_symbol, value=gas)
                continue
            if value != known:
                yield Problem(
                    N_("The potential %(value)s is not the set's, %(limit)s."),
                    field=gas,
                    value=str(value),
                    limit=str(known),
                    source=gwps.source,
                )

    return finding(CHECK, differing())
