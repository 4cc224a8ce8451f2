"""The charts of this room: figures in, a specification out. Nothing here draws."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from trunghoa.portal.core.charts import builders
from trunghoa.portal.core.record.models import Figure

from .words import WASTE_TYPES

# Years drawn after the last deposit; the table and its downloads hold them all.
TAIL = 30


def last_year(deposited: Iterable[int], modelled: Iterable[int]) -> int:
    """Where a drawing ends: most of what was deposited has decayed by then."""
    return min(max(deposited, default=0) + TAIL, max(modelled, default=0))


def methane_of(rows: Sequence[Figure], sums: Mapping[int, Figure], lang: str) -> Any:
    """For the report: called with the language when the report is rendered."""
    return methane(
        [(f.period_start.year, f.category, f.amount) for f in rows],
        [(y, f.amount, f.lower, f.upper) for y, f in sums.items() if f.lower is not None],
        lang,
    )


def methane(
    rows: Iterable[tuple[int, str, Decimal]],
    band: Iterable[tuple[int, Decimal, Any, Any]],
    lang: str,
    rules: Sequence[tuple[int, str]] = (),
) -> partial[Any]:
    """Stacked areas of CH₄ by waste type with the 95 % interval of the total."""
    with override(lang):
        return partial(
            builders.stacked_area,
            list(rows),
            names={code: str(label) for code, label in WASTE_TYPES},
            x=_("Year"),
            y=_("CH₄ emitted (t)"),
            lang=lang,
            band=list(band),
            total_name=_("total"),
            band_name=_("95 % interval"),
            rules=list(rules),
        )


def courses(
    rows: Iterable[tuple[int, str, Decimal]],
    names: Mapping[str, str],
    y: str,
    lang: str,
    rules: Sequence[tuple[int, str]] = (),
) -> partial[Any]:
    """Lines over the years, as before and after a conversion."""
    with override(lang):
        return partial(
            builders.lines, list(rows), names=dict(names), x=_("Year"), y=y, lang=lang, rules=list(rules)
        )


def tornado(bars: Sequence[tuple[str, float, float]], base: float, lang: str) -> partial[Any]:
    with override(lang):
        return partial(
            builders.tornado,
            list(bars),
            base=base,
            base_name=_("best estimate"),
            low_name=_("at its lower bound"),
            high_name=_("at its upper bound"),
            x=_("CH₄ emitted over all years (t)"),
            lang=lang,
        )


def cost_curve(
    steps: Sequence[tuple[str, Decimal, Decimal]],
    gwp_set: str,
    prices: Sequence[tuple[Decimal, str]],
    lang: str,
) -> partial[Any]:
    with override(lang):
        return partial(
            builders.cost_steps,
            list(steps),
            x=_("Cumulative emission reduction (tCO₂e, %(gwp_set)s)") % {"gwp_set": gwp_set},
            y=_("Cost (USD/tCO₂e, undiscounted)"),
            lang=lang,
            prices=list(prices),
        )
