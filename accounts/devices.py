"""What a browser says of itself, in the words of an office."""

from __future__ import annotations

_BROWSERS = (
    *(("Edg/", "Edge"), ("360", "360 浏览器"), ("QQBrowser", "QQ 浏览器"), ("MicroMessenger", "微信")),
    *(("Firefox/", "火狐"), ("Chrome/", "谷歌浏览器"), ("Safari/", "Safari")),
)
_SYSTEMS = (
    *(("HarmonyOS", "鸿蒙"), ("Android", "安卓手机"), ("iPhone", "苹果手机"), ("iPad", "iPad")),
    *(("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux")),
)


def device_of(agent: str) -> str:
    """Browser and system, as far as they are recognised: 谷歌浏览器，Windows."""
    found = [next((name for sign, name in signs if sign in agent), "") for signs in (_BROWSERS, _SYSTEMS)]
    return "，".join(name for name in found if name) or "未识别的设备"
