"""Papers back objects: brought by one person, accepted by another of the right role who has read them."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Q
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record import evidence, figures
from trunghoa.portal.core.record.evidence import Forbidden
from trunghoa.portal.core.record.intake import Conflict
from trunghoa.portal.core.record.models import Document, Evidence, Place, Report
from trunghoa.quantities import InputError, TrungHoaError

from .papers import CSV, PDF
from .test_documents_store import bring
from .test_figures import METHANE


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def figure(systems, sites):
    [row] = figures.put([METHANE])
    return row


@pytest.fixture
def second_officer(people):
    return User.objects.create_user("officer-2", role=User.Role.OFFICER)


@pytest.fixture
def brought(figure, people):
    """A weighbridge log of the operator, attached to a figure of its site."""
    paper = bring(people["operator"], vi="Nhật ký cân").document
    return evidence.attach(figure, paper, by=people["operator"], page="4", evidence_class="measurement")


def test_a_paper_counts_once_somebody_else_accepted_it(brought, figure, people):
    assert list(evidence.accepted_for(figure)) == []
    evidence.accept(brought, people["officer"])
    [row] = evidence.accepted_for(figure)
    assert (row.accepted_by, row.added_by, row.page, row.evidence_class) == (
        people["officer"], people["operator"], "4", "measurement",
    )  # fmt: skip
    assert row.accepted_on is not None


def test_who_attached_a_paper_does_not_accept_it(figure, people, second_officer):
    paper = bring(people["operator"]).document
    row = evidence.attach(figure, paper, by=people["officer"])
    with pytest.raises(Forbidden, match="four eyes"):
        evidence.accept(row, people["officer"])
    assert evidence.accept(row, second_officer).accepted_by == second_officer


def test_the_database_itself_refuses_the_same_person(brought, people):
    brought.accepted_by, brought.accepted_on = people["operator"], timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        brought.save()


@pytest.mark.parametrize("role", ["locality", "operator", "researcher", "observer", "participant"])
def test_other_roles_accept_nothing(figure, people, role):
    row = evidence.attach(figure, bring(people["operator"]).document, by=people["officer"])
    with pytest.raises(Forbidden, match="Only an officer or a verifier"):
        evidence.accept(row, people[role])
    assert not evidence.accepted_for(figure).exists()


def test_nobody_decides_on_what_they_may_not_read(brought, people):
    with pytest.raises(Forbidden, match="may not read this paper"):
        evidence.accept(brought, people["verifier"])
    with pytest.raises(Forbidden, match="may not read this paper"):
        evidence.reject(brought, people["verifier"], "illegible")


def test_a_verifier_accepts_what_is_open_to_them(figure, people):
    paper = bring(people["operator"], classification="public").document
    row = evidence.attach(figure, paper, by=people["operator"])
    assert evidence.accept(row, people["verifier"]).accepted_by == people["verifier"]


def test_a_rejection_has_its_reason_and_the_paper_may_be_brought_again(brought, figure, people):
    with pytest.raises(InputError, match="reason is missing"):
        evidence.reject(brought, people["officer"], "  ")
    row = evidence.reject(brought, people["officer"], "page 4 is missing")
    assert (row.rejected_by, row.rejected_reason) == (people["officer"], "page 4 is missing")
    assert not evidence.accepted_for(figure).exists()
    again = evidence.attach(
        figure, row.document, by=people["operator"], page="4", evidence_class="measurement"
    )
    assert again.pk != row.pk


def test_who_attached_it_may_take_it_back(brought, people):
    assert evidence.reject(brought, people["operator"], "wrong year").rejected_by == people["operator"]


@pytest.mark.parametrize("second", ["accept", "reject"])
@pytest.mark.parametrize("first", ["accept", "reject"])
def test_what_is_decided_stays_decided(brought, people, second_officer, first, second):
    def decide(verb, by):
        more = ("because",) if verb == "reject" else ()
        return getattr(evidence, verb)(brought, by, *more)

    decide(first, people["officer"])
    with pytest.raises(Conflict, match="decided on this paper already"):
        decide(second, second_officer)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time anyway")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_does_and_the_other_is_told(brought, people, second_officer):
    start, outcomes = threading.Barrier(2), []

    def decide(user):
        try:
            start.wait()
            outcomes.append(evidence.accept(brought, user).accepted_by)
        except Conflict:
            outcomes.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(user,)) for user in (people["officer"], second_officer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("told") == 1
    brought.refresh_from_db()
    assert brought.accepted_by in outcomes


def test_the_same_page_is_attached_once(brought, figure, people):
    with pytest.raises(Conflict, match="attached here already"):
        evidence.attach(
            figure, brought.document, by=people["operator"], page="4", evidence_class="measurement"
        )
    evidence.attach(figure, brought.document, by=people["operator"], page="5", evidence_class="measurement")
    assert evidence.about(figure).count() == 2


def test_an_unknown_class_is_refused_with_the_known_ones(figure, people):
    paper = bring(people["operator"]).document
    with pytest.raises(
        InputError, match=r"“rumour” is no class of evidence\. These are: document, measurement"
    ):
        evidence.attach(figure, paper, by=people["operator"], evidence_class="rumour")


def test_nobody_attaches_what_they_may_not_read(figure, people):
    paper = bring(people["operator"]).document
    with pytest.raises(Forbidden, match="may not read"):
        evidence.attach(figure, paper, by=people["verifier"])


def test_nobody_attaches_to_a_figure_that_is_not_theirs_to_back(figure, people):
    paper = bring(people["operator"], classification="public").document
    with pytest.raises(Forbidden, match="brings no papers"):
        evidence.attach(figure, paper, by=people["observer"])


def test_an_object_of_any_declared_kind_is_backed(people):
    report = Report.objects.create(code="r", title_vi="Báo cáo", source="s")
    paper = bring(people["operator"], classification="public").document
    kind = evidence.register(
        "record.Report",
        visible=lambda user: Q(),
        may_attach=lambda user, obj: user.role == "observer",
        address=lambda obj: f"/reports/{obj.code}/",
        name=lambda obj: obj.title_vi,
    )
    try:
        row = evidence.attach(report, paper, by=people["observer"])
        assert row.object == report
        assert evidence.backed_by(paper, people["officer"]) == [(row, "/reports/r/", "Báo cáo")]
        assert not evidence.may_attach(people["officer"], report)
        with pytest.raises(TrungHoaError, match="declared twice"):
            evidence.register("record.Report", visible=kind.visible)
    finally:
        evidence.unregister("record.Report")


def test_what_a_paper_backs_is_told_only_of_what_one_may_see(figure, people, sites):
    paper = bring(people["operator"], classification="public").document
    row = evidence.attach(figure, paper, by=people["operator"])
    assert [found[0] for found in evidence.backed_by(paper, people["operator"])] == [row]
    assert evidence.backed_by(paper, people["observer"]) == []


# The include


def shown(obj, user):
    request = RequestFactory().get("/")
    request.user = user
    return Template("{% load evidence %}{% evidence obj %}").render(
        Context({"request": request, "obj": obj, "user": user})
    )


@pytest.fixture(autouse=True)
def english():
    from django.utils import translation

    with translation.override("en"):
        yield


def test_the_include_shows_papers_and_what_may_be_done(brought, figure, people):
    page = shown(figure, people["officer"])
    for text in ("Nhật ký cân", "Measurement record", "page 4", "not yet accepted", "Accept", "Reject"):
        assert text in page
    own = shown(figure, people["operator"])
    assert "Take it back" in own
    assert "/accept/" not in own
    evidence.accept(brought, people["officer"])
    done = shown(figure, people["officer"])
    assert "<strong>accepted</strong>" in done
    assert "/accept/" not in done


def test_the_name_of_a_paper_one_may_not_read_is_not_told(brought, figure, people):
    for user in (people["verifier"], AnonymousUser()):
        page = shown(figure, user)
        assert "a paper you may not read" in page
        assert "Nhật ký cân" not in page
        assert brought.document_id not in page


def test_of_a_kind_nobody_declared_the_list_stands_without_a_form(people, country):
    page = shown(country, people["officer"])
    assert "No paper is attached yet." in page
    assert "/attach/" not in page
    assert isinstance(country, Place)


# Pages


def test_a_new_file_is_attached_on_the_figures_page(client, figure, people):
    client.force_login(people["operator"])
    url = f"/en/record/evidence/record.figure/{figure.pk}/attach/"
    assert url in client.get(f"/en/record/figures/{figure.pk}/").content.decode()
    data = {"file": SimpleUploadedFile("log.pdf", PDF), "title_en": "Log", "classification": "organisation",
            "evidence_class": "measurement", "page": "2"}  # fmt: skip
    page = client.post(url, data, follow=True).content.decode()
    assert "somebody else has to accept it" in page
    [row] = evidence.about(figure)
    assert (row.document.title_en, row.page, row.added_by) == ("Log", "2", people["operator"])


def test_a_paper_on_record_is_attached_and_one_of_both_must_be_chosen(client, figure, people):
    paper = bring(people["operator"]).document
    client.force_login(people["operator"])
    url = f"/en/record/evidence/record.figure/{figure.pk}/attach/"
    data = {"evidence_class": "document", "classification": "organisation", "note": "kept"}
    neither = client.post(url, data)
    assert neither.status_code == 422
    assert "one of the two" in neither.content.decode()
    assert "kept" in neither.content.decode()
    client.post(url, {**data, "document": paper.pk})
    assert evidence.about(figure).get().document == paper


def test_a_failed_attachment_leaves_no_file(client, figure, people, folder, monkeypatch):
    def refuse(*args, **kwargs):
        raise Conflict([])

    monkeypatch.setattr(evidence, "attach", refuse)
    client.force_login(people["operator"])
    data = {"file": SimpleUploadedFile("log.csv", CSV), "classification": "organisation",
            "evidence_class": "document"}  # fmt: skip
    client.post(f"/en/record/evidence/record.figure/{figure.pk}/attach/", data)
    assert not Document.objects.exists()
    assert not [p for p in folder.rglob("*") if p.is_file()]


@pytest.mark.parametrize("label", ["record.place", "accounts.user", "x", "record.figure"])
def test_what_cannot_be_backed_or_seen_is_not_found(client, people, label):
    client.force_login(people["observer"])
    assert client.get(f"/en/record/evidence/{label}/1/attach/").status_code == 404


def test_acceptance_on_the_page_and_its_refusal(client, brought, figure, people):
    client.force_login(people["operator"])
    page = client.post(f"/en/record/evidence/{brought.pk}/accept/", follow=True).content.decode()
    assert "Only an officer or a verifier accepts evidence." in page
    client.force_login(people["officer"])
    page = client.post(f"/en/record/evidence/{brought.pk}/reject/", {"reason": ""}, follow=True)
    assert "The reason is missing." in page.content.decode()
    page = client.post(f"/en/record/evidence/{brought.pk}/accept/", follow=True).content.decode()
    assert "The paper is accepted." in page
    assert Evidence.objects.get().accepted_by == people["officer"]


def test_evidence_of_what_one_may_not_see_is_not_found(client, brought, people):
    client.force_login(people["observer"])
    assert client.post(f"/en/record/evidence/{brought.pk}/accept/").status_code == 404
    brought.refresh_from_db()
    assert brought.accepted_on is None
