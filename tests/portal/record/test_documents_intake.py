"""What is handed in is looked into: each refusal says what is wrong, the value, the limit, and what to do."""

import struct
import zipfile

import pytest

from trunghoa.portal.core.record import intake, lists
from trunghoa.portal.core.record.intake import TooLarge
from trunghoa.quantities import InputError

from . import papers
from .papers import RELATION, RELATIONS

OFFICE = "application/vnd.openxmlformats-officedocument"
CAP = '<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>'


def refusal(content, name):
    """The one problem of a file, which always carries the file's name and what to do."""
    with pytest.raises(InputError) as caught:
        intake.check(content, name)
    [problem] = caught.value.problems
    assert problem.file == name
    assert problem.hint
    return str(problem)


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (papers.PDF, "Quyết định.pdf", "application/pdf"),
        (papers.xlsx(), "bảng.XLSX", f"{OFFICE}.spreadsheetml.sheet"),
        (papers.docx(), "議事録.docx", f"{OFFICE}.wordprocessingml.document"),
        (papers.png(), "a.png", "image/png"),
        (papers.jpeg(), "a.jpg", "image/jpeg"),
        (papers.jpeg(), "a.jpeg", "image/jpeg"),
        (papers.CSV, "a.csv", "text/csv"),
        ("\ufeffnăm;tấn".encode(), "a.csv", "text/csv"),
        ("年\t量".encode("utf-16"), "a.csv", "text/csv"),
        ("chữ".encode(), "a.txt", "text/plain"),
        (b'{"a": [1, 2]}', "a.json", "application/json"),
        (b"<a><b/></a>", "a.xml", "application/xml"),
        (CAP.encode(), "a.cap", "application/cap+xml"),
    ],
)  # fmt: skip
def test_each_declared_kind_is_taken_for_what_it_is(content, name, media_type):
    assert intake.check(content, name).media_type == media_type


def test_every_declared_kind_has_a_check_and_a_name_in_three_languages():
    from datetime import date

    for row in lists.document_types(date(2026, 1, 1)):
        assert row.check
        assert row.source
        assert all(row.names.values())


@pytest.mark.parametrize("content", [b"", b" \n\r\n"])
def test_an_empty_file_is_refused(content):
    assert "empty" in refusal(content, "a.csv")


def test_too_large_a_file_is_refused_with_its_size_and_the_limit(settings):
    settings.DOCUMENT_MAX_BYTES = 2**20
    with pytest.raises(TooLarge, match=r"a.csv: The file has 1\.5 MiB; at most 1 MiB are taken"):
        intake.check(b"1" * (3 * 2**19), "a.csv")


class Unread:
    """A handed-in file that must not be read."""

    size = 21 * 2**20
    name = "a.csv"

    def read(self):
        raise AssertionError("read")


def test_too_large_a_file_is_not_even_read():
    with pytest.raises(TooLarge, match="21 MiB"):
        intake.content_of(Unread())


@pytest.mark.parametrize("name", ["a.exe", "a.pdf.exe", "a.zip", "a.svg", "a.html", "a", "a.xlsm", "a.doc"])
def test_kinds_that_are_not_declared_are_refused_with_those_that_are(name):
    message = refusal(papers.PDF, name)
    assert "not taken" in message
    assert ".pdf, .xlsx, .docx" in message


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (papers.png(), "a.pdf", "png"),
        (papers.PDF, "a.png", "pdf"),
        (papers.jpeg(), "a.png", "jpeg"),
        (papers.docx(), "a.xlsx", "docx"),
        (papers.xlsx(), "a.csv", "xlsx"),
        (b"just text", "a.pdf", "text"),
        (papers.PDF, "a.txt", "pdf"),
    ],
)
def test_a_file_under_the_name_of_another_kind_is_refused(content, name, found):
    assert f"the content is of the kind {found}" in refusal(content, name)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"MZ\x90\x00 program", "program"),
        (b"\x7fELF program", "program"),
        (b"\x1f\x8b\x08 packed", "packed file"),
        (b"Rar!\x1a\x07\x00", "packed file"),
        (b"\xd0\xcf\x11\xe0 old", "old .xls"),
    ],
)
def test_programs_and_archives_are_refused_whatever_their_name(content, word):
    assert word in refusal(content, "a.txt")


# Packages


def test_a_zip_bomb_is_refused_by_its_ratio():
    content = papers.xlsx(xl__worksheets__sheet9=b"0" * 60 * 2**20)
    assert len(content) < 2**18
    assert "unpacks to more than" in refusal(content, "a.xlsx")


def test_many_middling_parts_are_refused_by_their_sum(settings):
    settings.DOCUMENT_MAX_UNPACKED = 2**20
    parts = {f"xl__media__{n}": bytes(range(256)) * 400 for n in range(20)}
    assert "more than 1 MiB" in refusal(papers.xlsx(**parts), "a.xlsx")


def test_a_lie_in_the_headers_about_the_size_does_not_help():
    size = 60 * 2**20
    content = papers.xlsx(xl__worksheets__sheet9=b"0" * size)
    assert content.count(struct.pack("<I", size)) == 2
    assert "unpacks to" in refusal(content.replace(struct.pack("<I", size), struct.pack("<I", 9)), "a.xlsx")


def test_too_many_parts_are_refused(settings):
    settings.DOCUMENT_MAX_ENTRIES = 50
    message = refusal(papers.packed([f"xl__media__{n}.txt" for n in range(60)]), "a.xlsx")
    assert "at most 50" in message


@pytest.mark.parametrize(
    "member", ["../../etc/passwd", "/etc/passwd", "xl/../../a", "C:\\a", "xl\\a", "a/..", "xl/a\nb"]
)
def test_a_part_whose_name_leads_out_of_the_package_is_refused(member):
    assert "leads out of it" in refusal(papers.packed([member]), "a.xlsx")


def test_two_parts_of_one_name_are_refused():
    with pytest.warns(UserWarning, match="Duplicate"):
        content = papers.packed(["xl/workbook.xml"])
    assert "damaged" in refusal(content, "a.xlsx")


def test_two_parts_that_share_their_bytes_are_refused():
    content = papers.packed(["xl/a.txt", "xl/b.txt"])
    with zipfile.ZipFile(__import__("io").BytesIO(content)) as package:
        first, second = (package.getinfo(n).header_offset for n in ("xl/a.txt", "xl/b.txt"))
    at = content.rindex(struct.pack("<I", second), content.rindex(b"xl/a.txt"))
    content = content[:at] + struct.pack("<I", first) + content[at + 4 :]
    assert "damaged" in refusal(content, "a.xlsx")


@pytest.mark.parametrize(
    "parts",
    [
        {"xl__inner.zip": b"x"},
        {"xl__embeddings__book.xlsx": b"x"},
        {"xl__media__image1.png": papers.xlsx()},
        {"xl__media__image1.gif": b"\x1f\x8b\x08 gzip"},
    ],
)
def test_a_package_inside_a_package_is_refused_by_name_or_by_content(parts):
    message = refusal(papers.xlsx(**parts), "a.xlsx")
    assert "another packed file" in message
    assert next(iter(parts)).replace("__", "/") in message


def test_macros_are_refused_in_whatever_way_they_are_named():
    assert "macros" in refusal(papers.xlsx(xl__vbaProject=b"x", xl__vbaProject_bin=b"").replace(
        b"vbaProject_bin", b"vbaProject.bin"), "a.xlsx")  # fmt: skip
    assert "macros" in refusal(papers.docx(**{"word/VBAPROJECT.BIN": b"x"}), "a.docx")
    declared = papers.zip_of(**{
        "[Content_Types].xml": '<Types><Default ContentType="vnd.ms-word.macroEnabled+xml"/></Types>',
        "word/document.xml": "<d/>",
    })  # fmt: skip
    assert "macros" in refusal(declared, "a.docx")


@pytest.mark.parametrize("member", ["word/embeddings/oleObject1.bin", "word/activeX/activeX1.bin"])
def test_embedded_objects_are_refused(member):
    assert member in refusal(papers.docx(**{member: b"\xd0\xcf\x11\xe0 ole"}), "a.docx")


def relations(kind, target, mode='TargetMode="External"'):
    link = f'<Relationship Id="r1" Type="{RELATION}{kind}" Target="{target}" {mode}/>'
    return {"word/_rels/document.xml.rels": RELATIONS.format(link)}


@pytest.mark.parametrize(
    ("kind", "target", "mode"),
    [
        ("attachedTemplate", "http://example.org/a.dotm", 'TargetMode="External"'),
        ("image", "file://server/share/a.png", 'TargetMode="External"'),
        ("oleObject", "http://example.org/a", 'TargetMode="External"'),
        ("hyperlink", "file:///c:/a.exe", 'TargetMode="External"'),
        ("hyperlink", "\\\\server\\share", 'TargetMode="External"'),
        ("image", "http://example.org/a", 'TargetMode="&#69;xternal"'),
    ],
)
def test_links_to_other_files_are_refused(kind, target, mode):
    message = refusal(papers.docx(**relations(kind, target, mode)), "a.docx")
    assert "linked to another file" in message
    assert target in message


def test_a_workbook_linked_to_another_is_refused():
    assert "linked" in refusal(papers.xlsx(xl__externalLinks__externalLink1="<a/>"), "a.xlsx")


def test_an_address_in_the_text_is_no_link_to_a_file():
    parts = relations("hyperlink", "https://example.org/a")
    assert intake.check(papers.docx(**parts), "a.docx").filename == "a.docx"


def test_entities_inside_a_package_are_refused():
    bomb = '<!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'
    assert "entities" in refusal(papers.docx(**{"word/styles.xml": bomb}), "a.docx")
    wide = bomb.encode("utf-16")
    assert "entities" in refusal(papers.docx(**{"word/styles.xml": wide}), "a.docx")


def test_a_plain_zip_is_refused():
    assert "not an Excel workbook or a Word document" in refusal(papers.zip_of(a=b"1"), "a.xlsx")


def test_a_locked_package_is_refused():
    content = bytearray(papers.xlsx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    assert "password" in refusal(bytes(content), "a.xlsx")


@pytest.mark.parametrize("cut", [30, 200, -40])
def test_a_broken_package_is_refused_and_nothing_else_happens(cut):
    assert "damaged" in refusal(papers.xlsx()[:cut], "a.xlsx")


# PDF


@pytest.mark.parametrize(
    ("object_", "word"),
    [
        (b"/Encrypt 5 0 R", "encrypted"),
        (b"/#45ncrypt 5 0 R", "encrypted"),
        (b"/S /JavaScript /JS (app.alert)", "JavaScript"),
        (b"/S /Java#53cript", "JavaScript"),
        (b"/S /#4a#61#76#61#53#63#72#69#70#74", "JavaScript"),
        (b"/OpenAction << /S /Launch /F (cmd.exe) >>", "starts another program"),
        (b"/S /L#61unch", "starts another program"),
    ],
)
@pytest.mark.parametrize("hidden", [False, True], ids=["plain", "in an object stream"])
def test_a_pdf_that_does_something_is_refused(object_, word, hidden):
    plain = papers.PDF.replace(b"/Catalog", b"/Catalog " + object_)
    assert word in refusal(papers.with_object_stream(b"<<" + object_ + b">>") if hidden else plain, "a.pdf")


def test_words_that_only_resemble_those_names_are_no_reason_to_refuse():
    words = b"/LaunchDate /EncryptMetadata /JavaScripts (JavaScript Launch Encrypt)"
    content = papers.PDF.replace(b"/Catalog", b"/Catalog " + words)
    assert intake.check(content, "a.pdf").content == content


def test_a_pdf_without_its_end_is_refused():
    assert "end is missing" in refusal(papers.PDF[:-7], "a.pdf")


def test_a_pdf_bomb_is_refused(settings):
    settings.DOCUMENT_MAX_UNPACKED = 2**20
    assert "unpacks to more than 1 MiB" in refusal(papers.with_object_stream(b"0" * 2**22), "a.pdf")


# Pictures


@pytest.mark.parametrize(("make", "name"), [(papers.png, "a.png"), (papers.jpeg, "a.jpg")])
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(make, name):
    message = refusal(make(60000, 50000), name)
    assert "60000 × 50000" in message
    assert "at most 100 million" in message
    assert "damaged" in refusal(make(0, 5), name)


@pytest.mark.parametrize(
    ("content", "name"),
    [(papers.png()[:20], "a.png"), (papers.png()[:-12], "a.png"), (b"\xff\xd8\xff\xd9", "a.jpg"),
     (b"\xff\xd8\xff\xe0\x00\x00" + b"\x00" * 20, "a.jpg")],
)  # fmt: skip
def test_a_broken_picture_is_refused(content, name):
    assert "damaged" in refusal(content, name)


# Text


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.json", "a.xml"])
def test_nul_bytes_and_other_encodings_are_refused(name):
    assert "NUL bytes" in refusal(b"a\x00b", name)
    assert "byte 2 cannot be read" in refusal(b"n\xe3m", name)
    assert "U+001B" in refusal(b"a\x1b[2J", name)


def test_a_page_that_calls_itself_a_table_is_refused():
    assert "not a table" in refusal(b"<html><script>1</script>", "a.csv")


@pytest.mark.parametrize("text", [b"{a: 1}", b"[" * 100_000, b'{"a": 1', b"x"])
def test_what_is_not_json_is_refused(text):
    assert "not JSON" in refusal(text, "a.json")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"<a>", "not XML"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "entities"),
        (b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>', "entities"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "run scripts (svg)"),
        (b'<a xmlns:h="http://www.w3.org/1999/xhtml"><h:b/></a>', "run scripts (b)"),
    ],
)
def test_xml_is_taken_without_entities_and_without_scripts(text, word):
    assert word in refusal(text, "a.xml")
