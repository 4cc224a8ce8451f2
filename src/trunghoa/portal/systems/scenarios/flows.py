"""Energy flows of a year: what is bought, what is converted, who uses it, and whether it adds up."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from trunghoa.quantities import UnitError, convert
from trunghoa.quantities.units import unit as unit_of

from .reading import Result, Row

SMALL = 1e-9
UNIT = "PJ"


@dataclass
class Flows:
    """Rows of (from, to, PJ), the nodes' names, and what the closure rests on."""

    names: dict[str, str] = field(default_factory=dict)
    amounts: dict[tuple[str, str], float] = field(default_factory=dict)
    sources: float = 0.0
    uses: float = 0.0
    # (carrier's name, made, used)
    carriers: list[tuple[str, float, float]] = field(default_factory=list)

    def add(self, source: str, target: str, amount: float) -> None:
        if amount > SMALL:
            key = (source, target)
            self.amounts[key] = self.amounts.get(key, 0.0) + amount

    @property
    def rows(self) -> list[tuple[str, str, float]]:
        return [(a, b, amount) for (a, b), amount in self.amounts.items()]

    @property
    def closure(self) -> float:
        """What came in less what went out; zero when every petajoule is told of."""
        return self.sources - self.uses


def petajoules(row: Row, n: int) -> float | None:
    """An amount in PJ; None where the unit is no energy."""
    amount = row.amounts[n]
    try:
        if unit_of(row.unit).dimension != "energy":
            return None
        factor = float(convert(1, row.unit, UNIT))
    except UnitError:
        return None
    return (amount or 0.0) * factor


def of_year(result: Result, year: int, lang: str) -> Flows:
    """The flows of a solved year. Only amounts in units of energy are followed."""
    n = result.years.index(year)
    found = Flows()
    made: dict[str, float] = {}
    used: dict[str, float] = {}
    into: dict[tuple[str, str], float] = {}
    out: dict[tuple[str, str], float] = {}
    makers: set[tuple[str, str, str]] = set()
    for row in result.rows("output"):
        commodity = result.own("services", row["service"], "commodity")
        amount = petajoules(row, n)
        if commodity and amount is not None and amount > SMALL:
            makers.add((row["region"], row["sector"], row["device"]))
            key = (row["sector"], row["device"])
            out[key] = out.get(key, 0.0) + amount
            made[commodity] = made.get(commodity, 0.0) + amount
            found.names[f"m:{row['sector']}"] = _("%(sector)s (conversion)") % {
                "sector": result.name("sectors", row["sector"], lang)
            }
            found.names[f"c:{commodity}"] = _carrier(result, commodity, lang)
            found.add(f"m:{row['sector']}", f"c:{commodity}", amount)
    for row in result.rows("use"):
        amount = petajoules(row, n)
        if amount is None or amount <= SMALL:
            continue
        commodity = result.own("energies", row["energy"], "commodity")
        is_maker = (row["region"], row["sector"], row["device"]) in makers
        key = (row["sector"], row["device"])
        node = f"m:{row['sector']}" if is_maker else f"s:{row['sector']}"
        if not is_maker:
            found.names[node] = result.name("sectors", row["sector"], lang)
            found.uses += amount
        if commodity:
            used[commodity] = used.get(commodity, 0.0) + amount
            found.names[f"c:{commodity}"] = _carrier(result, commodity, lang)
            if is_maker:
                # What a converter takes back of a carrier would draw a circle: it ends as own use.
                found.names["own"] = _("own use of conversion")
                found.add(f"c:{commodity}", "own", amount)
                found.uses += amount
            else:
                found.add(f"c:{commodity}", node, amount)
        else:
            source = f"e:{row['energy']}"
            found.names[source] = result.name("energies", row["energy"], lang)
            found.sources += amount
            found.add(source, node, amount)
            if is_maker:
                into[key] = into.get(key, 0.0) + amount
    _conversion(found, into, out)
    for commodity in sorted({*made, *used}):
        found.carriers.append(
            (_carrier(result, commodity, lang), made.get(commodity, 0.0), used.get(commodity, 0.0))
        )
        rest = made.get(commodity, 0.0) - used.get(commodity, 0.0)
        if rest > SMALL:
            found.names["surplus"] = _("left over")
            found.add(f"c:{commodity}", "surplus", rest)
            found.uses += rest
    return found


def _conversion(found: Flows, into: dict[tuple[str, str], float], out: dict[tuple[str, str], float]) -> None:
    """Losses of what burns more than it gives; what gives more than it burns has a source of its own."""
    for sector, device in {**into, **out}:
        rest = into.get((sector, device), 0.0) - out.get((sector, device), 0.0)
        if rest > 0:
            found.names["losses"] = _("losses")
            found.add(f"m:{sector}", "losses", rest)
            found.uses += rest
        elif rest < 0:
            found.names["free"] = _("sun, wind, water and other energy without a fuel")
            found.sources -= rest
            found.add("free", f"m:{sector}", -rest)


def _carrier(result: Result, commodity: str, lang: str) -> str:
    """A carrier is named as the service that makes it."""
    for code, member in result.data["members"].get("services", {}).items():
        if member["own"].get("commodity") == commodity:
            return result.name("services", code, lang)
    return commodity
