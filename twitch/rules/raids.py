"""How often another channel may be shouted out, and how long a raid is news."""

from __future__ import annotations

from datetime import datetime, timedelta

# Twitch's limits: for any channel, and for the same one.
ANY_EVERY = timedelta(minutes=2)
SAME_EVERY = timedelta(minutes=60)
# Nobody wants to hear of a raid later.
NEWS_FOR = timedelta(minutes=10)


def shoutout_allowed_at(
    now: datetime, any_at: datetime | None, same_at: datetime | None
) -> datetime:
    """Return when the next shoutout may be given, after the last to any and to the same channel."""
    after_any = any_at + ANY_EVERY if any_at else now
    after_same = same_at + SAME_EVERY if same_at else now
    return max(now, after_any, after_same)


def is_news(raided_at: datetime, at: datetime) -> bool:
    """Tell whether a raid is still worth a word at that time."""
    return at - raided_at <= NEWS_FOR
