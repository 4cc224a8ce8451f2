"""Runs inside a throw-away environment that holds otoole: reads a CSV folder and writes a data file.

python _otoole.py FOLDER CONFIG OUT    prints one line of JSON with the CPU seconds of import and conversion.
"""

import json
import sys
import time

folder, config, out = sys.argv[1:]
began = time.process_time()
from otoole import convert  # noqa: E402

loaded = time.process_time()
convert(config, "csv", "datafile", folder, out)
print(json.dumps({"import": loaded - began, "convert": time.process_time() - loaded}))
