"""A paper on its way out, for the page and the API alike."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from accounts.models import User
from papers import services
from papers.models import Paper


def file_response(paper: Paper, *, actor: User) -> HttpResponse:
    """The bytes as a file to be saved, never shown by the browser; noted in the log.

    Raises:
        PaperContent.DoesNotExist: the paper was withdrawn.
    """
    content = services.download(actor=actor, paper=paper)
    response = HttpResponse(content, content_type=paper.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(paper.filename)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
