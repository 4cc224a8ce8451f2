"""Equations as a spreadsheet computes them, so that a reader can follow each number in its cell."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from .expression import Binary, Name, Negative, Node, Number, Sum, names

_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}


def written(node: Node, strength: int = 0) -> str:
    """An equation, or a part of it, as text."""
    match node:
        case Number():
            return f"{_plain(node.value)} [{node.unit}]" if node.unit else _plain(node.value)
        case Name():
            return f"{node.symbol}[{node.index}]" if node.index else node.symbol
        case Sum():
            return f"sum_{node.index}({written(node.part)})"
        case Negative():
            return f"-{written(node.part, 3)}"
        case Binary():
            own = _STRENGTH[node.sign]
            text = f"{written(node.left, own)}{node.sign}{written(node.right, own + 1)}"
            return f"({text})" if own < strength else text


def formula(node: Node, cells: Mapping[str, str]) -> str:
    """An equation over cells: one cell for a parameter, a column of cells for one with an index.

    Empty where a spreadsheet has no formula for it: a sum inside a sum that uses both indices.
    """
    found = _formula(node, cells, "")
    return f"={found}" if found else ""


def _formula(node: Node, cells: Mapping[str, str], index: str) -> str:
    match node:
        case Number():
            value = node.value
            if value.denominator == 1:
                return str(value.numerator)
            return f"({value.numerator}/{value.denominator})"
        case Name():
            # A part that the project does not have adds nothing.
            return cells.get(node.symbol, "0") if node.index in ("", index) else ""
        case Negative():
            part = _formula(node.part, cells, index)
            return f"(-{part})" if part else ""
        case Sum():
            if all(n.symbol not in cells for n in names(node.part) if n.index == node.index):
                return "0"
            part = _formula(node.part, cells, node.index)
            return f"SUMPRODUCT(({part})*1)" if part else ""
        case Binary():
            left, right = _formula(node.left, cells, index), _formula(node.right, cells, index)
            return f"({left}{node.sign}{right})" if left and right else ""


def _plain(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    text = f"{float(value):.12g}"
    return text if Fraction(text) == value else f"{value.numerator}/{value.denominator}"
