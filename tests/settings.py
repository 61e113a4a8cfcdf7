"""Settings of the tests: the portal's own, on servers of this run (which start here, once)."""

import os
import tempfile

from tests.services import OF_A_TEST, PROVIDED, provide

provide()
if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # else they steal each other's tasks
    os.environ["REDIS_URL"] = f"{os.environ[PROVIDED]}/{int(worker.removeprefix('gw')) + 1}"

from jetportal.settings import *  # noqa: E402, F403 (a test run changes a few values, no more)
from jetportal.settings import STORAGES  # noqa: E402

STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
if OF_A_TEST in os.environ:  # a process of the portal, which shares the files of its test
    MEDIA_ROOT = os.environ[OF_A_TEST]
else:
    DOCUMENTS = tempfile.TemporaryDirectory(prefix="jet-documents-")  # gone when the run ends
    MEDIA_ROOT = DOCUMENTS.name
