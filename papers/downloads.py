"""A paper on its way out, for the page and the API alike."""

from __future__ import annotations

from django.http import HttpResponse

from accounts.models import User
from core import clock
from papers import services
from papers.models import Paper
from ui.downloads import download


def file_response(paper: Paper, *, actor: User) -> HttpResponse:
    """The bytes as a file to be saved, never shown by the browser; noted in the log.

    Raises:
        PaperContent.DoesNotExist: the paper was withdrawn.
    """
    content = services.download(actor=actor, paper=paper, today=clock.today())
    return download(content, paper.filename, content_type=paper.media_type)
