"""Small files of every kind, and how to spoil them."""

import io
import struct
import zipfile
import zlib

import openpyxl

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
CSV = "năm,tấn\n2024,1\n".encode()
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)


def png(width=2, height=2):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(width=2, height=2):
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"note"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + comment + frame + b"\xff\xd9"


def xlsx(**parts):
    """A workbook; ``parts`` are further members, with ``__`` for a slash."""
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["year", "food"])
    book.save(stream)
    return with_parts(stream.getvalue(), parts)


def docx(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<document>Biên bản</document>")
    return with_parts(stream.getvalue(), parts)


def with_parts(content, parts):
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        for name, body in parts.items():
            package.writestr(zipfile.ZipInfo(name.replace("__", "/")), body, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def packed(names, body=b"1"):
    """A package with members of exactly these names, a workbook otherwise."""
    return with_parts(xlsx(), dict.fromkeys(names, body))


def zip_of(**members):
    return with_parts(zipped(), members)


def zipped():
    stream = io.BytesIO()
    zipfile.ZipFile(stream, "w").close()
    return stream.getvalue()


def with_object_stream(*objects):
    """A PDF whose objects are kept compressed, as most programs write them today."""
    body = zlib.compress(b" ".join(objects))
    stream = b"2 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + body + b"\nendstream\nendobj\n"
    return PDF.replace(b"trailer", stream + b"trailer")
