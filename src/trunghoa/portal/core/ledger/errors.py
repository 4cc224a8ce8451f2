"""What an entry in the ledger can be refused for.

TrungHoaError
└── LedgerError
    ├── Refused      the units, accounts or people do not allow it; nothing was written
    └── Conflict     the key was used for something else; an API answers 409
"""

from trunghoa.quantities import TrungHoaError


class LedgerError(TrungHoaError):
    """Nothing was written; the message, in the reader's language, says what to do."""


class Refused(LedgerError):
    """The ledger does not allow this now."""


class Conflict(LedgerError):
    """The idempotency key stands for another transaction already."""

    status = 409
