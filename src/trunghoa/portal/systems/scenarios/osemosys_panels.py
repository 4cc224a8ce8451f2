"""What the page of an OSeMOSYS result shows: capacity, production, emissions by year, and all its tables."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.record.tables import Column, Table
from trunghoa.portal.core.record.templatetags import numbers

from . import drawings
from .panels import Panel
from .reading import Result, Row
from .series import rows_table, series_table

Rows = Mapping[str, tuple[str, Sequence[float]]]


class Shown:
    """The panels of one result in one language, for one fuel."""

    def __init__(self, result: Result, lang: str, fuel: str = "") -> None:
        self.result, self.lang = result, lang
        self.years = result.years
        self.fuels = self._fuels()
        self.fuel = fuel if fuel in self.fuels else next(iter(self.fuels), "")
        # What the head of every scenario's page says.
        self.money_unit = result.settings.get("currency", "") or _("unit of money not stated")
        self.gwp = _("GWP set not stated")

    def _fuels(self) -> list[str]:
        """Every fuel that is made, those that most technologies make first."""
        makers: dict[str, set[str]] = {}
        for row in self.result.rows("ProductionByTechnologyAnnual"):
            makers.setdefault(row["fuel"], set()).add(row["technology"])
        return sorted(makers, key=lambda fuel: (-len(makers[fuel]), fuel))

    def panels(self) -> list[Panel]:
        makers = {
            row["technology"]
            for row in self.result.rows("ProductionByTechnologyAnnual")
            if row["fuel"] == self.fuel
        }

        def made(row: Row) -> str | None:
            return row["technology"] if row["fuel"] == self.fuel else None

        def maker(row: Row) -> str | None:
            return row["technology"] if row["technology"] in makers else None

        found = [
            self._bars(
                "production", _("Production of %(fuel)s, by technology") % {"fuel": self.fuel},
                "ProductionByTechnologyAnnual", made,
            ),
            self._bars(
                "capacity", _("Capacity of what makes %(fuel)s, by technology") % {"fuel": self.fuel},
                "TotalCapacityAnnual", maker,
            ),
            self._bars(
                "investment", _("Investment by technology, not discounted"),
                "CapitalInvestment", lambda row: row["technology"],
            ),
            self._emissions(),
            self._abatement(),
        ]  # fmt: skip
        return [panel for panel in found if panel is not None]

    def _bars(self, slug: str, title: str, table: str, group: Callable[[Row], str | None]) -> Panel | None:
        rows = self.result.summed(table, group)
        if not rows:
            return None
        unit = self._unit(rows)
        chart = drawings.bars(
            self.years, {code: amounts for code, (_unit, amounts) in rows.items()}, {}, unit, self.lang
        )
        description = _("Stacked bars over the solved years: %(what)s.") % {"what": title}
        listing = series_table(slug, title, self.years, rows, {}, gettext_lazy("Technology"))
        drawing = drawings.drawn(chart, title, description, self.lang)
        return Panel(slug, title, listing, drawing, self._without_unit(rows))

    def _emissions(self) -> Panel | None:
        rows = self.result.summed("AnnualEmissions", lambda row: row["emission"])
        if not rows:
            return None
        title = _("Emissions, as the model names them")
        courses = {code: amounts for code, (_unit, amounts) in rows.items()}
        names = dict(zip(courses, courses, strict=True))
        chart = drawings.courses(self.years, courses, names, self._unit(rows), self.lang)
        description = _("A line per emission over the solved years.")
        table = series_table("emissions", title, self.years, rows, {}, gettext_lazy("Emission"))
        notes = [_("What stands in the data; no weights are put on gases, and nothing is added up.")]
        notes += self._without_unit(rows)
        return Panel("emissions", title, table, drawings.drawn(chart, title, description, self.lang), notes)

    def _abatement(self) -> Panel | None:
        """Steps of the abatement cost curve, from a sweep of prices."""
        sweep = self.result.data.get("price_sweep")
        if not sweep or len(sweep["steps"]) < 2:
            return None
        units = self.result.data["units"]
        unit = units.get("emission") or _("unit not stated")
        money = f"{self.money_unit}/{unit}"
        steps = []
        for before, step in pairwise(sweep["steps"]):
            if (avoided := before["emission"] - step["emission"]) > 1e-9:
                name = f"{numbers.number(before['price'], 0)}–{numbers.number(step['price'], 0)}"
                steps.append((name, avoided, step["price"]))
        heads = [
            ("price", f"{_('Carbon price')} ({money})", True),
            ("emissions", f"{_('Emissions of all years')} ({unit})", True),
            ("avoided", gettext_lazy("Avoided so far"), True),
            ("cost", f"{_('Discounted cost without payments for emissions')} ({self.money_unit})", True),
        ]
        rows = [[s["price"], s["emission"], s["abated"], s["cost"]] for s in sweep["steps"]]
        title = _("Marginal abatement cost of %(emission)s over all years, from a sweep of prices") % {
            "emission": sweep["emission"]
        }
        chart = drawings.steps(steps, _("Avoided (%(unit)s)") % {"unit": unit}, money, self.lang)
        description = _("Steps from the lowest to the highest price; a step is as wide as what it avoids.")
        notes = [
            _(
                "Each price is a solve over all years at once, on top of the data's own penalties, begun "
                "where the one before ended. A step stands at the upper of the two prices between which "
                "it appears."
            )
        ]
        drawing = drawings.drawn(chart, title, description, self.lang)
        return Panel("abatement", title, rows_table("abatement", title, heads, rows), drawing, notes)

    @staticmethod
    def _without_unit(rows: Rows) -> list[str]:
        if all(unit for unit, _amounts in rows.values()):
            return []
        return [_("The unit is not stated: write it under “Correct the scenario” and run it again.")]

    @staticmethod
    def _unit(rows: Rows) -> str:
        return next((unit for unit, _amounts in rows.values() if unit), "") or _("unit not stated")


def index(code: str, result: Result) -> Table:
    """All result tables with their columns, unit and number of rows."""

    def link(row: Mapping[str, Any]) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("scenarios:result", args=[code, row["name"]]), row["name"]
        )

    columns = [
        Column("name", gettext_lazy("Table"), lambda r: r["name"], link),
        Column("dims", gettext_lazy("Columns"), lambda r: ", ".join(r["dims"])),
        Column("unit", gettext_lazy("Unit"), lambda r: r["unit"], lambda r: numbers.unit(r["unit"]) or "–"),
        Column("rows", gettext_lazy("Rows"), lambda r: r["rows"], None, True),
    ]
    return Table("index", columns, result.data.get("index", []), caption=_("Result tables of OSeMOSYS"))
