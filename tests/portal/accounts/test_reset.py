"""A forgotten password: the answer tells nothing, the mail speaks one's language, the link works once."""

import re

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from trunghoa.portal.core.accounts import tasks
from trunghoa.portal.core.accounts.models import User

ASK = "/en/password/"
NEW = "a new and longer password"


def ask(client, email):
    return client.post(ASK, {"email": email})


def work():
    """Do what stands in the queue."""
    for job in DBTaskResult.objects.filter(status="READY"):
        job.task.call(*job.args_kwargs["args"])
        job.delete()


def link():
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


def test_a_known_and_an_unknown_address_get_the_same_answer_and_the_same_work(client, operator):
    seen = []
    for email in ("minh@example.org", "nobody@example.org"):
        with_mail = ask(client, email)
        page = client.get(with_mail["Location"]).content.decode()
        jobs = list(DBTaskResult.objects.values_list("task_path", flat=True))
        DBTaskResult.objects.all().delete()
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        seen.append((with_mail.status_code, text, jobs))
    assert seen[0] == seen[1]
    assert "If somebody has an account with this address" in seen[0][1]
    assert mail.outbox == []


def test_both_answers_ask_the_database_as_often(client, operator):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for email in ("minh@example.org", "nobody@example.org"):
        client.cookies.clear()
        with CaptureQueriesContext(connection) as asked:
            ask(client, email)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("lang", "words"), [("vi", "mật khẩu mới"), ("ja", "新しいパスワード"), ("en", "a new password")]
)
def test_the_mail_is_in_the_readers_language(client, operator, lang, words):
    User.objects.filter(pk=operator.pk).update(language=lang)
    ask(client, "MINH@example.org")
    work()
    [sent] = mail.outbox
    assert words in sent.subject
    assert link().startswith(f"/{lang}/password/")
    assert sent.to == ["minh@example.org"]


def test_the_link_sets_a_password_once_and_ends_every_sign_in(client, browser, operator):
    other = browser()
    other.force_login(operator)
    ask(client, "minh@example.org")
    work()
    first = link()
    form = client.get(first)["Location"]
    client.post(form, {"new_password1": NEW, "new_password2": NEW})
    operator.refresh_from_db()
    assert operator.check_password(NEW)
    assert other.get("/en/account/").status_code == 302
    assert (
        "was used, is too old" in browser().get(first.replace("/vi/", "/en/"), follow=True).content.decode()
    )


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("short", "short", "Too short"),
        ("minh@example.org", "minh@example.org", "similar"),
        ("password12345", "password12345", "common"),
        (NEW, NEW + "x", "differ"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused_with_a_reason(client, operator, first, second, says):
    operator.set_password("old password that stands")
    operator.language = "en"
    operator.save()
    ask(client, "minh@example.org")
    work()
    form = client.get(link())["Location"]
    answer = client.post(form, {"new_password1": first, "new_password2": second})
    errors = " ".join(e for found in answer.context["form"].errors.values() for e in found)
    assert says in errors
    operator.refresh_from_db()
    assert operator.check_password("old password that stands")


def test_a_person_who_may_not_sign_in_gets_no_mail(operator):
    User.objects.filter(pk=operator.pk).update(is_active=False)
    assert tasks.send_reset.call("minh@example.org", "http://testserver/") == 0
    assert mail.outbox == []


def test_a_mailbox_cannot_be_filled_from_here(client, operator):
    for email in ("minh@example.org", "nobody@example.org"):
        answers = [ask(client, email).status_code for _ in range(6)]
        assert answers[-1] == 429
        assert 302 in answers
    assert DBTaskResult.objects.count() <= 10
