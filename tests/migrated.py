"""`python -m tests.migrated`: migrates the database that DATABASE_URL names, on the day of the tests.

script/test does so beside its checks; each worker then begins with a copy. What migrations enter is of
that day as in a database that pytest makes itself.
"""

from __future__ import annotations

import django
import time_machine
from django.core.management import call_command

from tests.another_day import FRIDAY

if __name__ == "__main__":
    with time_machine.travel(FRIDAY, tick=True):
        django.setup()
        call_command("migrate", verbosity=0)
