"""Annual information of ten thousand actions: from the ledger to the checked workbook, beside its bound.

    python benchmarks/aef.py [ACTIONS]

The ledger is filled through its own tables in an SQLite file of its own: one series, cut in as many blocks as
there are actions, each authorised in the year before and transferred to the partner in the reported year.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

ACTIONS, BOUND_S, SIZE = 10_000, 15.0, 100


def django(folder: str) -> None:
    os.environ.update(TRUNGHOA_DEMO="true", TRUNGHOA_VAR=folder, DATABASE_URL=f"sqlite:///{folder}/bench.db")
    os.environ["DJANGO_SETTINGS_MODULE"] = "trunghoa.portal.settings"
    import django

    django.setup()


def fill(actions: int) -> None:
    """Rows as the services would have written them; how they write is measured in ``ledger.py``."""
    from django.core.management import call_command

    from trunghoa.portal.core.accounts.models import User
    from trunghoa.portal.core.ledger.models import Block, LedgerTransaction, Posting
    from trunghoa.portal.systems.registry.models import (
        Authorisation,
        CooperativeApproach,
        ItmoRange,
        PartySettings,
        Project,
        Terms,
        series_for,
    )
    from trunghoa.portal.systems.registry.models.accounts import account_of_party

    call_command("migrate", verbosity=0)
    maker, checker = User.objects.create_user("maker"), User.objects.create_user("checker")
    approach = CooperativeApproach.objects.create(code="CA0003", parties="VNM JPN")
    project = Project.objects.create(code="bench", reference="VN001", state="registered")
    for party in ("VNM", "JPN"):
        PartySettings.objects.create(
            party=party, period_first=2021, period_last=2030, method="trajectory", gwp_set="AR5",
            itmo_registry=f"{party}01", quality="verified", source="benchmark",
        )  # fmt: skip
    made = Authorisation.objects.create(code="VNM 1", party="VNM", approach=approach, state="issued")
    terms = Terms.objects.create(
        authorisation=made, version=1, purpose="NDC", occurs_from=2021, occurs_to=2030, gwp_set="AR5",
        sectors="Waste management", issued_at=datetime(2023, 12, 1, tzinfo=UTC),
    )  # fmt: skip
    terms.projects.add(project)
    series = series_for(project, "VN", 2024)
    home, abroad = (account_of_party(party, "national").account for party in ("VNM", "JPN"))
    begin, total = datetime(2025, 1, 2, tzinfo=UTC), actions * SIZE

    def act(named: str, at: datetime, mark: str = "", **details: object) -> LedgerTransaction:
        return LedgerTransaction(
            key=uuid4(), kind=named, actor=maker, approver=checker, at=at, mark=mark, sha256="0" * 64,
            body={"kind": named, "details": details},
        )  # fmt: skip

    issue = act("issue", datetime(2024, 2, 1, tzinfo=UTC))
    named = act("mark", datetime(2024, 2, 2, tzinfo=UTC), made.mark, version=1)
    LedgerTransaction.objects.bulk_create([issue, named])
    moves = [
        act("transfer", begin + timedelta(minutes=n), "first_transfer", kind="transfer")
        for n in range(actions)
    ]
    LedgerTransaction.objects.bulk_create(moves, batch_size=500)
    issue, named, *moves = LedgerTransaction.objects.order_by("pk")
    postings = [
        Posting(transaction=issue, account=series.issuer, series=series, first=1, last=total, delta=-total),
        Posting(transaction=issue, account=home, series=series, first=1, last=total, delta=total),
        Posting(transaction=named, account=home, series=series, first=1, last=total, delta=0),
    ]
    blocks = []
    for n, move in enumerate(moves):
        span = {"series": series, "first": n * SIZE + 1, "last": (n + 1) * SIZE}
        postings.append(Posting(transaction=move, account=home, delta=-SIZE, **span))
        postings.append(Posting(transaction=move, account=abroad, delta=SIZE, **span))
        blocks.append(Block(account=abroad, marks={made.mark: named.pk, "first_transfer": move.pk}, **span))
    Posting.objects.bulk_create(postings, batch_size=500)
    Block.objects.bulk_create(blocks, batch_size=500)
    ItmoRange.objects.create(
        series=series, first=1, last=total, number=1, approach="CA0003", side="VN", party="VNM", vintage=2024
    )


def main() -> int:
    actions = int(sys.argv[1]) if len(sys.argv) > 1 else ACTIONS
    with tempfile.TemporaryDirectory() as folder:
        django(folder)
        fill(actions)
        from trunghoa.portal.systems.registry import submitting
        from trunghoa.portal.systems.registry.models import AnnualReport
        from trunghoa.portal.systems.registry.tasks import aef

        began = time.perf_counter()
        checked = submitting.checked(AnnualReport(party="VNM", year=2025))
        between = time.perf_counter()
        content = aef.workbook(checked.report, draft=True)
        took = time.perf_counter() - began
        rows = len(checked.report.rows(3))
        failed = [f.check for f in checked.findings if f.verdict.value == "failed"]
        again = aef.read(content)
        bound = BOUND_S * max(1.0, actions / ACTIONS)
        print(f"annual information of {rows:,} actions: {between - began:.1f} s to make and check, "
              f"{took - (between - began):.1f} s to write {len(content) / 2**20:.1f} MiB")  # fmt: skip
        print(f"together {took:.1f} s, bound {bound:.0f} s, ratio {took / bound:.2f}")
        print(f"checks that failed: {failed or 'none'}; read back equal: {again == checked.report}")
        return 0 if took <= bound and rows >= actions and not failed and again == checked.report else 1


if __name__ == "__main__":
    sys.exit(main())
