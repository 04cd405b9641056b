"""What Twitch's part says in chat."""

from __future__ import annotations

from twitch.registry import chat_text

COMMAND_FAILED = chat_text(
    "commands.failed",
    "Sorry, !{command} does not work right now, through no fault of yours. Try again later.",
    "command",
)
COMMANDS = chat_text("commands.list", "{commands}", "commands")
TIME = chat_text("commands.time", "It is {time} here ({zone}).", "time", "zone")
UPTIME = chat_text("commands.uptime", "We have been live for {duration}.", "duration")
NOT_LIVE = chat_text("commands.not_live", "The stream is not live right now.")
UPDATE_USAGE = chat_text(
    "commands.update_usage",
    "Say what to update and to what: !{command} today learning chess",
    "command",
)
UPDATED = chat_text("commands.updated", "Updated: !{command}.", "command")
NOT_UPDATABLE = chat_text(
    "commands.not_updatable", "There is no !{command} that chat could update.", "command"
)
UPDATE_NOT_ALLOWED = chat_text(
    "commands.update_not_allowed",
    "Only {permission} may update !{command}.",
    "command",
    "permission",
)

RAID_THANKS = chat_text(
    "raids.thanks",
    "@{raider} thank you for the raid with {viewers}! Everybody, have a look: {link}",
    "raider",
    "viewers",
    "link",
)
