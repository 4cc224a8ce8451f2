"""Read a GNU MathProg data file, OSeMOSYS or MUIO 5.4, keeping the defaults that stand in it.

Understands the data section of the language as these files use it: sets, plain and sliced lists,
tables (also transposed), ``default`` and the ``param default v : name :=`` form. Sets may stand after
the parameters that use them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from trunghoa.quantities import N_

from ..lp import Ints
from .draft import Draft
from .model import Model
from .schema import ALIASES, IGNORED, PARAMETERS, SETS
from .texts import read_text

_COMMENT = re.compile(r"#[^\n]*|/\*.*?\*/", re.S)
_QUOTED = re.compile(r"'([^'\n]*)'|\"([^\"\n]*)\"")
_HEAD = re.compile(
    r"\s*(?:(?!default\b|:)(?P<name>[^\s,:\[(]+)\s*,?)?\s*(?:default\s+(?P<default>[^\s:;,]+)\s*,?)?\s*", re.S
)
# Characters that mean something to the language, and stand-ins for them inside quotes.
_HIDE = {ord(c): 0xE000 + i for i, c in enumerate(" \t:;,[]()#*")}
_SHOW = {hidden: chr(shown) for shown, hidden in _HIDE.items()}


def read_gmpl(path: Path) -> Model:
    """Read a data file (``.txt``, ``.dat``, also ``.gz``).

    Raises
    ------
    InputError
        with file, line, parameter and value of everything that is wrong.
    """
    draft = Draft(path.name)
    text = read_text(path, draft)
    _Reader(draft, path.name, text).read()
    return draft.finish()


class _Reader:
    def __init__(self, draft: Draft, file: str, text: str) -> None:
        self.draft, self.file = draft, file
        self.quoted = "'" in text or '"' in text
        if self.quoted:
            text = _QUOTED.sub(lambda m: (m[1] or m[2] or "").translate(_HIDE), text)
        self.text = _COMMENT.sub(lambda m: "\n" * m[0].count("\n"), text)
        self.columns: dict[tuple[str, str], Ints] = {}

    def read(self) -> None:
        parameters = []
        for offset, word, body in self._statements():
            if word == "set":
                self._set(body, offset)
            elif word == "param":
                parameters.append((offset, body))
            elif word not in {"data", "end"}:
                self.draft.refuse(
                    N_("“%(value)s” begins neither a set nor a parameter."),
                    N_("A statement reads set NAME := …; or param NAME := …;"),
                    file=self.file, row=self.line(offset), value=word,
                )  # fmt: skip
        for offset, body in parameters:
            try:
                self._parameter(body, offset)
            except _Malformed as fault:
                self.draft.refuse(
                    N_("The statement cannot be read: %(value)s"),
                    N_("Check brackets, colons and the number of values in each row."),
                    file=self.file, row=self.line(offset), value=str(fault),
                )  # fmt: skip

    def _statements(self) -> Iterator[tuple[int, str, str]]:
        offset = 0
        for statement in self.text.split(";"):
            stripped = statement.lstrip()
            if stripped:
                word, _, body = stripped.partition(" ")
                if not word.isalpha():
                    word, body = re.match(r"(\w*)(.*)", stripped, re.S).groups()  # type: ignore[union-attr]
                yield offset + len(statement) - len(stripped), word, body
            offset += len(statement) + 1

    def line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def _row(self, offset: int, label: str) -> int:
        """Line on which a label next stands after an offset."""
        found = re.compile(rf"(?<![^\s,\[]){re.escape(label)}(?![^\s,\]])").search(self.text, offset)
        return self.line(found.start() if found else offset)

    def _words(self, text: str) -> list[str]:
        words = text.replace(",", " ").split()
        return [w.translate(_SHOW) for w in words] if self.quoted else words

    def _set(self, body: str, offset: int) -> None:
        head, _, members = body.partition(":=")
        name, _, index = head.strip().partition("[")
        name = name.strip()
        if name == "MODEperTECHNOLOGY":
            self.draft.modes.append((self._words(index.rstrip("] "))[0], self._words(members)))
        elif name in SETS or name in ALIASES:
            self.draft.add_set(name, self._words(members), file=self.file, row=self.line(offset))
        elif name not in IGNORED:
            self.draft.notices.append(f"The set {name} is not part of OSeMOSYS and was not read.")

    def _parameter(self, body: str, offset: int) -> None:
        head = _HEAD.match(body)
        if head is None:
            raise _Malformed(body[:40])
        name, default, rest = head["name"], head["default"], body[head.end() :]
        if name is None:
            self._several(default, rest, offset)
            return
        if not self._known(name, offset):
            return
        if default is not None:
            self.draft.set_default(name, default, file=self.file)
        elif name not in self.draft.defaults:
            self.draft.set_default(name, None)
        if rest.startswith(":="):
            rest = rest[2:]
        self._records(name, rest, offset)

    def _known(self, name: str, offset: int) -> bool:
        if name in IGNORED:
            return False
        if name not in PARAMETERS:
            self.draft.refuse(
                N_("“%(value)s” is not a parameter of OSeMOSYS."),
                N_("Correct the name, or take the statement out."),
                file=self.file, row=self.line(offset), value=name,
            )  # fmt: skip
            return False
        return True

    def _several(self, default: str | None, rest: str, offset: int) -> None:
        """``param default v : name … := keys values …``."""
        names_text, assign, data = rest.lstrip().removeprefix(":").partition(":=")
        names = self._words(names_text.replace(":", " "))
        if not assign or not names:
            raise _Malformed(rest[:40].strip())
        names = [n for n in names if n not in SETS]
        known = [self._known(name, offset) for name in names]
        if not all(known):
            return
        for name in names:
            self.draft.set_default(name, default, file=self.file)
        words, width = self._words(data), len(PARAMETERS[names[0]].dims)
        if any(PARAMETERS[n].dims != PARAMETERS[names[0]].dims for n in names):
            raise _Malformed(" ".join(names))
        step = width + len(names)
        if len(words) % step:
            raise _Malformed(f"{len(words)} words do not make rows of {step}")
        for k, name in enumerate(names):
            keys = [words[i::step] for i in range(width)]
            self._store(name, keys, words[width + k :: step], offset)

    def _records(self, name: str, text: str, offset: int) -> None:
        dims = PARAMETERS[name].dims
        pieces = text.split("[")
        base = offset
        if pieces[0].strip():
            self._record(name, ["*"] * len(dims), pieces[0], offset)
        for piece in pieces[1:]:
            inside, closed, rest = piece.partition("]")
            labels = self._words(inside)
            if not closed or len(labels) != len(dims):
                raise _Malformed(f"[{inside}] for {name}, which has {len(dims)} dimensions")
            self._record(name, labels, rest, base)

    def _record(self, name: str, labels: list[str], text: str, offset: int) -> None:
        rest = text.strip()
        if rest.startswith(":="):
            rest = rest[2:].strip()
        stars = [i for i, label in enumerate(labels) if label == "*"]
        transposed = rest.startswith("(tr)")
        if transposed:
            rest = rest[4:].strip()
        if rest.startswith(":"):
            self._tables(name, labels, stars[::-1] if transposed else stars, rest, offset)
            return
        words, step = self._words(rest), len(stars) + 1
        if len(words) % step:
            raise _Malformed(f"{len(words)} words for {name} do not make rows of {step}")
        count = len(words) // step
        keys = [[label] * count for label in labels]
        for k, star in enumerate(stars):
            keys[star] = words[k::step]
        if count:
            self._store(name, keys, words[len(stars) :: step], offset)

    def _tables(self, name: str, labels: list[str], stars: list[int], text: str, offset: int) -> None:
        if len(stars) != 2:
            raise _Malformed(f"a table of {name} needs two *, not {len(stars)}")
        parts = text[1:].split(":=")
        heading = parts[0]
        for part in parts[1:]:
            rows, _, following = part.partition(":")
            self._table(name, labels, stars, heading, rows, offset)
            heading = following

    def _table(
        self, name: str, labels: list[str], stars: list[int], heading: str, body: str, offset: int
    ) -> None:
        dims, words = PARAMETERS[name].dims, self._words(body)
        column_dim = dims[stars[1]]
        key = (column_dim, heading)
        if key not in self.columns:
            self.columns[key] = self._find(name, column_dim, self._words(heading), offset)
        columns = self.columns[key]
        step = columns.size + 1
        if len(words) % step:
            raise _Malformed(f"{len(words)} words for {name} do not make rows of {step}")
        count = len(words) // step
        row_labels = words[::step]
        texts = [w for i in range(count) for w in words[i * step + 1 : (i + 1) * step]]
        keys: list[Ints] = []
        for i, label in enumerate(labels):
            if i == stars[0]:
                keys.append(np.repeat(self._find(name, dims[i], row_labels, offset), columns.size))
            elif i == stars[1]:
                keys.append(np.tile(columns, count))
            else:
                keys.append(np.repeat(self._find(name, dims[i], [label], offset), count * columns.size))
        self._add(name, keys, texts, offset)

    def _find(self, name: str, dim: str, labels: list[str], offset: int) -> Ints:
        index = self.draft.index.get(dim, {})
        if all(label in index for label in labels):
            return np.array([index[label] for label in labels], dtype=np.int32)
        rows = [self._row(offset, label) for label in labels]
        return self.draft.positions(name, dim, labels, file=self.file, rows=rows)

    def _store(self, name: str, keys: list[list[str]], texts: list[str], offset: int) -> None:
        dims = PARAMETERS[name].dims
        found = [self._find(name, dim, labels, offset) for dim, labels in zip(dims, keys, strict=True)]
        self._add(name, found, texts, offset)

    def _add(self, name: str, keys: list[Ints], texts: list[str], offset: int) -> None:
        if "." in texts:
            given = [i for i, text in enumerate(texts) if text != "."]
            keys, texts = [key[given] for key in keys], [texts[i] for i in given]
        line = self.line(offset) if self.draft.problems else 0
        try:
            values = np.array(list(map(float, texts)))
        except ValueError:
            rows = [self._row(offset, text) for text in texts]
            values = self.draft.numbers(name, texts, file=self.file, rows=rows)
        rows = [line] * values.size if line else []
        self.draft.add(name, tuple(keys), values, file=self.file, rows=rows)


class _Malformed(Exception):
    """A statement does not have the form of the language."""


def looks_like_gmpl(start: str) -> bool:
    """Whether the beginning of a text reads like a data file."""
    return re.search(r"^\s*(set|param)\b[^;]*?(:=|default)", _COMMENT.sub("", start), re.M) is not None
