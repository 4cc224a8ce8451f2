"""What tests of every part share."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest
from django.test import TestCase, TransactionTestCase

# How long an example takes says something about the machine and nothing about the program.
hypothesis.settings.register_profile(
    "patient", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")

ROOT = Path(__file__).resolve().parent.parent
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes long, and mark what touches the database, to be run once more on PostgreSQL.

    What says that it tells nothing about the database is not marked: drawings and papers, mostly.
    """
    items.sort(key=lambda item: item.get_closest_marker("first") is None)
    for item in items:
        if item.get_closest_marker("once"):
            continue
        fixtures = set(getattr(item, "fixturenames", ()))
        test_class = getattr(item, "cls", None)
        if (
            fixtures & DATABASE_FIXTURES
            or item.get_closest_marker("django_db")
            or (test_class and issubclass(test_class, TestCase | TransactionTestCase))
        ):
            item.add_marker(pytest.mark.database)


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of known answers, which stands beside the project and is not part of it."""
    folder = Path(os.environ.get("TRUNGHOA_CASES") or ROOT.parent / "shared" / "cases").resolve()
    if not folder.is_dir():
        pytest.skip(f"no known answers at {folder}; name their folder in TRUNGHOA_CASES")
    return folder
