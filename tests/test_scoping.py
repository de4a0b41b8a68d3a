"""Tenancy: every model with rows knows the way to its organisation, or says here why it needs none."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Model

from accounts.models import Organisation, User
from accounts.scoping import OwnRowsQuerySet, ScopedQuerySet
from tests.factories import ProjectFactory, UserFactory, organisation

OURS = {
    *(
        "accounts",
        "approvals",
        "audit",
        "consultations",
        "deadlines",
        "dispatch",
        "duties",
        "jobs",
        "notifications",
        "onboarding",
        "opinions",
        "papers",
        "projects",
        "quotas",
        "upkeep",
    ),
}
UNSCOPED = {
    "approvals.GateRule": "public reference: which gate guards which step",
    "approvals.LibraryContent": "public reference: guides and templates",
    "approvals.LibraryDownload": "only counted; no page names who",
    "approvals.LibraryItem": "public reference: guides and templates",
    "approvals.Training": "public reference: trainings held",
    "approvals.TrainingUnit": "public reference: trainings held",
    "approvals.LibraryVersion": "public reference: guides and templates",
    "approvals.HandlingSetting": "public reference: the office's dated days of handling",
    "approvals.FeeKind": "public reference: which fees an approval is budgeted for",
    "approvals.LandStandard": "public reference: how much land a use may take",
    "approvals.MatterTerm": "public reference: by when matters are answered",
    "approvals.DocumentTerm": "public reference: how long a document is good",
    "approvals.ExpropriationReason": "public reference: the law's reasons",
    "approvals.IdleLandSetting": "public reference: when land is idle",
    "deadlines.ReminderSetting": "public reference: when reminders are sent",
    "duties.ProblemKind": "public reference: which office handles which problems",
    "duties.DutySetting": "public reference: the numbers of supervision",
    "opinions.RoundKind": "public reference: kinds of rounds, their limits",
    "opinions.DepartmentRule": "public reference: whom the facts of a project concern",
    "opinions.LinkTry": "counts openings by address; names no request",
    "consultations.TopicKind": "public reference: what topics may be about",
    "consultations.MeetingSetting": "public reference: the council's figures",
    "quotas.Policy": "public reference: the pool's rules",
    "quotas.ChecklistItem": "public reference: what an application to the pool must bring",
    "quotas.ReviewSetting": "public reference: who is asked about an application, and how long it takes",
    "quotas.PricePoint": "public reference: what the province's platform published",
    "quotas.FiscalAccount": "public reference: where the money for quota is paid",
    "accounts.Invitation": "digests alone; found by the token of its link",
    "accounts.PasswordRecord": "digests alone; compared, never shown",
    "accounts.RecoveryCode": "digests alone; compared, never shown",
    "accounts.SecondFactor": "a person's secret, encrypted; never shown",
    "accounts.SignInRule": "how one signs in; shown to the security administrator alone",
    "accounts.OrganisationAlias": "public reference: names that workbooks use",
    "approvals.StepLimit": "public reference: the law's limits",
    "approvals.StepType": "public reference: the step catalogue",
    "audit.Link": "seals of entries, digests alone",
    "audit.Purge": "until when entries were cleared away",
    "audit.TrailRule": "public reference: how long the log is kept",
    "audit.Entry": "lies below accounts; desk.audit_log filters by scope_path",
    "deadlines.CalendarDay": "public reference: the official calendar",
    "deadlines.CalendarRevision": "public reference; its moved deadlines are shown to EDIT_CALENDAR alone",
    "deadlines.CalendarYear": "public reference: the official calendar",
    "deadlines.LampSetting": "public reference: thresholds",
    "deadlines.PauseKind": "public reference: lawful reasons",
    "dispatch.Round": "a period and its state; no project's data",
    "dispatch.Reopening": "why a round was opened again; no project's data",
    "dispatch.RoundRule": "when rounds end; reference",
    "dispatch.ReportingDuty": "who reports; reference",
    "dispatch.Ladder": "who is reminded when; reference",
    "dispatch.Rung": "who is reminded when; reference",
    "upkeep.UpkeepRun": "how backups and checks went; no project's data, shown to administrators alone",
    "upkeep.MaintenanceNotice": "what every page says while the system stands still",
    "upkeep.UpkeepSetting": "how often the system is backed up and checked; reference",
    "dispatch.TargetSetting": "public reference: when a target is behind",
    "dispatch.PanelCondition": "public reference: when a panel of 七个一 stands",
    "dispatch.AppraisalRule": "public reference: by which rules units are appraised",
    "dispatch.Appraisal": "a period, its rules and its day; the scores are scoped",
    "projects.DuplicateSetting": "public reference: thresholds",
    "projects.LetterTemplate": "public reference: the words of a letter",
    "projects.PushRule": "public reference: who gets which projects",
    "projects.WindowTemplate": "public reference: the waves of a year",
    "projects.ExportSetting": "public reference: for how many days workbooks are kept",
    "projects.StalenessSetting": "public reference: after how many days a project is stale",
    "projects.ApprovalRule": "public reference: who approves which land",
    "approvals.SkipRule": "public reference: which step may be gone without",
    "projects.BoundarySetting": "public reference: how boundaries are compared",
    "projects.SitingItem": "public reference: what a site is asked",
    "projects.SitingSetting": "public reference: what counts as industry",
    "projects.AnnualList": "a year and its last number; no project's data",
    "projects.Bracket": "public reference: which leader answers for how large a project",
    "projects.BracketSet": "public reference: which leader answers for how large a project",
    "projects.CriteriaSet": "public reference: how projects are classed",
    "projects.Criterion": "public reference: how projects are classed",
    "projects.AnnualListVersion": "a version's number, day and reason; its entries are scoped",
    "projects.ListKind": "public reference: which lists there are",
    "projects.MaturityCriterion": "public reference: criteria of maturity",
    "projects.PlanVersion": "a version's number, day and reason; its lines are scoped",
}


def our_models() -> list[type[Model]]:
    """Our models without pghistory's event tables, which no page or address reads by themselves."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in OURS and not hasattr(model, "pgh_tracked_model")
    ]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_is_scoped_or_declared_public(model: type[Model]) -> None:
    rows = model._default_manager.all()
    scoped = isinstance(rows, ScopedQuerySet | OwnRowsQuerySet)

    assert scoped != (model._meta.label in UNSCOPED), "scope it, or declare it in UNSCOPED with a reason"


def test_no_declaration_outlives_its_model() -> None:
    assert set(UNSCOPED) - {model._meta.label for model in our_models()} == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model",
    [m for m in our_models() if m._meta.label not in UNSCOPED],
    ids=lambda model: model._meta.label,
)
def test_the_way_to_the_organisation_exists_and_nobody_without_one_sees_a_row(model: type[Model]) -> None:
    reader = UserFactory(organisation=organisation("522701-ZRZY"), role=User.Role.COUNTY)
    department = UserFactory(organisation=organisation("522700-SWJ"), role=User.Role.DEPARTMENT)
    homeless = UserFactory(organisation=None)
    visible_to = model._default_manager.all().visible_to

    # Fails where the path names a field that is not there.
    list(visible_to(reader)[:1])
    list(visible_to(department)[:1])
    if isinstance(model._default_manager.all(), ScopedQuerySet):
        assert not visible_to(homeless).exists()


@pytest.mark.django_db
def test_a_closed_account_sees_nothing() -> None:
    reader = UserFactory(organisation=organisation("522701-ZRZY"), role=User.Role.COUNTY, is_active=False)
    project = ProjectFactory()

    assert not type(project).objects.visible_to(reader).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "role", "sees"),
    [
        ("522701-ZRZY", User.Role.COUNTY, {"522701"}),
        ("522700-P01-ZRZY", User.Role.COUNTY, {"522700-P01"}),
        ("522700-ZRZY-YTGZ", User.Role.SECTION, {"522701", "522725", "522700-P01"}),
        ("522700", User.Role.LEADER, {"522701", "522725", "522700-P01"}),
        ("522700-SWJ", User.Role.DEPARTMENT, {"522725"}),
        ("540100", User.Role.LEADER, set()),
    ],
)
def test_who_sees_which_projects(code: str, role: User.Role, sees: set[str]) -> None:
    for unit in ("522701", "522725", "522700-P01"):
        owner = organisation(unit)
        handed_in_by = organisation("522700-SWJ") if unit == "522725" else owner
        project = ProjectFactory(organisation=owner, submitted_by=handed_in_by)
    reader = UserFactory(organisation=organisation(code), role=role)

    seen = type(project).objects.visible_to(reader).values_list("organisation__code", flat=True)

    assert set(seen) == sees


@pytest.mark.django_db
def test_a_code_that_begins_like_another_is_not_its_subtree() -> None:
    first = Organisation.objects.get(code="522701")
    other = Organisation.objects.create(
        code="5227010", name="像", short_name="像", kind="county", parent=first.parent,
        path=f"{first.parent.path}5227010/",  # type: ignore[union-attr]
    )  # fmt: skip
    ProjectFactory(organisation=other)
    reader = UserFactory(organisation=organisation("522701-ZRZY"), role=User.Role.COUNTY)

    assert not other.projects.all().visible_to(reader).exists()
