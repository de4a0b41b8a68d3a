"""Reading the environment: every variable by its kind, and a refusal that names it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class Environment:
    """Typed reads of environment variables; anything missing or nonsensical raises by name."""

    def __init__(self, *, dotenv: Path) -> None:
        self._urls = environ.Env()
        if dotenv.is_file():
            environ.Env.read_env(str(dotenv))

    def text(self, name: str, *, default: str | None = None) -> str:
        value = os.environ.get(name, "").strip() or default
        if value is None:
            raise ImproperlyConfigured(f"{name} is not set.")
        return value

    def choice(self, name: str, choices: list[str], *, default: str) -> str:
        value = self.text(name, default=default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}; it is {value!r}.")
        return value

    def boolean(self, name: str, *, default: bool) -> bool:
        value = os.environ.get(name, "").strip().lower()
        if not value:
            return default
        if value not in _TRUE | _FALSE:
            raise ImproperlyConfigured(f"{name} must be on or off; it is {value!r}.")
        return value in _TRUE

    def integer(self, name: str, *, default: int, least: int) -> int:
        value = self.text(name, default=str(default))
        if not value.lstrip("-").isdigit() or int(value) < least:
            raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}; it is {value!r}.")
        return int(value)

    def words(self, name: str, *, default: list[str]) -> list[str]:
        value = os.environ.get(name, "")
        return [word.strip() for word in value.split(",") if word.strip()] or default

    def path(self, name: str, *, default: Path) -> Path:
        return Path(self.text(name, default=str(default)))

    def secret(self, name: str, *, in_production: bool) -> str:
        value = self.text(name)
        if in_production and (len(value) < 50 or len(set(value)) < 5 or value.startswith("django-insecure")):
            raise ImproperlyConfigured(f"{name} must be at least 50 random characters in production.")
        return value

    def database(self, name: str) -> dict[str, Any]:
        config: dict[str, Any] = dict(self._urls.db_url_config(self.text(name)))
        if config.get("ENGINE") != "django.db.backends.postgresql":
            raise ImproperlyConfigured(
                f"{name} must be a postgres:// address; PostgreSQL is the only dialect."
            )
        return config

    def broker(self, name: str) -> str:
        value = self.text(name)
        if not value.startswith(("redis://", "rediss://", "unix://")):
            raise ImproperlyConfigured(f"{name} must be a redis:// address; it is {value!r}.")
        return value

    def email(self, name: str, *, default: dict[str, Any]) -> dict[str, Any]:
        if not os.environ.get(name, "").strip():
            return default
        config: dict[str, Any] = dict(self._urls.email_url(name))
        if not config.get("EMAIL_BACKEND"):
            raise ImproperlyConfigured(f"{name} is not a mail address such as smtp://user:password@host:25.")
        return config

    def refuse_if(self, wrong: bool, name: str, why: str) -> None:
        if wrong:
            raise ImproperlyConfigured(f"{name} {why}.")
