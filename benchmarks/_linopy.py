"""Runs inside a throw-away environment that holds linopy: builds the slice capacity rows of a made-up model.

python _linopy.py TECHNOLOGIES SLICES YEARS    prints CPU seconds of build and pass, nonzeros and peak MB.
"""

import json
import resource
import sys
import time

import linopy
import numpy as np
import xarray as xr

technologies, slices, years = (int(a) for a in sys.argv[1:])
began = time.process_time()
model = linopy.Model()
t, s, y = (np.arange(n) for n in (technologies, slices, years))
names = {"t": t, "l": s, "y": y}
activity = model.add_variables(lower=0, coords=[t, s, y], dims=["t", "l", "y"], name="activity")
new = model.add_variables(lower=0, coords=[t, y], dims=["t", "y"], name="new")
alive = xr.DataArray(np.tri(years), coords=[y, y], dims=["y", "yy"])
total = (new.rename({"y": "yy"}) * alive).sum("yy")
factor = xr.DataArray(
    np.linspace(0.3, 0.9, technologies * slices).reshape(technologies, slices), coords=[t, s], dims=["t", "l"]
)
model.add_constraints(activity - factor * total <= 0, name="capacity")
model.add_constraints(activity.sum("t") >= 1, name="demand")
model.add_objective(activity.sum() + 10 * new.sum())
built = time.process_time()
highs = linopy.io.to_highspy(model)
print(
    json.dumps(
        {
            "build": built - began,
            "pass": time.process_time() - built,
            "nonzeros": int(highs.getNumNz()),
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
