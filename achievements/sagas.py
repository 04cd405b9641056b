"""What follows when achievements were earned."""

from __future__ import annotations

from achievements.models import Announcement
from achievements.services.announcing import gather, tell_chat
from sagas.flow import Call, Saga, Step

announcement = Saga(
    "achievements.announcement",
    Announcement,
    Step(gather, tries=8),
    Call(tell_chat, best_effort=True, if_unsure="skip"),
)
