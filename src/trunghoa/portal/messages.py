"""The message catalogues: what the code says, and what is still to be put into Vietnamese and Japanese."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = PACKAGE / "portal" / "locale"
LANGUAGES = ("vi", "ja")
KEYWORDS = {
    "_": None, "N_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2),
}  # fmt: skip

Message = str | tuple[str, str]


def found() -> dict[Message, set[str]]:
    """Every message of code and templates, with the files that say it; a plural is a pair."""
    messages: dict[Message, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or "migrations" in path.parts or "data" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        text = source if path.suffix == ".py" else templatize(source, origin=str(path))
        name = path.relative_to(PACKAGE).as_posix()
        for message in _in_text(text):
            messages.setdefault(message, set()).add(name)
        if path.suffix == ".py":
            for pair in (*_plurals_of_blocks(source), *_in_f_strings(source)):
                messages.setdefault(pair, set()).add(name)
    for one, many in [m for m in messages if isinstance(m, tuple)]:
        messages.pop(one, None)
        messages.pop(many, None)
    return messages


def _in_text(text: str) -> Iterator[Message]:
    for _line, message, _comments, _context in extract("python", io.BytesIO(text.encode()), KEYWORDS, [], {}):
        if isinstance(message, tuple):
            yield message[0], message[1]
        elif message:
            yield message


def _in_f_strings(source: str) -> Iterator[Message]:
    """Messages inside f-strings, which the extractor takes for plain text before Python 3.12."""
    for outer in ast.walk(ast.parse(source)):
        if not isinstance(outer, ast.JoinedStr):
            continue
        for node in ast.walk(outer):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                texts = [
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
                if node.func.id.startswith("ngettext") and len(texts) > 1:
                    yield texts[0], texts[1]
                elif texts:
                    yield texts[-1]


def _plurals_of_blocks(source: str) -> Iterator[tuple[str, str]]:
    """``Text(N_("one"), plural=N_("many"), by=…)`` of the joint report is one message with two forms."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        for keyword in node.keywords:
            if keyword.arg == "plural":
                one, many = _marked(node.args[0]), _marked(keyword.value)
                if one and many:
                    yield one, many


def _marked(node: ast.expr) -> str:
    inner = node.args[0] if isinstance(node, ast.Call) and node.args else node
    return inner.value if isinstance(inner, ast.Constant) and isinstance(inner.value, str) else ""


def path_of(lang: str) -> Path:
    return LOCALE / lang / "LC_MESSAGES" / "django.po"


def read(lang: str) -> Catalog:
    path = path_of(lang)
    if not path.exists():
        return Catalog(locale=lang, charset="utf-8")
    with path.open("rb") as stream:
        return read_po(stream, locale=lang)


def update(lang: str, translations: dict[Message, str] | None = None) -> list[Message]:
    """Bring one catalogue up to what the code says; returns the messages without translation."""
    old = read(lang)
    given = translations or {}
    new = Catalog(locale=lang, charset="utf-8", project="trunghoa", version="1", fuzzy=False)
    new.mime_headers  # noqa: B018 - fills the headers
    missing: list[Message] = []
    for message, files in found().items():
        known = old.get(message[0] if isinstance(message, tuple) else message)
        text = given.get(message) or (_plain(known.string) if known else "")
        flags = (
            ["python-format"]
            if re.search(r"%\(\w+\)s", message[0] if isinstance(message, tuple) else message)
            else []
        )
        new.add(
            message,
            (text,) if isinstance(message, tuple) else text,
            locations=[(f, None) for f in sorted(files)],
            flags=flags,
        )
        if not text:
            missing.append(message)
    path = path_of(lang)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(stream, new, sort_output=True, omit_header=False, width=110, include_lineno=False)
    _without_dates(path)
    return missing


def _plain(text: object) -> str:
    return str(text[0]) if isinstance(text, tuple | list) else str(text or "")


def _without_dates(path: Path) -> None:
    """The header's dates would change the file at every update."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    dated = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Generated-By',
        "# FIRST AUTHOR",
        '"Last-Translator',
        '"Language-Team',
    )
    path.write_text("".join(x for x in lines if not x.startswith(dated)), encoding="utf-8")


def faults(lang: str) -> list[str]:
    """What is wrong with a catalogue: untranslated, or with other placeholders than the message has."""
    catalogue = read(lang)
    wrong = []
    for message, files in found().items():
        key = message[0] if isinstance(message, tuple) else message
        entry = catalogue.get(key)
        text = _plain(entry.string) if entry else ""
        where = ", ".join(sorted(files))
        if not text:
            wrong.append(f"{lang}: not translated: “{key}” ({where})")
        elif _slots(text) != _slots(key):
            wrong.append(
                f"{lang}: “{key}” has {sorted(_slots(key))}, its translation {sorted(_slots(text))} ({where})"
            )
    return wrong


def _slots(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))
