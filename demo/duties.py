"""Problems and tasks in every state, letters, visits, an inspection, signed letters and a task book."""

from __future__ import annotations

from datetime import date, timedelta

from accounts.models import Organisation, Post, User
from deadlines.selectors import working_calendar
from duties.models import DutyLetter, Problem, Task, Visit
from duties.selectors import kinds_in_force, seat_of_actor
from duties.services import books, letters, problems, tasks, visits
from duties.services.books import BookFacts
from duties.services.problems import ProblemDraft
from duties.services.tasks import TaskDraft
from duties.services.visit_duties import watch_visits
from duties.services.visits import DutyLetterFacts, FindingFacts, InspectionPlan, VisitFacts
from papers.services import Upload
from projects.models import Project

# Kind, what it is called, what it says, whether it is general.
PROBLEMS = (
    ("BALANCE", "补充耕地指标缺口", "水田规模缺口，县域内无法自行平衡，影响组卷报批。", False),
    ("PLANNING", "项目未落入一张图", "选址后规划未及时入库，多个县市同样存在。", True),
    ("VIOLATION", "先行平整场地须查处到位", "施工单位提前进场平整，须立案查处并结案后报批。", False),
    ("MINERAL", "压覆矿产补偿协议未签", "矿业权人对补偿标准有异议，协商三轮未果。", False),
)
# What is to be done, what counts as done, days until it is due, and how far the holder has come.
TASKS = (
    ("落实补充耕地指标", "指标入库并锁定", 12, "issued"),
    ("完成规划入库", "一张图可查询", 8, "accepted"),
    ("签订矿业权补偿协议", "协议签订并报备", 15, "running"),
    ("补正林地手续材料", "林业部门受理", 5, "reported"),
    ("完成征地社保审核", "取得审核意见", 3, "verified"),
    ("核实永农补划地块", "补划方案通过审查", 6, "returned"),
    ("报送用地组卷材料", "州局受理", -4, "late"),
)
BOOK_HEAD = "编号,任务,完成标准,责任单位,分管领导,主办科室,具体负责人,完成时限"


def keep_busy(*, dispatcher: User, county: dict[str, User], today: date) -> None:
    """What the lists of duties show, of the last month."""
    calendar = working_calendar()
    days = [day for n in range(60) if calendar.is_working(day := today - timedelta(days=n))]
    officers = list(county.values())
    raised = _problems(officers, dispatcher, on=days[15])
    found = _tasks(raised, officers, dispatcher, days)
    _letters(found, dispatcher, days)
    watch_visits(today=today)
    _out_of_office(dispatcher, list(county), days)
    _signed(dispatcher, list(county), on=days[20])
    _book(dispatcher, officers[0], on=days[2], today=today)


def _problems(officers: list[User], dispatcher: User, *, on: date) -> list[Problem]:
    kinds = {kind.code: kind for kind in kinds_in_force(on)}
    found = []
    for number, (code, title, text, is_general) in enumerate(PROBLEMS):
        officer = officers[number % len(officers)]
        projects = Project.objects.visible_to(officer).adopted().select_related("organisation")
        project = projects.order_by("-pk").first()
        draft = ProblemDraft(kinds[code], title, text, project, 20_000 * (number + 1), is_general)
        found.append(problems.raise_problem(officer, draft, today=on))
    problems.escalate(
        problem_id=found[1].pk, reason="多个县市普遍存在，提请领导小组研究", actor=dispatcher, today=on
    )
    problems.resolve(problem_id=found[2].pk, outcome="已立案处罚并结案。", actor=dispatcher, today=on)
    return found


def _tasks(raised: list[Problem], officers: list[User], dispatcher: User, days: list[date]) -> list[Task]:
    found = []
    for number, (title, requirement, left, stage) in enumerate(TASKS):
        officer = officers[number % len(officers)]
        assert officer.organisation is not None
        problem = raised[0] if number == 0 else None
        draft = TaskDraft(
            title=title,
            requirement=requirement,
            holder=officer.organisation,
            due_on=days[0] + timedelta(days=left),
            problem=problem,
            project=problem.project if problem else None,
            leader_name="分管副局长",
            office_name="用地保障股",
            person_name=officer.label,
        )
        [task] = tasks.issue_tasks(dispatcher, [draft], today=days[10])
        _advance(task, stage, officer, dispatcher, days)
        found.append(task)
    return found


def _advance(task: Task, stage: str, officer: User, dispatcher: User, days: list[date]) -> None:
    pk = task.pk
    if stage == "issued":
        return
    tasks.accept(task_id=pk, actor=officer, today=days[9])
    if stage == "accepted":
        return
    tasks.progress(
        task_id=pk,
        text="已对接有关单位，材料正在准备。",
        next_plan="本周内上报。",
        actor=officer,
        today=days[5],
    )
    if stage in ("running", "late"):
        return
    tasks.report(task_id=pk, result="已办理完毕，材料齐全。", actor=officer, today=days[3])
    if stage == "verified":
        tasks.verify(task_id=pk, note="核验通过", actor=dispatcher, today=days[1])
    elif stage == "returned":
        tasks.send_back(task_id=pk, reason="补划地块与图斑不一致，重新核实", actor=dispatcher, today=days[1])


def _letters(found: list[Task], dispatcher: User, days: list[date]) -> None:
    late, returned = found[6], found[5]
    [first] = letters.urge(
        task_ids=[late.pk], demand="请说明原因，抓紧组卷报送。", actor=dispatcher, today=days[6]
    )
    officer = User.objects.filter(organisation=late.holder, role=User.Role.COUNTY).order_by("pk").first()
    if officer is not None:
        letters.reply(
            letter_id=first.pk, text="缺林地手续，预计下周补齐后报送。", actor=officer, today=days[4]
        )
    letters.urge(task_ids=[returned.pk], demand="请按要求重新核实。", actor=dispatcher, today=days[0])


def _out_of_office(dispatcher: User, units: list[str], days: list[date]) -> None:
    leaders = Post.objects.visible_to(dispatcher).filter(duty=Post.Duty.LEADER, is_active=True)
    counties = list(Organisation.objects.filter(code__in=units).order_by("path"))
    for number, leader in enumerate(leaders.order_by("pk")[:3]):
        facts = VisitFacts(
            kind=Visit.Kind.SERVICE if number else Visit.Kind.FIELD,
            leader=leader,
            organisation=counties[number % len(counties)],
            visited_on=days[7 + number],
            topic="指导重点项目用地组卷",
            outcome="逐项核对材料，明确补正事项和时限。",
            offices="用途管制科、耕地保护监督科",
        )
        visits.record_visit(actor=dispatcher, facts=facts, today=days[0])
    plan = InspectionPlan(
        title="第四季度用地保障督导",
        team="第一督导组",
        focus="重点项目开工、用地手续办理、先补后占落实情况",
        from_on=days[8],
        to_on=days[0] + timedelta(days=10),
        members="用途管制科、执法监督科各 1 人",
    )
    row = visits.plan_inspection(actor=dispatcher, plan=plan, today=days[8])
    finding = FindingFacts(
        organisation=counties[0],
        found_on=days[4],
        place="产业园区地块",
        text="场地已平整，用地批复尚未取得。",
        demand="停止施工，补办手续后复工",
        due_on=days[0] + timedelta(days=7),
    )
    visits.record_finding(actor=dispatcher, inspection_id=row.pk, facts=finding, today=days[4])


def _signed(dispatcher: User, units: list[str], *, on: date) -> None:
    above = seat_of_actor(dispatcher)
    for unit in Organisation.objects.filter(code__in=units).order_by("path")[:9]:
        facts = DutyLetterFacts(
            year=on.year,
            title="耕地保护和用地保障责任书",
            level=DutyLetter.Level.PREFECTURE_COUNTY,
            party_a=above,
            party_b=unit,
            party_b_name=unit.name,
            signer_a="州政府分管领导",
            signer_b="政府主要领导",
            signed_on=on,
        )
        visits.register_duty_letter(actor=dispatcher, facts=facts, today=on)


def _book(dispatcher: User, officer: User, *, on: date, today: date) -> None:
    assert officer.organisation is not None
    unit, due = officer.organisation.name, today + timedelta(days=30)
    owners = f"分管副局长,用地保障股,{officer.label},{due}"
    rows = (
        f"1,落实耕地保护责任,责任到人,{unit},,,,{due}",
        f"1-1,签订乡镇责任书,全部签订,{unit},{owners}",
        f"1-2,完成巡查整改,问题清零,{unit},{owners}",
        f"2,加快重点项目报批,年内全部报批,{unit},,,,{due}",
        f"2-1,完成组卷,材料齐全,{unit},{owners}",
        f"2-2,完成征收前期,公告和社保到位,{unit},{owners}",
        f"3,做好用地服务,上门指导,{unit},{owners}",
    )
    upload = Upload("任务分解.csv", "\n".join((BOOK_HEAD, *rows)).encode())
    facts = BookFacts("用地保障重点工作任务分解", on.year, 3, 4)
    book = books.read_task_book(actor=dispatcher, facts=facts, upload=upload, today=on)
    books.confirm_task_book(actor=dispatcher, book_id=book.pk, today=on)
