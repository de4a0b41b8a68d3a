"""Workers side by side: pytest-django gives each its own database; this, its own numbered part of the broker.

Loaded by `-p` before the settings are read.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if worker and "REDIS_URL" in os.environ:
    # Worker gw0 keeps away from database 0, which belongs to a run without workers.
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl()
