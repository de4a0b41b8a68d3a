from __future__ import annotations

from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "onboarding"
    verbose_name = "启用准备"

    def ready(self) -> None:
        from jobs import registry
        from onboarding.services import taking

        registry.register(taking.KIND, label=taking.LABEL, handler=taking.make_taking)
