"""What follows from an EventSub message, and how a chat command is answered."""

from __future__ import annotations

from sagas.flow import Call, Saga, Step
from twitch.models import CommandUse, Message
from twitch.services.commands.answering import conclude, send
from twitch.services.messages import handle

eventsub_message = Saga(
    "twitch.eventsub_message",
    Message,
    Step(handle, tries=6),
)

command_reply = Saga(
    "twitch.command_reply",
    CommandUse,
    Call(send, best_effort=True, if_unsure="skip"),
    Step(conclude),
)
