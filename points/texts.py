"""What is said in chat about points."""

from __future__ import annotations

from twitch.registry import chat_text

PAID = chat_text(
    "points.paid",
    "@{viewer} +{points} points. You have {balance} now.",
    "viewer",
    "points",
    "balance",
)
REFUNDED = chat_text(
    "points.refunded",
    "@{viewer} no points were given and your channel points are back. {reason}",
    "viewer",
    "reason",
)
BALANCE = chat_text("points.balance", "{viewer} has {points} points.", "viewer", "points")
BALANCE_HELD = chat_text(
    "points.balance_held",
    "{viewer} has {points} points, and {held} more that are set aside.",
    "viewer",
    "points",
    "held",
)
WHY = chat_text("points.why", "{viewer}: {entries}", "viewer", "entries")
NOTHING_YET = chat_text("points.nothing_yet", "{viewer} has no points yet.", "viewer")
# The name is what somebody typed: the streamer decides whether that is said after them.
NOT_KNOWN = chat_text("points.not_known", "Nobody of that name has been seen here yet.", "name")
