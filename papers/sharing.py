"""The one door through which projects say who else reads their papers.

A project across several counties is read by each of them, and its papers with it. Which projects
those are only the app above knows; it registers the question here when the apps are loaded, so
that pages, the API and downloads ask it alike and nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from accounts.models import User

SharedProjects = Callable[[str], Sequence[int]]
_questions: list[SharedProjects] = []


def register(shared_projects: SharedProjects) -> None:
    """Ask `shared_projects(path)` for the ids of projects that the subtree of `path` reads beside
    its own. Registering the same again changes nothing.
    """
    if shared_projects not in _questions:
        _questions.append(shared_projects)


def projects_shared_with(actor: User) -> list[int]:
    """Ids of projects of others whose papers the people of a county or park read. One query for
    them, none for everybody else.
    """
    scope = actor.scope
    if scope is None or scope.is_department or actor.reporting_unit is None:
        return []
    return [pk for question in _questions for pk in question(scope.path)]
