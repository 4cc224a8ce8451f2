"""Marks that several charts have: a dated line, an end label, an invisible bar that carries a tooltip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import palette, theme

if TYPE_CHECKING:
    import altair


def data(rows: Iterable[Mapping[str, Any]]) -> altair.Data:
    import altair as alt

    return alt.Data(values=[dict(r) for r in rows])


def channels(**given: Any) -> dict[str, Any]:
    """What marks show, each as the object of its channel: a short text such as "year:Q", or a fixed value.

    Altair makes the same objects of texts, but works out its whole schema anew for every one of them, which
    takes longer than drawing does.
    """
    import altair as alt

    def channel(name: str, shows: Any) -> Any:
        kind = name[0].upper() + name[1:]
        if isinstance(shows, str):
            return getattr(alt, kind)(shows)
        if isinstance(shows, dict) and set(shows) == {"value"}:
            return getattr(alt, f"{kind}Value")(shows["value"])
        return shows

    return {name: channel(name, shows) for name, shows in given.items()}


def year_axis(first: int, last: int, title: str) -> altair.X:
    import altair as alt

    span = max(last - first, 1)
    step = next(s for s in (1, 2, 5, 10, 20, 50) if span / s <= 9)
    ticks = [y for y in range(first, last + 1) if y % step == 0]
    axis = alt.Axis(format="d", values=ticks, title=title or None)
    return alt.X("year:Q", scale=alt.Scale(domain=[first, last], nice=False, zero=False), axis=axis)


def dated_rules(rules: Sequence[tuple[int, str]]) -> list[altair.Chart]:
    """Dashed vertical lines with what happened then, written above."""
    import altair as alt

    if not rules:
        return []
    base = alt.Chart(data({"year": year, "text": text, "tip": f"{year}: {text}"} for year, text in rules))
    line = base.mark_rule(color=palette.INK, strokeDash=[4, 3], strokeWidth=1.2).encode(
        **channels(x="year:Q", description="tip:N")
    )
    text = base.mark_text(align="center", baseline="bottom", dy=-3, aria=False).encode(
        **channels(x="year:Q", y=alt.value(0), text="text:N")
    )
    return [line, text]


def year_tips(tips: Mapping[int, str], first: int, last: int) -> altair.Chart:
    """One invisible bar per year over the whole height; pointing at it shows what the year holds."""
    import altair as alt

    spans = [
        {"year": max(y - 0.5, first), "to": min(y + 0.5, last), "tip": tip} for y, tip in sorted(tips.items())
    ]
    return (
        alt.Chart(data(spans))
        .mark_rect(opacity=0, color=palette.ACCENT)
        .encode(
            **channels(x="year:Q", x2="to:Q", y=alt.value(0), y2=alt.value(theme.HEIGHT), description="tip:N")
        )
    )
