"""Health of a container: exits 0 when the role named on the command line does its work.

web     answers /readyz (database, broker, migrations)
beat    has written its schedule lately
backup  waits for its hour, or has been at work for less than half a day
"""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from pathlib import Path

BEAT_SCHEDULE = Path("/srv/landguard/run/beat-schedule")
BEAT_SILENCE = 600.0  # it writes every three minutes
BACKUP_SIGN = Path("/srv/landguard/backups/.waiting")
BACKUP_SILENCE = 43_200.0


def web() -> bool:
    # Under the name it serves: any other is refused before it is looked at.
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")
    request = urllib.request.Request("http://127.0.0.1:8000/readyz", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return bool(answer.status == 200)


def beat() -> bool:
    return any(
        time.time() - path.stat().st_mtime < BEAT_SILENCE
        for path in BEAT_SCHEDULE.parent.glob(f"{BEAT_SCHEDULE.name}*")
    )


def backup() -> bool:
    return time.time() - BACKUP_SIGN.stat().st_mtime < BACKUP_SILENCE


if __name__ == "__main__":
    try:
        healthy = {"web": web, "beat": beat, "backup": backup}[sys.argv[1]]()
    except OSError as error:
        print(error)
        healthy = False
    sys.exit(not healthy)
