"""The paper that proves a statement about a project: one that is there, or one handed in with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach
from projects.land_refusals import EvidenceMissing
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Proof:
    """A paper of the project's dossier by its id, or a file that becomes one; neither is no proof."""

    paper_id: int | None = None
    upload: Upload | None = None


NO_PROOF = Proof()


def owner_of(project: Project) -> PaperOwner:
    """The project as the owner of papers; reads `organisation` and `submitted_by`."""
    is_theirs = project.submitted_by_id != project.organisation_id
    return PaperOwner(
        kind=Project._meta.label_lower,
        pk=project.pk,
        label=project.name,
        project_id=project.pk,
        organisation=project.organisation,
        department=project.submitted_by if is_theirs else None,
    )


def paper_of(*, actor: User, project: Project, proof: Proof, title: str, today: date) -> Paper | None:
    """The paper meant by `proof`, taken in if it is new; None without proof.

    Raises:
        EvidenceMissing: the paper is none of the project's current ones.
        PaperRefused and others: see `papers.services.attach`.
    """
    if proof.upload is not None:
        return attach(
            actor=actor,
            owner=owner_of(project),
            upload=proof.upload,
            kind=Paper.Kind.EVIDENCE,
            title=title,
            today=today,
        )
    if proof.paper_id is None:
        return None
    papers = Paper.objects.visible_to(actor).current().filter(project_id=project.pk)
    found = papers.filter(pk=proof.paper_id).first()
    if found is None:
        raise EvidenceMissing("所选附件已被替换或撤回，请重新选择或上传。", paper=proof.paper_id)
    return found


def required_paper(*, actor: User, project: Project, proof: Proof, title: str, today: date) -> Paper:
    """As `paper_of`, for statements that do not stand without a paper."""
    paper = paper_of(actor=actor, project=project, proof=proof, title=title, today=today)
    if paper is None:
        raise EvidenceMissing(f"“{title}”须有佐证材料，请选择已有附件或上传文件。")
    return paper
