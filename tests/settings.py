"""The portal's settings for tests: nothing is read from or written to the folder that a person works with."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "TRUNGHOA_TEST_FOLDER" not in os.environ:
    os.environ["TRUNGHOA_TEST_FOLDER"] = tempfile.mkdtemp(prefix="trunghoa-test-")
    atexit.register(shutil.rmtree, os.environ["TRUNGHOA_TEST_FOLDER"], ignore_errors=True)
# Parallel workers inherit the folder, and each keeps its documents apart in it.
os.environ["TRUNGHOA_VAR"] = str(
    Path(os.environ["TRUNGHOA_TEST_FOLDER"]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
)
os.environ["TRUNGHOA_DEMO"] = "true"
os.environ.pop("SECRET_KEY", None)

from trunghoa.portal.settings import *  # noqa: F403
from trunghoa.portal.settings import DATABASES, INSTALLED_APPS, STORAGES, VAR

VAR.mkdir(parents=True, exist_ok=True)
# A kind of object that only the tests of the workflow move.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.portal.workflow.errands"]
# Hashing passwords slowly and hashing file names protect a deployment; a test only waits for them.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Each parallel worker has a database of its own in memory; only Django's own engine is known for that.
if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
