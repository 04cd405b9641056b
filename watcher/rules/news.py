"""What a look at Twitch says of streams that are followed: begun, changed, over, or nothing yet.

Just after a stream went live Twitch's answers may have it and not have it in turn for a minute, and
for minutes after its end they may go on to list it; a stream keeps its id through all of that. So
a stream begins when its id is seen for the first time, and is over when it was missed for a while.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Patience:
    """A stream is over after so many misses in a row, and not before so long a time."""

    misses: int
    time: timedelta

    def is_over(self, misses: int, unseen_for: timedelta) -> bool:
        """Tell whether it is; a clock that was set back leaves only the misses to count."""
        is_long = unseen_for >= self.time or unseen_for < timedelta()
        return misses >= self.misses and is_long


# Three minutes, when Twitch is asked once a minute.
USUAL = Patience(3, timedelta(seconds=150))
# For an answer in which most of what was live is missing at once: that is rather Twitch's trouble.
DOUBTFUL = Patience(10, timedelta(minutes=10))
FEWEST_TO_DOUBT = 2


@dataclass(frozen=True)
class Seen:
    """A stream as Twitch lists it."""

    id: str
    streamer_id: str
    started_at: datetime
    title: str = ""
    game_id: str = ""


@dataclass(frozen=True)
class Followed:
    """A stream that is known and was not over yet; `misses` are those since it was seen."""

    id: str
    streamer_id: str
    started_at: datetime
    seen_at: datetime
    title: str = ""
    game_id: str = ""
    misses: int = 0


@dataclass(frozen=True)
class Look:
    """What Twitch answered at `at`: the streams it listed, and of which people that was all.

    Only those who are `asked` can be missed: the pages of a category say nothing about absence.
    """

    at: datetime
    seen: Sequence[Seen]
    asked: Collection[str] = frozenset()


@dataclass
class News:
    """The ids of the streams of which there is something to write, each kind in its order."""

    started: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


def follow(followed: Mapping[str, Followed], over: Collection[str], look: Look) -> News:
    """Return what follows from a look.

    `followed` holds, by id, every stream of the people that the look is about which is not over;
    `over` the ids of those listed that are. Of the returned lists `changed` are some of `seen`, and
    `missed` and `ended` share none: a stream that is over begins never again.
    """
    news = News()
    newest = _newest(followed, over, look.seen)
    for stream in newest.values():
        if stream.id not in followed:
            news.started.append(stream.id)
            continue
        news.seen.append(stream.id)
        before = followed[stream.id]
        if (stream.title, stream.game_id) != (before.title, before.game_id):
            news.changed.append(stream.id)
    patience = _patience(followed, newest, look)
    for id, old in followed.items():
        current = newest.get(old.streamer_id)
        if current is not None and current.id != id:
            # Whoever streams anew has ended what was before.
            news.ended.append(id)
        elif current is None and old.streamer_id in look.asked:
            is_over = patience.is_over(old.misses + 1, look.at - old.seen_at)
            (news.ended if is_over else news.missed).append(id)
    return news


def is_news(
    started_at: datetime, active_since: datetime, *, is_game: bool, newest: timedelta
) -> bool:
    """Tell whether a stream is news for a watch that is active since then.

    For who watches a streamer it still is when it had been on for less than `newest`; who watches a
    game is not told of all that was on already.
    """
    return active_since - started_at < (timedelta() if is_game else newest)


def _newest(
    followed: Mapping[str, Followed], over: Collection[str], seen: Sequence[Seen]
) -> dict[str, Seen]:
    """Return by streamer the newest stream that is listed, without echoes of older ones."""
    begun = {old.streamer_id: old.started_at for old in followed.values()}
    newest: dict[str, Seen] = {}
    for stream in seen:
        known_since = begun.get(stream.streamer_id, stream.started_at)
        is_echo = stream.id not in followed and stream.started_at < known_since
        best = newest.get(stream.streamer_id, stream)
        if stream.id not in over and not is_echo and stream.started_at >= best.started_at:
            newest[stream.streamer_id] = stream
    return newest


def _patience(followed: Mapping[str, Followed], newest: Mapping[str, Seen], look: Look) -> Patience:
    expected = {old.streamer_id for old in followed.values() if old.streamer_id in look.asked}
    is_odd = 2 * len(expected & newest.keys()) < len(expected)
    return DOUBTFUL if is_odd and len(expected) >= FEWEST_TO_DOUBT else USUAL
