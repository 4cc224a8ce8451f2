"""Files are kept once under their hash, with what each organisation says of them; all of it or nothing."""

import threading
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, connections

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record import documents, intake
from trunghoa.portal.core.record.access import visible_papers
from trunghoa.portal.core.record.intake import TooLarge
from trunghoa.portal.core.record.models import Document, Registration

from .papers import CSV

ROLES = [role.value for role in User.Role]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def beta(people, operators):
    """A person of another operator."""
    return User.objects.create_user("beta", role=User.Role.OPERATOR, organisation=operators[1])


def files(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def bring(by, content=CSV, name="a.csv", classification="organisation", **titles):
    with documents.uploaded(
        intake.check(content, name), by=by, titles=titles, classification=classification
    ) as kept:
        return kept


def test_the_bytes_lie_under_their_hash_and_come_back(people, folder):
    kept = bring(people["operator"])
    assert files(folder) == [folder / kept.document.pk[:2] / kept.document.pk]
    assert documents.read(kept.document) == CSV


def test_altered_bytes_are_noticed(people, folder):
    kept = bring(people["operator"])
    files(folder)[0].write_bytes(b"other")
    with pytest.raises(OSError, match="altered"):
        documents.read(kept.document)


def test_the_same_bytes_of_another_organisation_are_one_file_with_two_registrations(people, beta, folder):
    first = bring(people["operator"], name="first.csv", vi="Bản gốc")
    second = bring(beta, name="second.csv", vi="Bản sao", classification="public")
    assert len(files(folder)) == 1
    assert (first.fresh, second.fresh) == (True, True)
    document = Document.objects.get()
    assert (document.filename, document.title_vi, document.owner) == (
        "first.csv", "Bản gốc", people["operator"].organisation,
    )  # fmt: skip
    further = Registration.objects.get()
    assert (further.filename, further.title_vi, further.owner) == ("second.csv", "Bản sao", beta.organisation)


def test_each_sees_what_its_own_organisation_says(people, beta):
    bring(people["operator"], name="first.csv", vi="Bản gốc")
    document = bring(beta, name="second.csv", vi="Bản sao").document
    assert documents.seen_title(people["operator"], document, "vi") == "Bản gốc"
    assert documents.seen_title(beta, document, "vi") == "Bản sao"
    assert [r.filename for r in documents.seen_by(beta, document)] == ["second.csv"]
    assert len(documents.seen_by(people["officer"], document)) == 2


def test_the_same_bytes_twice_by_one_organisation_change_nothing(people):
    bring(people["operator"], name="first.csv", vi="Bản gốc")
    again = bring(people["operator"], name="again.csv", vi="Khác", classification="public")
    assert not again.fresh
    document = Document.objects.get()
    assert (document.filename, document.title_vi, document.classification) == (
        "first.csv", "Bản gốc", "organisation",
    )  # fmt: skip
    assert not Registration.objects.exists()


class Broken(Exception):
    pass


def test_a_failure_leaves_neither_file_nor_row(people, folder):
    accepted = intake.check(CSV, "a.csv")
    seen = []

    def fail_inside():
        with documents.uploaded(accepted, by=people["operator"], classification="organisation"):
            seen.extend(files(folder))
            raise Broken

    with pytest.raises(Broken):
        fail_inside()
    assert len(seen) == 1
    assert files(folder) == []
    assert not Document.objects.exists()


def test_a_failure_of_a_second_registration_keeps_the_first(people, beta, folder):
    bring(people["operator"])
    accepted = intake.check(CSV, "a.csv")
    with pytest.raises(Broken), documents.uploaded(accepted, by=beta, classification="organisation"):
        raise Broken
    assert len(files(folder)) == 1
    assert (Document.objects.count(), Registration.objects.count()) == (1, 0)


def test_a_disk_that_fails_leaves_neither_file_nor_row(people, folder, monkeypatch):
    def full(self, target):
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        bring(people["operator"])
    assert files(folder) == []
    assert not Document.objects.exists()


def test_over_the_quota_a_file_is_refused_with_both_sizes_and_not_kept(people, folder, settings):
    settings.DOCUMENT_QUOTA_BYTES = 2**20
    bring(people["operator"], b"1" * 2**19)
    with pytest.raises(TooLarge, match=r"b.csv: .* keep 1\.25 MiB; it may keep 1 MiB"):
        bring(people["operator"], b"2" * (3 * 2**18), name="b.csv")
    assert (Document.objects.count(), len(files(folder))) == (1, 1)


def test_the_quota_counts_further_registrations_too_and_only_ones_own(people, beta, settings):
    settings.DOCUMENT_QUOTA_BYTES = 2**20
    bring(people["operator"], b"1" * 2**19)
    bring(beta, b"1" * 2**19)
    assert documents.used(beta.organisation) == 2**19
    with pytest.raises(TooLarge):
        bring(beta, b"2" * (2**19 + 1))


def test_a_missing_file_is_brought_back_by_the_same_bytes(people, beta, folder):
    bring(people["operator"])
    files(folder)[0].unlink()
    assert documents.read(bring(beta).document) == CSV


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time anyway")
@pytest.mark.django_db(transaction=True)
def test_two_who_bring_the_same_bytes_at_once_both_have_them(people, beta, folder):
    start, failures = threading.Barrier(2), []

    def hand_in(user):
        try:
            start.wait()
            bring(user)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hand_in, args=(user,)) for user in (people["operator"], beta)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (Document.objects.count(), Registration.objects.count(), len(files(folder))) == (1, 1, 1)


# Who may read what


READERS = {
    "public": {*ROLES, "beta", "colleague", "nobody"},
    "organisation": {"operator", "colleague", "officer"},
    "officers": {"officer"},
}


@pytest.mark.parametrize("classification", READERS)
@pytest.mark.parametrize("further", [False, True], ids=["first", "further registration"])
def test_who_may_read_is_told_by_role_and_classification(people, beta, operators, classification, further):
    colleague = User.objects.create_user("colleague", role="observer", organisation=operators[0])
    if further:
        stranger = Organisation.objects.create(code="stranger", name_vi="x", side="VN", kind="facility")
        bring(
            User.objects.create_user("s", role="operator", organisation=stranger), classification="officers"
        )
    document = bring(people["operator"], classification=classification).document
    everyone = {**people, "beta": beta, "colleague": colleague, "nobody": AnonymousUser()}
    assert {who for who, user in everyone.items() if documents.may_read(user, document)} == READERS[
        classification
    ]
    for user in everyone.values():
        for model, document_of in ((Document, "pk"), (Registration, "document")):
            for row in model.objects.all():
                found = model.objects.filter(visible_papers(user, document_of), pk=row.pk).exists()
                assert found == (row in documents.seen_by(user, document))


def test_who_was_locked_out_reads_only_what_is_public(people):
    document = bring(people["operator"]).document
    officer = people["officer"]
    officer.is_active = False
    assert not documents.may_read(officer, document)
