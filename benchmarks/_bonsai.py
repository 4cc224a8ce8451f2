"""Runs inside a throw-away environment that holds bonsai-ipcc; prints one line of JSON.

The waste of each year is put into bonsai's own tables, as its users do, and tier1_ch4 is asked for one year.
"""

import json
import statistics
import time

started = time.perf_counter()
import bonsai_ipcc  # noqa: E402

swd = bonsai_ipcc.IPCC().waste.swd
load = time.perf_counter() - started

PULSE, TONNES, CALLS, PAST = 2011, 1_000_000.0, 5, 60
YEARS = range(1950, 2031)
table = swd.parameter
for year in YEARS:
    where = (year, "VN")
    table.urb_population.loc[(*where, "def"), ["value", "unit"]] = [TONNES if year == PULSE else 0.0, "cap"]
    table.msw_gen_rate.loc[(*where, "def"), ["value", "unit"]] = [1.0, "t/cap/yr"]
    table.msw_frac_to_swds.loc[(*where, "def"), ["value", "unit"]] = [1.0, "kg/kg"]
    table.msw_type_frac.loc[(*where, "msw_food", "def"), ["value", "unit"]] = [1.0, "kg/kg"]
    table.swdstype_frac.loc[(*where, "managed", "def"), ["value", "unit"]] = [1.0, "kg/kg"]
    table.r_swd.loc[(*where, "managed", "def"), ["value", "unit"]] = [0.0, "kg/yr"]


def ask(year: int, past_years: int) -> float:
    """CH4 emitted in t."""
    steps = swd.sequence.tier1_ch4(
        year=year,
        region="VN",
        product="msw_food",
        wastemoisture="wet",
        past_years=past_years,
        activity="managed",
    )
    return 1000.0 * float(steps.ch4_emissions.value)


times = []
for _ in range(CALLS):
    began = time.perf_counter()
    ask(2020, PAST)
    times.append(time.perf_counter() - began)
late = ask(2020, 10)  # 2010 to 2020: turned round, 2011 and 2019 change places
table.urb_population.loc[(PULSE, "VN", "def"), "value"] = 0.0
table.urb_population.loc[(2019, "VN", "def"), "value"] = TONNES
recent = ask(2020, 10)
print(json.dumps({"load": load, "call": statistics.median(times), "pulse_2011": late, "pulse_2019": recent}))
