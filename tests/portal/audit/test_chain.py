"""Every change is entered once, in order, and nothing in the chain can be altered unseen."""

import json
import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.audit import chain, context
from trunghoa.portal.core.audit.models import AuditEntry, Head
from trunghoa.portal.core.audit.triggers import OFF, ON
from trunghoa.portal.core.audit.verification import verify


def organisation(code="moc", **more):
    return Organisation.objects.create(code=code, name_vi=f"Bộ {code}", side="VN", kind="ministry", **more)


def lose(change):
    """Make a change in a transaction that is rolled back."""
    with transaction.atomic():
        change()
        transaction.set_rollback(True)


def about(row):
    return list(chain.entries().filter(object_type=row._meta.label_lower, object_id=str(row.pk)))


@pytest.fixture
def behind_the_back(db):
    """Statements past every guard, as somebody with the database's password could make them."""

    def run(*statements):
        chain.settle()
        with connection.cursor() as cursor:
            for statement in [*OFF[connection.vendor], *statements, *ON[connection.vendor]]:
                cursor.execute(statement)

    return run


@pytest.fixture
def five(db):
    for n in range(5):
        organisation(f"o-{n}")
    assert chain.entries().count() == 5


def test_a_change_is_entered_with_its_person_its_request_and_both_values(db):
    officer = User.objects.create_user("officer", role="officer")
    row = organisation()
    with context.acting(officer, origin="web", request_id="r1"):
        row.name_vi = "Bộ Xây dựng"
        row.save()
    entry = about(row)[-1]
    assert (entry.verb, entry.actor, entry.origin, entry.request_id) == ("changed", officer, "web", "r1")
    assert entry.before == {"name_vi": "Bộ moc"}
    assert entry.after == {"name_vi": "Bộ Xây dựng"}


def test_saving_without_a_change_enters_nothing(db):
    row = organisation()
    row.save()
    assert [e.verb for e in about(row)] == ["created"]


def test_a_deleted_row_is_entered_with_what_it_held(db):
    row = organisation()
    key = str(row.pk)
    row.delete()
    entry = chain.entries().get(object_id=key, verb="deleted")
    assert entry.before["code"] == "moc"
    assert entry.after is None


def test_what_is_rolled_back_leaves_no_entry(db):
    lose(organisation)
    assert not chain.entries().exists()
    organisation("kept")
    assert verify().entries == 1


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_leaves_no_gap():
    organisation("first")
    lose(lambda: (organisation("lost"), chain.settle()))
    organisation("second")
    assert list(AuditEntry.objects.values_list("seq", "label")) == [(1, "Bộ first"), (2, "Bộ second")]
    assert verify().whole


@pytest.mark.django_db(transaction=True)
def test_row_and_entry_are_committed_together(monkeypatch):
    def refuse(connection):
        raise DatabaseError("the entry cannot be written")

    monkeypatch.setattr(chain, "seal", refuse)
    with pytest.raises(DatabaseError):
        organisation()
    assert not Organisation.objects.exists()


def test_secrets_never_enter_only_that_they_changed(db):
    user = User.objects.create_user("somebody", password="correct horse battery")
    first = user.password
    user.set_password("another horse battery")
    user.save()
    entry = about(user)[-1]
    assert entry.before == entry.after == {"password": "***"}
    text = json.dumps([[e.before, e.after, e.label] for e in chain.entries()])
    assert first not in text
    assert user.password not in text


@pytest.mark.parametrize("verb", ["UPDATE audit_auditentry SET label = 'x'", "DELETE FROM audit_auditentry"])
def test_the_database_itself_refuses_to_change_entries(five, verb):
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb)
    assert verify().whole


@pytest.mark.parametrize(
    ("statements", "broken", "why"),
    [
        (["UPDATE audit_auditentry SET label = 'x' WHERE seq = 3"], 3, "altered"),
        (["UPDATE audit_auditentry SET after = '{}' WHERE seq = 2"], 2, "altered"),
        (["DELETE FROM audit_auditentry WHERE seq = 3"], 3, "missing"),
        (["DELETE FROM audit_auditentry WHERE seq = 1"], 1, "missing"),
        (["DELETE FROM audit_auditentry WHERE seq > 3"], 4, "end is missing"),
        (["DELETE FROM audit_head"], 5, "head is missing"),
        (["UPDATE audit_head SET seq = 4"], 5, "after the head"),
        (
            [
                "UPDATE audit_auditentry SET seq = 99 WHERE seq = 2",
                "UPDATE audit_auditentry SET seq = 2 WHERE seq = 3",
                "UPDATE audit_auditentry SET seq = 3 WHERE seq = 99",
            ],
            2,
            "does not follow",
        ),
    ],
)
def test_what_is_done_behind_the_back_is_found(five, behind_the_back, statements, broken, why):
    behind_the_back(*statements)
    verdict = verify()
    assert (verdict.broken, verdict.whole) == (broken, False)
    assert why in verdict.why


def test_a_shortened_chain_is_found_even_if_its_last_entries_fit(five, behind_the_back):
    behind_the_back("DELETE FROM audit_auditentry WHERE seq = 5")
    assert "head is at entry 5" in verify().why


def test_the_command_says_what_is_broken_and_fails(five, behind_the_back):
    out, err = StringIO(), StringIO()
    call_command("audit", "verify", stdout=out)
    assert "5 entries" in out.getvalue()
    behind_the_back("DELETE FROM audit_auditentry WHERE seq = 2")
    with pytest.raises(SystemExit) as left:
        call_command("audit", "verify", stderr=err)
    assert left.value.code == 1
    assert "Entry 2 is missing" in err.getvalue()
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("audit", "verify", "--json", stdout=out)
    assert json.loads(out.getvalue())["broken"] == 2


def test_the_command_tells_when_the_database_no_longer_refuses(five):
    chain.settle()
    with connection.cursor() as cursor:
        for statement in OFF[connection.vendor]:
            cursor.execute(statement)
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("audit", "verify", stderr=err)
    assert "run migrate" in err.getvalue()


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_leave_one_chain_without_gaps():
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory has one writer; run on PostgreSQL by DATABASE_URL")
    faults = []

    def write(name):
        try:
            for n in range(50):
                organisation(f"{name}-{n}")
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    verdict = verify()
    assert verdict.whole, verdict.why
    assert verdict.entries == 400
    assert Head.objects.get().seq == 400


@pytest.mark.django_db(transaction=True)
def test_two_writers_who_meet_in_opposite_order_do_not_wait_for_each_other():
    """The head is locked at the end of a transaction, so an entry is never held while a row is waited for."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    one, two = organisation("one"), organisation("two")
    held, faults = threading.Event(), []

    def second():
        try:
            with transaction.atomic():
                Organisation.objects.select_for_update().get(pk=two.pk)
                held.set()
                row = Organisation.objects.get(pk=two.pk)
                row.name_en = "second"
                row.save()
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=second)
    with transaction.atomic():
        one.name_en = "first"
        one.save()
        other.start()
        held.wait(10)
        Organisation.objects.select_for_update().get(pk=two.pk)
    other.join(20)
    assert not other.is_alive()
    assert faults == []
    assert verify().whole


@pytest.mark.django_db(transaction=True)
def test_a_database_that_was_emptied_refuses_changes_again():
    organisation()
    call_command("flush", interactive=False, verbosity=0)
    assert not AuditEntry.objects.exists()
    organisation()
    with pytest.raises(DatabaseError, match="never changed"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditentry")
