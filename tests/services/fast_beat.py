"""The product's schedule with its reminder line sped up, so that a test need not wait half an hour."""

from __future__ import annotations

from landguard.celery import app

app.conf.beat_schedule = {
    "plan reminders": {**app.conf.beat_schedule["plan reminders"], "schedule": 1.0},
}
