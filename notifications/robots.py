"""Group robots of WeCom, DingTalk and Feishu, through apprise.

The services' hosts are apprise's; only the key is ours, so that no key leads to an address of
somebody's own. The three plugins are imported singly: `Apprise()` loads a hundred and more.
"""

from __future__ import annotations

import re

from apprise import NotifyBase
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from notifications.models import Delivery

# What each robot's key looks like.
_KEYS = {
    Delivery.Channel.WECOM.value: re.compile(r"[A-Za-z0-9-]{16,64}"),
    Delivery.Channel.DINGTALK.value: re.compile(r"[A-Za-z0-9]{16,80}"),
    Delivery.Channel.FEISHU.value: re.compile(r"[A-Za-z0-9-]{16,64}"),
}


class RobotRefused(Exception):
    """The robot did not take the message."""


def is_key(channel: str, key: str) -> bool:
    """Whether a key can be one of the channel's robots'."""
    pattern = _KEYS.get(channel)
    return pattern is not None and pattern.fullmatch(key) is not None


def robot_of(channel: str, key: str) -> NotifyBase:
    """The robot behind a key.

    Raises:
        RobotRefused: no such channel, or the key cannot be one of its.
    """
    if not is_key(channel, key):
        raise RobotRefused("机器人密钥无效")
    if channel == Delivery.Channel.WECOM:
        return NotifyWeComBot(key=key)  # type: ignore[no-untyped-call]
    if channel == Delivery.Channel.DINGTALK:
        return NotifyDingTalk(token=key)  # type: ignore[no-untyped-call]
    return NotifyFeishu(token=key)  # type: ignore[no-untyped-call]


def send(robot: NotifyBase, *, title: str, body: str) -> None:
    """Hand one message to a robot; gives up after a few seconds.

    Raises:
        RobotRefused: the service did not accept the message.
    """
    if not robot.notify(title=title, body=body):
        raise RobotRefused("机器人未接收")
