"""One row of everything in the pool that an address can name, of 都匀市."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from quotas.models import Application, ApplicationOpinion
from quotas.services import applications as services
from tests.quotas.scenes import TODAY, draft, submitted


@dataclass(frozen=True, slots=True)
class PoolRows:
    application: Application
    application_draft: Application
    opinion: ApplicationOpinion


def build_pool(*, officer: User, dispatcher: User) -> PoolRows:
    """A draft, and an application under review on which three offices were asked."""
    application = submitted(officer)
    services.begin_review(actor=dispatcher, application_id=application.pk, today=TODAY)
    return PoolRows(
        application=application,
        application_draft=draft(officer),
        opinion=application.opinions.order_by("pk")[0],
    )
