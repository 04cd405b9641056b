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
