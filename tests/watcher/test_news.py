"""When streams begin, change and end, whatever Twitch answers: a table, and traces that flap."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from watcher.rules.news import DOUBTFUL, USUAL, Followed, Look, News, Seen, follow, is_news

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def followed(id: str = "s1", who: str = "ada", **more: Any) -> Followed:
    return replace(Followed(id, who, NOON, NOON), **more)


def seen(id: str = "s1", who: str = "ada", **more: Any) -> Seen:
    return replace(Seen(id, who, NOON), **more)


def look(*listed: Seen, asked: tuple[str, ...] = ("ada",), minute: int = 1) -> Look:
    return Look(NOON + minute * MINUTE, listed, frozenset(asked))


def after(known: list[Followed], what: Look, over: tuple[str, ...] = ()) -> News:
    return follow({it.id: it for it in known}, over, what)


def test_an_id_that_is_seen_for_the_first_time_has_started() -> None:
    assert after([], look(seen())) == News(started=["s1"])


def test_a_stream_that_goes_on_is_only_seen() -> None:
    assert after([followed()], look(seen())) == News(seen=["s1"])


@pytest.mark.parametrize("change", [{"title": "Boss"}, {"game_id": "743"}])
def test_another_title_or_game_is_a_change(change: dict[str, Any]) -> None:
    assert after([followed()], look(seen(**change))) == News(seen=["s1"], changed=["s1"])


def test_a_stream_is_over_after_misses_and_time() -> None:
    """At one look a minute that is the third."""
    assert after([followed()], look(minute=1)) == News(missed=["s1"])
    assert after([followed(misses=1)], look(minute=2)) == News(missed=["s1"])
    assert after([followed(misses=2)], look(minute=3)) == News(ended=["s1"])


def test_misses_alone_end_nothing() -> None:
    """Twitch is asked more often than once a minute."""
    half = timedelta(seconds=30)
    assert after([followed(misses=3)], Look(NOON + 4 * half, (), {"ada"})) == News(missed=["s1"])


def test_time_alone_ends_nothing() -> None:
    """Nobody looked for a day, or the clock was set ahead."""
    assert after([followed()], look(minute=1440)) == News(missed=["s1"])


def test_a_clock_that_was_set_back_holds_no_end_up() -> None:
    assert after([followed(misses=2)], look(minute=-600)) == News(ended=["s1"])


def test_what_is_over_does_not_come_back() -> None:
    assert after([], look(seen()), over=("s1",)) == News()


def test_only_those_who_were_asked_for_are_missed() -> None:
    assert after([followed(misses=9)], look(asked=(), minute=60)) == News()


def test_a_new_stream_ends_the_one_before() -> None:
    new = seen("s2", started_at=NOON + MINUTE)
    assert after([followed()], look(new)) == News(started=["s2"], ended=["s1"])


def test_an_echo_of_an_older_stream_is_not_news() -> None:
    """The current one counts as missed: the answer did not have it."""
    old = seen("s0", started_at=NOON - timedelta(hours=9))
    assert after([followed()], look(old)) == News(missed=["s1"])


def test_a_stream_that_comes_on_two_pages_is_one() -> None:
    assert after([], look(seen(), seen())) == News(started=["s1"])


def test_if_most_are_missing_at_once_it_is_doubted() -> None:
    four = [followed(f"s{n}", f"p{n}", misses=2) for n in range(4)]
    asked = tuple(f"p{n}" for n in range(4))
    nobody, half = (
        look(asked=asked, minute=5),
        look(seen("s0", "p0"), seen("s1", "p1"), asked=asked),
    )
    assert after(four, nobody) == News(missed=["s0", "s1", "s2", "s3"])
    assert after(four, replace(half, at=nobody.at)).ended == ["s2", "s3"]


def test_a_doubt_does_not_last_for_ever() -> None:
    two = [followed(f"s{n}", f"p{n}", misses=DOUBTFUL.misses - 1) for n in range(2)]
    assert after(two, look(asked=("p0", "p1"), minute=11)).ended == ["s0", "s1"]


def test_one_who_alone_is_live_is_not_doubted() -> None:
    assert after([followed(misses=2)], look(minute=3)).ended == ["s1"]


def test_news_for_who_watches_a_streamer_began_lately() -> None:
    half_an_hour = timedelta(minutes=30)
    for minutes, told in ((-60, True), (0, True), (29, True), (30, False), (600, False)):
        since = NOON + minutes * MINUTE
        assert is_news(NOON, since, is_game=False, newest=half_an_hour) is told


def test_who_begins_to_watch_a_game_is_not_told_of_all_who_stream_it() -> None:
    half_an_hour = timedelta(minutes=30)
    for minutes, told in ((-1, True), (0, False), (1, False)):
        since = NOON + minutes * MINUTE
        assert is_news(NOON, since, is_game=True, newest=half_an_hour) is told


class Follower:
    """Follows one channel through looks, as the table does."""

    def __init__(self) -> None:
        self.live: dict[str, Followed] = {}
        self.over: set[str] = set()
        self.told: Counter[tuple[str, str]] = Counter()

    def look(self, at: datetime, *listed: Seen) -> None:
        news = follow(self.live, self.over, Look(at, listed, {"ada"}))
        rows = {it.id: it for it in listed}
        for id in (*news.started, *news.seen):
            row = rows[id]
            self.live[id] = Followed(id, "ada", row.started_at, at, row.title, row.game_id)
        for id in news.missed:
            self.live[id] = replace(self.live[id], misses=self.live[id].misses + 1)
        for id in news.ended:
            del self.live[id]
            self.over.add(id)
        for kind in ("started", "ended"):
            self.told.update((kind, id) for id in getattr(news, kind))


@pytest.mark.parametrize("seed", range(50))
def test_a_trace_that_flaps_tells_of_each_stream_once(seed: int) -> None:
    """Streams flicker at their beginnings, are listed after their ends, and may be missed."""
    random = Random(seed)
    follower, at, last = Follower(), NOON, []
    streams = [f"s{n}" for n in range(random.randint(1, 4))]
    for id in streams:
        stream = Seen(id, "ada", at)
        last.append(stream)
        for minute in range(random.randint(4, 60)):
            at += MINUTE + timedelta(seconds=random.uniform(-2, 2))
            is_missing = random.random() < (0.5 if minute < 2 else 0.1)
            is_third = follower.live.get(id, followed()).misses >= USUAL.misses - 1
            # What is missed for three minutes on end is over: a flicker lasts one.
            listed = [] if is_missing and minute and not is_third else [stream]
            if random.random() < 0.1:
                listed += random.sample(last, 1)
            follower.look(at, *listed)
        for _ in range(random.randint(0, 6)):
            at += MINUTE
            follower.look(at, *random.sample([stream], random.randint(0, 1)))
        if random.random() < 0.7:
            for _ in range(random.randint(4, 30)):
                at += MINUTE
                follower.look(at)
    for _ in range(4):
        at += MINUTE
        follower.look(at)
    once = {(kind, id): 1 for kind in ("started", "ended") for id in streams}
    assert follower.told == once
