"""A filled form as a Word document and as a workbook; the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from .filling import Filled

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MISSING = "not on record"
# What XML cannot hold at all.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
STYLES = (
    f'{HEAD}<w:styles {WORD}><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="20"/><w:lang w:val="en-GB"/>'
    "</w:rPr></w:rPrDefault></w:docDefaults>"
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="{code}"><w:name w:val="{name}"/><w:pPr><w:keepNext/>'
        f'<w:spacing w:before="160" w:after="60"/><w:outlineLvl w:val="{level}"/></w:pPr>'
        f'<w:rPr><w:b/><w:sz w:val="{size}"/></w:rPr></w:style>'
        for code, name, level, size in (("Heading1", "heading 1", 0, 32), ("Heading2", "heading 2", 1, 24))
    )
    + "</w:styles>"
)


def docx(form: Filled) -> bytes:
    """Heading, notes, then each field under its label; tables as tables."""
    body = "".join(_body(form))
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{MAIN}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{MAIN}.styles+xml"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "word/styles.xml": STYLES,
        "word/document.xml": f"{HEAD}<w:document {WORD}><w:body>{body}<w:sectPr/></w:body></w:document>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, text.encode())
    return stream.getvalue()


def _body(form: Filled) -> Iterator[str]:
    yield _paragraph(f"{form.paper.number} {form.paper.title}", "Heading1")
    yield _paragraph(f"{form.paper.code} · {form.about}")
    for note in form.notes:
        yield _paragraph(note)
    for item in form.items:
        yield _paragraph(item.label, "Heading2")
        if item.rows:
            yield _table(item.rows)
        else:
            for line in (item.text or f"[{MISSING}]").splitlines():
                yield _paragraph(line)


def _paragraph(text: str, style: str = "") -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{look}<w:r><w:t xml:space="preserve">{_safe(text)}</w:t></w:r></w:p>'


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    borders = "".join(
        f'<w:{edge} w:val="single" w:sz="4"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "<w:gridCol/>" * len(rows[0])
    lines = []
    for number, row in enumerate(rows):
        cells = "".join(f"<w:tc><w:tcPr/>{_paragraph(cell)}</w:tc>" for cell in row)
        look = "<w:trPr><w:tblHeader/></w:trPr>" if number == 0 else ""
        lines.append(f"<w:tr>{look}{cells}</w:tr>")
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>{borders}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>{_paragraph('')}"
    )


def _safe(text: str) -> str:
    return escape(UNWRITABLE.sub("", text))


def xlsx(form: Filled) -> bytes:
    """One sheet: label and text beside each other, tables below their label; every cell is text."""
    import xlsxwriter

    stream = io.BytesIO()
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(stream, {"in_memory": True, **options})
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the same content gives the same bytes
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(f"Form {form.paper.number}")
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 8, 26)
    sheet.write_string(0, 0, f"{form.paper.number} {form.paper.title}", bold)
    sheet.write_string(1, 0, f"{form.paper.code} · {form.about}")
    row = 2
    for note in form.notes:
        sheet.write_string(row, 0, note)
        row += 1
    for item in form.items:
        row += 1
        sheet.write_string(row, 0, item.label, bold)
        if not item.rows:
            sheet.write_string(row, 1, UNWRITABLE.sub("", item.text or f"[{MISSING}]"), wrap)
        for line in item.rows:
            row += 1
            for column, cell in enumerate(line):
                sheet.write_string(row, column, UNWRITABLE.sub("", cell), wrap)
    book.close()
    return stream.getvalue()


FILES = {"docx": (docx, DOCX), "xlsx": (xlsx, XLSX)}
