"""A small registry: two parties, a few accounts, one series."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.utils import translation

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.ledger.models import Account, Series
from trunghoa.portal.core.ledger.writing import Act


@pytest.fixture(autouse=True)
def in_english():
    """What is refused is said in the reader's language; the tests read English."""
    with translation.override("en"):
        yield


@dataclass
class Registry:
    """Everything a test of the ledger needs, and acts of its two people."""

    maker: User
    checker: User
    issuing: Account
    alpha: Account
    beta: Account
    retired: Account
    cancelled: Account
    series: Series

    def act(self, **more):
        return Act(**{"key": uuid4(), "by": self.maker, "approved_by": self.checker, **more})


def make_registry():
    organisations = [
        Organisation.objects.create(code=f"holder-{name}", name_vi=name, side="VN", kind="participant")
        for name in ("alpha", "beta")
    ]
    issuing = Account.objects.create(party="VNM", kind="issuing")
    alpha, beta = (Account.objects.create(organisation=o, party="VNM", kind="holding") for o in organisations)
    attributes = {"project": "VN001", "vintage": 2024, "authorisation": "VNM-2025-3"}
    return Registry(
        maker=User.objects.create_user("maker", role="officer"),
        checker=User.objects.create_user("checker", role="officer"),
        issuing=issuing,
        alpha=alpha,
        beta=beta,
        retired=Account.objects.create(party="VNM", kind="retirement"),
        cancelled=Account.objects.create(party="VNM", kind="cancellation"),
        series=Series.objects.create(code="VN001-2024", unit="t CO2e", attributes=attributes, issuer=issuing),
    )


@pytest.fixture
def registry(db):
    return make_registry()
