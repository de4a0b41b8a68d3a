"""The actions that this app offers for many projects: each the service that its own page uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from accounts.models import Post, User
from accounts.rights import Right
from projects.bulk import ActionForm, BulkAction, register
from projects.list_kind_forms import kinds_now
from projects.models import CollectionWindow, Link, Project
from projects.models.windows import WindowKind
from projects.refusals import PushImpossible
from projects.services.editing import edit_project
from projects.services.following import follow, unfollow
from projects.services.ordering import confirm_class
from projects.services.people import Target, assign_link
from projects.services.pushing import push
from projects.services.verification import note_progress, verify_unchanged
from projects.services.window_entries import join_window
from ui.forms import OfficeForm

Facts = Mapping[str, Any]


class NothingForm(OfficeForm):
    """Asks for nothing: the action says it all."""


class ClassForm(OfficeForm):
    priority_class = forms.ChoiceField(label="项目类别", choices=Project.PriorityClass.choices)
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class LeaderForm(OfficeForm):
    post = forms.ModelChoiceField(
        label="领办领导",
        queryset=Post.objects.filter(duty=Post.Duty.LEADER, is_active=True).select_related("organisation"),
    )
    reason = forms.CharField(label="说明", max_length=300, required=False)


class CategoryForm(OfficeForm):
    list_category = forms.ChoiceField(label="清单类别", choices=kinds_now)


class IndustryForm(OfficeForm):
    industry = forms.CharField(label="行业", max_length=40)


class NoteForm(OfficeForm):
    note = forms.CharField(label="进展", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class WindowForm(ActionForm):
    window = forms.ModelChoiceField(label="报送批次", queryset=CollectionWindow.objects.none())

    def offer_to(self, actor: User) -> None:
        field = self.fields["window"]
        assert isinstance(field, forms.ModelChoiceField)
        windows = CollectionWindow.objects.visible_to(actor).open()
        field.queryset = windows.filter(kind=WindowKind.LIST).order_by("closes_on")


def _edit(*, actor: User, project: Project, facts: Facts, today: date) -> None:
    seen_at = project.updated_at
    edit_project(actor=actor, project_id=project.pk, seen_at=seen_at, facts=facts, areas={}, today=today)


def _classify(*, actor: User, project: Project, facts: Facts, today: date) -> None:
    confirm_class(
        actor=actor,
        project_id=project.pk,
        priority_class=facts["priority_class"],
        reason=facts["reason"],
        today=today,
    )


def _lead(*, actor: User, project: Project, facts: Facts, today: date) -> None:
    assign_link(
        actor=actor,
        project_id=project.pk,
        kind=Link.Kind.LEAD_LEADER,
        target=Target(post=facts["post"]),
        from_on=today,
        reason=facts["reason"],
        today=today,
    )


def _verify(*, actor: User, project: Project, facts: Facts, today: date) -> None:
    verify_unchanged(actor=actor, project=project, today=today)


def _note(*, actor: User, project: Project, facts: Facts, today: date) -> None:
    note_progress(actor=actor, project=project, note=facts["note"], today=today)


def _follow(*, actor: User, project: Project, facts: Facts, today: date) -> None:
    follow(actor=actor, project=project)


def _unfollow(*, actor: User, project: Project, facts: Facts, today: date) -> None:
    unfollow(actor=actor, project=project)


def _join(*, actor: User, project: Project, facts: Facts, today: date) -> None:
    join_window(actor=actor, project_id=project.pk, window_id=facts["window"].pk, today=today)


def _push(*, actor: User, project: Project, facts: Facts, today: date) -> str:
    done = push(actor=actor, project_ids=[project.pk], today=today)
    if not done:
        raise PushImpossible("按推送规则应推的部门都已推送，没有新的部门。", project_id=project.pk)
    return f"推送 {len(done)} 个部门：{'、'.join(sorted(each.recipient.short_name for each in done))}"


def register_all() -> None:
    """Called when the app is ready, in the order of the menu."""
    register(BulkAction("verify", "核实无变化", Right.VERIFY_PROJECT, NothingForm, _verify))
    register(BulkAction("note", "登记进展", Right.VERIFY_PROJECT, NoteForm, _note))
    register(BulkAction("lead", "指派领办领导", Right.ASSIGN_LINKS, LeaderForm, _lead))
    register(BulkAction("class", "确定项目类别", Right.RANK_PROJECTS, ClassForm, _classify))
    register(BulkAction("category", "设定清单类别", Right.EDIT_PROJECT, CategoryForm, _edit))
    register(BulkAction("industry", "设定行业", Right.EDIT_PROJECT, IndustryForm, _edit))
    register(BulkAction("window", "加入报送批次", Right.RUN_WINDOWS, WindowForm, _join))
    register(BulkAction("push", "推送部门", Right.PUSH_PROJECTS, NothingForm, _push))
    register(BulkAction("follow", "关注", None, NothingForm, _follow))
    register(BulkAction("unfollow", "取消关注", None, NothingForm, _unfollow))
