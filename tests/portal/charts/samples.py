"""Illustrative rows and words in three languages; no number here is of a real place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from trunghoa.portal.core.charts.builders import (
    cost_steps,
    lines,
    stacked_area,
    status_bars,
    timeline,
    tornado,
)

WORDS = {
    "vi": {"food": "Thực phẩm", "paper": "Giấy và bìa", "y": "CH₄, tấn/năm", "x": "Năm", "total": "Tổng",
           "band": "Khoảng 95 %", "rule": "Chuyển sang bán hiếu khí", "low": "Thấp", "high": "Cao"},
    "ja": {"food": "食品廃棄物", "paper": "紙・段ボール", "y": "CH₄（t/年）", "x": "年", "total": "合計",
           "band": "95 %区間", "rule": "準好気性への転換", "low": "低位", "high": "高位"},
    "en": {"food": "Food waste", "paper": "Paper and board", "y": "CH₄, t per year", "x": "Year",
           "total": "Total", "band": "95 % interval", "rule": "Conversion to semi-aerobic", "low": "Low",
           "high": "High"},
}  # fmt: skip
YEARS = range(2020, 2031)


def area(lang: str) -> Callable[[], Any]:
    w = WORDS[lang]
    rows = [(y, c, Decimal("1234.5") + 100 * (y - 2020)) for y in YEARS for c in ("food", "paper")]
    band = [(y, 2469 + 200 * (y - 2020), 2000 + 150 * (y - 2020), 3000 + 260 * (y - 2020)) for y in YEARS]
    return partial(
        stacked_area, rows, names={"food": w["food"], "paper": w["paper"]}, x=w["x"], y=w["y"], lang=lang,
        band=band, total_name=w["total"], band_name=w["band"], rules=[(2026, w["rule"])],
    )  # fmt: skip


def before_after(lang: str) -> Callable[[], Any]:
    w = WORDS[lang]
    rows = [
        (y, s, None if s == "b" and y == 2023 else 9000.25 - 300 * i)
        for y in YEARS
        for i, s in enumerate("ab")
    ]
    names = {"a": w["low"], "b": w["high"]}
    return partial(lines, rows, names=names, x=w["x"], y=w["y"], lang=lang, rules=[(2026, w["rule"])])


def sensitivity(lang: str) -> Callable[[], Any]:
    w = WORDS[lang]
    rows = [("OX", 119000, 112000), (w["food"], 80000.5, 150000), ("MCF", 100000, 130000)]
    return partial(
        tornado,
        rows,
        base=115000,
        base_name=w["total"],
        low_name=w["low"],
        high_name=w["high"],
        x=w["y"],
        lang=lang,
    )


def mac(lang: str) -> Callable[[], Any]:
    w = WORDS[lang]
    rows = [("A", 400000, Decimal("3.5")), ("B", 300000, Decimal("-1.25")), ("C", 9000, Decimal("7.1"))]
    return partial(cost_steps, rows, x=w["y"], y="USD/tCO₂e", lang=lang, prices=[(5, w["total"])])


def statuses(lang: str) -> Callable[[], Any]:
    w = WORDS[lang]
    rows = [("2024", "planned", 1000), ("2024", "verified", 700), ("2025", "planned", 1500)]
    return partial(
        status_bars, rows, statuses={"planned": w["low"], "verified": w["high"]}, y=w["y"], lang=lang
    )


def plan(lang: str) -> Callable[[], Any]:
    w = WORDS[lang]
    rows = [
        ("A1", date(2024, 4, 1), date(2025, 3, 31), "over"),
        ("A2", date(2025, 1, 1), date(2026, 3, 31), "running"),
    ]
    return partial(
        timeline, rows, stages={"running": w["low"], "over": w["high"]}, lang=lang,
        milestones=[("A1", date(2024, 9, 30), w["rule"])], day=(date(2025, 2, 1), w["total"]),
    )  # fmt: skip


ALL = {
    "area": area,
    "lines": before_after,
    "tornado": sensitivity,
    "mac": mac,
    "status": statuses,
    "timeline": plan,
}
