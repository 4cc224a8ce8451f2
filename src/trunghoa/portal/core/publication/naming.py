"""What the kinds, scenarios and categories of figures are called in words."""

from __future__ import annotations

from collections.abc import Mapping

from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.core.record.words import message

from .blocks import Inline, Reference, Text, UnitName


class Naming:
    """Words for codes: kinds from the systems' declarations, the other codes as they were frozen."""

    def __init__(self, codes: Mapping[str, Mapping[str, Inline]]) -> None:
        self.codes = codes

    def kind(self, system: str, kind: str) -> Inline:
        words = message(system, kind)
        return Text(words) if words else Reference(kind)

    def code(self, system: str, code: str) -> Inline:
        known = self.codes.get(system, {}).get(code)
        return known if known is not None else written(code)

    def what(self, figure: Figure) -> Inline:
        """The figure's kind, and in brackets the line of the table it is."""
        kind = self.kind(figure.system_id, figure.kind)
        line = [self.code(figure.system_id, c) for c in (figure.scenario, figure.category) if c]
        line += [UnitName(figure.gas)] if figure.gas else []
        line += [Reference(figure.gwp_set)] if figure.gwp_set else []
        if not line:
            return kind
        joined = line[0]
        for more in line[1:]:
            joined = Text("{first}, {more}", first=joined, more=more)
        return Text("{kind} ({line})", kind=kind, line=joined)


def written(code: str) -> Inline:
    """A code for which there are no words, as it is; a bare number gets the word for what it is."""
    return Reference(code if any(c.isalpha() for c in code) else f"No. {code}")
