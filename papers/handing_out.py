"""The one door through which apps learn that the bytes of a paper were handed out.

What leaves the house is for some papers more than a line in the log: a site's boundary is a layer
of the map, and who was given it is a register of its own. The app above that knows of it registers
here when the apps are loaded, and is told within the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from accounts.models import User

if TYPE_CHECKING:
    from papers.models import Paper

Listener = Callable[[User, "Paper", date], None]
_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Tell `listener(actor, paper, today)` of each download. Registering again changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(actor: User, paper: Paper, today: date) -> None:
    for listener in _listeners:
        listener(actor, paper, today)
