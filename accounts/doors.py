"""Which addresses are open to roles that do no business: all others are shut, new ones too."""

from __future__ import annotations

# What everybody has who signs in: the own password, sessions, second factor and messages.
OWN = (
    *("account_", "healthz", "readyz", "api-token", "api-schema", "api-docs", "api-root"),
    *("notifications:", "message-", "channel-", "own-session-", "accounts:own-"),
    *("accounts:invitation", "desk:help", "desk:manual", "desk:whats-new", "maintenance-list"),
)
DOORS: dict[str, tuple[str, ...]] = {
    "NONE": ("accounts:waiting",),
    "SECADMIN": (
        *(
            "accounts:users",
            "accounts:user-security",
            "accounts:user-grant",
            "accounts:user-unlock",
        ),
        *("accounts:user-invite", "accounts:user-reset-factor", "accounts:sign-in-rules"),
        *("user-invite", "user-reset-factor", "sign-in-rule-"),
        *("accounts:user-reset", "accounts:user-reactivate"),
        *("user-list", "user-detail", "user-grant-role", "user-unlock", "user-reset-password"),
        *("user-reactivate", "desk:trail-rule", "trail-rule-"),
    ),
    "AUDITOR": ("desk:audit", "desk:trail-rule", "audit-entry-", "trail-rule-"),
}
# Where these find themselves instead of 我的工作, which they do not have.
HOMES = {"NONE": "accounts:waiting", "SECADMIN": "accounts:users", "AUDITOR": "desk:audit"}


def is_open(role: str, address: str) -> bool:
    """Whether a role may ask for an address (its name) at all; its rights decide the rest."""
    doors = DOORS.get(role)
    return doors is None or address.startswith(OWN + doors)
