"""From the workbook to whole credits: exact, by vintage, and nothing half taken over."""

import io
import json
import re
from datetime import date
from fractions import Fraction

import numpy
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trunghoa.portal.core.record import documents
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry.models import Issuance, Methodology, MonitoringImport, Project
from trunghoa.portal.systems.registry.workbook import CALC, INPUT

from .books import EVIDENCE_HASH, XLSX, example, fill, find, registration, split

KNOWN = {
    "VN_AM007": "VN_AM007", "VN_AM003": "VN_AM003", "ID_AM004 pattern": "ID_AM004",
    "VN amorphous": "VN_TRANSFORMERS", "HFC destruction": "HFC_DESTRUCTION", "MN_AM001": "MN_AM001",
}  # fmt: skip


@pytest.fixture(autouse=True)
def papers(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path


def report(scene, identifier="VN_AM007", kept=None, start=date(2024, 1, 1), end=date(2024, 12, 31), **more):
    """A registered project under a methodology, and a period to be reported."""
    found = example(identifier)
    row, _fresh = Methodology.objects.get_or_create(
        code=found.id, version=found.version, defaults={"state": "approved", "title_en": found.title}
    )
    fixed, _monitored = split(found, {s: [str(x) for x in v] if isinstance(v, tuple) else str(v)
                                      for s, v in found.example.items()})  # fmt: skip
    project = scene.project(
        code=f"p-{identifier.lower().replace('_', '-')}", methodology=row,
        registration=kept or registration(found, fixed), **more,
    )  # fmt: skip
    Project.objects.filter(pk=project.pk).update(state="registered", reference=f"VN{project.pk:03d}")
    project.refresh_from_db()
    issuance = moves.began(
        Issuance.objects.create(project=project, number=project.issuances.count() + 1, start=start, end=end)
    )
    return issuance


def address(issuance, rest=""):
    return f"/en/registry/projects/{issuance.project.code}/issuances/{issuance.number}/monitoring/{rest}"


def template(scene, issuance, query=""):
    answer = scene.client("owner").get(address(issuance, "template/") + query)
    assert answer.status_code == 200
    return answer.content


def upload(scene, issuance, content):
    handed = SimpleUploadedFile("report.xlsx", content, XLSX)
    answer = scene.client("owner").post(address(issuance), {"file": handed})
    assert answer.status_code == 302, answer.content.decode()
    return issuance.imports.first()


def taken_over(scene, issuance, content):
    record = upload(scene, issuance, content)
    assert record.problems == []
    scene.client("owner").post(address(issuance, f"{record.pk}/confirm/"))
    issuance.refresh_from_db()
    record.refresh_from_db()
    assert record.outcome == "applied"
    return record


def values_of(identifier):
    found = example(identifier)
    return {s: list(v) if isinstance(v, tuple) else v for s, v in found.example.items()}


@pytest.mark.parametrize("name", KNOWN)
def test_every_known_example_comes_out_exactly_through_the_pages(scene, cases, name):
    known = next(
        m for m in json.loads(
            (cases / "crediting/jcm_methodologies.json").read_text(), parse_float=str
        )["methodologies"]
        if m["id"].startswith(name)
    )["example"]  # fmt: skip
    found = example(KNOWN[name])
    fixed, monitored = split(found, known["inputs"])
    gwp = {"gwp_set": "AR4", "gases": ["HFC-134a", "HFC-410A"]} if found.gwp_symbol else {}
    issuance = report(scene, found.id, registration(found, fixed, **gwp))
    taken_over(scene, issuance, fill(template(scene, issuance), monitored))
    ((year, row),) = issuance.computed.items()
    # The file's numbers are rounded doubles; the exact ones are next to them.
    for ours, theirs in (("reference", "RE"), ("project", "PE"), ("reduction", "ER")):
        wanted = Fraction(str(known[theirs]))
        # A number with many digits is a rounded double; a short one is exact.
        assert abs(Fraction(row[ours]) - wanted) < Fraction(1, 10**9)
        assert len(str(known[theirs])) > 12 or Fraction(row[ours]) == wanted
    assert (year, row["credits"]) == ("2024", known["credits_floor"])
    assert issuance.requested == {"2024": known["credits_floor"]}
    page = scene.client("owner").get(issuance.get_absolute_url()).content.decode()
    assert "What went in" in page
    assert "Line by line" in page


def test_the_workbook_has_the_sheets_of_the_jcm_and_live_formulas(scene):
    issuance = report(scene)
    content = template(scene, issuance)
    assert content == template(scene, issuance)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[:5] == ["MPS(input)", "MPS(calc_process)", "MSS", INPUT, CALC]
    formulas = [c.value for row in book[CALC].iter_rows() for c in row if str(c.value).startswith("=")]
    assert any("SUMPRODUCT" in f and "MRS(input)" in f for f in formulas)


@pytest.mark.parametrize("identifier", sorted(set(KNOWN.values())))
def test_the_live_formulas_give_what_the_platform_computes(scene, identifier):
    found = example(identifier)
    fixed, monitored = split(found, values_of(identifier))
    gwp = {"gwp_set": "AR4", "gases": ["HFC-134a", "HFC-410A"]} if found.gwp_symbol else {}
    issuance = report(scene, identifier, registration(found, fixed, **gwp))
    content = fill(template(scene, issuance), monitored)
    taken_over(scene, issuance, content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sums = {row[0].value: row[2].value for row in book[CALC].iter_rows() if row[0].value in ("RE", "PE")}
    for side, name in (("RE", "reference"), ("PE", "project")):
        assert computed(str(sums[side]), book[INPUT]) == pytest.approx(
            float(Fraction(issuance.computed["2024"][name])), rel=1e-12
        )


def computed(formula, sheet):
    """A formula as a spreadsheet computes it: columns element by element, SUMPRODUCT their sum."""

    def cells(match):
        found = sheet[match[1].replace("$", "")]
        rows = found if isinstance(found, tuple) else ((found,),)
        values = [cell.value for row in rows for cell in row]
        return f"column({values})" if isinstance(found, tuple) else f"({values[0]})"

    text = re.sub(r"'MRS\(input\)'!([$A-Z0-9:]+)", cells, formula.removeprefix("="))
    names = {"SUMPRODUCT": numpy.sum, "column": numpy.array, "__builtins__": {}}
    return float(eval(text, names))


def test_each_wrong_cell_is_named_and_nothing_is_taken_over(scene):
    issuance = report(scene)

    def spoil(sheet):
        first, second = find(sheet, "EG_PJ", 1), find(sheet, "EG_PJ", 2)
        sheet[f"I{first}"] = "1.250,5"
        sheet[f"J{first}"] = "A"
        sheet[f"I{second}"] = -3
        sheet[f"K{second}"] = None
        sheet[f"L{second}"] = "2025-02-30"
        sheet[f"M{second}"] = "see attachment"
        sheet[f"H{second}"] = "kWh"
        spoil.rows = first, second

    record = upload(scene, issuance, fill(template(scene, issuance), values_of("VN_AM007"), change=spoil))
    first, second = spoil.rows
    assert record.outcome == "refused"
    assert {p["cell"] for p in record.problems} == {
        f"I{first}", f"J{first}", f"H{second}", f"I{second}", f"K{second}", f"L{second}", f"M{second}",
    }  # fmt: skip
    page = scene.client("owner").get(address(issuance, f"{record.pk}/")).content.decode()
    assert f"I{second}" in page
    assert "is less than" in page
    issuance.refresh_from_db()
    assert (issuance.computed, issuance.monitoring) == ({}, [])
    assert scene.client("owner").post(address(issuance, f"{record.pk}/confirm/")).status_code == 302
    issuance.refresh_from_db()
    assert issuance.computed == {}
    # The original stays as it came.
    assert documents.read(record.document)[:2] == b"PK"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s.__setitem__("B2", "another"), "This workbook is of"),
        (lambda s: s.__setitem__("B5", "2.0"), "This workbook is of"),
        (lambda s: s.__setitem__("B6", "AR5"), "Tonnes of two sets do not add"),
        (lambda s: s.__setitem__(f"D{find(s, 'EG_PJ', 1)}", "EG_RE"), "not a parameter that is given here"),
        (lambda s: s.__setitem__(f"E{find(s, 'EG_PJ', 2)}", 1), "stands twice"),
        (lambda s: s.__setitem__(f"B{find(s, 'EG_PJ', 1)}", "2024-02-01"), "Part 1"),
        (lambda s: s.__setitem__(f"L{find(s, 'EG_PJ', 1)}", "2025-06-01"), "after the period ended"),
        (lambda s: s.delete_rows(find(s, "EG_PJ", 2)), "is missing in part 1"),
        (lambda s: s.__setitem__(f"I{find(s, 'EG_PJ', 2) + 2}", 0.9), "form 3.12"),
        (lambda s: s.__setitem__(f"I{find(s, 'EG_PJ', 1)}", "=1+1"), "never computed"),
    ],
)  # fmt: skip
def test_a_workbook_that_does_not_fit_is_refused(scene, change, says):
    issuance = report(scene)
    record = upload(scene, issuance, fill(template(scene, issuance), values_of("VN_AM007"), change=change))
    assert record.outcome == "refused"
    page = scene.client("owner").get(address(issuance, f"{record.pk}/")).content.decode()
    assert says in page.replace("&quot;", '"')


def test_a_period_across_years_is_split_by_its_days_or_by_its_own_readings(scene):
    whole = report(scene, start=date(2023, 7, 1), end=date(2024, 6, 30), crediting_from=date(2023, 1, 1))
    taken_over(scene, whole, fill(template(scene, whole), {"EG_PJ": [1000, 1000]}))
    total = sum(Fraction(row["reduction"]) for row in whole.computed.values())
    assert total == 1000 * (Fraction("0.333") + Fraction("0.533"))
    assert Fraction(whole.computed["2023"]["reduction"]) == total * Fraction(184, 366)
    assert whole.computed["2023"]["credits"] + whole.computed["2024"]["credits"] in (865, 866)
    content = fill(template(scene, whole), {"EG_PJ": [1, 1]})
    Issuance.objects.filter(pk=whole.pk).update(monitoring=[], computed={}, requested={}, basis={})
    whole.refresh_from_db()
    by_year = fill(template(scene, whole, "?by=year"), {(1, "EG_PJ"): [900, 900], (2, "EG_PJ"): [100, 100]})
    taken_over(scene, whole, by_year)
    assert whole.computed["2023"]["reduction"] == "779.4"
    assert (whole.computed["2023"]["credits"], whole.computed["2024"]["credits"]) == (779, 86)
    assert len(whole.monitoring) == 2
    assert content


def test_a_file_is_taken_back_while_the_report_is_written(scene):
    issuance = report(scene)
    content = template(scene, issuance)
    taken_over(scene, issuance, fill(content, {"EG_PJ": [100, 100]}))
    second = taken_over(scene, issuance, fill(content, {"EG_PJ": [200, 200]}))
    assert issuance.requested == {"2024": 173}
    scene.client("owner").post(address(issuance, f"{second.pk}/take-back/"))
    issuance.refresh_from_db()
    assert issuance.requested == {"2024": 86}
    # Once handed over, nothing is taken back.
    first = MonitoringImport.objects.get(outcome="applied")
    scene.move(issuance, "hand_over", "owner")
    scene.client("owner").post(address(issuance, f"{first.pk}/take-back/"))
    issuance.refresh_from_db()
    assert issuance.requested == {"2024": 86}


def test_confirming_twice_or_after_a_change_changes_nothing(scene):
    issuance = report(scene)
    content = fill(template(scene, issuance), {"EG_PJ": [100, 100]})
    stale = upload(scene, issuance, content)
    taken_over(scene, issuance, content)
    revision = issuance.revision
    scene.client("owner").post(address(issuance, f"{stale.pk}/confirm/"))
    issuance.refresh_from_db()
    assert issuance.revision == revision
    stale.refresh_from_db()
    assert stale.outcome == "checked"


def test_only_participants_hand_workbooks_in(scene):
    issuance = report(scene)
    for who in ("tpe", "buyer", "observer", "other-tpe"):
        assert scene.client(who).get(address(issuance)).status_code == 404
    assert scene.client("vn1").post(address(issuance)).status_code == 403


def test_potentials_of_another_set_are_refused(scene):
    """The registration names the set; neither the sheet nor the values may be of another one."""
    found = example("HFC_DESTRUCTION")
    fixed, monitored = split(found, values_of("HFC_DESTRUCTION"))
    kept = registration(found, fixed, "AR5", ["HFC-134a", "HFC-410A"])
    issuance = report(scene, found.id, kept)
    content = fill(template(scene, issuance), monitored, change=lambda s: s.__setitem__("B6", "AR4"))
    record = upload(scene, issuance, content)
    assert "potentials of" in record.problems[0]["message"]
    project = issuance.project
    Project.objects.filter(pk=project.pk).update(state="pin_no_objection", scope="1")
    with pytest.raises(Refused, match="is not the set's"):
        scene.move(project, "submit_design", "owner")


def test_credits_by_vintage_never_exceed_what_was_computed(scene):
    issuance = report(scene)
    taken_over(scene, issuance, fill(template(scene, issuance), {"EG_PJ": [100, 100]}))
    Issuance.objects.filter(pk=issuance.pk).update(requested={"2024": 87})
    with pytest.raises(Refused, match="87 credits of vintage 2024 are asked for; verified are 86"):
        scene.move(issuance, "hand_over", "owner")


def test_the_evidence_and_meter_of_each_element_are_kept(scene):
    issuance = report(scene)
    taken_over(scene, issuance, fill(template(scene, issuance), {"EG_PJ": [100, 100]}))
    reading = issuance.monitoring[0]["readings"]["EG_PJ"]
    assert [e["meter"] for e in reading["elements"]] == ["M-EG_PJ-1", "M-EG_PJ-2"]
    assert reading["evidence"] == EVIDENCE_HASH
    again = openpyxl.load_workbook(io.BytesIO(template(scene, issuance)))[INPUT]
    assert again[f"I{find(again, 'EG_PJ', 1)}"].value == 100


def test_an_unverified_rule_or_value_marks_the_credits(scene):
    issuance = report(scene)
    taken_over(scene, issuance, fill(template(scene, issuance), {"EG_PJ": [100, 100]}))
    assert issuance.basis["quality"] == "unverified"
    page = scene.client("owner").get(issuance.get_absolute_url()).content.decode()
    assert "No official statement is printed" in page
