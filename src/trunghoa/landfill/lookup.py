"""Looking parameters up for one run: overrides first, everything used remembered, every fault kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from trunghoa.parameters import Parameter, Parameters
from trunghoa.quantities import N_, ParameterError, Problem

from .choices import Override


@dataclass
class Lookup:
    """Parameters of one run by short key (``k.food``); what cannot be found becomes a problem."""

    parameters: Parameters
    as_of: date
    overrides: Mapping[str, Override]
    used: dict[str, Parameter] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    asked: dict[str, None] = field(default_factory=dict)

    def get(self, key: str, table: str, *, unit: str = "1", hint: str = "", **keys: str) -> float:
        """Value of a parameter, 0.0 after a problem was noted."""
        found = self.find(key, table, unit=unit, hint=hint, **keys)
        return float(found) if found is not None else 0.0

    def find(self, key: str, table: str, *, unit: str = "1", hint: str = "", **keys: str) -> Parameter | None:
        row: Parameter | None
        fault = ""
        self.asked[key] = None
        try:
            row = self.parameters.get(table, as_of=self.as_of, **keys)
        except ParameterError as error:
            row, fault = None, str(error)
        override = self.overrides.get(key)
        if override is not None:
            row = self._overridden(key, table, unit, keys, override, row)
        elif row is None:
            self.problems.append(Problem(fault.replace("%", "%%"), hint, field=key))
        if row is not None:
            self.used[key] = row
        return row

    def declare(self, key: str, value: Decimal, *, unit: str, source: str) -> float:
        """Remember a value that a person gave: it stands in the list of parameters like the others."""
        override = Override(value, source)
        self.used[key] = self._parameter(key, unit, {}, override)
        return float(value)

    def _overridden(
        self,
        key: str,
        table: str,
        unit: str,
        keys: Mapping[str, str],
        override: Override,
        row: Parameter | None,
    ) -> Parameter | None:
        unit = row.unit if row is not None else unit
        problems = _value_problems(key, override, row)
        if problems:
            self.problems += problems
            return None
        value = override.value
        if override.basis == "dry" and override.dry_matter is not None:
            value *= override.dry_matter
        if row is not None and (_below(value, row.lower) or _below(row.upper, value)):
            self.notices.append(
                Problem(
                    N_("%(field)s %(value)s lies outside the guideline's range %(limit)s."),
                    field=key,
                    value=f"{value:f}",
                    limit=f"{row.lower} to {row.upper}",
                    source=row.source,
                )
            )
        return self._parameter(table, unit, keys, override, value)

    @staticmethod
    def _parameter(
        name: str, unit: str, keys: Mapping[str, str], override: Override, value: Decimal | None = None
    ) -> Parameter:
        return Parameter(
            name=name,
            keys=tuple(sorted(keys.items())),
            value=override.value if value is None else value,
            unit=unit,
            lower=override.lower,
            upper=override.upper,
            valid_from=None,
            valid_to=None,
            quality=override.quality,
            source=override.source,
            note="given with the site",
        )

    def unused_overrides(self) -> list[Problem]:
        """Overrides that no lookup asked for: neither a typing error nor one without effect is silent."""
        return [
            Problem(
                N_("Nothing in this run uses the parameter “%(value)s”."),
                N_("The run uses: %(limit)s."),
                field=f"overrides.{key}",
                value=key,
                limit=", ".join(self.asked),
            )
            for key in self.overrides
            if key not in self.asked
        ]


def _below(value: Decimal | None, limit: Decimal | None) -> bool:
    return value is not None and limit is not None and value < limit


def _value_problems(key: str, override: Override, row: Parameter | None) -> list[Problem]:
    found: list[Problem] = []
    label = f"overrides.{key}"
    top = None if key.startswith(("k.", "landgem.")) else Decimal(1)
    if not override.source:
        found.append(Problem(N_("A value of one's own needs a source."), field=label))
    if not override.value.is_finite() or override.value < 0 or _below(top, override.value):
        found.append(
            Problem(
                N_("%(value)s is outside %(limit)s."),
                field=label,
                value=str(override.value),
                limit="0 to 1" if top else "0 and above",
            )
        )
    if key.startswith("doc."):
        found += _basis_problems(label, override, row)
    return found


def _basis_problems(label: str, override: Override, row: Parameter | None) -> list[Problem]:
    """Wet or dry DOC must not be mixed up: the equations take wet tonnes."""
    if override.basis == "dry":
        if override.dry_matter is not None and 0 < override.dry_matter <= 1:
            return []
        return [
            Problem(
                N_("DOC of dry matter needs the dry-matter content of the wet waste."),
                N_("Give dry_matter as a share of wet mass, 0 to 1."),
                field=label,
                value=str(override.value),
            )
        ]
    if not override.basis and row is not None and _below(row.upper, override.value):
        return [
            Problem(
                N_("DOC %(value)s is above the range of wet waste (%(limit)s): is it of dry matter?"),
                N_('Write basis = "wet" if it is of wet mass, or basis = "dry" with dry_matter.'),
                field=label,
                value=str(override.value),
                limit=f"{row.lower} to {row.upper}",
                source=row.source,
            )
        ]
    return []
