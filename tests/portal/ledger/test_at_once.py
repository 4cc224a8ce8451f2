"""Many who write at once, and a process that dies amid its work."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import translation

from trunghoa.portal.core.ledger import sealing, services
from trunghoa.portal.core.ledger.errors import Conflict, Refused
from trunghoa.portal.core.ledger.models import Account, LedgerTransaction, Seal
from trunghoa.portal.core.ledger.reading import balances, holdings
from trunghoa.portal.core.ledger.spans import Quantity, Span
from trunghoa.portal.core.ledger.verification import verify

from .conftest import make_registry

WRITERS, EACH = 8, 40
pytestmark = pytest.mark.django_db(transaction=True)
on_a_server = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one writer in at a time; run on PostgreSQL"
)


@pytest.fixture
def registry(transactional_db):
    return make_registry()


def together(*calls):
    """What each call gave or raised; all start at once, each in a thread with a connection of its own."""
    gate = Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            with translation.override("en"):
                return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@on_a_server
def test_many_transfer_out_of_one_account_and_none_is_lost_or_doubled(registry):
    r = registry
    services.issue(r.act(), r.series, r.alpha, WRITERS * EACH * 3)

    def send():
        return [
            services.transfer(r.act(), r.alpha, r.beta, [Quantity(r.series.pk, 3)]).pk for _ in range(EACH)
        ]

    outcomes = together(*[send] * WRITERS)
    assert [o for o in outcomes if isinstance(o, Exception)] == []
    assert len({pk for pks in outcomes for pk in pks}) == WRITERS * EACH
    assert balances(account=r.alpha) == {}
    assert balances(account=r.beta) == {(r.beta.pk, r.series.pk): WRITERS * EACH * 3}
    assert verify().faults == []


@on_a_server
def test_transfers_to_and_fro_between_many_accounts_never_wait_for_each_other(registry):
    """Every pair of accounts in both directions at once, while seals are made: no deadlock is found."""
    r = registry
    accounts = [Account.objects.create(party="JPN", kind="holding") for _ in range(4)]
    for account in accounts:
        services.issue(r.act(), r.series, account, 1000)
    pairs = [(a, b) for a in accounts for b in accounts if a != b]

    def send(n):
        for step in range(EACH):
            a, b = pairs[(n + step * 5) % len(pairs)]
            services.transfer(r.act(), a, b, [Quantity(r.series.pk, 1 + step % 7)])

    calls = [lambda n=n: send(n) for n in range(WRITERS - 1)]
    calls.append(lambda: [(sealing.seal(), time.sleep(0.05)) for _ in range(8)])
    outcomes = together(*calls)
    assert [o for o in outcomes if isinstance(o, Exception)] == []
    sealing.seal()
    verdict = verify()
    assert verdict.faults == []
    assert (verdict.transactions, verdict.unsealed) == (4 + (WRITERS - 1) * EACH, 0)
    assert sum(balances(series=r.series).values()) == 0
    assert sum(Seal.objects.values_list("count", flat=True)) == verdict.transactions


@on_a_server
def test_one_unit_asked_for_by_many_goes_to_one(registry):
    r = registry
    services.issue(r.act(), r.series, r.alpha, 10)
    others = [Account.objects.create(party="JPN", kind="holding") for _ in range(WRITERS)]
    outcomes = together(
        *[lambda o=o: services.transfer(r.act(), r.alpha, o, [Span(r.series.pk, 5, 5)]) for o in others]
    )
    assert sum(isinstance(o, LedgerTransaction) for o in outcomes) == 1, outcomes
    assert sum(isinstance(o, Refused) for o in outcomes) == WRITERS - 1, outcomes
    assert verify().faults == []


@on_a_server
def test_the_same_request_from_two_browsers_is_done_once(registry):
    r = registry
    services.issue(r.act(), r.series, r.alpha, 100)
    act, ten = r.act(), [Quantity(r.series.pk, 10)]
    outcomes = together(*[lambda: services.transfer(act, r.alpha, r.beta, ten)] * WRITERS)
    assert len({o.pk for o in outcomes}) == 1
    key, amounts = uuid4(), range(1, WRITERS + 1)
    outcomes = together(
        *[
            lambda n=n: services.transfer(r.act(key=key), r.alpha, r.beta, [Quantity(r.series.pk, n)])
            for n in amounts
        ]
    )
    assert sum(isinstance(o, Conflict) for o in outcomes) == WRITERS - 1, outcomes
    assert verify().faults == []


@on_a_server
def test_two_reversals_of_one_transaction_are_one(registry):
    r = registry
    services.issue(r.act(), r.series, r.alpha, 10)
    row = services.transfer(r.act(), r.alpha, r.beta, [Quantity(r.series.pk, 10)])
    outcomes = together(*[lambda: services.reverse(r.act(), row)] * 4)
    assert sum(isinstance(o, Refused) for o in outcomes) == 3, outcomes
    assert balances(account=r.alpha) == {(r.alpha.pk, r.series.pk): 10}
    assert verify().faults == []


@on_a_server
def test_many_issues_at_once_give_every_number_once(registry):
    r = registry

    holders = [Account.objects.create(party="JPN", kind="holding") for _ in range(WRITERS)]

    def issue(holder):
        return [services.issue(r.act(), r.series, holder, 7).pk for _ in range(10)]

    outcomes = together(*[lambda h=h: issue(h) for h in holders])
    assert [o for o in outcomes if isinstance(o, Exception)] == []
    assert balances(series=r.series) == {
        (r.issuing.pk, r.series.pk): -70 * WRITERS, **{(h.pk, r.series.pk): 70 for h in holders}
    }  # fmt: skip
    assert verify().faults == []


CHILD = """
import os, sys
import django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from uuid import uuid4
from django.db import transaction
from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.ledger import services
from trunghoa.portal.core.ledger.models import Account, Series
from trunghoa.portal.core.ledger.spans import Quantity
from trunghoa.portal.core.ledger.writing import Act
maker, checker = (User.objects.get(username=n) for n in ("maker", "checker"))
alpha, beta = Account.objects.filter(kind="holding").order_by("pk")
series = Series.objects.get()
while True:
    with transaction.atomic():  # a batch is all or nothing
        for _ in range(5):
            act = Act(key=uuid4(), by=maker, approved_by=checker)
            services.transfer(act, alpha, beta, [Quantity(series.pk, 3)])
            print("sent", flush=True)
"""


@on_a_server
def test_a_process_killed_amid_a_batch_leaves_whole_batches(registry):
    r = registry
    services.issue(r.act(), r.series, r.alpha, 1_000_000)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, connection.settings_dict["NAME"]],
        stdout=subprocess.PIPE, env=environment, cwd=os.getcwd(), text=True,
    )  # fmt: skip
    try:
        for _ in range(23):  # amid the fifth batch
            assert child.stdout.readline() == "sent\n"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _others_are_connected():
        time.sleep(0.05)
    sent = LedgerTransaction.objects.filter(kind="transfer").count()
    assert sent >= 20
    assert sent % 5 == 0
    assert sum(b.size for b in holdings(r.beta)) == 3 * sent
    assert balances(series=r.series)[r.alpha.pk, r.series.pk] == 1_000_000 - 3 * sent
    assert verify().faults == []
    services.transfer(r.act(), r.alpha, r.beta, [Quantity(r.series.pk, 3)])


def _others_are_connected():
    query = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]
