"""What the raffle says in chat."""

from __future__ import annotations

from twitch.registry import chat_text

_NUMBERS = ("viewer", "roll", "winning_number", "distance")

WON = chat_text(
    "raffle.won",
    "🎉 @{viewer} rolled {roll} and hit the winning number: the keyboard is yours!",
    *_NUMBERS,
)
RECORD = chat_text(
    "raffle.record",
    "@{viewer} rolled {roll}, the winning number was {winning_number}."
    " Off by {distance}: closer than anyone before!",
    *_NUMBERS,
)
LOST = chat_text(
    "raffle.lost",
    "@{viewer} rolled {roll}, the winning number was {winning_number}. Off by {distance}.",
    *_NUMBERS,
)
REFUNDED = chat_text(
    "raffle.refunded",
    "@{viewer} your roll could not be made and your points are back. {reason}",
    "viewer",
    "reason",
)
STANDING = chat_text(
    "raffle.standing",
    "{viewer} has rolled {rolls}× and won {wins}×. Closest miss: {closest}.",
    "viewer",
    "rolls",
    "wins",
    "closest",
)
NOT_ROLLED = chat_text("raffle.not_rolled", "{viewer} has not rolled yet.", "viewer")
LEADERBOARD = chat_text("raffle.leaderboard", "Most wins: {standings}", "standings")
NOBODY_WON = chat_text("raffle.nobody_won", "Nobody has won yet. Rolls so far: {rolls}.", "rolls")
NOBODY_ROLLED = chat_text("raffle.nobody_rolled", "Nobody has rolled yet.")
