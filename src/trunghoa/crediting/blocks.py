"""Blocks of authorised mitigation outcomes, and when each is first transferred."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from trunghoa.quantities import N_, InputError, Problem

FIRST_INTERNATIONAL_TRANSFER = "First international transfer"


class Purpose(StrEnum):
    """What a block is authorised for: towards an NDC (perhaps OIMP too), OIMP only, or nothing."""

    NDC = "ndc"
    OIMP_ONLY = "oimp_only"
    NONE = "none"


class Definition(StrEnum):
    """What a Party may specify as first transfer for OIMP (Decision 2/CMA.3 annex para 2(b))."""

    AUTHORISATION = "Authorisation"
    ISSUANCE = "Issuance"
    USE = "Use or Cancellation"


@dataclass(frozen=True, slots=True)
class Block:
    """Units of one authorisation, vintage and state.

    Attributes
    ----------
    key : names the block once in its list; a serial or a number
    party : the Party that first transfers
    definition : first transfer for OIMP as the Party specified it for this authorisation, as written there
    ndc, oimp : authorised for use towards an NDC, for other international mitigation purposes
    quantity : t CO2e, whole tonnes
    vintage : calendar year in which the mitigation occurred
    authorised, issued, transferred, used : years of the events; None where not recorded
    on_carp : the authorisation stands on the centralized accounting and reporting platform; None: unknown
    row : row in the file it was read from
    """

    key: str
    party: str
    definition: str
    ndc: bool
    oimp: bool
    quantity: int
    vintage: int
    authorised: int | None = None
    issued: int | None = None
    transferred: int | None = None
    used: int | None = None
    on_carp: bool | None = None
    programme: str = ""
    row: int | None = field(default=None, compare=False)

    @property
    def purpose(self) -> Purpose:
        if self.ndc:
            return Purpose.NDC
        return Purpose.OIMP_ONLY if self.oimp else Purpose.NONE


@dataclass(frozen=True, slots=True)
class FirstTransfer:
    """Year and event of a first transfer; or, year None, the reason why it cannot be told."""

    year: int | None
    event: str = ""
    reason: str = ""


def canonical_definition(text: str) -> str:
    """The nomenclature's spelling of a definition; any other text comes back as it is."""
    wanted = " ".join(text.split()).casefold().replace("authorization", "authorisation")
    known = (*(d.value for d in Definition), FIRST_INTERNATIONAL_TRANSFER)
    return next((k for k in known if k.casefold() == wanted), text.strip())


def first_transfer(block: Block) -> FirstTransfer:
    """When a block is first transferred.

    For use towards an NDC it is the first international transfer; for OIMP it is what the Party specified
    for that authorisation; for both it is the earlier event. An unspecified definition, or one whose year is
    not recorded, is never guessed.

    Source: Decision 2/CMA.3 annex para 2.
    """
    if block.purpose is Purpose.NONE:
        return FirstTransfer(None, reason=N_("The block is authorised for no purpose."))
    years = {
        Definition.AUTHORISATION.value: block.authorised,
        Definition.ISSUANCE.value: block.issued,
        Definition.USE.value: block.used,
        FIRST_INTERNATIONAL_TRANSFER: block.transferred,
    }
    definition = canonical_definition(block.definition)
    if block.oimp and not definition:
        return FirstTransfer(None, reason=N_("No first transfer is specified for OIMP."))
    if block.oimp and definition not in years:
        return FirstTransfer(
            None, event=definition, reason=N_("The first transfer specified for OIMP is not one that exists.")
        )
    events = [FIRST_INTERNATIONAL_TRANSFER] if block.ndc else []
    events += [definition] if block.oimp and definition not in events else []
    found = [(year, event) for event in events if (year := years[event]) is not None]
    if not found:
        return FirstTransfer(
            None,
            event=events[-1],
            reason=N_("The year of the event that is the first transfer is not recorded."),
        )
    year, event = min(found)
    return FirstTransfer(year, event)


def split(block: Block, first: int) -> tuple[Block, Block]:
    """Cut a block in two of ``first`` and the other units; both parts keep everything else.

    Raises
    ------
    InputError
        where either part would be empty.
    """
    if not 0 < first < block.quantity:
        raise InputError(
            Problem(
                N_("A block of %(limit)s units cannot be cut after %(value)s."),
                field=block.key,
                value=str(first),
                limit=str(block.quantity),
            )
        )
    return (
        replace(block, key=f"{block.key}.1", quantity=first),
        replace(block, key=f"{block.key}.2", quantity=block.quantity - first),
    )
