from __future__ import annotations

import sys
from pathlib import Path

# Python puts this folder first on the path; its parent makes it the package it is.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from provision.commands import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
