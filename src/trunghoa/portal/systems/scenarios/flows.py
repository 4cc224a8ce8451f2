"""Energy flows of a year: what is bought, what is converted, who uses it, and whether it adds up."""

from collections.abc import Iterable
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
    return _Tracing(result, result.years.index(year), lang).trace()


Device = tuple[str, str, str]


class _Tracing:
    """Follows each device's inputs to what it makes, or to the sector that uses them up."""

    def __init__(self, result: Result, n: int, lang: str) -> None:
        self.result, self.n, self.lang = result, n, lang
        self.found = Flows()
        # What each device makes of the model's own energies, and what it takes, by energy.
        self.makes: dict[Device, dict[str, float]] = {}
        self.takes: dict[Device, dict[str, float]] = {}
        for row in result.rows("output"):
            self._hold(self.makes, row, result.commodity_of(row))
        for row in result.rows("use"):
            self._hold(self.takes, row, row["energy"])

    def _hold(self, into: dict[Device, dict[str, float]], row: Row, code: str) -> None:
        amount = petajoules(row, self.n)
        if code and amount is not None and amount > SMALL:
            held = into.setdefault((row["region"], row["sector"], row["device"]), {})
            held[code] = held.get(code, 0.0) + amount

    def commodity(self, energy: str) -> str:
        return self.result.own("energies", energy, "commodity")

    def trace(self) -> Flows:
        cut = self._circles()
        for device in {**self.takes, **self.makes}:
            if device in self.makes:
                self._converted(device, cut)
            else:
                self._used(device)
        self._carriers()
        return self.found

    def _circles(self) -> set[tuple[str, str]]:
        """Pairs of carriers whose conversion would close a circle; the smallest flow of it is cut."""
        pairs: dict[tuple[str, str], float] = {}
        for device, made in self.makes.items():
            for energy, amount in self.takes.get(device, {}).items():
                for target in made:
                    if source := self.commodity(energy):
                        pairs[source, target] = pairs.get((source, target), 0.0) + amount
        leads: dict[str, set[str]] = {}
        cut = set()
        for source, target in sorted(pairs, key=lambda pair: -pairs[pair]):
            if source == target or _reaches(leads, target, source):
                cut.add((source, target))
            else:
                leads.setdefault(source, set()).add(target)
        return cut

    def _source(self, energy: str) -> str:
        """The node an energy comes from: its carrier, or the energy itself where it is bought."""
        if commodity := self.commodity(energy):
            return f"c:{commodity}"
        node = f"e:{energy}"
        self.found.names[node] = self.result.name("energies", energy, self.lang)
        return node

    def _take(self, energy: str, node: str, amount: float) -> None:
        self.found.add(self._source(energy), node, amount)
        if not self.commodity(energy):
            self.found.sources += amount

    def _used(self, device: Device) -> None:
        sector = device[1]
        node = f"s:{sector}"
        self.found.names[node] = self.result.name("sectors", sector, self.lang)
        for energy, amount in self.takes[device].items():
            self._take(energy, node, amount)
            self.found.uses += amount

    def _converted(self, device: Device, cut: set[tuple[str, str]]) -> None:
        """Inputs in proportion to what the device makes; the rest is lost, or comes from no fuel."""
        found, sector = self.found, device[1]
        made = self.makes[device]
        whole = sum(made.values())
        for commodity, out in made.items():
            node = f"m:{sector}:{commodity}"
            found.names[node] = f"{self.result.name('sectors', sector, self.lang)} → {self._name(commodity)}"
            found.add(node, f"c:{commodity}", out)
            into = 0.0
            for energy, taken in self.takes.get(device, {}).items():
                amount = taken * out / whole
                if (self.commodity(energy), commodity) in cut:
                    found.names["own"] = _("own use of conversion")
                    self._take(energy, "own", amount)
                    found.uses += amount
                else:
                    self._take(energy, node, amount)
                    into += amount
            if into > out:
                found.names["losses"] = _("losses")
                found.add(node, "losses", into - out)
                found.uses += into - out
            elif out > into:
                source = f"d:{device[2]}"
                found.names[source] = self.result.name("devices", device[2], self.lang)
                found.add(source, node, out - into)
                found.sources += out - into

    def _carriers(self) -> None:
        """Each carrier: what is made of it, what is used, and what is left over."""
        made, used = _totals(self.makes.values()), _totals(self.takes.values())
        taken: dict[str, float] = {}
        for energy, amount in used.items():
            if commodity := self.commodity(energy):
                taken[commodity] = taken.get(commodity, 0.0) + amount
        for commodity in sorted({*made, *taken}):
            self.found.names[f"c:{commodity}"] = self._name(commodity)
            given, rest = made.get(commodity, 0.0), made.get(commodity, 0.0) - taken.get(commodity, 0.0)
            self.found.carriers.append((self._name(commodity), given, taken.get(commodity, 0.0)))
            if rest > SMALL:
                self.found.names["surplus"] = _("left over")
                self.found.add(f"c:{commodity}", "surplus", rest)
                self.found.uses += rest

    def _name(self, commodity: str) -> str:
        return _carrier(self.result, commodity, self.lang)


def _totals(parts: Iterable[dict[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for code, amount in part.items():
            total[code] = total.get(code, 0.0) + amount
    return total


def _reaches(leads: dict[str, set[str]], start: str, end: str) -> bool:
    seen, ahead = set(), [start]
    while ahead:
        at = ahead.pop()
        if at == end:
            return True
        if at not in seen:
            seen.add(at)
            ahead += leads.get(at, ())
    return False


def _carrier(result: Result, commodity: str, lang: str) -> str:
    """A carrier is named as the service that makes it."""
    for code, member in result.data["members"].get("services", {}).items():
        if member["own"].get("commodity") == commodity:
            return result.name("services", code, lang)
    return commodity
