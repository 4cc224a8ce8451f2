"""Equations of methodologies: text parsed to a tree, evaluated exactly. Nothing is ever executed.

expression = term { ("+" | "-") term }
term       = factor { ("*" | "/") factor }
factor     = "-" factor | "(" expression ")" | sum | name | number
sum        = "sum_" index "(" expression ")"
name       = symbol [ "[" index "]" ]
number     = digits, as in 1e-6, [ "[" unit "]" ]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trunghoa.quantities import N_, InputError, ModelError, Problem

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)(?:\s*\[(?P<unit>[^\]\[]+)\])?"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>[-+*/()\[\]]))"
)
# Deep and long enough for any methodology.
_DEEPEST, _LONGEST = 50, 500


@dataclass(frozen=True, slots=True)
class Number:
    """A constant; its unit, if it has one, says what it converts."""

    value: Fraction
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A parameter, of one element of an index where it has one."""

    symbol: str
    index: str = ""


@dataclass(frozen=True, slots=True)
class Binary:
    """Two parts and what stands between them: ``+ - * /``."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negative:
    """What stands behind a minus sign."""

    part: Node


@dataclass(frozen=True, slots=True)
class Sum:
    """Sum of a part over the elements of an index."""

    index: str
    part: Node


Node = Number | Name | Binary | Negative | Sum
Values = Mapping[str, Decimal | tuple[Decimal, ...]]


def parse(text: str) -> Node:
    """Read an equation.

    Raises
    ------
    InputError
        naming the place in the text.
    """
    return _Reader(text).whole()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str, str, int]] = []
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                raise self.fault(at)
            kind = str(match.lastgroup if match["unit"] is None else "number")
            start = match.start(kind)
            self.tokens.append((kind, match[kind], match["unit"] or "", start))
            at = match.end()
            if len(self.tokens) > _LONGEST:
                raise self.fault(start)
        self.position, self.depth = 0, 0

    def fault(self, at: int) -> InputError:
        return InputError(
            Problem(
                N_("The equation cannot be read from “%(value)s” on."),
                N_("It is made of + - * / ( ), sum_i( ), parameters and numbers."),
                field="equation",
                value=self.text[at : at + 20],
                limit=self.text,
            )
        )

    def peek(self) -> tuple[str, str, str, int]:
        return (
            self.tokens[self.position] if self.position < len(self.tokens) else ("", "", "", len(self.text))
        )

    def take(self, wanted: str = "") -> tuple[str, str, str, int]:
        token = self.peek()
        if not token[0] or (wanted and token[1] != wanted):
            raise self.fault(token[3])
        self.position += 1
        return token

    def whole(self) -> Node:
        node = self.expression()
        if self.peek()[0]:
            raise self.fault(self.peek()[3])
        return node

    def expression(self) -> Node:
        node = self.term()
        while self.peek()[1] in ("+", "-"):
            node = Binary(self.take()[1], node, self.term())
        return node

    def term(self) -> Node:
        node = self.factor()
        while self.peek()[1] in ("*", "/"):
            node = Binary(self.take()[1], node, self.factor())
        return node

    def factor(self) -> Node:
        kind, text, unit, at = self.take()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.fault(at)
        try:
            return self._factor(kind, text, unit, at)
        finally:
            self.depth -= 1

    def _factor(self, kind: str, text: str, unit: str, at: int) -> Node:
        if kind == "number":
            return Number(Fraction(text), unit.strip())
        if text == "-":
            return Negative(self.factor())
        if text == "(":
            node = self.expression()
            self.take(")")
            return node
        if kind != "name":
            raise self.fault(at)
        if text.startswith("sum_") and self.peek()[1] == "(":
            self.take("(")
            node = self.expression()
            self.take(")")
            return Sum(text.removeprefix("sum_"), node)
        if self.peek()[1] == "[":
            self.take("[")
            index = self.take()
            self.take("]")
            if index[0] != "name":
                raise self.fault(index[3])
            return Name(text, index[1])
        return Name(text)


def names(node: Node) -> Iterator[Name]:
    """Every parameter of an equation, each as often as it stands there."""
    match node:
        case Name():
            yield node
        case Binary():
            yield from names(node.left)
            yield from names(node.right)
        case Negative() | Sum():
            yield from names(node.part)


def check_form(node: Node, sums: frozenset[str] = frozenset()) -> None:
    """Refuse what no values can mend.

    Raises
    ------
    ModelError
        for an index outside its sum, a sum inside a sum of the same index, and a division by what is nothing.
    """
    match node:
        case Name() if node.index and node.index not in sums:
            raise ModelError(f"{node.symbol}[{node.index}] stands outside sum_{node.index}.")
        case Sum():
            if node.index in sums:
                raise ModelError(f"sum_{node.index} stands inside sum_{node.index}.")
            if not any(name.index == node.index for name in names(node.part)):
                raise ModelError(f"sum_{node.index} sums nothing with the index {node.index}.")
            check_form(node.part, sums | {node.index})
        case Negative():
            check_form(node.part, sums)
        case Binary():
            check_form(node.left, sums)
            check_form(node.right, sums)
            if node.sign == "/" and not [*names(node.right)] and not evaluate(node.right, {}):
                raise ModelError("The equation divides by 0.")


def terms(node: Node) -> Iterator[Node]:
    """The parts that an equation adds up; what is subtracted stands as its negative."""
    match node:
        case Binary(sign="+"):
            yield from terms(node.left)
            yield from terms(node.right)
        case Binary(sign="-"):
            yield from terms(node.left)
            yield from (Negative(part) for part in terms(node.right))
        case _:
            yield node


def evaluate(node: Node, values: Values) -> Fraction:
    """Value of an equation, exactly.

    A sum runs over as many elements as its parameters have. Where none of them is given it is nothing, which
    is how a part that a project does not have is left out; a parameter that other sums use too does not
    count in this. Whether a part may be left out is the methodology's to say, not the equation's.

    Raises
    ------
    InputError
        for a parameter that is missing, has an element too many or too few, or is a list where one value
        is meant.
    ModelError
        for a division by zero and an index outside its sum.
    """
    uses: dict[str, set[str]] = {}
    for name in names(node):
        uses.setdefault(name.symbol, set()).add(name.index)
    shared = frozenset(symbol for symbol, indices in uses.items() if len(indices) > 1)
    return _evaluate(node, values, {}, shared)


def _evaluate(node: Node, values: Values, at: Mapping[str, int], shared: frozenset[str]) -> Fraction:
    match node:
        case Number():
            return node.value
        case Name():
            return _value(node, values, at)
        case Negative():
            return -_evaluate(node.part, values, at, shared)
        case Sum():
            parts = (
                _evaluate(node.part, values, {**at, node.index: i}, shared)
                for i in range(_length(node, values, shared))
            )
            return sum(parts, Fraction(0))
        case Binary():
            left = _evaluate(node.left, values, at, shared)
            right = _evaluate(node.right, values, at, shared)
    match node.sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    if not right:
        divisors = ", ".join(sorted({n.symbol for n in names(node.right)}))
        raise ModelError(f"The equation divides by {divisors or '0'}, which is 0.")
    return left / right


def _value(name: Name, values: Values, at: Mapping[str, int]) -> Fraction:
    given = values.get(name.symbol)
    if given is None:
        raise _refuse(name, N_("The parameter %(field)s is missing."), "")
    if name.index and name.index not in at:
        raise ModelError(f"{name.symbol}[{name.index}] stands outside sum_{name.index}.")
    if isinstance(given, tuple) is not bool(name.index):
        wanted = f"one value for each {name.index}" if name.index else "one value"
        raise _refuse(name, N_("The parameter %(field)s takes %(limit)s."), wanted)
    return Fraction(given[at[name.index]] if isinstance(given, tuple) else given)


def _length(node: Sum, values: Values, shared: frozenset[str]) -> int:
    """Elements of a sum; every parameter with its index must have as many."""
    indexed = {n.symbol: n for n in names(node.part) if n.index == node.index}
    lists = {s: v for s in indexed if isinstance(v := values.get(s), tuple)}
    own = indexed.keys() - shared
    if not any(s in values for s in own or indexed):
        return 0
    for symbol, name in indexed.items():
        if symbol not in lists:
            wanted = f"one value for each {node.index}"
            raise _refuse(name, N_("The parameter %(field)s is missing: it takes %(limit)s."), wanted)
    lengths = {len(v) for v in lists.values()}
    if len(lengths) > 1:
        shown = ", ".join(f"{symbol}: {len(v)}" for symbol, v in sorted(lists.items()))
        raise InputError(
            Problem(
                N_("The parameters of one sum have different numbers of values (%(value)s)."),
                field=f"sum_{node.index}",
                value=shown,
            )
        )
    return lengths.pop()


def _refuse(name: Name, message: str, limit: str) -> InputError:
    return InputError(Problem(message, field=name.symbol, limit=limit))
