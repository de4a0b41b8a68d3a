"""The council, its topics, meetings, resolutions and minutes."""

from consultations.models.bulletins import (
    SECTIONS,
    Bulletin,
    BulletinItem,
    BulletinItemQuerySet,
    BulletinQuerySet,
)
from consultations.models.council import Council, CouncilQuerySet, Seat, SeatQuerySet
from consultations.models.meetings import (
    AgendaItem,
    AgendaItemQuerySet,
    Attendance,
    AttendanceQuerySet,
    Meeting,
    MeetingKind,
    MeetingQuerySet,
    MeetingSeries,
    MeetingSeriesQuerySet,
    QuarterWatch,
    QuarterWatchQuerySet,
)
from consultations.models.minutes import (
    Carried,
    CarriedQuerySet,
    Circulation,
    CirculationQuerySet,
    Minutes,
    MinutesQuerySet,
    Resolution,
    ResolutionQuerySet,
)
from consultations.models.settings import MeetingSetting, TopicKind
from consultations.models.topics import SCOPES, STATES, Topic, TopicQuerySet

__all__ = [
    "SCOPES",
    "SECTIONS",
    "STATES",
    "AgendaItem",
    "AgendaItemQuerySet",
    "Attendance",
    "AttendanceQuerySet",
    "Bulletin",
    "BulletinItem",
    "BulletinItemQuerySet",
    "BulletinQuerySet",
    "Carried",
    "CarriedQuerySet",
    "Circulation",
    "CirculationQuerySet",
    "Council",
    "CouncilQuerySet",
    "Meeting",
    "MeetingKind",
    "MeetingQuerySet",
    "MeetingSeries",
    "MeetingSeriesQuerySet",
    "MeetingSetting",
    "Minutes",
    "MinutesQuerySet",
    "QuarterWatch",
    "QuarterWatchQuerySet",
    "Resolution",
    "ResolutionQuerySet",
    "Seat",
    "SeatQuerySet",
    "Topic",
    "TopicKind",
    "TopicQuerySet",
]
