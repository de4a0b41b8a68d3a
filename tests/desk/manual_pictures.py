"""Which page each picture of the manuals shows, and to whom: name → (reader, URL name, row of the world)."""

from __future__ import annotations

PICTURES: dict[str, tuple[str, str, str]] = {
    "home": ("county", "desk:home", "-"),
    "upload": ("county", "projects:upload", "-"),
    "dossier": ("county", "desk:dossier", "project"),
    "reports": ("county", "dispatch:reports", "-"),
    "screening": ("section", "desk:screening", "-"),
    "pool": ("section", "quotas:pool", "-"),
    "windows": ("dispatch", "projects:windows", "-"),
    "rounds": ("dispatch", "dispatch:rounds", "-"),
    "calendar": ("dispatch", "deadlines:calendar", "-"),
    "opinions": ("department", "opinions:list", "-"),
    "overview": ("leader", "desk:overview", "-"),
    "health": ("sysadmin", "upkeep:health", "-"),
}
