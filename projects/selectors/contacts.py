"""Early contact with owners: who is named, what was written, what came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User, UserQuerySet
from projects.models import LetterTemplate, PreContact, PreContactQuerySet, Project


def contact_list(*, actor: User) -> PreContactQuerySet:
    """Rounds of contact the actor may see. One query."""
    return PreContact.objects.visible_to(actor).select_related(
        "project__organisation", "person__organisation", "assigned_by", "deadline"
    )


def letter_template(on: date) -> LetterTemplate | None:
    """The words in force on a day; None before the first. One query."""
    return LetterTemplate.objects.filter(effective_from__lte=on).order_by("-effective_from").first()


def possible_people(*, actor: User) -> UserQuerySet:
    """Officers the actor may name: those who run steps, within sight. One query."""
    roles = [User.Role.DISPATCH, User.Role.SECTION, User.Role.COUNTY]
    return (
        User.objects.visible_to(actor)
        .filter(is_active=True, role__in=roles, organisation__isnull=False)
        .select_related("organisation")
        .order_by("organisation__path", "pk")
    )


def letter_words(
    *, template: LetterTemplate, project: Project, person: User, phone: str, materials: str
) -> str:
    """The template with the project's facts in place of its placeholders."""
    values: Mapping[str, str] = {
        "项目名称": project.name,
        "建设单位": project.owner_unit or "项目建设单位",
        "县市": project.organisation.short_name,
        "材料": "\n".join(
            f"{place}.{line.strip()}"
            for place, line in enumerate(filter(str.strip, materials.splitlines()), start=1)
        ),
        "对接人": person.label,
        "电话": phone or "另行告知",
    }
    text = template.body
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text
