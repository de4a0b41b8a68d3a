"""Runs one job in a process of its own and says how much memory that took at its peak.

`python -m tests.services.run_job NUMBER` prints kilobytes of this process and of its largest child.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landguard.settings")
    django.setup()
    from core import clock
    from jobs.services import run_one

    assert run_one(job_id=int(sys.argv[1]), clock=clock.now)
    status = Path("/proc/self/status").read_text()
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    print(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


if __name__ == "__main__":
    main()
