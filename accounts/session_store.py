"""The browser's session in the database: using it moves its end, but not at every page.

Written back at every request, each page was a transaction with its own flush to disk. As with
`OpenSession.seen_at` a minute is exact enough: a session ends after the idle time or up to a minute before.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore as StoreInDatabase
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.sessions import SEEN_EVERY


class SessionStore(StoreInDatabase):
    """For `settings.SESSION_ENGINE`."""

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
        if row is not None:
            whole = timedelta(seconds=self.get_session_cookie_age())
            if row.expire_date - timezone.now() <= whole - SEEN_EVERY:
                self.modified = True  # the middleware writes it back with a new end
        return row
