"""What is said in chat of achievements."""

from __future__ import annotations

from twitch.registry import chat_text

UNLOCKED = chat_text(
    "achievements.unlocked",
    "🏆 @{viewer} unlocked {icon} {name}: {description}.",
    "viewer",
    "icon",
    "name",
    "description",
)
UNLOCKED_MANY = chat_text("achievements.unlocked_many", "🏆 Unlocked: {unlocks}", "unlocks")
SOME = chat_text(
    "achievements.some",
    "{viewer} has {unlocked} of {total} achievements. The latest: {names}.",
    "viewer",
    "unlocked",
    "total",
    "names",
)
NONE = chat_text(
    "achievements.none",
    "{viewer} has none of the {total} achievements yet. A song request or a roll is a start!",
    "viewer",
    "total",
)
STATS = chat_text(
    "achievements.stats",
    "{viewer}: {songs}, {unlocked} of {total} achievements, {rolls}.",
    "viewer",
    "songs",
    "unlocked",
    "total",
    "rolls",
)
NO_STATS = chat_text(
    "achievements.no_stats", "{viewer} has not requested a song or rolled yet.", "viewer"
)
HIDDEN = chat_text(
    "achievements.hidden",
    "{viewer} is hidden now: no page, no lists, no announcements. !showme ends it.",
    "viewer",
)
SHOWN = chat_text("achievements.shown", "{viewer} is shown again: {url}", "viewer", "url")
