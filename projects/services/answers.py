"""Telling a unit what became of the projects it handed in."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Organisation, User
from accounts.rights import RIGHTS, Right
from notifications.models import Message
from notifications.services import Notice, post
from projects.models import Project

_REPORTING_ROLES = [role for role, rights in RIGHTS.items() if Right.SUBMIT_LIST in rights]


def answer(*, project: Project, entry_id: int, title: str, body: str) -> None:
    """Tell the people who hand in lists for the project's unit, once per entry of the log."""
    answer_all([(project, entry_id, title, body)])


def answer_all(answers: Iterable[tuple[Project, int, str, str]]) -> None:
    """As `answer`, for many: (project, id of the log entry, title, body). Two queries."""
    told = list(answers)
    people = _reporters()
    post(
        [
            Notice(
                recipient=person,
                kind=Message.Kind.ANSWER,
                key=f"audit-{entry_id}",
                title=title,
                body=body,
                url=project.get_absolute_url(),
            )
            for project, entry_id, title, body in told
            for person in people
            if _hears(person, project)
        ]
    )


def _hears(person: User, project: Project) -> bool:
    """People of the unit that handed the project in; for the prefecture's own lists the bureau's."""
    unit = project.submitted_by
    if person.organisation is None or not person.organisation.path.startswith(unit.path):
        return False
    return unit.kind != Organisation.Kind.PREFECTURE or person.role == User.Role.DISPATCH


def _reporters() -> list[User]:
    """Active people who may hand in lists, with their organisation. One query."""
    people = User.objects.filter(is_active=True, role__in=_REPORTING_ROLES, organisation__isnull=False)
    return list(people.select_related("organisation"))
