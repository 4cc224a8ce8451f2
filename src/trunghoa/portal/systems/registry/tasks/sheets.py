"""Equations as the sheets of a monitoring workbook need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trunghoa.crediting.methodology import Methodology, formula, names, needed_of, terms, written


def needed(methodology: Methodology, here: frozenset[str]) -> set[str]:
    """Parameters that a project with these parts needs."""
    return {s for node in (methodology.reference, methodology.project) for s in needed_of(node, here)}


def formulas(methodology: Methodology, cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Side, term and live formula; after the terms of a side the whole equation, without a text."""
    for side, node in (("RE", methodology.reference), ("PE", methodology.project)):
        for term in terms(node):
            used = [*names(term)]
            if not used or any(n.symbol in cells for n in used):
                yield side, written(term), formula(term, cells)
        yield side, "", formula(node, cells)
