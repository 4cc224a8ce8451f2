"""The API against its own contract, in every phase of schemathesis: examples, coverage, fuzzing, stateful."""

from __future__ import annotations

from datetime import timedelta

import pytest
import schemathesis
from django.core.servers.basehttp import WSGIRequestHandler
from django.utils import timezone
from schemathesis import engine
from schemathesis.engine import Status, events
from schemathesis.engine.run import PhaseName

from trunghoa.portal.core.accounts import tokens
from trunghoa.portal.core.accounts.bearer import TokenThrottle

pytestmark = pytest.mark.first

PHASES = {PhaseName.EXAMPLES, PhaseName.COVERAGE, PhaseName.FUZZING, PhaseName.STATEFUL_TESTING}


@pytest.fixture
def contract(live_server, world, tmp_path, monkeypatch):
    """The contract as an officer has it, with a record of every kind behind it."""
    monkeypatch.chdir(tmp_path)  # it keeps a cache in the folder it is run from
    # The test server sends head and body apart, and each answer would wait 40 ms between them.
    monkeypatch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
    # It asks faster than a token may, and would wait each time; the limit has tests of its own.
    monkeypatch.setattr(TokenThrottle, "allow_request", lambda throttle, request: True)
    officer = world.people["officer_vn"]
    ends = timezone.now() + timedelta(days=1)
    _token, text = tokens.create(officer.organisation, "contract", "write", ends, officer)
    schema = schemathesis.openapi.from_url(
        f"{live_server.url}/api/v1/openapi.json", headers={"Authorization": f"Bearer {text}"}
    )
    schema.config.headers = {"Authorization": f"Bearer {text}"}
    schema.config.generation.max_examples = 5
    schema.config.generation.database = "none"
    # What follows a rule of the plan, such as a known organisation, is refused with the declared 422.
    schema.config.checks.positive_data_acceptance.enabled = False
    schema.config.seed = 20260101
    return schema


# Requests past the test client close the connection, and with it a transaction around the test.
@pytest.mark.django_db(transaction=True)
def test_every_phase_finds_only_what_the_contract_names(contract):
    said, seen = [], set()
    for event in engine.from_schema(contract).execute():
        if isinstance(event, events.PhaseFinished):
            seen.add(event.phase.name)
        elif isinstance(event, events.ScenarioFinished) and event.status is Status.FAILURE:
            for label, checks in event.recorder.checks.items():
                case = event.recorder.cases[label].value
                said += [
                    f"{case.method} {case.formatted_path} {case.query}: {c.name}: {c.failure_info.failure}"
                    for c in checks
                    if c.status is Status.FAILURE
                ]
        elif isinstance(event, events.NonFatalError):
            said.append(str(event.info))
    assert not said, "\n".join(dict.fromkeys(said))
    assert seen >= PHASES


def test_what_reads_a_body_names_the_answer_to_one_that_cannot_be_read(client, world):
    client.force_login(world.people["officer_vn"])
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    reading = {
        f"{method} {path}": operation["responses"]
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }
    assert len(reading) >= 5
    assert [name for name, responses in reading.items() if "400" not in responses] == []
