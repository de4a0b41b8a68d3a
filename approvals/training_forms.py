"""Form and filter of the trainings."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from accounts.models import Organisation
from approvals.models import LibraryItem, Training
from approvals.services.trainings import TrainingFacts
from approvals.training_reading import read_attendance, unit_names
from ui.filters import FilterSet
from ui.forms import OfficeForm

_ORGANISERS = (Organisation.Kind.BUREAU, Organisation.Kind.DEPARTMENT, Organisation.Kind.COUNTY)


class TrainingFilter(FilterSet):
    """Parameters: q (words of title or topics), year."""

    q = django_filters.CharFilter(label="名称或内容", method="by_words")
    year = django_filters.NumberFilter(
        label="年度", field_name="held_on__year", min_value=2000, max_value=2100
    )

    class Meta:
        model = Training
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Training], name: str, value: str) -> QuerySet[Training]:
        return rows.filter(Q(title__icontains=value) | Q(topics__icontains=value))


class TrainingForm(OfficeForm):
    """A training that was held."""

    title = forms.CharField(label="名称", max_length=200)
    held_on = forms.DateField(label="日期")
    place = forms.CharField(label="地点", max_length=100, required=False)
    organiser = forms.ModelChoiceField(label="举办单位", queryset=Organisation.objects.none())
    lecturers = forms.CharField(
        label="师资",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一人：姓名 单位，如“李敏 自然资源厅”。",
    )
    topics = forms.CharField(label="内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    units = forms.CharField(
        label="参训单位",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="每行一个单位：单位 人数 姓名（可不填），如“福泉市 12 陈立、王芳”。",
    )
    materials = forms.ModelMultipleChoiceField(
        label="课件和资料",
        queryset=LibraryItem.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="从资料库选取；还没有的先在资料库上传。",
    )

    def __init__(self, *args: Any, training: Training | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organiser"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            kind__in=_ORGANISERS, is_active=True
        )
        kept = Q(retired_on__isnull=True) | Q(trainings=training) if training else Q(retired_on__isnull=True)
        self.fields["materials"].queryset = LibraryItem.objects.filter(kept).distinct()  # type: ignore[attr-defined]

    def clean_lecturers(self) -> list[tuple[str, str]]:
        lines = [line.split(maxsplit=1) for line in str(self.cleaned_data["lecturers"]).splitlines()]
        return [(words[0], words[1] if len(words) > 1 else "") for words in lines if words]

    def clean_units(self) -> Any:
        units, bad = read_attendance(str(self.cleaned_data["units"]), unit_names())
        for line in bad:
            self.add_error("units", line.message)
        return units

    def facts(self) -> TrainingFacts:
        data = self.cleaned_data
        return TrainingFacts(
            title=data["title"],
            held_on=data["held_on"],
            organiser=data["organiser"],
            topics=data["topics"],
            units=data["units"],
            place=data["place"],
            lecturers=data["lecturers"],
            materials=list(data["materials"]),
        )


class FollowUpForm(OfficeForm):
    """Who carries a policy out, and until when."""

    holder = forms.ModelChoiceField(label="落实单位", queryset=Organisation.objects.none())
    title = forms.CharField(label="任务", max_length=200)
    requirement = forms.CharField(label="完成标准", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    due_on = forms.DateField(label="完成时限")

    def __init__(self, *args: Any, holders: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].queryset = holders  # type: ignore[attr-defined]


def first_values(training: Training | None, today: date) -> dict[str, object]:
    """What the form shows before anybody typed."""
    if training is None:
        return {"held_on": today}
    return {
        "title": training.title,
        "held_on": training.held_on,
        "place": training.place,
        "organiser": training.organiser_id,
        "lecturers": "\n".join(f"{row['name']} {row['unit']}".strip() for row in training.lecturers),
        "topics": training.topics,
        "units": "\n".join(
            f"{row.organisation.short_name} {row.people} {row.names}".strip() for row in training.units.all()
        ),
        "materials": [item.pk for item in training.materials.all()],
    }
