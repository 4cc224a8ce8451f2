"""Text: its encoding, and what must be true of JSON and XML."""

import json
import re
from typing import Any
from xml.parsers import expat

from trunghoa.quantities import N_

from .packages import no_doctype
from .refusal import refuse

# Pages and drawings that run scripts when a browser opens them.
ACTIVE = {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"}
MARKS = (b"\xff\xfe", b"\xfe\xff")


def decoded(content: bytes) -> str:
    """Text in UTF-8, or in UTF-16 with its mark."""
    wide = content.startswith(MARKS)
    if not wide and b"\x00" in content:
        raise refuse(
            N_("The text contains NUL bytes: it is not text."),
            N_("Save it as text in UTF-8, or hand in the file as its program saves it."),
        )
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            N_("The text is not in UTF-8: byte %(value)s cannot be read."),
            N_("Save it again with the encoding UTF-8 (in a spreadsheet: “CSV UTF-8”)."),
            value=str(error.start + 1),
        ) from error
    if control := re.search(r"[\x00-\x08\x0b\x0e-\x1f]", text):
        raise refuse(
            N_("The text contains a control character (%(value)s): it is not text."),
            N_("Save it as text in UTF-8, or hand in the file as its program saves it."),
            value=f"U+{ord(control[0]):04X}",
        )
    return text


def check_csv(text: str) -> None:
    if text.lstrip().startswith("<"):
        raise refuse(N_("This is a page or XML, not a table of values."), N_("Save it as “CSV UTF-8”."))


def check_json(text: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refuse(
            N_("The file is not JSON: %(value)s."),
            N_("Let the program that made it write it again."),
            value=str(error)[:120],
        ) from error


def check_xml(content: bytes) -> None:
    """Well formed, without entities, and no page or drawing that a browser would run."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = _check_element
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise refuse(
            N_("The file is not XML: %(value)s."),
            N_("Let the program that made it write it again."),
            value=str(error)[:120],
        ) from error


def _check_element(tag: str, _attributes: dict[str, Any]) -> None:
    space, _, name = tag.rpartition(" ")
    if space in ACTIVE or name.casefold() in ("html", "svg", "script"):
        raise refuse(
            N_("The file holds a page or drawing that can run scripts (%(value)s)."),
            N_("Hand it in as PDF or as a picture."),
            value=name,
        )
