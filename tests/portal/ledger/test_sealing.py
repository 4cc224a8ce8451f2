"""Seals: what is under a root can be proved to anybody, and a changed seal is found."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from trunghoa.portal.core.audit import chain
from trunghoa.portal.core.ledger import merkle, sealing, services
from trunghoa.portal.core.ledger.errors import Refused
from trunghoa.portal.core.ledger.models import LedgerTransaction, Seal
from trunghoa.portal.core.ledger.spans import Quantity
from trunghoa.portal.core.ledger.verification import verify

# The contents and roots of the reference implementation of RFC 6962, by number of leaves.
CONTENTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.fixture
def sealed(registry):
    services.issue(registry.act(), registry.series, registry.alpha, 100)
    for _ in range(6):
        services.transfer(registry.act(), registry.alpha, registry.beta, [Quantity(registry.series.pk, 3)])
    sealing.seal()
    services.transfer(registry.act(), registry.alpha, registry.beta, [Quantity(registry.series.pk, 3)])
    return registry


@pytest.mark.parametrize("count", ROOTS)
def test_roots_are_those_of_rfc_6962(count):
    leaves = [merkle.leaf(bytes.fromhex(text)) for text in CONTENTS[:count]]
    assert merkle.root(leaves) == ROOTS[count]


@pytest.mark.parametrize("count", range(1, 18))
def test_every_leaf_of_a_tree_of_any_size_has_a_path_to_its_root_and_no_other_has(count):
    contents = [bytes([n]) for n in range(count)]
    leaves = [merkle.leaf(c) for c in contents]
    root = merkle.root(leaves)
    for n, content in enumerate(contents):
        steps = merkle.path(leaves, n)
        assert merkle.leads_to(content, steps, root)
        assert not merkle.leads_to(b"other", steps, root)


def test_a_seal_holds_all_that_is_new_and_follows_the_one_before(sealed):
    (second,) = sealing.seal()
    first = Seal.objects.get(number=1)
    assert (first.count, second.count) == (7, 1)
    assert second.first == first.last + 1
    assert second.previous == first.sha256
    assert sealing.seal() == []
    assert verify().unsealed == 0


def test_a_batch_has_a_size(sealed, monkeypatch):
    monkeypatch.setattr(sealing, "MOST", 3)
    for _ in range(6):
        services.transfer(sealed.act(), sealed.alpha, sealed.beta, [Quantity(sealed.series.pk, 1)])
    assert [row.count for row in sealing.seal()] == [3, 3, 1]
    assert verify().faults == []


def test_each_transaction_is_proved_by_its_path_and_by_nothing_else(sealed):
    rows = list(LedgerTransaction.objects.order_by("pk"))
    for row in rows[:-1]:
        proof = sealing.proof(row)
        assert proof.holds
        assert json.loads(proof.content)["sha256"] == row.sha256
        assert not replace(proof, content=proof.content.replace(b"transfer", b"transfeR") + b" ").holds
    assert len(sealing.proof(rows[0]).steps) == 3
    with pytest.raises(Refused, match="not sealed yet"):
        sealing.proof(rows[-1])


def test_a_seal_is_entered_in_the_audit_chain(sealed):
    entry = chain.entries().get(object_type="ledger.seal")
    row = Seal.objects.get()
    assert entry.after["root"] == row.root
    assert entry.after["sha256"] == row.sha256


def test_nothing_else_of_a_transfer_takes_the_lock_of_the_audit_chain(sealed):
    before = chain.entries().count()
    services.transfer(sealed.act(), sealed.alpha, sealed.beta, [Quantity(sealed.series.pk, 3)])
    assert chain.entries().count() == before


def test_the_command_seals_and_verifies(sealed):
    out = StringIO()
    call_command("ledger", "seal", stdout=out)
    call_command("ledger", "seal", stdout=out)
    call_command("ledger", "verify", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("seal 2: 1 transactions")
    assert lines[1] == "nothing new to seal"
    assert lines[2].startswith("8 transactions, 16 postings, 8 blocks: whole; 2 seals, 0 ")
    out = StringIO()
    call_command("ledger", "verify", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert (said["whole"], said["faults"], said["seals"]) == (True, [], 2)


def test_the_command_tells_what_does_not_fit_and_fails(sealed):
    from trunghoa.portal.core.ledger.models import Block

    Block.objects.filter(first=1).update(account=sealed.retired)
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("ledger", "verify", stderr=err)
    assert ended.value.code == 1
    assert "differ from number 1 on" in err.getvalue()
    with pytest.raises(SystemExit):
        call_command("ledger", "verify", "--json", stdout=out)
    assert json.loads(out.getvalue())["whole"] is False
