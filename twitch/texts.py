"""What Twitch's part says in chat."""

from __future__ import annotations

from twitch.registry import chat_text

COMMAND_FAILED = chat_text(
    "commands.failed",
    "!{command} does not work right now, through no fault of yours. Please try again later.",
    "command",
)
