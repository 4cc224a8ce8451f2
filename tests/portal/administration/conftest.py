"""The same people and organisations as for accounts."""

from tests.portal.accounts.conftest import browser, japanese, officer, operator, organisations

__all__ = ["browser", "japanese", "officer", "operator", "organisations"]
