"""What the result pages show: each panel is a drawing, its table, and what has to be said beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.record.tables import Table
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import UnitError, convert
from trunghoa.quantities.units import unit as unit_of

from . import drawings, flows
from .reading import Result
from .series import rows_table, series_table
from .targets import UNIT, Targets, interpolated
from .words import CATEGORIES, COSTS

ENERGY = "PJ"


@dataclass(frozen=True)
class Panel:
    """One drawing with its table; ``notes`` are sentences that stand under the heading."""

    slug: str
    title: str
    table: Table
    drawing: Any = None
    notes: list[str] = field(default_factory=list)


def quality_note(quality: str) -> str:
    """Says beside a drawing what its table says in a column."""
    return _("The worst of the numbers behind this: %(quality)s.") % {"quality": numbers.quality(quality)}


def scaled(amounts: Sequence[float | None], source: str, target: str) -> list[float | None] | None:
    """Amounts in another unit; None where one does not convert to the other."""
    try:
        if unit_of(source).dimension != unit_of(target).dimension:
            return None
        factor = float(convert(1, source, target))
    except UnitError:
        return None
    return [None if a is None else a * factor for a in amounts]


class Shown:
    """The panels of one result in one language."""

    def __init__(self, result: Result, aims: Targets, lang: str, model: str = "") -> None:
        # ``model`` is the document that the run took its tables from.
        self.result, self.aims, self.lang, self.model = result, aims, lang, model
        self.years = result.years
        self.gwp = result.gwp_set or _("GWP set not stated")
        self.emission_unit = UNIT if result.co2e_unit else (result.gas_unit or "?")

    def names(self, table: str) -> dict[str, str]:
        members = self.result.data["members"].get(table, {})
        return {code: self.result.name(table, code, self.lang) for code in members}

    def megatonnes(self, amounts: Sequence[float | None]) -> list[float]:
        if self.result.co2e_unit:
            found = scaled(amounts, self.result.co2e_unit, UNIT)
            if found is not None:
                return [a or 0.0 for a in found]
        return [a or 0.0 for a in amounts]

    @property
    def total(self) -> list[float]:
        return self.megatonnes(self.result.total_emissions())

    @property
    def axis(self) -> str:
        return f"{numbers.unit(self.emission_unit)} ({self.gwp})"

    def emissions(self) -> Panel:
        by = {code: self.megatonnes(amounts) for code, amounts in self.result.emissions().items()}
        names = {**self.names("sectors"), **{code: str(text) for code, text in CATEGORIES.items()}}
        order = [c for c in CATEGORIES if c in by] + [c for c in by if c not in CATEGORIES]
        by = {code: by[code] for code in order}
        caps = [(year, float(self.aims.cap_sum(year) or 0)) for year in sorted(self.aims.caps)]
        points = {"caps": (_("sum of the caps"), caps)} if caps else {}
        for line in self.aims.lines:
            name = self.part(line.category)
            points[line.category] = (name, [(line.year, float(line.level))])
        within = {
            key: (name, inside)
            for key, (name, found) in points.items()
            if (inside := [(y, a) for y, a in found if y in self.years])
        }
        chart = drawings.bars(
            self.years,
            by,
            names,
            self.axis,
            self.lang,
            lines={"total": (_("net total"), list(zip(self.years, self.total, strict=True)))},
            points=within,
        )
        title = _("Emissions by sector")
        table = series_table(
            "emissions",
            title,
            self.years,
            {c: (self.emission_unit, a) for c, a in by.items()},
            names,
            gettext_lazy("Sector"),
            total=self.total,
        )
        description = _(
            "Stacked bars by sector of the inventory, removals below zero, the net total as a line."
        )
        return Panel("emissions", title, table, drawings.drawn(chart, title, description, self.lang))

    def part(self, category: str) -> str:
        words = {
            "conditional": _("contribution, conditional"),
            "unconditional": _("contribution, unconditional"),
        }
        return words.get(category, category)

    def caps(self) -> Panel | None:
        """Each sector against its cap in each year that has one."""
        by = {code: self.megatonnes(amounts) for code, amounts in self.result.emissions().items()}
        rows = []
        for year in sorted(self.aims.caps):
            for code, text in CATEGORIES.items():
                cap = self.aims.caps[year].get(code)
                amount = interpolated(self.years, by[code], year) if code in by else None
                if cap is not None:
                    limit = float(convert(cap.amount, cap.unit, UNIT))
                    gap = None if amount is None else amount - limit
                    rows.append([str(text), year, limit, amount, gap, cap.source])
        if not rows:
            return None
        heads = [
            ("sector", gettext_lazy("Sector"), False),
            ("year", gettext_lazy("Year"), False),
            ("cap", gettext_lazy("Cap (MtCO₂e)"), True),
            ("emissions", gettext_lazy("Emissions (MtCO₂e)"), True),
            ("gap", gettext_lazy("Gap (MtCO₂e)"), True),
            ("source", gettext_lazy("Source of the cap"), False),
        ]
        title = _("Sectors against the caps")
        notes = [_("A gap above zero is what is missing; below zero there is room.")]
        notes += self.gwp_note()
        return Panel("caps", title, rows_table("caps", title, heads, rows), None, notes)

    def gwp_note(self) -> list[str]:
        sets = sorted(self.aims.gwp_sets)
        if not sets or sets == [self.result.gwp_set]:
            return []
        return [
            _(
                "The targets are stated with the potentials of %(targets)s, as far as is known; the model "
                "counts with %(model)s. The two are not the same tonnes."
            )
            % {"targets": ", ".join(sets), "model": self.gwp}
        ]

    def gaps(self) -> Panel | None:
        """The net total against the contribution's lines."""
        rows = []
        for line in self.aims.lines:
            amount = interpolated(self.years, self.total, line.year)
            gap = None if amount is None else amount - float(line.level)
            rows.append(
                [
                    self.part(line.category),
                    line.year,
                    line.bau.amount,
                    line.reduction.amount,
                    line.level,
                    amount,
                    gap,
                    numbers.quality(line.bau.quality),
                ]
            )
        if not rows:
            return None
        heads = [
            ("part", gettext_lazy("Contribution"), False),
            ("year", gettext_lazy("Year"), False),
            ("bau", gettext_lazy("Business as usual (MtCO₂e)"), True),
            ("reduction", gettext_lazy("Reduction (%)"), True),
            ("level", gettext_lazy("Level (MtCO₂e)"), True),
            ("emissions", gettext_lazy("Emissions (MtCO₂e)"), True),
            ("gap", gettext_lazy("Gap (MtCO₂e)"), True),
            ("quality", gettext_lazy("Quality"), False),
        ]
        notes = [
            _(
                "The caps by sector add up to %(sum)s Mt in %(year)s; the conditional contribution leaves "
                "%(level)s Mt. The two official targets differ by %(rest)s Mt, and neither is adjusted here."
            )
            % {
                "sum": numbers.number(total, 1),
                "year": year,
                "level": numbers.number(line.level, 1),
                "rest": numbers.number(rest, 1),
            }
            for year, total, line, rest in self.aims.mismatches()
        ]
        title = _("Gap to the nationally determined contribution")
        return Panel("gaps", title, rows_table("gaps", title, heads, rows), None, [*notes, *self.gwp_note()])

    def _in(
        self, rows: Mapping[str, tuple[str, Sequence[float | None]]], target: str
    ) -> tuple[dict[str, list[float | None]], list[str]]:
        """The rows that convert to a unit, and the codes of those that do not."""
        found: dict[str, list[float | None]] = {}
        left = []
        for code, (unit, amounts) in rows.items():
            same = scaled(amounts, unit, target)
            if same is None:
                left.append(code)
            else:
                found[code] = same
        return found, left

    def _stack(
        self,
        slug: str,
        title: str,
        rows: Mapping[str, tuple[str, Any]],
        target: str,
        names: Mapping[str, str],
        first: Any,
    ) -> Panel | None:
        if not rows:
            return None
        same, left = self._in(rows, target)
        chart = drawings.bars(self.years, same, names, target, self.lang)
        description = _("Stacked bars over the solved years: %(what)s.") % {"what": title}
        notes = []
        if left:
            notes = [
                _("Not drawn, for their unit is another: %(names)s.")
                % {"names": ", ".join(names.get(c, c) for c in left)}
            ]
        table = series_table(slug, title, self.years, rows, names, first)
        return Panel(slug, title, table, drawings.drawn(chart, title, description, self.lang), notes)

    def primary(self) -> Panel | None:
        names = {**self.names("devices"), **self.names("energies")}
        title = _("Primary energy, by source")
        return self._stack("energy", title, self.result.primary(), ENERGY, names, gettext_lazy("Energy"))

    def generation(self) -> Panel | None:
        return self._stack(
            "generation",
            _("Electricity generated, by technology"),
            self.result.generation(),
            "TWh",
            self.names("devices"),
            gettext_lazy("Technology"),
        )

    def capacity(self) -> Panel | None:
        return self._stack(
            "capacity",
            _("Generating capacity, by technology"),
            self.result.capacity(),
            "GW",
            self.names("devices"),
            gettext_lazy("Technology"),
        )

    def flows(self, year: int) -> Panel | None:
        found = flows.of_year(self.result, year, self.lang)
        if not found.rows:
            return None
        title = _("Energy flows in %(year)s") % {"year": year}
        chart = drawings.flows(found.rows, found.names, ENERGY, self.lang)
        description = _("Ribbons from the energies bought through conversion to the sectors that use them.")
        rows = [[found.names[a], found.names[b], amount] for a, b, amount in found.rows]
        heads = [
            ("from", gettext_lazy("From"), False),
            ("to", gettext_lazy("To"), False),
            ("amount", ENERGY, True),
        ]
        notes = [
            _("Closure: sources less uses, losses and surplus = %(rest)s PJ of %(all)s PJ.")
            % {"rest": numbers.number(found.closure, 6), "all": numbers.number(found.sources)},
            *(
                _("%(carrier)s: made %(made)s PJ, used %(used)s PJ, left over %(rest)s PJ.")
                % {
                    "carrier": name,
                    "made": numbers.number(made),
                    "used": numbers.number(used),
                    "rest": numbers.number(made - used, 6),
                }
                for name, made, used in found.carriers
            ),
        ]
        drawing = drawings.drawn(chart, title, description, self.lang)
        return Panel("flows", title, rows_table("flows", title, heads, rows), drawing, notes)

    @property
    def money_unit(self) -> str:
        return self.result.settings.get("currency", "") or _("unit of money not stated")

    def cost(self) -> Panel:
        """The yearly cost by kind; older capital is sunk under recursive foresight, and shown apart."""
        rows = self.result.summed("cost", lambda r: r["kind"])
        names = {code: str(text) for code, text in COSTS.items()}
        split = {
            code: amounts for code, (_unit, amounts) in rows.items() if code not in ("standing", "capital")
        }
        if "standing" in rows:
            split = {"standing": rows["standing"][1], **split}
        title = _("Cost of the system by kind")
        chart = drawings.bars(self.years, split, names, self.money_unit, self.lang)
        description = _(
            "Stacked bars of the yearly cost: capital of standing units, operation, energy, payments."
        )
        table = series_table("cost", title, self.years, rows, names, gettext_lazy("Kind"))
        notes = [
            _(
                "Money of a year, not discounted. “%(new)s” are the units of that year alone, “%(all)s” all "
                "that the model built and that still stand; only one of the two is in the bars."
            )
            % {"new": names["capital"], "all": names["standing"]}
        ]
        return Panel("cost", title, table, drawings.drawn(chart, title, description, self.lang), notes)

    def investment(self) -> Panel:
        rows = self.result.summed("investment", lambda r: r["sector"])
        names = self.names("sectors")
        words = {
            str(year): f"{year - span + 1}–{str(year)[2:]}" if span > 1 else str(year)
            for year, span in zip(self.years, self.result.intervals, strict=True)
        }
        title = _("Investment by block of years")
        chart = drawings.bars(
            self.years, {c: a for c, (_u, a) in rows.items()}, names, self.money_unit, self.lang, words=words
        )
        description = _("Stacked bars by sector: money invested in the years each solved year stands for.")
        table = series_table("investment", title, self.years, rows, names, gettext_lazy("Sector"))
        return Panel("investment", title, table, drawings.drawn(chart, title, description, self.lang))

    def carbon_price(self) -> Panel:
        prices, unit = self.result.carbon_price(), f"{self.money_unit}/{self.result.gas_unit}"
        if (factor := self.result.per_tonne) is not None:
            prices = [None if p is None else p * factor for p in prices]
            unit = f"USD{self.result.price_year}/tCO₂e"
        names = {"price": _("carbon price")}
        title = _("Carbon price")
        chart = drawings.courses(self.years, {"price": prices}, names, unit, self.lang)
        description = _(
            "A line: tax plus the marginal cost of the dearest emission limit in each solved year."
        )
        table = series_table(
            "carbon_price", title, self.years, {"price": (unit, prices)}, names, gettext_lazy("Kind")
        )
        notes = [
            _(
                "The tax that the scenario sets and what one tonne less under its emission limits would "
                "cost, in money of the year."
            )
        ]
        return Panel(
            "carbon_price", title, table, drawings.drawn(chart, title, description, self.lang), notes
        )

    def target_rows(self) -> list[tuple[int, float]]:
        """The net total in the years people ask for: those with targets, and the last."""
        wanted = sorted({*self.aims.caps, *(line.year for line in self.aims.lines), self.years[-1]})
        found = [(year, interpolated(self.years, self.total, year)) for year in wanted]
        return [(year, amount) for year, amount in found if amount is not None]
