"""Runs inside a throw-away environment that holds tz-osemosys: solves an otoole CSV folder.

python _tz.py FOLDER    prints one line of JSON with the objective, without the constant of residual capacity.
"""

import json
import sys

from tz.osemosys import Model

model = Model.from_otoole_csv(root_dir=sys.argv[1])
model.solve()
print("\n" + json.dumps({"objective": float(model._m.objective.value)}))
