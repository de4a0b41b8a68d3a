"""One person of every role, each in the office where the role sits."""

from __future__ import annotations

from accounts.models import User
from tests.factories import UserFactory, organisation

OFFICES = {
    "county": (User.Role.COUNTY, "522701-ZRZY"),
    "stranger": (User.Role.COUNTY, "522725-ZRZY"),
    "section": (User.Role.SECTION, "522700-ZRZY-YTGZ"),
    "dispatch": (User.Role.DISPATCH, "522700-ZRZY-BZ"),
    "department": (User.Role.DEPARTMENT, "522700-SWJ"),
    "leader": (User.Role.LEADER, "522700-ZRZY"),
    "sysadmin": (User.Role.SYSADMIN, "522700-ZRZY"),
    "secadmin": (User.Role.SECADMIN, "522700-ZRZY"),
    "auditor": (User.Role.AUDITOR, "522700-ZRZY"),
}


def person(name: str) -> User:
    role, code = OFFICES[name]
    return UserFactory(role=role, organisation=organisation(code))
