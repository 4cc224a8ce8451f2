"""From a landfill as given to the inputs of a run: parameters as of a date, all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

from trunghoa.parameters import Parameter, Parameters, gwp_set
from trunghoa.quantities import N_, GasError, InputError, ParameterError, Problem, Quality
from trunghoa.quantities.gases import CH4_BIOGENIC
from trunghoa.quantities.periods import LAST_YEAR

from .choices import GUIDELINES, METHODS, Choices
from .climate_class import ClimateClass, classify
from .deposits import DepositArrays, Deposits, arrays, normalised
from .fod import FloatArray
from .inputs import Inputs, Landfill
from .lookup import Lookup
from .methods import landgem_inputs, mcf_value, project_inputs, tool04_inputs
from .recovery import recovered
from .site import DECLARED, GRADED, Checklist, Site, SiteClass, mcf_shares, site_class
from .waste import BULK


def resolve(landfill: Landfill, parameters: Parameters, as_of: date) -> Inputs:
    """Look up every parameter a site needs, and check everything that can be checked before the run.

    Parameters
    ----------
    landfill : the site as given
    parameters : dated tables
    as_of : date whose values are used

    Raises
    ------
    InputError
        with one Problem for each thing wrong.
    """
    site, choices = landfill.site, landfill.choices
    find = Lookup(parameters, as_of, choices.overrides)
    find.problems += _choice_problems(choices, landfill.deposits)
    find.problems += _landfill_problems(landfill)
    climate = _climate(site, find)
    deep = find.find("deep_waste", "landfill_settings", item="deep_waste")
    shares = _composition(landfill.deposits, find)
    horizon = _horizon(choices, landfill.deposits, find)
    if find.problems or climate is None or deep is None:
        raise InputError(find.problems)
    laid, notices = arrays(landfill.deposits, shares, horizon)
    find.notices += notices
    if not laid.waste_types:
        raise InputError(Problem(N_("No waste type that decomposes was deposited."), field="year"))
    inputs = _inputs(landfill, laid, climate, site_class(site, deep), shares, find)
    found, problems = recovered(inputs, choices.recovery)
    find.problems += problems if not find.problems else []
    if found.any():
        which = "recovery_metered" if choices.recovery.metered else "recovery_unmetered"
        find.get(which, "landfill_settings", item=which)
    find.problems += find.unused_overrides()
    if find.problems:
        raise InputError(find.problems)
    find.notices += _checklist_notices(site)
    return replace(inputs, recovered=found, used=find.used, notices=tuple(find.notices))


def _inputs(
    landfill: Landfill,
    laid: DepositArrays,
    climate: ClimateClass,
    managed: SiteClass,
    shares: Mapping[str, Decimal],
    find: Lookup,
) -> Inputs:
    """Everything but the recovery, which can only be checked against what these inputs generate."""
    site, choices = landfill.site, landfill.choices
    classes, values, by_class = _mcf(site, managed, laid.years, choices.guideline, find)
    docf = _per_type("docf", laid.waste_types, find, shares, guideline=choices.guideline)
    oxidation = np.full(len(laid.years), _oxidation(choices, find))
    return Inputs(
        site=site,
        years=laid.years,
        waste_types=laid.waste_types,
        tonnes=laid.tonnes,
        deposited=laid.total,
        doc=_per_type("doc", laid.waste_types, find, shares),
        docf=docf,
        k=_per_type("k", laid.waste_types, find, shares, climate=climate.name),
        mcf=by_class @ values,
        mcf_classes=classes,
        mcf_values=values,
        mcf_shares=by_class,
        mcf_first=float(values[0]),
        f=find.get("f", "landfill_settings", item="f"),
        oxidation=oxidation,
        recovered=np.zeros(len(laid.years)),
        recovery_metered=choices.recovery.metered,
        reaction_start_month=_reaction_start_month(choices, find),
        guideline=choices.guideline,
        climate=climate,
        site_class=managed,
        gwp_set=choices.gwp_set,
        gwp=_gwp(choices.gwp_set, find),
        choices=choices,
        project=project_inputs(landfill, laid, managed, docf, oxidation, find),
        tool04=tool04_inputs(choices, site, managed, climate, find),
        landgem=landgem_inputs(choices, find),
        finance=landfill.finance,
        used=find.used,
        as_of=find.as_of,
        last_deposit=landfill.deposits.last,
    )


def _choice_problems(choices: Choices, deposits: Deposits) -> list[Problem]:
    message, hint = N_("“%(value)s” is not a known choice."), N_("Use one of: %(limit)s.")
    found: list[Problem] = []
    for label, given, known in (
        ("model.guideline", (choices.guideline,), GUIDELINES),
        ("model.methods", choices.methods, METHODS),
    ):
        found += [
            Problem(message, hint, field=label, value=v, limit=", ".join(known))
            for v in given
            if v not in known
        ]
    if choices.horizon is not None and not deposits.last <= choices.horizon <= LAST_YEAR:
        found.append(
            Problem(
                N_("The horizon %(value)s is outside %(limit)s."),
                N_("It cannot come before the last deposit."),
                field="model.horizon",
                value=str(choices.horizon),
                limit=f"{deposits.last} to {LAST_YEAR}",
            )
        )
    return found


def _landfill_problems(landfill: Landfill) -> list[Problem]:
    found: list[Problem] = []
    if not landfill.site.source:
        found.append(
            Problem(
                N_("The data of the site have no source."),
                N_("Name the document, register or survey they come from."),
                field="site.source",
            )
        )
    if landfill.finance is None:
        return found
    if landfill.project is None:
        found.append(Problem(N_("There are costs, but no project that they belong to."), field="finance"))
    elif landfill.finance.first_year > landfill.project.start_year:
        found.append(
            Problem(
                N_("The costs start in %(value)s, after the project starts in %(limit)s."),
                N_("Year 0 of the money is the year of works, at the latest the first project year."),
                field="finance.first_year",
                value=str(landfill.finance.first_year),
                limit=str(landfill.project.start_year),
            )
        )
    return found


def _horizon(choices: Choices, deposits: Deposits, find: Lookup) -> int:
    if choices.horizon is not None:
        return choices.horizon
    return min(deposits.last + int(find.get("horizon", "landfill_settings", item="horizon")), LAST_YEAR)


def _climate(site: Site, find: Lookup) -> ClimateClass | None:
    try:
        found = classify(site.climate, find.parameters, as_of=find.as_of)
    except InputError as error:
        find.problems += [replace(p, field=f"climate.{p.field}") for p in error.problems]
        return None
    for row in found.used:
        find.used[f"climate.{dict(row.keys)['item']}"] = row
    return found


def _composition(deposits: Deposits, find: Lookup) -> dict[str, Decimal]:
    if not deposits.composition:
        return {}
    rounding = find.find("composition_rounding", "landfill_settings", item="composition_rounding")
    refused = find.find("composition_refused", "landfill_settings", item="composition_refused")
    if rounding is None or refused is None:
        return {}
    try:
        shares, notices = normalised(deposits.composition, rounding=rounding, refused=refused)
    except InputError as error:
        find.problems += error.problems
        return {}
    find.notices += notices
    return shares


def _per_type(
    name: str, types: tuple[str, ...], find: Lookup, shares: Mapping[str, Decimal], **keys: str
) -> FloatArray:
    unit = "1/yr" if name == "k" else "1"
    values = []
    for waste in types:
        if name == "doc" and waste == BULK and "doc.bulk_msw" not in find.overrides:
            values.append(_bulk_doc(find, shares))
        else:
            values.append(find.get(f"{name}.{waste}", f"landfill_{name}", unit=unit, waste=waste, **keys))
    return np.array(values)


def _bulk_doc(find: Lookup, shares: Mapping[str, Decimal]) -> float:
    """DOC of mixed waste = Σ share × DOC (IPCC 2006 V5 ch3 eq 3.7)."""
    if not shares:
        find.problems.append(
            Problem(
                N_("The DOC of mixed waste follows from its composition, which is missing."),
                N_("Give a [composition], or the parameter doc.bulk_msw with its source."),
                field="doc.bulk_msw",
            )
        )
        return 0.0
    known = {dict(row.keys)["waste"] for row in find.parameters.rows("landfill_doc", as_of=find.as_of)}
    total = sum(
        (
            share * Decimal(repr(find.get(f"doc.{waste}", "landfill_doc", waste=waste)))
            for waste, share in shares.items()
            if waste in known
        ),
        Decimal(0),
    )
    return find.declare("doc.bulk_msw", total, unit="1", source="Σ share × DOC over the composition given")


def _mcf(
    site: Site, managed: SiteClass, years: tuple[int, ...], guideline: str, find: Lookup
) -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    first = DECLARED if site.mcf is not None else managed.name
    classes, shares = mcf_shares(years, first, site.conversions)
    values = []
    for name in classes:
        if name == DECLARED:
            values.append(
                find.declare(f"mcf.{name}", Decimal(repr(site.mcf)), unit="1", source=site.mcf_reason)
            )
        else:
            values.append(mcf_value(name, guideline, find))
    return classes, np.array(values), shares


def _oxidation(choices: Choices, find: Lookup) -> float:
    if choices.oxidation is None:
        return find.get("oxidation", "landfill_settings", item=f"oxidation_{choices.oxidation_class}")
    if not 0 <= choices.oxidation <= 1:
        find.problems.append(
            Problem(
                N_("%(value)s is outside %(limit)s."),
                field="model.oxidation",
                value=str(choices.oxidation),
                limit="0 to 1",
            )
        )
    if not choices.oxidation_reason:
        find.problems.append(
            Problem(
                N_("The oxidation factor is set by hand without a reason."),
                N_('Write oxidation_reason, or oxidation = "well_managed_cover" or "none".'),
                field="model.oxidation_reason",
            )
        )
    return find.declare("oxidation", choices.oxidation, unit="1", source=choices.oxidation_reason or "-")


def _reaction_start_month(choices: Choices, find: Lookup) -> float:
    default = find.find("reaction_start_month", "landfill_settings", item="reaction_start_month")
    if default is None or choices.reaction_start_month is None:
        return float(default) if default is not None else 0.0
    month = choices.reaction_start_month
    low, high = float(default.lower or 0), float(default.upper or 0)
    latest = find.get("reaction_start_month_latest", "landfill_settings", item="reaction_start_month_latest")
    if not low <= month <= latest:
        find.problems.append(
            Problem(
                N_("The reaction start month %(value)s is outside %(limit)s."),
                N_("7 is no delay, 13 the default of six months, 25 a delay of eighteen months."),
                field="model.reaction_start_month",
                value=f"{month:g}",
                limit=f"{low:g} to {latest:g}",
                source=default.source,
            )
        )
    elif month > high:
        find.notices.append(
            Problem(
                N_("The reaction start month %(value)s is later than the guideline's %(limit)s."),
                field="model.reaction_start_month",
                value=f"{month:g}",
                limit=f"{high:g}",
                source=default.source,
            )
        )
    return find.declare(
        "reaction_start_month",
        Decimal(repr(month)),
        unit="month",
        source="choice of the user within the guideline",
    )


def _gwp(name: str, find: Lookup) -> Decimal:
    try:
        chosen = gwp_set(find.parameters, name, as_of=find.as_of)
        value = chosen.of(CH4_BIOGENIC)
    except (ParameterError, GasError) as error:
        find.problems.append(Problem(str(error).replace("%", "%%"), field="model.gwp_set"))
        return Decimal(0)
    doubtful = chosen.unverified & {CH4_BIOGENIC, "CH4"}
    find.used["gwp"] = Parameter(
        name="gwp",
        keys=(("gas", CH4_BIOGENIC), ("gwp_set", name)),
        value=value,
        unit="1",
        lower=None,
        upper=None,
        valid_from=None,
        valid_to=None,
        quality=Quality.UNVERIFIED if doubtful else Quality.VERIFIED,
        source=chosen.source,
    )
    return value


def _checklist_notices(site: Site) -> list[Problem]:
    """Say what keeps a semi-aerobic site from being *well* managed."""
    cases: list[tuple[str, str, Checklist]] = [(site.mcf_class, "site.checklist", site.checklist)]
    cases += [(c.to, f"conversions[{n}].checklist", c.checklist) for n, c in enumerate(site.conversions, 1)]
    return [
        Problem(
            N_("Counted as poorly managed: not there or not known are %(value)s."),
            field=label,
            value=", ".join(checklist.lacking),
            source="IPCC 2019 Refinement V5 ch3 table 3.1, from memory",
        )
        for management, label, checklist in cases
        if management in GRADED and not checklist.well
    ]
