"""What is true of problems, tasks and their trees, from values alone."""

from __future__ import annotations
