"""The left navigation: which pages a role finds there, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

from accounts.doors import is_open
from accounts.models import User
from accounts.rights import Right, allowed
from ui.fragments import fragment_html
from ui.parts import NavigationGroup, NavigationItem


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the product. `right`, `other`: who has neither does not see the page."""

    label: str
    name: str
    icon: str
    right: Right | None = None
    other: Right | None = None


PLACES: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "总览",
        (
            Place("领导总览", "desk:overview", "layout-dashboard", Right.READ_OVERVIEW),
            Place("我的工作", "desk:home", "inbox"),
            Place("我的包联", "desk:leader", "map-pinned", Right.READ_OVERVIEW),
            Place("保增长保红线", "desk:both-sides", "scale", Right.READ_OVERVIEW),
            Place("七个一", "desk:seven", "layout-grid", Right.READ_OVERVIEW),
            Place("考核", "dispatch:appraisals", "award"),
            Place("通报排名", "dispatch:league", "trophy", Right.READ_OVERVIEW),
            Place("用地目标", "dispatch:targets", "target", Right.READ_OVERVIEW),
            Place("期限清单", "desk:deadlines", "triangle-alert"),
            Place("近两周到期", "desk:step-board", "columns-3"),
            Place("暂停计时", "approvals:pauses", "circle-pause"),
            Place("谁的天数", "desk:whose-days", "hourglass", Right.READ_OVERVIEW),
        ),
    ),
    (
        "项目清单",
        (
            Place("项目库", "projects:list", "folder-kanban"),
            Place("报送批次", "projects:windows", "calendar-clock"),
            Place("清单报送", "projects:submissions", "file-up", Right.SUBMIT_LIST),
            Place("县市汇总", "projects:gathering", "layers", Right.GATHER_LIST),
            Place("疑似重复", "projects:duplicates", "copy", Right.GATHER_LIST),
            Place("清单审核", "desk:screening", "clipboard-check", Right.SCREEN_LIST),
            Place("项目顺序", "projects:queue", "list-ordered"),
            Place("责任缺口", "projects:gaps", "user-x"),
            Place("项目推送", "projects:pushes", "send"),
            Place("提前对接", "projects:pre-contacts", "phone", Right.CONTACT_OWNER),
            Place("年度清单", "projects:annual-list", "list-ordered"),
            Place("年度结转", "desk:year-turn", "calendar-check", Right.READ_OVERVIEW),
            Place("指标与需求", "projects:annual-quota", "scale"),
            Place("保障方案", "projects:plan", "clipboard-list"),
        ),
    ),
    (
        "督办",
        (
            Place("问题清单", "duties:problems", "circle-alert"),
            Place("任务清单", "duties:tasks", "list-checks"),
            Place("任务分解", "duties:books", "list-tree"),
            Place("督办函", "duties:letters", "mail-warning"),
            Place("上门服务", "duties:visits", "handshake"),
            Place("督导检查", "duties:inspections", "search-check"),
            Place("责任书", "duties:duty-letters", "file-pen-line"),
        ),
    ),
    (
        "会商",
        (
            Place("本单位会商", "consultations:home", "message-circle"),
            Place("会商议题", "consultations:topics", "messages-square"),
            Place("会商会议", "consultations:meetings", "presentation"),
            Place("会商纪要", "consultations:archive", "file-text"),
            Place("简报专报", "consultations:bulletins", "newspaper"),
            Place("会商组织", "consultations:council", "users-round"),
        ),
    ),
    (
        "报批办理",
        (
            Place("前置手续", "desk:preparation", "grid-3x3"),
            Place("手续任务", "desk:task-list", "list-todo"),
            Place("组卷质量", "approvals:set-quality", "clipboard-check"),
            Place("征求意见", "opinions:list", "messages-square"),
            Place("征求意见轮次", "opinions:rounds", "file-question-mark", Right.ASK_OPINIONS),
            Place("意见反馈情况", "opinions:record", "chart-column"),
            Place("闸门", "approvals:gates", "shield-check"),
            Place("违法用地", "approvals:violations", "gavel"),
            Place("动态监测巡查", "approvals:land-patrols", "binoculars"),
            Place("三个一批", "approvals:three-batches", "list-checks"),
            Place("中低产田改造", "approvals:field-improvements", "sprout"),
            Place("批复与证书", "approvals:documents", "stamp"),
            Place("用地批次", "approvals:batches", "layers"),
            Place("土地征收", "approvals:expropriations", "landmark"),
            Place("节约集约审查", "approvals:thrifts", "ruler"),
            Place("供地", "approvals:supplies", "map"),
            Place("报批经费", "approvals:fees", "banknote"),
            Place("储备土地前期开发", "approvals:reserve-lands", "shovel"),
            Place("批后事项", "approvals:after-approval", "file-check"),
            Place("向上汇报", "approvals:upward", "arrow-up-from-line"),
            Place("业务咨询", "approvals:questions", "circle-question-mark"),
        ),
    ),
    (
        "指标调节池",
        (
            Place("指标池", "quotas:pool", "layers"),
            Place("指标台账", "quotas:ledger", "table-2"),
            Place("指标申请", "quotas:applications", "file-input"),
            Place("指标试算", "quotas:what-if", "calculator", Right.READ_OVERVIEW),
            Place("公示价格", "quotas:prices", "coins"),
            Place("价款结算", "quotas:settlement", "landmark", Right.READ_LEDGERS),
            Place("预占与调入", "quotas:reservations", "lock"),
            Place("整治项目", "quotas:supply", "sprout"),
            Place("补充耕地挂钩", "quotas:links", "link"),
            Place("县级专账", "quotas:county-books", "book-open"),
            Place("待扣减规模", "quotas:deductions", "circle-minus"),
            Place("年末结转", "quotas:runs", "calendar-check"),
            Place("负面清单", "quotas:negative-list", "triangle-alert"),
            Place("调节池规则", "quotas:policies", "scale"),
        ),
    ),
    (
        "责任体系",
        (
            Place("包联责任", "projects:matrix", "map-pinned"),
            Place("工作专班", "projects:task-forces", "users-round"),
            Place("联络员名录", "projects:contacts", "book-user"),
            Place("联络员报送", "projects:liaisons", "phone"),
        ),
    ),
    (
        "台账与资料",
        (
            Place("调度", "dispatch:rounds", "calendar-check", Right.READ_LEDGERS),
            Place("调度报送", "dispatch:reports", "send", Right.REPORT_ROUND),
            Place("台账", "dispatch:ledgers", "table-2", Right.READ_LEDGERS),
            Place("调度通报", "dispatch:circulars", "file-text"),
            Place("下载中心", "dispatch:packages", "package", Right.READ_LEDGERS),
            Place("核实记录", "projects:verifications", "check-check"),
            Place("一张图共享", "projects:map-shares", "share-2"),
            Place("附件", "papers:list", "paperclip"),
            Place("资料库", "approvals:library", "library"),
            Place("培训", "approvals:trainings", "graduation-cap"),
            Place("工作日计算器", "desk:calculator", "calculator"),
        ),
    ),
    (
        "规则设置",
        (
            Place("步骤目录", "approvals:catalogue", "list-tree"),
            Place("清单类别", "projects:list-kinds", "tags"),
            Place("分类标准", "projects:criteria", "list-checks"),
            Place("投资分级", "projects:brackets", "layers"),
            Place("审批级次规则", "projects:level-rules", "scale"),
            Place("选址规则", "projects:siting-rules", "map-pin"),
            Place("会商设置", "consultations:settings", "sliders-horizontal"),
            Place("工作日历", "deadlines:calendar", "calendar-days"),
            Place("期限设置", "deadlines:settings", "sliders-horizontal"),
            Place("调度规则", "dispatch:round-rules", "calendar-clock"),
            Place("七个一建立条件", "desk:seven-conditions", "layout-grid", Right.EDIT_ROUNDS),
            Place("提醒升级规则", "dispatch:ladder", "list-tree"),
        ),
    ),
    (
        "系统",
        (
            Place("后台任务", "jobs:list", "list-checks"),
            Place("消息", "notifications:list", "bell"),
            Place("使用帮助", "desk:help", "circle-question-mark"),
            Place("提醒记录", "dispatch:reminders", "bell-ring"),
            Place("休假代办", "dispatch:absences", "plane"),
            Place("启用准备", "onboarding:home", "package-open", Right.SIGN_BRINGING),
            Place("单位", "accounts:organisations", "network"),
            Place("岗位", "desk:posts", "id-card"),
            Place("用户", "accounts:users", "users", Right.MANAGE_USERS, Right.GRANT_ROLES),
            Place("登录安全规则", "accounts:sign-in-rules", "shield-check", Right.EDIT_SIGN_IN),
            Place("批量建立账号", "onboarding:people", "user-plus", Right.MANAGE_USERS),
            Place("运行情况", "upkeep:health", "activity", Right.READ_HEALTH),
            Place("操作日志", "desk:audit", "history", Right.READ_AUDIT),
            Place("日志保留期限", "desk:trail-rule", "archive", Right.EDIT_TRAIL),
        ),
    ),
)

# Rarely needed: closed until the reader opens them, or stands on one of their pages.
FOLDED = frozenset({"规则设置", "系统"})


def navigation_of(actor: User, *, path: str) -> Sequence[NavigationGroup]:
    """The groups that `actor` has, the page at `path` marked. No query.

    Put together once a process for every role and page: it follows from these alone.
    """
    groups = _groups_of(actor.role, actor.is_active)
    addresses = _addresses(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())
    here = _nearest(path, [addresses[place.name] for _, places in groups for place in places])
    return _navigation(actor.role, actor.is_active, here, get_urlconf(), get_script_prefix())


def write_navigation() -> None:
    """Write the navigation of every role once, for a server that is about to answer. No query.

    A process would else load all addresses with their views and a hundred icons while somebody waits for
    its first page: more than a second.
    """
    for role in User.Role.values:
        groups = tuple(navigation_of(User(role=role), path="/"))
        fragment_html("ui/_navigation_groups.html", navigation=groups)


@lru_cache(maxsize=1024)
def _navigation(
    role: str, is_active: bool, here: str, urlconf: str | None, prefix: str
) -> tuple[NavigationGroup, ...]:
    addresses = _addresses(urlconf or settings.ROOT_URLCONF, prefix)
    return tuple(_group(label, places, addresses, here) for label, places in _groups_of(role, is_active))


@lru_cache(maxsize=64)
def _groups_of(role: str, is_active: bool) -> tuple[tuple[str, tuple[Place, ...]], ...]:
    somebody = User(role=role, is_active=is_active)
    groups = [
        (label, tuple(place for place in places if _is_for(somebody, place))) for label, places in PLACES
    ]
    return tuple((label, places) for label, places in groups if places)


@lru_cache(maxsize=8)
def _addresses(urlconf: str, prefix: str) -> Mapping[str, str]:
    """The address of every page; of `prefix` that much is in `reverse` already."""
    return {place.name: reverse(place.name, urlconf=urlconf) for _, places in PLACES for place in places}


def _is_for(actor: User, place: Place) -> bool:
    """Whether the page is the actor's: its door is open, and one of its rights held if it asks for any."""
    rights = [right for right in (place.right, place.other) if right is not None]
    return is_open(actor.role, place.name) and (not rights or any(allowed(actor, right) for right in rights))


def _group(label: str, places: Sequence[Place], addresses: Mapping[str, str], here: str) -> NavigationGroup:
    items = tuple(
        NavigationItem(
            place.label, addresses[place.name], place.icon, is_active=addresses[place.name] == here
        )
        for place in places
    )
    return NavigationGroup(label, items, is_open=label not in FOLDED or any(item.is_active for item in items))


def _nearest(path: str, addresses: Sequence[str]) -> str:
    """The page of the navigation under which `path` lies; my work only for itself."""
    above = [address for address in addresses if path.startswith(address) and (address != "/" or path == "/")]
    return max(above, key=len, default="")
