"""kill -9 in the middle of the commit of a proposal: all or nothing, and a second attempt completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from accounts.models import User
from quotas import selectors
from quotas.models import Movement, Proposal, Reservation
from quotas.services import proposals
from tests.quotas.scenes import TODAY, drafted
from tests.services.conftest import ROOT, database_url, until, waits_for_a_lock

COMMIT = """
import datetime, django
django.setup()
from accounts.models import User
from quotas.services import proposals
proposals.commit_proposal(actor=User.objects.get(pk={actor}), proposal_id={proposal},
    accepts_shortfall=False, accepts_fallback=False, today=datetime.date({day}))
"""
# What the commit needs next is held by the test: before it reads the balances, when it writes the
# ledger, and when all but the last row is written.
MOMENTS = {
    "while it locks the pool": "LOCK TABLE quotas_account IN ACCESS EXCLUSIVE MODE",
    "while it writes the ledger": "LOCK TABLE quotas_movement IN ACCESS EXCLUSIVE MODE",
    "while it writes the log": "LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE",
}


def start_commit(actor: User, proposal: Proposal) -> subprocess.Popen[bytes]:
    program = COMMIT.format(
        actor=actor.pk, proposal=proposal.pk, day=f"{TODAY.year}, {TODAY.month}, {TODAY.day}"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "landguard.settings",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, env=environment, start_new_session=True
    )


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_commit_that_is_killed_leaves_nothing_and_can_be_done_again(
    transactional_db: None, officer: User, section: User, second_connection: Any, moment: str
) -> None:
    proposal = drafted(officer, section)
    before = Movement.objects.count()
    second_connection.set_autocommit(False)
    with second_connection.cursor() as cursor:
        cursor.execute(MOMENTS[moment])
    process = start_commit(section, proposal)
    until(waits_for_a_lock, "the commit has come to the lock")

    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    second_connection.rollback()
    until(lambda: not waits_for_a_lock(), "the dead session is gone")
    proposal.refresh_from_db()
    assert (proposal.state, Movement.objects.count()) == ("DRAFT", before)
    assert not Reservation.objects.exists()

    done = proposals.commit_proposal(
        actor=section, proposal_id=proposal.pk, accepts_shortfall=False, accepts_fallback=False, today=TODAY
    )

    assert (done.state, Movement.objects.count()) == ("COMMITTED", before + 3)
    assert selectors.prove_ledger().is_sound
