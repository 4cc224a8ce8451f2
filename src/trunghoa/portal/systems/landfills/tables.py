"""Tables of a site, of an import and of the portfolio. A number that is a figure opens its provenance."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.record.models import Figure, Run
from trunghoa.portal.core.record.tables import Column, Table
from trunghoa.portal.core.record.templatetags import numbers

from . import imports
from .models import TOTAL, DepositImport, Landfill
from .series import Change
from .words import WASTE_TEXT, WASTE_TYPES

Row = Mapping[str, Any]
CHANGES = {
    "added": gettext_lazy("added"),
    "changed": gettext_lazy("changed"),
    "removed": gettext_lazy("removed"),
    "restated": gettext_lazy("other source or quality"),
}


def year_column() -> Column:
    return Column("year", gettext_lazy("Year"), lambda r: r["year"], lambda r: str(r["year"]), True)


def figure_column(key: str, header: Any) -> Column:
    """A column of figures: exact in downloads, linked on the page."""

    def value(row: Row) -> Decimal | None:
        return row[key].amount if row.get(key) is not None else None

    def cell(row: Row) -> str:
        return numbers.figure(row[key], None, False) if row.get(key) is not None else "–"

    return Column(key, header, value, cell, True)


def link_to(figure: Figure, decimals: int | None = None) -> str:
    """A figure without unit and mark, where the column and the row say both."""
    return format_html(
        '<a class="figure" href="{}"><data value="{}">{}</data></a>',
        reverse("record:figure", args=[figure.pk]),
        f"{figure.amount:f}",
        numbers.number(figure.amount, decimals),
    )


def amount_column(key: str, header: Any) -> Column:
    return Column(key, header, lambda r: r.get(key), None, True)


def bound_columns(key: str) -> list[Column]:
    def bound(name: str) -> Callable[[Row], Decimal | None]:
        return lambda r: getattr(r[key], name) if r.get(key) is not None else None

    return [
        Column("lower", gettext_lazy("95 % from"), bound("lower"), None, True),
        Column("upper", gettext_lazy("95 % to"), bound("upper"), None, True),
    ]


def by_year(figures: Iterable[Figure], key: Callable[[Figure], str]) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for figure in figures:
        year = figure.period_start.year
        rows.setdefault(year, {"year": year})[key(figure)] = figure
    return [rows[year] for year in sorted(rows)]


def methane_table(figures: Sequence[Figure]) -> Table:
    """CH₄ emitted as is: the total with its interval, and each waste type."""
    types = {f.category for f in figures if f.category}
    columns = [
        year_column(),
        figure_column("total", gettext_lazy("Total (t)")),
        *bound_columns("total"),
        *(figure_column(code, label) for code, label in WASTE_TYPES if code in types),
    ]
    rows = by_year(figures, lambda f: f.category or "total")
    return Table("methane", columns, rows, caption=_("CH₄ emitted by waste type, t a year"))


def conversion_table(figures: Sequence[Figure]) -> Table:
    """Before and after a conversion that happened."""
    columns = [
        year_column(),
        figure_column("unconverted", gettext_lazy("Without conversion (t CH₄)")),
        figure_column("as_is", gettext_lazy("As converted (t CH₄)")),
    ]
    rows = by_year(figures, lambda f: f.scenario)
    return Table("conversion", columns, rows, caption=_("CH₄ emitted with and without the conversion"))


def reduction_table(figures: Sequence[Figure], gwp_set: str) -> Table:
    """Reference, project and reduction of each year as in a JCM monitoring sheet, and the sum so far."""
    rows = by_year(figures, lambda f: f.kind.rpartition(".")[2])
    total = Decimal(0)
    for row in rows:
        if "emission_reduction" in row:
            total += row["emission_reduction"].amount
            row["cumulative"] = total
    columns = [
        year_column(),
        figure_column("reference_emissions", gettext_lazy("Reference (tCO₂e)")),
        figure_column("project_emissions", gettext_lazy("Project (tCO₂e)")),
        figure_column("emission_reduction", gettext_lazy("Reduction (tCO₂e)")),
        amount_column("cumulative", gettext_lazy("Reduction so far (tCO₂e)")),
    ]
    caption = _("Reference, project and emission reduction, %(gwp_set)s") % {"gwp_set": gwp_set}
    return Table("reductions", columns, rows, caption=caption)


def deposit_table(landfill: Landfill, figures: Mapping[int, Figure], change: bool) -> Table:
    """Wet tonnes by year and waste type; the year's total is a figure once it was run."""
    rows: dict[int, dict[str, Any]] = {}
    for year, waste, tonnes, quality, source in landfill.deposits.values_list(
        "year", "waste", "tonnes", "quality", "source"
    ):
        row = rows.setdefault(year, {"year": year, "total_figure": figures.get(year)})
        row |= {waste: tonnes, "quality": quality, "source": source}
    used = {key for row in rows.values() for key in row}
    columns = [year_column()]
    if change:
        columns = [Column("year", gettext_lazy("Year"), lambda r: r["year"], _year_link(landfill), True)]
    columns += [figure_column("total_figure", gettext_lazy("Deposited, all types (t)"))]
    if TOTAL in used:
        columns.append(amount_column(TOTAL, gettext_lazy("Stated total (t)")))
    columns += [amount_column(code, label) for code, label in WASTE_TYPES if code in used]
    columns += [
        Column(
            "quality",
            gettext_lazy("Quality"),
            lambda r: r["quality"],
            lambda r: numbers.quality(r["quality"]),
        ),
        Column("source", gettext_lazy("Source"), lambda r: r["source"]),
    ]
    shown = [rows[year] for year in sorted(rows, reverse=True)]
    return Table("deposits", columns, shown, caption=_("Waste deposited, wet tonnes"))


def _year_link(landfill: Landfill) -> Callable[[Row], str]:
    def cell(row: Row) -> str:
        href = reverse("landfills:year", args=[landfill.place.code, row["year"]])
        return format_html('<a href="{}">{}</a>', href, row["year"])

    return cell


MONEY = (
    ("cost", gettext_lazy("Cost, undiscounted")),
    ("cost_discounted", gettext_lazy("Cost, discounted")),
    ("reduction", gettext_lazy("Emission reduction, undiscounted")),
    ("reduction_discounted", gettext_lazy("Emission reduction, discounted")),
    ("undiscounted", gettext_lazy("Cost per tonne, undiscounted (JCM style)")),
    ("discounted", gettext_lazy("Cost per tonne, discounted (levelised)")),
    ("grant", gettext_lazy("Grant asked")),
    ("grant_per_tonne", gettext_lazy("Grant per tonne")),
    ("break_even", gettext_lazy("Break-even price of a credit")),
    ("npv", gettext_lazy("Net present value (NPV)")),
    ("irr", gettext_lazy("Internal rate of return (IRR)")),
)


def money_table(figures: Mapping[str, Figure]) -> Table:
    rows = [{"what": label, "figure": figures[key]} for key, label in MONEY if key in figures]

    def shown(row: Row) -> str:
        figure = row["figure"]
        if figure.unit == "1":
            percent = numbers.number(figure.amount * 100, 1)
            link = '<a class="figure" href="{}"><data value="{}">{} %</data></a>{}'
            href = reverse("record:figure", args=[figure.pk])
            return format_html(link, href, f"{figure.amount:f}", percent, numbers.mark(figure.quality))
        return numbers.figure(figure, 2 if "/" in figure.unit else 0, False)

    columns = [
        Column("what", gettext_lazy("What"), lambda r: str(r["what"])),
        Column("amount", gettext_lazy("Amount"), lambda r: r["figure"].amount, shown, True),
        Column(
            "unit",
            gettext_lazy("Unit"),
            lambda r: r["figure"].unit,
            lambda r: escape(numbers.unit(r["figure"].unit)),
        ),
        Column("gwp_set", gettext_lazy("GWP set"), lambda r: r["figure"].gwp_set),
    ]
    return Table("finance", columns, rows, caption=_("Cost and income of the project"))


def tornado_table(bars: Sequence[Row], names: Mapping[str, str]) -> Table:
    columns = [
        Column("parameter", gettext_lazy("Parameter"), lambda r: names.get(r["parameter"], r["parameter"])),
        Column("lower", gettext_lazy("Lower bound"), lambda r: _exact(r["lower"]), None, True),
        Column("upper", gettext_lazy("Upper bound"), lambda r: _exact(r["upper"]), None, True),
        Column(
            "at_lower",
            gettext_lazy("CH₄ at the lower bound (t)"),
            lambda r: _exact(r["at_lower"]),
            None,
            True,
        ),
        Column(
            "at_upper",
            gettext_lazy("CH₄ at the upper bound (t)"),
            lambda r: _exact(r["at_upper"]),
            None,
            True,
        ),
    ]
    return Table(
        "sensitivity", columns, bars, caption=_("CH₄ emitted over all years when one parameter changes")
    )


def _exact(value: float) -> Decimal:
    from trunghoa.quantities import from_float

    return from_float(value)


def parameter_table(run: Run, names: Mapping[str, str]) -> Table:
    """Each parameter with its value, range, unit, source and whether it was checked."""

    def range_of(row: Row) -> str:
        if row["lower"] is None or row["upper"] is None:
            return ""
        return f"{numbers.number(Decimal(row['lower']))} – {numbers.number(Decimal(row['upper']))}"

    columns = [
        Column("parameter", gettext_lazy("Parameter"), lambda r: names.get(r["key"], r["key"])),
        Column(
            "key", gettext_lazy("Key"), lambda r: r["key"], lambda r: format_html("<code>{}</code>", r["key"])
        ),
        Column("value", gettext_lazy("Value"), lambda r: Decimal(r["value"]), None, True),
        Column("range", gettext_lazy("Range"), range_of),
        Column("unit", gettext_lazy("Unit"), lambda r: r["unit"], lambda r: escape(numbers.unit(r["unit"]))),
        Column(
            "quality",
            gettext_lazy("Quality"),
            lambda r: r["quality"],
            lambda r: numbers.quality(r["quality"]),
        ),
        Column("source", gettext_lazy("Source"), lambda r: r["source"]),
    ]
    return Table("parameters", columns, run.parameters, caption=_("Parameters of the last run"))


def run_table(runs: Sequence[Run]) -> Table:
    def link(run: Run) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("record:run", args=[run.pk]), run.get_state_display()
        )

    columns = [
        Column(
            "requested_on",
            gettext_lazy("Asked on"),
            lambda r: r.requested_on,
            lambda r: moment(r.requested_on),
        ),
        Column("by", gettext_lazy("By"), lambda r: r.requested_by.get_username() if r.requested_by else ""),
        Column("revision", gettext_lazy("Revision"), lambda r: r.inputs.get("revision"), None, True),
        Column("state", gettext_lazy("State"), lambda r: r.state, link),
        Column(
            "seconds",
            gettext_lazy("Seconds"),
            lambda r: Decimal(f"{r.seconds:.2f}") if r.seconds is not None else None,
            None,
            True,
        ),
        Column("id", gettext_lazy("Run"), lambda r: str(r.pk)),
    ]
    return Table("runs", columns[:5], runs, caption=_("Runs of this site, the latest first"))


def moment(value: Any) -> str:
    from django.utils import timezone

    return escape(date_format(timezone.localtime(value), "DATETIME_FORMAT")) if value else "–"


def problem_table(record: DepositImport) -> Table:
    """Each wrong cell: row, column, what stands there, what is wrong, what to do."""
    problems = [imports.CellProblem.from_json(p) for p in record.problems]
    columns = [
        Column(
            "row", gettext_lazy("Row"), lambda p: p.problem.row, lambda p: str(p.problem.row or "–"), True
        ),
        Column("column", gettext_lazy("Column"), lambda p: p.column),
        Column("value", gettext_lazy("Value"), lambda p: p.problem.value),
        Column("wrong", gettext_lazy("What is wrong"), lambda p: _(p.problem.message) % p.problem.params),
        Column(
            "mend",
            gettext_lazy("What to do"),
            lambda p: _(p.problem.hint) % p.problem.params if p.problem.hint else "",
        ),
    ]
    return Table("problems", columns, problems, caption=_("Cells to mend"))


def change_table(changes: Sequence[Change]) -> Table:
    """Years added, changed and removed, and those with another source or quality; the factor stands out."""

    def factor(change: Change) -> str:
        ratio = numbers.number(change.ratio) if change.ratio is not None else ""
        return format_html("<strong>× {}</strong>", ratio) if change.kind == "changed" and ratio else "–"

    def becomes(texts: tuple[str, str]) -> str:
        return texts[1] if texts[0] != texts[1] else ""

    def grade(change: Change) -> str:
        new = becomes(change.qualities)
        return " · ".join(numbers.quality(name) for name in new.split("; ")) if new else ""

    columns = [
        Column("year", gettext_lazy("Year"), lambda c: c.year, lambda c: str(c.year), True),
        Column("change", gettext_lazy("Change"), lambda c: str(CHANGES[c.kind])),
        Column("before", gettext_lazy("On record (t)"), lambda c: c.before, None, True),
        Column("after", gettext_lazy("In the file (t)"), lambda c: c.after, None, True),
        Column("ratio", gettext_lazy("Factor"), lambda c: c.ratio, factor, True),
        Column("source", gettext_lazy("New source"), lambda c: becomes(c.sources)),
        Column("quality", gettext_lazy("New quality"), lambda c: becomes(c.qualities), grade),
    ]
    return Table("changes", columns, changes, caption=_("What would change"))


def waste_name(code: str) -> str:
    return str(WASTE_TEXT.get(code, code))
