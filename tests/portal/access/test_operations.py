"""Every operation of the API against every role, a visitor, and tokens that read, ended or never were.

An operation that is added without a row here fails the first test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from trunghoa.portal.api import api
from trunghoa.portal.core.accounts import tokens

from .circles import (
    HAND_IN,
    KEEPERS,
    OF_SCENARIO,
    OF_SITE,
    OFFICERS,
    OWNERS,
    PARTICIPANT,
    PEOPLE,
    RUNS_SCENARIO,
    SEE_PROPOSALS,
    SIGNED_IN,
    VN,
    WORKERS,
)

READING = ("GET", "HEAD", "OPTIONS")
JSON = "application/json"


@dataclass(frozen=True)
class Row:
    """Who is let in, what is asked, and what the answer holds for those who may see the record."""

    let_in: frozenset[str]
    parts: dict[str, str] = field(default_factory=dict)
    status: int = 200
    body: Any = None
    query: str = ""
    # In a list: a key of the world that it names to these and to nobody else.
    names: tuple[str, frozenset[str]] | None = None
    # Where the record has not got what is asked for: how that is said to those who may see the record.
    lacks: str = ""


SITE, SCENARIO, PROPOSAL = {"code": "site"}, {"code": "scenario"}, {"ref": "proposal"}
# Names no lead: a lead that sends it takes itself out, and is told so rather than that there is no activity.
ACTIVITY = {"title_vi": "Hoạt động khác", "source": "minutes"}
DEPOSITS = {"revision": 1, "source": "log", "years": [{"year": 2021, "tonnes": {"food": "12.5"}}]}
OFFICER_JP, HOLDERS = frozenset({"officer_jp"}), PARTICIPANT | {"officer_jp"}
ORDER = {"key": "00000000-0000-4000-8000-000000000007", "kind": "block", "serial": "JCM-JP-VN-X-2024-2-2",
         "reason": "asked by its holder"}  # fmt: skip
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/systems"): Row(SIGNED_IN),
    ("GET", "/places"): Row(SIGNED_IN),
    ("GET", "/figures"): Row(SIGNED_IN, names=("site", OF_SITE)),
    ("GET", "/figures/{pk}"): Row(OF_SITE, {"pk": "figure"}),
    ("GET", "/runs/{pk}"): Row(OF_SITE, {"pk": "run"}),
    ("GET", "/documents"): Row(SIGNED_IN, names=("paper", OWNERS)),
    ("POST", "/documents"): Row(HAND_IN, status=201, body="file"),
    ("GET", "/documents/{sha256}"): Row(OWNERS, {"sha256": "paper"}),
    ("GET", "/documents/{sha256}/content"): Row(OWNERS, {"sha256": "paper"}),
    ("GET", "/scenarios/"): Row(SIGNED_IN, names=("scenario", OF_SCENARIO)),
    ("GET", "/scenarios/{code}"): Row(OF_SCENARIO, SCENARIO),
    ("GET", "/scenarios/{code}/result"): Row(OF_SCENARIO, SCENARIO, lacks="no finished run"),
    ("POST", "/scenarios/{code}/runs"): Row(RUNS_SCENARIO, SCENARIO, 202, {}),
    ("GET", "/scenarios/{code}/runs/last"): Row(OF_SCENARIO, SCENARIO),
    ("DELETE", "/scenarios/{code}/runs/last"): Row(RUNS_SCENARIO, SCENARIO),
    ("GET", "/landfills/"): Row(SIGNED_IN, names=("site", OF_SITE)),
    ("GET", "/landfills/portfolio"): Row(SIGNED_IN, query="?cap=1000"),
    ("GET", "/landfills/{code}"): Row(OF_SITE, SITE),
    ("GET", "/landfills/{code}/deposits"): Row(OF_SITE, SITE),
    ("PUT", "/landfills/{code}/deposits"): Row(KEEPERS, SITE, 200, DEPOSITS),
    ("GET", "/landfills/{code}/result"): Row(OF_SITE, SITE, lacks="no finished run"),
    ("GET", "/landfills/{code}/figures"): Row(OF_SITE, SITE),
    ("GET", "/registry/projects"): Row(SIGNED_IN, names=("project", SIGNED_IN)),
    ("GET", "/registry/projects/{code}"): Row(SIGNED_IN, {"code": "project"}),
    ("GET", "/registry/units/{serial}"): Row(SIGNED_IN, {"serial": "unit"}),
    ("GET", "/registry/certificates/{number}"): Row(SIGNED_IN, {"number": "certificate"}),
    ("GET", "/registry/seals"): Row(SIGNED_IN),
    ("GET", "/registry/orders/{pk}"): Row(HOLDERS, {"pk": "order"}),
    ("POST", "/registry/accounts/{number}/orders"): Row(OFFICER_JP, {"number": "held"}, 201, ORDER),
    ("GET", "/registry/partners/statements/{pk}"): Row(VN, {"pk": "statement"}),
    ("GET", "/workplan/activities"): Row(SIGNED_IN, names=("activity", SIGNED_IN)),
    ("POST", "/workplan/activities"): Row(OFFICERS, {}, 201, {**ACTIVITY, "plan": 2026, "system": "S8"}),
    ("GET", "/workplan/activities/{ref}"): Row(SIGNED_IN, {"ref": "activity"}),
    ("PUT", "/workplan/activities/{ref}"): Row(
        WORKERS, {"ref": "activity"}, 200, {**ACTIVITY, "revision": 1}
    ),
    ("GET", "/workplan/proposals"): Row(SIGNED_IN, names=("proposal", SEE_PROPOSALS)),
    ("GET", "/workplan/proposals/{ref}"): Row(SEE_PROPOSALS, PROPOSAL),
    ("GET", "/workplan/proposals/{ref}/answers"): Row(SEE_PROPOSALS, PROPOSAL),
}


def test_every_operation_has_its_row():
    stated = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, entry in api.get_openapi_schema()["paths"].items()
        for method in entry
    }
    assert stated == set(ROWS)


def ask(client, operation, keys, **more):
    """The answer, with nothing left behind; a body is one that is taken."""
    (method, path), row = operation, ROWS[operation]
    address = f"/api/v1{path}{row.query}".format(**{part: keys[key] for part, key in row.parts.items()})
    given: dict[str, Any] = {}
    if row.body == "file":
        given = {"data": {"file": SimpleUploadedFile("new.csv", b"year,tonnes\n2021,3\n")}}
    elif row.body is not None:
        given = {"data": row.body, "content_type": JSON}
    with transaction.atomic():
        answer = getattr(client, method.lower())(address, **given, **more)
        # Read before it is undone: a file is sent piece by piece.
        text = b"".join(answer).decode() if answer.streaming else answer.content.decode()
        transaction.set_rollback(True)
    return answer.status_code, text


def fault(operation, who, found, keys):
    """What is wrong with how somebody was received, if anything."""
    row, (status, text) = ROWS[operation], found
    if who not in row.let_in:
        return "" if status in (403, 404) and (not row.lacks or row.lacks not in text) else f"let in: {found}"
    if row.lacks:
        return "" if status == 404 and row.lacks in text else f"turned away: {found}"
    if status != row.status:
        return f"turned away: {found}"
    if row.names:
        key, circle = row.names
        if (f'"{keys[key]}"' in text or f':{keys[key]}"' in text) != (who in circle):
            return f"the list {'lacks' if who in circle else 'shows'} {keys[key]}"
    return ""


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/alive")
    return client


def test_each_is_let_in_where_the_role_leads_and_nowhere_else(world):
    faults = []
    for who in PEOPLE:
        client = signed_in(world.people[who])
        for operation in ROWS:
            found = ask(client, operation, world.keys)
            if said := fault(operation, who, found, world.keys):
                faults.append(f"{operation}: {who} {said}")
    assert not faults, "\n".join(faults)


@pytest.fixture
def texts(world):
    """Tokens by name: one that reads and one that writes for each of three, and those that open nothing."""
    later, now = timezone.now() + timedelta(days=9), timezone.now()
    found = {}
    for who in ("officer_vn", "operator", "importer"):
        user = world.people[who]
        for scope in ("read", "write"):
            _row, found[f"{who} {scope}"] = tokens.create(user.organisation, scope, scope, later, user)
    by = world.people["officer_vn"]
    _row, found["expired"] = tokens.create(by.organisation, "old", "write", now - timedelta(days=1), by)
    row, found["revoked"] = tokens.create(by.organisation, "taken back", "write", later, by)
    tokens.revoke(row)
    found["altered"] = f"{found['officer_vn write'][:-4]}AAAA"
    found["unknown"] = "th_0000000000000000_nothing"
    return found


def test_a_token_does_what_its_maker_may_and_one_that_reads_writes_nothing(world, texts):
    faults = []
    for name in (n for n in texts if " " in n):
        who, scope = name.split()
        bearer = {"Authorization": f"Bearer {texts[name]}", "Accept-Language": "en"}
        for operation in ROWS:
            found = ask(Client(), operation, world.keys, headers=bearer)
            if scope == "read" and operation[0] not in READING:
                said = "" if found[0] == 403 and "only reads" in found[1] else f"writes: {found}"
            else:
                said = fault(operation, who, found, world.keys)
            faults += [f"{operation}: {name} {said}"] if said else []
    assert not faults, "\n".join(faults)


def test_without_a_session_or_a_token_that_holds_nothing_is_answered(world, texts):
    ways = {"visitor": {}, **{n: {"Authorization": f"Bearer {t}"} for n, t in texts.items() if " " not in n}}
    assert set(ways) == {"visitor", "expired", "revoked", "altered", "unknown"}
    answered = {
        (operation, name): found
        for operation in ROWS
        for name, headers in ways.items()
        if (found := ask(Client(), operation, world.keys, headers=headers))[0] != 401
    }
    assert answered == {}


def test_a_session_without_the_forms_token_writes_nothing(world):
    """A page elsewhere cannot write with the session that a browser sends along."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["officer_vn"], backend="django.contrib.auth.backends.ModelBackend")
    written = {op: ask(client, op, world.keys) for op in ROWS if op[0] not in READING}
    assert {op: found[0] for op, found in written.items()} == dict.fromkeys(written, 403)
