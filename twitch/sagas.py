"""What follows from an EventSub message, from a chat command and from a raid."""

from __future__ import annotations

from sagas.flow import Call, Saga, Step
from twitch.models import CommandUse, Message, Raid
from twitch.services.commands.answering import conclude, send
from twitch.services.messages import handle
from twitch.services.raids import announce, shout_out, thank

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

raid_welcome = Saga(
    "twitch.raid_welcome",
    Raid,
    Step(announce),
    Call(thank, best_effort=True, if_unsure="skip"),
    Call(shout_out, best_effort=True, if_unsure="skip"),
)
