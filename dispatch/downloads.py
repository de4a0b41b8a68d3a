"""A frozen file on its way out, for the page and the API alike."""

from __future__ import annotations

from django.http import HttpResponse

from accounts.models import User
from audit.services import record
from dispatch.models import LedgerSnapshot
from ui.downloads import download


def file_response(found: LedgerSnapshot, *, actor: User) -> HttpResponse:
    """The frozen file as a download, noted in the log."""
    content = LedgerSnapshot.objects.values_list("content", flat=True).get(pk=found.pk)
    record(
        actor=actor,
        verb="file.downloaded",
        subject=found,
        facts={"sha256": found.sha256},
        scope_path=found.organisation.path,
    )
    response = download(bytes(content), found.filename)
    response.headers["ETag"] = f'"{found.sha256}"'
    return response
