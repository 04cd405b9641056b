"""What follows from an EventSub message: one run for each that was stored."""

from __future__ import annotations

from sagas.flow import Saga, Step
from twitch.models import Message
from twitch.services.messages import handle

eventsub_message = Saga(
    "twitch.eventsub_message",
    Message,
    Step(handle, tries=6),
)
