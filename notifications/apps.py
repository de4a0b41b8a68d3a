from __future__ import annotations

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "消息"

    def ready(self) -> None:
        from accounts.invitations import carried_by
        from notifications.inviting import mail_invitation

        carried_by(mail_invitation)
