"""One round of opinions with mixed answers, and one whose departments still think."""

from __future__ import annotations

from datetime import date, timedelta

from accounts.models import Organisation, User
from approvals.models import Step
from deadlines.selectors import working_calendar
from demo.moments import noon
from opinions.rules import Verdict
from opinions.selectors import kind_for_step, kinds_in_force
from opinions.services import requests
from opinions.services.lapsing import lapse_due
from opinions.services.requests import Answer
from opinions.services.rounds import Asked, StepRef, draft_round, send_round
from projects.models import Project

QUESTION = "请就该项目选址是否符合本部门管理要求提出意见；有条件同意的，请逐条写明条件。"
# What each department said, and after how many working days; no answer is silence.
ANSWERS: tuple[tuple[str, int, Verdict, str, str], ...] = (
    ("FGW", 3, Verdict.AGREE, "符合产业政策。", ""),
    ("SWJ", 6, Verdict.CONDITIONAL, "", "避让河湖管理范围，开工前办理洪水影响评价。"),
    ("WLJ", 9, Verdict.NOT_INVOLVED, "不涉及文物保护单位。", ""),
)
SILENT = ("HBJ", "LYJ")


def ask_around(*, dispatcher: User, today: date) -> None:
    """A round of fifteen working days ago, over by now, and one of three days ago."""
    calendar = working_calendar()
    days = [day for n in range(60) if calendar.is_working(day := today - timedelta(days=n))]
    rows = Step.objects.filter(code="A02", project__status="ADOPTED").exclude(status="NOT_INVOLVED")
    sitings = sorted(
        rows.select_related("project__organisation", "step_type"),
        # Sites still under way first; where all are settled, the newest projects.
        key=lambda step: (step.status == Step.Status.DONE, -step.project_id),
    )
    for step, sent_on in zip(sitings, (days[15], days[3]), strict=False):
        _ask(step, sent_on, dispatcher, days, today)
    lapse_due(today=today, now=noon(today))


def _ask(step: Step, sent_on: date, dispatcher: User, days: list[date], today: date) -> None:
    project: Project = step.project
    prefecture = project.organisation.path.rsplit("/", 3)[1]
    codes = [f"{prefecture}-{code}" for code in (*(row[0] for row in ANSWERS), *SILENT)]
    units = {unit.code: unit for unit in Organisation.objects.filter(code__in=codes)}
    round_ = draft_round(
        project=project,
        kind=kind_for_step(kinds_in_force(sent_on), step.code),
        question=QUESTION,
        actor=dispatcher,
        today=sent_on,
        asked=[Asked(units[code].pk, "", "列入年度清单") for code in codes if code in units],
        step=StepRef(step.pk, step.code, step.step_type.short),
    )
    send_round(round_id=round_.pk, actor=dispatcher, today=sent_on, now=noon(sent_on))
    place = days.index(sent_on)
    for code, after, verdict, text, conditions in ANSWERS:
        request = round_.requests.filter(organisation__code=f"{prefecture}-{code}").first()
        if request is None or after > place:
            continue
        day = days[place - after]
        requests.receive(
            request_id=request.pk,
            received_on=sent_on,
            proof="公文交换签收单",
            actor=dispatcher,
            today=day,
            now=noon(day),
        )
        requests.answer(
            request_id=request.pk,
            answer=Answer(verdict, text, conditions, "分管负责人"),
            actor=dispatcher,
            today=day,
            now=noon(day),
        )
