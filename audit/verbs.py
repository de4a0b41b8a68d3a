"""Slugs of the log, translated for display. A test fails for a slug without its words."""

from __future__ import annotations

VERBS: dict[str, str] = {
    "submission.confirmed": "确认导入清单",
    "submission.undone": "撤销整批导入",
    "project.submitted": "报送项目",
    "project.updated": "更新项目信息",
    "project.adopted": "采纳入年度清单",
    "project.returned": "退回项目",
    "project.merged": "合并重复项目",
    "project.restored": "恢复导入前内容",
    "project.removed": "移除撤销导入的项目",
    "step.opened": "生成报批步骤",
    "step.accepted": "受理步骤",
    "step.paused": "登记暂停",
    "step.resumed": "恢复计时",
    "step.extended": "批准延期",
    "step.decided": "办结步骤",
    "step.returned": "退回步骤",
    "step.rejected": "不予受理",
    "step.withdrawn": "撤回步骤",
    "step.not_involved": "标记不涉及",
    "step.reopened": "重新启用步骤",
    "step.supplied": "补齐容缺材料",
    "step.assigned": "指派经办人",
    "catalogue.revised": "修订步骤目录",
    "calendar.loaded": "导入放假安排",
    "round.frozen": "定稿周台账",
    "ledger.requested": "生成周台账",
    "job.retried": "重试后台任务",
    "job.cancelled": "取消后台任务",
    "user.created": "新建用户",
    "user.changed": "修改用户",
    "user.password_reset": "重置密码",
    "user.deactivated": "停用用户",
    "user.reactivated": "重新启用用户",
    "token.issued": "签发接口令牌",
    "organisation.created": "新建单位",
    "organisation.changed": "修改单位",
    "mail.resent": "手工重发邮件",
    "demo.begun": "开始建立演示数据",
    "demo.built": "建成演示数据",
    "file.downloaded": "下载文件",
    "paper.attached": "上传材料",
    "paper.replaced": "上传材料新版本",
    "paper.withdrawn": "撤回材料",
}


def words(verb: str) -> str:
    """What the page writes for a slug."""
    return VERBS.get(verb, verb)
