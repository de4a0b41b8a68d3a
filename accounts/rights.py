"""What a role may do. Which rows is scoping.py's business; verbs are this module's."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from accounts.rollout import refuse_on_trial

if TYPE_CHECKING:
    from accounts.models import User


class Right(StrEnum):
    """Every verb of the product, with the words a refusal uses."""

    SUBMIT_LIST = "报送项目清单"
    SCREEN_LIST = "审核项目清单"
    EDIT_PROJECT = "修改项目信息"
    RUN_STEPS = "办理报批步骤"
    EDIT_CATALOGUE = "修改步骤目录"
    EDIT_CALENDAR = "维护工作日历"
    EDIT_PERIODS = "修改期限设置"
    SET_OWN_TERMS = "制定本地承诺时限"
    EDIT_LIBRARY = "维护资料库"
    URGE_STEPS = "发督办函"
    FREEZE_ROUND = "定稿台账"
    REPORT_ROUND = "报送调度情况"
    EDIT_ROUNDS = "修改调度和提醒规则"
    READ_LEDGERS = "查看周台账"
    READ_OVERVIEW = "查看领导总览"
    MANAGE_USERS = "管理单位和用户"
    GRANT_ROLES = "授予和收回岗位"
    EDIT_SIGN_IN = "修改登录安全规则"
    GUARD_ACCOUNTS = "解锁账号和重置双因素"
    READ_AUDIT = "查看操作日志"
    EDIT_TRAIL = "修改日志保留期限"
    READ_HEALTH = "查看系统运行情况"
    EDIT_UPKEEP = "修改维护设置"
    RUN_JOBS = "重试或取消后台任务"
    SHARE_VIEWS = "共享清单筛选"
    RUN_WINDOWS = "安排报送批次"
    GATHER_LIST = "汇总县市清单"
    PUSH_PROJECTS = "推送项目"
    RECEIVE_PUSH = "签收推送的项目"
    CONTACT_OWNER = "对接项目单位"
    PUBLISH_LIST = "发布年度清单和保障方案"
    TURN_YEAR = "办理年度结转"
    ENTER_QUOTA = "登记年度计划指标"
    EDIT_PLAN = "编制保障方案"
    ATTACH_PAPER = "上传附件"
    COMMENT = "发表意见"
    VERIFY_PROJECT = "核实项目情况"
    EDIT_STALENESS = "修改核实时限"
    MANAGE_POSTS = "维护岗位和联络员"
    ASSIGN_LINKS = "指定项目的领导、专班和联络员"
    RANK_PROJECTS = "确定项目类别和顺序"
    EDIT_CRITERIA = "修改分类、分级和包联规则"
    KEEP_QUOTA = "登记指标台账"
    REVERSE_QUOTA = "冲正指标分录"
    CLOSE_QUOTA_YEAR = "办理指标年末结转"
    EDIT_QUOTA_POLICY = "修改调节池规则"
    KEEP_PIPELINE = "登记土地整治项目"
    APPLY_QUOTA = "申请调节池指标"
    REVIEW_QUOTA = "审核调节池申请"
    ANSWER_QUOTA = "答复指标申请会同意见"
    PROPOSE_QUOTA = "拟定指标调节方案"
    APPROVE_QUOTA = "登记州政府批准"
    PAY_QUOTA = "登记指标价款"
    HOOK_QUOTA = "办理指标挂钩"
    KEEP_NEGATIVE_LIST = "维护负面清单"
    EDIT_GATES = "修改闸门规则和保有量目标"
    OVERRIDE_GATES = "凭政府文件放行闸门"
    RUN_CASES = "登记违法用地案件"
    CLOSE_CASES = "办结违法用地案件"
    ASK_OPINIONS = "发起征求意见"
    ANSWER_OPINION = "反馈部门意见"
    EDIT_OPINION_RULES = "修改征求意见规则"
    ASK_QUESTIONS = "提出业务咨询"
    ANSWER_QUESTIONS = "答复业务咨询"
    RAISE_PROBLEM = "登记问题"
    RUN_PROBLEMS = "处置问题"
    CLOSE_PROBLEMS = "问题销号"
    ISSUE_TASKS = "交办和核验任务"
    HANDLE_TASKS = "办理交办任务"
    SUPERVISE = "督办"
    KEEP_VISITS = "登记上门服务和督导检查"
    KEEP_DUTY_LETTERS = "登记责任书"
    EDIT_DUTY_RULES = "修改问题分办和督办设置"
    RAISE_TOPIC = "提请会商"
    REPLY_MEETING = "回复参会情况"
    RUN_MEETINGS = "组织会商"
    EDIT_MEETING_RULES = "修改会商设置"
    SET_TARGETS = "设定用地目标"
    APPRAISE = "组织考核"
    OBJECT_TO_SCORE = "对考核结果提出申诉"
    BRING_IN = "导入在办台账"
    SIGN_BRINGING = "签认导入结果"
    ROLL_OUT = "安排分县启用"


_EVERYONE = frozenset({Right.READ_LEDGERS, Right.READ_OVERVIEW})
# What everybody does who works on a dossier.
_DOSSIER = frozenset({Right.ATTACH_PAPER, Right.COMMENT, Right.VERIFY_PROJECT, Right.ASK_OPINIONS}) | {
    Right.ASK_QUESTIONS
}
# Problems and tasks: raised and handled by everybody who works, run by the bureau.
_DUTIES = frozenset({Right.RAISE_PROBLEM, Right.HANDLE_TASKS})
_DUTIES_BUREAU = _DUTIES | {Right.RUN_PROBLEMS, Right.ISSUE_TASKS, Right.KEEP_VISITS}
# The council: topics come from everybody who works, meetings are run by its office.
_COUNCIL = frozenset({Right.RAISE_TOPIC, Right.REPLY_MEETING})
# The regulating pool: what a section prepares, and what the office alone decides.
_POOL_WORK = frozenset(
    {
        Right.KEEP_QUOTA,
        Right.KEEP_PIPELINE,
        Right.REVIEW_QUOTA,
        Right.ANSWER_QUOTA,
        Right.PROPOSE_QUOTA,
        Right.PAY_QUOTA,
        Right.HOOK_QUOTA,
    }
)
_POOL_OFFICE = _POOL_WORK | {
    Right.REVERSE_QUOTA,
    Right.CLOSE_QUOTA_YEAR,
    Right.EDIT_QUOTA_POLICY,
    Right.APPROVE_QUOTA,
    Right.KEEP_NEGATIVE_LIST,
}

# Three administrators whose rights have nothing in common (三员分立): one keeps accounts and the
# system, one says who may do what, one reads the log. Source: domain.md 10, 等保 2.0.
ADMINISTRATORS = ("SYSADMIN", "SECADMIN", "AUDITOR")

RIGHTS: dict[str, frozenset[Right]] = {
    "NONE": frozenset(),
    "SECADMIN": frozenset({Right.GRANT_ROLES, Right.EDIT_SIGN_IN, Right.GUARD_ACCOUNTS, Right.EDIT_TRAIL}),
    "AUDITOR": frozenset({Right.READ_AUDIT}),
    "SYSADMIN": _EVERYONE
    | {
        Right.SHARE_VIEWS,
        Right.MANAGE_USERS,
        Right.EDIT_CALENDAR,
        Right.EDIT_CATALOGUE,
        Right.RUN_JOBS,
    }
    | {Right.EDIT_LIBRARY, Right.EDIT_OPINION_RULES, Right.EDIT_ROUNDS}
    | {Right.READ_HEALTH, Right.EDIT_UPKEEP}
    | {Right.MANAGE_POSTS, Right.EDIT_CRITERIA, Right.EDIT_STALENESS, Right.EDIT_PERIODS, Right.EDIT_GATES}
    | {Right.EDIT_DUTY_RULES, Right.EDIT_MEETING_RULES},
    "DISPATCH": _EVERYONE
    | _DOSSIER
    | _POOL_OFFICE
    | {Right.RUN_WINDOWS, Right.PUSH_PROJECTS, Right.CONTACT_OWNER, Right.EDIT_LIBRARY}
    | {Right.EDIT_OPINION_RULES, Right.ANSWER_QUESTIONS}
    | _DUTIES_BUREAU
    | _COUNCIL
    | {Right.RUN_MEETINGS, Right.EDIT_MEETING_RULES}
    | {Right.CLOSE_PROBLEMS, Right.SUPERVISE, Right.KEEP_DUTY_LETTERS, Right.EDIT_DUTY_RULES}
    | {Right.SET_TARGETS, Right.APPRAISE}
    | {Right.BRING_IN, Right.SIGN_BRINGING, Right.ROLL_OUT}
    | {Right.MANAGE_POSTS, Right.ASSIGN_LINKS, Right.RANK_PROJECTS, Right.EDIT_CRITERIA}
    | {Right.EDIT_GATES, Right.OVERRIDE_GATES, Right.RUN_CASES, Right.CLOSE_CASES}
    | {
        Right.SUBMIT_LIST,
        Right.SCREEN_LIST,
        Right.EDIT_PROJECT,
        Right.RUN_STEPS,
        Right.EDIT_CATALOGUE,
        Right.EDIT_CALENDAR,
        Right.EDIT_PERIODS,
        Right.SET_OWN_TERMS,
        Right.URGE_STEPS,
        Right.FREEZE_ROUND,
        Right.PUBLISH_LIST,
        Right.TURN_YEAR,
        Right.ENTER_QUOTA,
        Right.EDIT_PLAN,
        Right.READ_AUDIT,
        Right.RUN_JOBS,
        Right.SHARE_VIEWS,
        Right.EDIT_STALENESS,
        Right.REPORT_ROUND,
        Right.EDIT_ROUNDS,
    },
    "SECTION": _EVERYONE
    | _DOSSIER
    | {Right.EDIT_LIBRARY}
    | _POOL_WORK
    | {Right.ANSWER_QUESTIONS}
    | _DUTIES_BUREAU
    | _COUNCIL
    | {Right.ASSIGN_LINKS, Right.RANK_PROJECTS}
    | {Right.RUN_CASES, Right.CLOSE_CASES}
    | {Right.PUSH_PROJECTS, Right.CONTACT_OWNER}
    | {Right.SCREEN_LIST, Right.EDIT_PROJECT, Right.RUN_STEPS, Right.EDIT_PLAN},
    "COUNTY": _EVERYONE
    | _DOSSIER
    | {Right.APPLY_QUOTA, Right.KEEP_PIPELINE, Right.PAY_QUOTA}
    | {Right.GATHER_LIST, Right.CONTACT_OWNER, Right.OBJECT_TO_SCORE}
    | {Right.MANAGE_POSTS, Right.ASSIGN_LINKS, Right.RUN_CASES}
    | {Right.SUBMIT_LIST, Right.RUN_STEPS, Right.REPORT_ROUND, Right.SET_OWN_TERMS}
    | _DUTIES
    | _COUNCIL
    | {Right.ISSUE_TASKS, Right.KEEP_VISITS, Right.KEEP_DUTY_LETTERS},
    "DEPARTMENT": frozenset(
        {Right.OBJECT_TO_SCORE}
        | {Right.RECEIVE_PUSH, Right.MANAGE_POSTS, Right.ATTACH_PAPER, Right.COMMENT, Right.SUBMIT_LIST}
        | {Right.ANSWER_QUOTA, Right.ANSWER_OPINION, Right.REPORT_ROUND, Right.ASK_QUESTIONS}
        | _DUTIES
        | _COUNCIL
        | {Right.RUN_PROBLEMS}
    ),
    "LEADER": _EVERYONE | {Right.COMMENT, Right.SIGN_BRINGING},
}


def allowed(actor: User, right: Right) -> bool:
    """Whether `actor`'s role holds `right`. For hiding a button; `require` decides."""
    return actor.is_active and right in RIGHTS[actor.role]


def require(actor: User, right: Right, *others: Right) -> None:
    """Let `actor` pass or raise PermissionDenied, which Django and DRF both answer with 403.

    Of several rights one is enough.
    """
    if not allowed(actor, right) and not any(allowed(actor, other) for other in others):
        raise PermissionDenied(f"您的岗位不能{right.value}。如确需办理，请联系系统管理员。")
    refuse_on_trial(actor)
