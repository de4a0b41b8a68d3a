"""What the message pages send."""

from __future__ import annotations

from django import forms

from notifications.models import Delivery
from ui.forms import OfficeForm


class UpToForm(OfficeForm):
    """The newest message on the screen: later ones stay unread."""

    up_to = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ChannelsForm(OfficeForm):
    """How one wants to be told outside of the product."""

    by_mail = forms.BooleanField(label="邮件", required=False)
    daily_digest = forms.BooleanField(
        label="每日汇总", required=False, help_text="到期提醒每天汇总成一封，不再逐条发送；站内消息照旧。"
    )
    robot = forms.ChoiceField(
        label="群机器人",
        required=False,
        choices=[("", "不用"), *((c.value, c.label) for c in Delivery.ROBOTS)],
    )
    robot_key = forms.CharField(
        label="机器人密钥",
        max_length=120,
        required=False,
        help_text="群机器人地址末尾的一串字符，不要填整个地址。",
    )
