"""The charts of this room: amounts in, a specification out. Nothing here draws."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from trunghoa.portal.core.charts import DrawingError, builders
from trunghoa.portal.core.charts.store import cached
from trunghoa.quantities import convert

Amounts = Mapping[str, Sequence[float | None]]
# More categories than this cannot be told apart; the smallest are drawn together.
MOST = 8
OTHERS = "__others"


def drawn(chart: Any, title: str, description: str, lang: str) -> Any:
    """The drawing, or None where the engine is not to be had: the table beside it says the same."""
    if chart is None:
        return None
    try:
        return cached(chart, title=title, description=description, lang=lang)
    except DrawingError:
        return None


def gathered(by: Amounts, most: int = MOST) -> tuple[dict[str, list[float]], set[str]]:
    """The largest categories, and those drawn together as others."""
    sizes = {code: sum(abs(a or 0.0) for a in amounts) for code, amounts in by.items()}
    large = sorted((c for c in by if sizes[c] > 0), key=lambda c: -sizes[c])
    kept = set(large if len(large) <= most else large[: most - 1])
    found = {code: [a or 0.0 for a in by[code]] for code in by if code in kept}
    rest = [code for code in large if code not in kept]
    if rest:
        columns = zip(*(by[code] for code in rest), strict=True)
        found[OTHERS] = [sum(a or 0.0 for a in column) for column in columns]
    return found, set(rest)


def bars(
    years: Sequence[int],
    by: Amounts,
    names: Mapping[str, str],
    y: str,
    lang: str,
    *,
    words: Mapping[str, str] | None = None,
    lines: Mapping[str, tuple[str, Sequence[tuple[int, float]]]] | None = None,
    points: Mapping[str, tuple[str, Sequence[tuple[int, float]]]] | None = None,
) -> partial[Any] | None:
    """Stacked bars with the largest categories; ``lines`` and ``points`` are (name, [(year, amount)])."""
    found, _rest = gathered(by)
    if not found:
        return None
    with override(lang):
        called = {code: names.get(code, code) for code in found if code != OTHERS}
        if OTHERS in found:
            called[OTHERS] = _("all others")
        return partial(
            builders.stacked_bars,
            [(year, c, a) for c, amounts in found.items() for year, a in zip(years, amounts, strict=True)],
            names=called,
            x=_("Year"),
            y=y,
            lang=lang,
            bars=dict(words or {}),
            lines=[(year, code, a) for code, (_name, course) in (lines or {}).items() for year, a in course],
            line_names={code: name for code, (name, _course) in (lines or {}).items()},
            points=[
                (year, code, a) for code, (_name, course) in (points or {}).items() for year, a in course
            ],
            point_names={code: name for code, (name, _course) in (points or {}).items()},
        )


def courses(
    years: Sequence[int], by: Amounts, names: Mapping[str, str], y: str, lang: str, *, from_zero: bool = True
) -> partial[Any] | None:
    """A line per course."""
    rows = [(year, c, a) for c, amounts in by.items() for year, a in zip(years, amounts, strict=True)]
    return lines(rows, names, y, lang, from_zero=from_zero)


def lines(
    rows: Sequence[tuple[int, str, float | None]],
    names: Mapping[str, str],
    y: str,
    lang: str,
    *,
    from_zero: bool = True,
) -> partial[Any] | None:
    if not any(a is not None for _year, _code, a in rows):
        return None
    with override(lang):
        return partial(
            builders.lines, list(rows), names=dict(names), x=_("Year"), y=y, lang=lang, from_zero=from_zero
        )


def courses_of(figures: Sequence[Any], names: Mapping[str, Any], lang: str) -> Any:
    """For the report: called with the language when the report is rendered."""
    rows = [(f.period_start.year, f.scenario, float(convert(f.amount, f.unit, "MtCO2e"))) for f in figures]
    gwp_set = figures[0].gwp_set
    return lines(rows, {code: name.in_(lang)[0] for code, name in names.items()}, f"MtCO₂e ({gwp_set})", lang)


def steps(rows: Sequence[tuple[str, float, float]], x: str, y: str, lang: str) -> partial[Any] | None:
    """The marginal abatement cost curve as steps."""
    if not rows:
        return None
    return partial(builders.cost_steps, list(rows), x=x, y=y, lang=lang)


def fan(rows: Sequence[Any], y: str, lang: str) -> partial[Any] | None:
    if not rows:
        return None
    with override(lang):
        return partial(
            builders.fan,
            list(rows),
            names=(_("median"), _("half of the draws"), _("nine of ten draws")),
            x=_("Year"),
            y=y,
            lang=lang,
        )


def flows(
    rows: Sequence[tuple[str, str, float]], names: Mapping[str, str], unit: str, lang: str
) -> partial[Any] | None:
    if not rows:
        return None
    quiet = [node for node in names if node.startswith("m:")]
    return partial(builders.sankey, list(rows), names=dict(names), unit=unit, lang=lang, quiet=quiet)
