"""The history of an object, in the reader's words; the log of everything, for officers alone."""

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.audit import bulk, chain, context, history
from trunghoa.portal.core.record import figures
from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.systems.landfills.models import Deposit, Landfill
from trunghoa.quantities import Figure as Value
from trunghoa.quantities import Period, Quality, Status

LOG = "/en/audit/"


@pytest.fixture
def landfill(sites, systems):
    return Landfill.objects.create(place=sites[0], source="a test", opened=2000)


def client_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(row):
    return [
        (line.who, line.what, [(c.field, c.old, c.new) for c in line.changes]) for line in history.of(row)
    ]


def test_a_change_is_told_by_person_field_and_label_of_the_choice(landfill, people):
    with context.acting(people["officer"]):
        landfill.quality = "verified"
        landfill.depth = Decimal("12.5")
        landfill.save()
    with override("en"):
        who, what, changes = said(landfill)[0]
    assert (who, what) == ("officer", "changed")
    assert ("Quality", "unverified", "verified") in changes
    assert ("Depth of waste (m)", "–", "12.5") in changes
    with override("vi"):
        _, what, changes = said(landfill)[0]
    assert what == "đã đổi"
    assert ("Chiều sâu lớp chất thải (m)", "–", "12,5") in changes


def test_a_relation_is_told_by_name(sites):
    other = Organisation.objects.create(code="gamma", name_vi="Công ty Gamma", side="VN", kind="facility")
    sites[0].operator = other
    sites[0].save()
    ((_, old, new),) = said(sites[0])[0][2]
    assert (old, new) == ("alpha", "Công ty Gamma")


def test_what_belongs_to_a_site_stands_in_its_history(landfill):
    rows = [Deposit(landfill=landfill, year=y, waste="total", tonnes=Decimal(5)) for y in (2020, 2021)]
    bulk.create(Deposit.objects, rows, about=landfill)
    rows[0].tonnes = Decimal(6)
    rows[0].save()
    with override("en"):
        (_, changed, fields), (_, created, count), *_ = said(landfill)
    assert (changed, created) == ("changed", "rows created")
    assert [(old, new) for _, old, new in fields] == [("5", "6")]
    assert count[0][2].startswith("2 × ")


def test_a_figure_written_with_a_thousand_others_has_its_history(systems, country):
    rows = figures.put(
        Value(
            system="S8", kind=f"test.k{n}", place=country.key, period=Period.years(2024, 2024), unit="t",
            amount=Decimal(n), status=Status.REPORTED, quality=Quality.VERIFIED, source="a test",
        )
        for n in range(100)
    )  # fmt: skip
    assert [line.entry.verb for line in history.of(rows[50])] == ["rows_created"]
    outside = Figure(pk=rows[-1].pk + 1)
    assert history.of(outside) == []


def test_the_tag_is_closed_and_escapes_what_people_typed(landfill, people):
    landfill.note = "<script>alert(1)</script>"
    landfill.save()
    page = Template("{% load audit %}{% history landfill %}").render(
        Context({"landfill": landfill, "user": people["observer"]})
    )
    assert "<details " in page
    assert "open" not in page.partition("<summary>")[0]
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert LOG not in page


def test_the_history_of_a_site_is_seen_by_those_who_see_the_site(landfill, people):
    landfill.note = "a note of the ministry"
    landfill.save()
    address = f"/en/landfills/{landfill.place.code}/"
    for name in ("officer", "operator", "researcher"):
        assert "a note of the ministry" in client_of(people[name]).get(address).content.decode()
    answer = client_of(people["observer"]).get(address)
    assert answer.status_code == 404
    assert "a note of the ministry" not in answer.content.decode()


@pytest.mark.parametrize("role", [r for r in User.Role.values if r != "officer"])
def test_the_log_is_for_officers_alone(landfill, role):
    user = User.objects.create_user("reader", role=role)
    answer = client_of(user).get(LOG)
    assert answer.status_code == 403
    assert "site-1" not in answer.content.decode()
    link = Template("{% load audit %}{% history row %}").render(Context({"row": landfill, "user": user}))
    assert "All entries" not in link


def test_the_log_is_filtered_by_object_person_and_day(landfill, people):
    client = client_of(people["officer"])
    with context.acting(people["operator"]):
        landfill.note = "of the operator"
        landfill.save()
    key = f"landfills.landfill:{landfill.pk}"

    def rows(query):
        return client.get(f"{LOG}?format=json&table=audit&{query}").json()

    assert {row["object"] for row in rows(f"object={key}")} == {key}
    assert {row["actor"] for row in rows("actor=operator")} == {"operator"}
    assert "of the operator" in rows("actor=operator")[0]["after"]
    today = timezone.localdate().isoformat()
    assert rows(f"since={today}&until={today}&verb=changed")
    assert {row["verb"] for row in rows("verb=changed")} == {"changed"}
    assert rows("until=2001-01-01") == []
    assert rows("object=nothing+of+the+kind") == []
    assert len(rows("")) == chain.entries().count()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_log_is_downloaded_with_every_hash(landfill, people, kind):
    answer = client_of(people["officer"]).get(f"{LOG}?format={kind}&table=audit")
    assert f"audit.{kind}" in answer["Content-Disposition"]
    if kind == "csv":
        assert chain.head()[1] in answer.content.decode()


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_the_log_is_read_in_each_language(landfill, people, lang):
    page = client_of(people["officer"]).get(f"/{lang}/audit/").content.decode()
    assert landfill.place.name_vi in page
    assert {"vi": "Nhật ký thay đổi", "ja": "変更ログ", "en": "Log of changes"}[lang] in page
