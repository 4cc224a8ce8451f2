"""The guard: what was rendered is read back, and a number nobody can trace stops the publication.

It looks at the output, not at what the renderers meant to write: the HTML text, and the text handed to and
extracted from the PDF.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from trunghoa.quantities import UNITS, InputError, Period, convert, format_date, parse_number

from .blocks import Age, Count, Reckoned, Tally, Total
from .errors import UnbackedNumber
from .manifest import Frozen, plain
from .words import parameter_value, places, reckon, unit_text

# Formulas and units whose small digits are part of the name; nothing else numeric may stand in words.
FORMULAS = re.compile("CO₂e?|CH₄|N₂O|SF₆|NF₃|m³|m²|km²")
# What a drawing may say of an interval; its other digits are axes and figures.
INTERVAL = re.compile(r"95[\s\u00a0]?%|95 ?％")
NUMERAL = re.compile(r"[-−]?\d[\d.,\u00a0\u202f]*\d|[-−]?\d")
SYMBOLS = (*UNITS, "CO2", "CH4", "N2O", "SF6", "NF3", "CF4", "C2F6", "CH4_fossil", "CH4_biogenic")
SUBSCRIPTS = dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True))
EXACT = Context(prec=60)
VOID = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))
# Kinds of texts that are numbers, and have to be the same in every language.
NUMBERS = ("number", "count", "parameter", "date", "period")
BACKED = frozenset(("number", "count", "parameter", "date", "period", "ref", "name", "unit", "mark"))


@dataclass(frozen=True)
class Token:
    """Something backed, as it came out."""

    part: str
    kind: str
    text: str
    backing: Mapping[str, str]


@dataclass(frozen=True)
class Drawing:
    """A drawing, the figures it was drawn from, and what it calls its series by names from data."""

    svg: str
    figures: list[int]
    names: Collection[str] = ()


@dataclass
class Rendered:
    """One language's output: the HTML body, the data set by typst, and what its counts counted."""

    lang: str
    html: str
    document: dict[str, Any]
    counts: dict[str, Reckoned] = field(default_factory=dict)
    drawings: list[Drawing] = field(default_factory=list)


class Reader(HTMLParser):
    """Splits HTML into what is backed and the words around it."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[Token] = []
        self.words: list[tuple[str, str]] = []
        self._stack: list[tuple[str, str, str, dict[str, str]]] = []  # tag, part, kind, backing
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = {k: v or "" for k, v in attrs}
        part, kind = (self._stack[-1][1], self._stack[-1][2]) if self._stack else ("", "")
        if not kind:
            kind = kind_of(tag, given)
            self._text = [] if kind else self._text
        backing = {k.removeprefix("data-"): v for k, v in given.items()}
        self._stack.append((tag, given.get("data-section", part), kind, backing))

    def handle_endtag(self, tag: str) -> None:
        _, part, kind, backing = self._stack.pop()
        outer = self._stack[-1][2] if self._stack else ""
        if kind and not outer:
            self.tokens.append(Token(part, kind, "".join(self._text), backing))

    def handle_data(self, data: str) -> None:
        part, kind = (self._stack[-1][1], self._stack[-1][2]) if self._stack else ("", "")
        if kind:
            self._text.append(data)
        elif data.strip():
            self.words.append((part, data))


def kind_of(tag: str, given: Mapping[str, str]) -> str:
    if tag == "data":
        return next((k for k in ("count", "parameter") if f"data-{k}" in given), "number")
    if tag == "time":
        return "period" if "data-period" in given else "date"
    if tag == "svg":
        return "chart"
    css = given.get("class", "").split()
    if "quality-mark" in css:
        return "mark"
    return next((k for k in ("ref", "name", "unit", "period") if k in css), "")


def read_html(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def read_document(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """``(part, kind, text)`` of every piece of the data typst sets."""
    for key in ("title", "standing", "cover"):
        yield from _pieces(document[key], "cover")
    for part in document["parts"]:
        yield from _pieces(part, part["key"])


def _pieces(node: Any, part: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _pieces(value, part)
    elif isinstance(node, list):
        if len(node) in (2, 3) and all(isinstance(x, str) for x in node):
            yield part, node[0], node[1]
        else:
            for value in node:
                yield from _pieces(value, part)


def has_number(text: str) -> bool:
    return any(unicodedata.category(c).startswith("N") for c in FORMULAS.sub("", text))


def check(outputs: Mapping[str, Rendered], frozen: Frozen) -> None:
    """Check all languages, each by itself and against the others; raises UnbackedNumber."""
    said: dict[str, Counter[tuple[str, ...]]] = {}
    for lang, output in outputs.items():
        tokens = check_html(output, frozen)
        check_document(output, tokens)
        check_drawings(output, frozen)
        said[lang] = Counter(_meaning(t) for t in tokens if t.kind in NUMBERS)
    first, *others = said
    for other in others:
        if said[first] != said[other]:
            odd = next(iter((said[first] - said[other]) + (said[other] - said[first])))
            raise UnbackedNumber(
                f"{first} and {other} do not print the same numbers: {' '.join(odd)} differs."
            )


def _meaning(token: Token) -> tuple[str, ...]:
    keys = ("figure", "part", "decimals", "unit", "count", "parameter", "period", "datetime", "value")
    return (token.part, token.kind, *(token.backing.get(k, "") for k in keys))


def check_html(output: Rendered, frozen: Frozen) -> list[Token]:
    """Every digit of the HTML is inside something backed, and every backed text says what backs it."""
    reader = read_html(output.html)
    for part, text in reader.words:
        _refuse_number(part, output.lang, "HTML", text)
    for token in reader.tokens:
        if fault := _fault(token, output, frozen):
            raise UnbackedNumber(f"Section {token.part}, {output.lang}: “{token.text}” {fault}")
    return reader.tokens


def check_document(output: Rendered, tokens: list[Token]) -> None:
    """The PDF's text holds no digit in its words, and the same backed texts as the HTML."""
    mine: Counter[tuple[str, str, str]] = Counter()
    for part, kind, text in read_document(output.document):
        if kind == "text":
            _refuse_number(part, output.lang, "PDF", text)
        elif kind not in BACKED | {"sub"}:
            raise UnbackedNumber(
                f"Section {part}, {output.lang}, PDF: “{text}” is a {kind}, which carries no source."
            )
        elif kind in NUMBERS:
            mine[part, kind, text] += 1
    theirs = Counter((t.part, t.kind, t.text) for t in tokens if t.part != "contents")
    theirs = Counter({k: n for k, n in theirs.items() if k[1] in NUMBERS})
    if mine != theirs:
        part, kind, text = next(iter((mine - theirs) + (theirs - mine)))
        raise UnbackedNumber(
            f"Section {part}, {output.lang}: the {kind} “{text}” stands in one of HTML and PDF only."
        )


def check_drawings(output: Rendered, frozen: Frozen) -> None:
    """What a mark says is a figure the chart was given; words hold no digit; bare numbers are the axes'."""
    for drawing in output.drawings:
        entries = [frozen.entries[pk] for pk in drawing.figures if pk in frozen.entries]
        amounts = [Decimal(e[k]) for e in entries for k in ("amount", "lower", "upper") if e[k] is not None]
        years = {y for e in entries for p in [Period.parse(e["period"])] for y in (p.start.year, p.end.year)}
        # CO2e is never written without the name of its potentials, which holds a digit: “AR5”.
        names = {*drawing.names, *(e["gwp_set"] for e in entries)} - {""}
        for tag, text in drawn_texts(drawing.svg):
            words = INTERVAL.sub("", FORMULAS.sub("", _without(names, text)))
            if tag == "text" and has_number(words) and not NUMERAL.fullmatch(words.strip()):
                raise UnbackedNumber(f"A chart, {output.lang}: “{text}” holds a number in its words.")
            if tag == "title":
                _refuse_claims(words, amounts, years, output.lang)


def _without(names: Collection[str], text: str) -> str:
    """The text without these names, where they stand as words of their own; of two the longer one."""
    longest_first = sorted(names, key=len, reverse=True)
    return re.sub(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", "", text) if names else text


def drawn_texts(svg: str) -> Iterator[tuple[str, str]]:
    """``(tag, text)`` of what a drawing says; subscripts are part of the word they stand in."""
    for element in ElementTree.fromstring(svg).iter():  # noqa: S314 - written by our own chart engine
        tag = element.tag.rpartition("}")[2]
        if tag == "text":
            yield (
                tag,
                "".join(
                    SUBSCRIPTS.get(t, t) if e.get("dy") and t.isdigit() else t for e, t in _inner(element)
                ),
            )
        elif tag == "title" and not element.get("id"):
            yield tag, element.text or ""


def _inner(element: ElementTree.Element) -> Iterator[tuple[ElementTree.Element, str]]:
    yield element, element.text or ""
    for child in element:
        if not child.tag.endswith("title"):  # what a mark says when it is pointed at is read on its own
            yield child, child.text or ""
        yield element, child.tail or ""


def _refuse_claims(text: str, amounts: Iterable[Decimal], years: Collection[int], lang: str) -> None:
    """Every number of a mark's tooltip is an amount as it is rounded there, a bound, a year, or nought."""
    for found in NUMERAL.findall(text):
        if found.isdigit() and int(found) in {*years, 0}:
            continue
        try:
            read = parse_number(found.replace("−", "-"), lang=lang)
        except InputError:
            read = None
        if read is None or not any(abs(a - read) * 2 <= _step(read) for a in amounts):
            raise UnbackedNumber(f"A chart, {lang}: “{text}” says {found}, which no figure of it backs.")


def _step(read: Decimal) -> Decimal:
    """One unit of the last place written."""
    return Decimal(1).scaleb(int(read.as_tuple().exponent))


def _refuse_number(part: str, lang: str, kind: str, text: str) -> None:
    if has_number(text):
        raise UnbackedNumber(
            f"Section {part}, {lang}, {kind}: “{text.strip()}” holds a number no figure backs. "
            f"Put the number into a slot; an identifier is a Reference."
        )


def _fault(token: Token, output: Rendered, frozen: Frozen) -> str:
    """What is wrong with a backed text, or nothing."""
    back, lang = token.backing, output.lang
    match token.kind:
        case "number":
            return _number_fault(token, lang, frozen)
        case "count":
            return _reckoned_fault(token, output, frozen)
        case "parameter":
            run, _, index = back["parameter"].rpartition(":")
            value = parameter_value(frozen.parameter(run, int(index)))
            return _differs(token.text, lang, value, places(value))
        case "date":
            return _unlike(token.text, format_date(date.fromisoformat(back["datetime"]), lang))
        case "period":
            return _unlike(token.text, Period.parse(back["period"]).label(lang))
        case "unit":
            known = token.text.strip() in {unit_text(s) for s in SYMBOLS}
            return "" if known else "is not a unit or gas."
    return ""


def _reckoned_fault(token: Token, output: Rendered, frozen: Frozen) -> str:
    match asked := output.counts.get(token.backing["count"]):
        case Count():
            outside = set(asked.figures) - set(frozen.known)
        case Total():
            outside = {f.pk for f in asked.figures} - set(frozen.entries)
        case Tally() | Age():
            outside = set()
        case _:
            return "is not a number that was reckoned here."
    if outside:
        return "counts figures that are not in the freeze."
    decimals = int(token.backing.get("decimals") or 0)
    return _differs(token.text, output.lang, reckon(asked, frozen), decimals)


def _number_fault(token: Token, lang: str, frozen: Frozen) -> str:
    back = token.backing
    entry = frozen.known.get(int(back["figure"]))
    if entry is None:
        return f"is figure {back['figure']}, which is not in the freeze."
    stored = entry[back.get("part") or "amount"]
    if stored is None:
        return f"is the {back.get('part')} bound of figure {back['figure']}, which has none."
    exact = Decimal(stored)
    if back["unit"] != entry["unit"]:
        exact = convert(exact, entry["unit"], back["unit"])
    if plain(exact) != back["value"]:
        frozen_as = f"figure {back['figure']} is frozen as {plain(exact)} {back['unit']}"
        return f"claims the value {back['value']}; {frozen_as}."
    return _differs(token.text, lang, exact, int(back["decimals"]))


def _differs(text: str, lang: str, exact: Decimal, decimals: int) -> str:
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=EXACT)
    try:
        read = parse_number(text, lang=lang)
    except InputError as error:
        return f"does not read as a number: {error}"
    return (
        ""
        if read == rounded
        else f"reads as {read}; what backs it is {exact}, {rounded} to {decimals} decimals."
    )


def _unlike(text: str, expected: str) -> str:
    return "" if text == expected else f"should be “{expected}”."
