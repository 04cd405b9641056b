"""What becomes of what Twitch tells of the stream: traces, and the sessions that they make."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch.rules.streams import (
    Listed,
    News,
    NoAnswer,
    Offline,
    Online,
    Past,
    Session,
    Unlisted,
    follow,
    is_late,
    is_look_due,
)

START = datetime(2026, 5, 1, 20, tzinfo=UTC)
GRACE = timedelta(minutes=3)


WORD = re.compile(r"([\d.]+):([-+.?]?)([A-Z]?)(?:/([-\d.]+))?(?:<([-\d.]+))?")


class Show(NamedTuple):
    """A session that a trace made: its streams, and in minutes when it began and ended."""

    streams: str
    began: float
    ended: float | None = None


class Follower:
    """Keeps sessions as the rules decide them."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self.past: list[Past] = []
        self.starts = self.ends = 0

    def hear(self, news: News, now: datetime) -> None:
        if is_late(news, now, GRACE):
            return
        last = max(self.past, key=lambda past: past.ended_at, default=None)
        verdict = follow(self.session, last, news, GRACE)
        if verdict.ended_at is not None:
            assert self.session is not None
            assert verdict.ended_at >= self.session.started_at
            session = self.session
            self.past.append(
                Past(session.stream_ids, session.started_at, verdict.ended_at, news.at)
            )
            self.ends += 1
        if verdict.is_new:
            assert self.session is None or verdict.ended_at is not None
            self.starts += 1
        elif verdict.session is not None:
            assert self.session is not None
            assert verdict.session.started_at == self.session.started_at
        self.session = verdict.session

    def shows(self) -> list[Show]:
        over = [
            Show("".join(past.stream_ids), minutes(past.started_at), minutes(past.ended_at))
            for past in self.past
        ]
        if self.session is None:
            return over
        return [*over, Show("".join(self.session.stream_ids), minutes(self.session.started_at))]


def minutes(at: datetime) -> float:
    return (at - START) / timedelta(minutes=1)


def at(word: str) -> datetime:
    return START + timedelta(minutes=float(word))


def read(trace: str) -> list[tuple[News, datetime]]:
    """Return the news of a trace and when each is heard.

    A word is `<minute>:<what>`: `+A` an online event for stream A, `-` an offline event, `A` Twitch
    lists A, `.` it lists nothing, `?` it does not answer. A stream starts in the minute of its
    first mention, or in that behind `/`; an event that was sent before it is heard says when
    behind `<`: `5:+A/3<4`.
    """
    started: dict[str, datetime] = {}
    told: list[tuple[News, datetime]] = []
    for word in trace.split():
        match = WORD.fullmatch(word)
        assert match, word
        heard, sign, name, since, sent = match.groups()
        when = at(sent or heard)
        if name:
            begun = started.setdefault(name, at(since) if since else when)
            made = Online if sign else Listed
            told.append((made(when, name, begun), at(heard)))
        else:
            told.append(({"-": Offline, ".": Unlisted, "?": NoAnswer}[sign](when), at(heard)))
    return told


TRACES = {
    # As it should be.
    "nothing": ("0:. 5:. 10:.", []),
    "on the air": ("0:+A 1:A 2:A", [Show("A", 0)]),
    "an evening": ("0:+A 1:A 60:A 61:- 61.5:. 64:.", [Show("A", 0, 61)]),
    "two evenings": (
        "0:+A 1:A 60:- 61:. 63:. 200:+B 201:B 300:- 303:.",
        [Show("A", 0, 60), Show("B", 200, 300)],
    ),
    "started when Twitch says so": ("2:+A/0 3:A", [Show("A", 0)]),
    "on air when we come": ("90:A/0", [Show("A", 0)]),
    # Too early to be over.
    "off for a moment": ("0:+A 10:- 11:.", [Show("A", 0)]),
    "the last second of the grace time": ("0:+A 10:- 12.98:.", [Show("A", 0)]),
    "the end of the grace time": ("0:+A 10:- 13:.", [Show("A", 0, 10)]),
    # Flaps.
    "off and on": ("0:+A 10:- 11:+A 12:A 20:A", [Show("A", 0)]),
    "off and on again and again": (
        "0:+A 10:- 10.5:+A 11:- 11.5:+A 12:- 12.5:+A 20:A 21:.",
        [Show("A", 0)],
    ),
    "off, and back under another id": ("0:+A 10:- 12:+B 13:B 20:B", [Show("AB", 0)]),
    "back under another id, then the end": (
        "0:+A 10:- 12:+B 13:B 20:- 21:. 23:.",
        [Show("AB", 0, 20)],
    ),
    "three ids in one show": ("0:+A 10:- 11:+B 20:- 21:+C 22:C", [Show("ABC", 0)]),
    "back after the grace time": (
        "0:+A 10:- 13:. 15:+B 16:B",
        [Show("A", 0, 10), Show("B", 15)],
    ),
    "back after the grace time that nobody looked at": (
        "0:+A 10:- 15:+B 16:B",
        [Show("A", 0, 10), Show("B", 15)],
    ),
    "back under the same id after the grace time": (
        "0:+A 10:- 13:. 15:+A 16.5:A",
        [Show("A", 0, 10), Show("A", 10)],
    ),
    "off and on, and the on is lost": ("0:+A 10:- 11:A 12:A 13:A 14:A 60:A", [Show("A", 0)]),
    "off and on, the on is lost, and a look fails": (
        "0:+A 10:- 11:A 12:A 12.9:A 13.1:. 14:A",
        [Show("A", 0)],
    ),
    # Twitch answers what was so a while ago.
    "not listed just after the start": ("0:+A 0.2:. 1:. 2:A 3:A", [Show("A", 0)]),
    "listed, not listed, listed": ("0:A 1:. 2:A 3:. 4:A 5:. 6:A", [Show("A", 0)]),
    "still listed after the end": ("0:+A 9:A 10:- 11:A 12:. 15:.", [Show("A", 0, 10)]),
    "listed once more after the end was found": (
        "0:+A 9:A 10:- 13:. 14:A 15:.",
        [Show("A", 0, 10)],
    ),
    "listed again for good after the end was found": (
        "0:+A 10:- 13:. 14:A 15:A 17:A 18:A",
        [Show("A", 0, 10), Show("A", 10)],
    ),
    "the old stream listed after the new one began": (
        "0:+A 10:- 11:+B 11.5:A 12:B",
        [Show("AB", 0)],
    ),
    # Events that never come.
    "an end that nobody told": ("0:+A 1:A 30:A 31:. 33:. 34:.", [Show("A", 0, 30)]),
    "a start that nobody told": ("5:A/2 6:A 10:- 13:.", [Show("A", 2, 10)]),
    "neither told": ("5:A/2 6:A 7:. 10:.", [Show("A", 2, 6)]),
    "an end that nobody told, then the next start": (
        "0:+A 1:A 30:A 60:+B 61:B",
        [Show("A", 0, 30), Show("B", 60)],
    ),
    "an end and a start that nobody told": (
        "0:+A 30:A 300:B/200",
        [Show("A", 0, 30), Show("B", 200)],
    ),
    "a short break that nobody told": ("0:+A 30:A 31:B/30.5", [Show("AB", 0)]),
    "away while it ended": ("0:+A 30:A 500:. 501:. 503:.", [Show("A", 0, 30)]),
    "away, and it never ended": ("0:+A 30:A 300:A 301:A", [Show("A", 0)]),
    # Events that come late, twice or in another order.
    "every event twice": ("0:+A 0:+A 1:A 10:- 10:- 13:. 14:-<10", [Show("A", 0, 10)]),
    "an old start again after the end": ("0:+A 10:- 13:. 13.5:+A<0 14:.", [Show("A", 0, 10)]),
    "an old start again, still fresh": (
        "0:+A 1:- 2:+A<0 4:. 4.1:.",
        [Show("A", 0, 1)],
    ),
    "on before off": ("0:+A 10.5:+A<10.4 10.6:-<10 12:A 14:.", [Show("A", 0)]),
    "another id before off": ("0:+A 9:A 10:+B 10.1:-<9.5 11:B 13:B", [Show("AB", 0)]),
    "the end before the start": ("1:-<0.9 1.1:+A/0<0 2:. 3:. 5:.", [Show("A", 0, 0)]),
    "an end from before this stream": ("0:+A 10:- 11:+B 11.1:-<10 15:B", [Show("AB", 0)]),
    "an old end, hours late": ("0:+A 60:A 61:-<10 62:A 63:A", [Show("A", 0)]),
    "an old start, delivered anew": ("5:A/0 10:- 13:. 14:+A 15:.", [Show("A", 0, 10)]),
    "an older start, delivered anew": ("5:A/2 10:- 13:. 14:+B/0 15:.", [Show("A", 2, 10)]),
    "an old start, hours late": ("100:+A<0 101:.", []),
    "an old end that still seems new": ("0:+A 10:A 12:-<9.5 13:A 14:A 15:A", [Show("A", 0)]),
    "the start of an earlier stream after the next": (
        "0:+B/0 0.1:+A/-1<-1 1:B",
        [Show("B", 0)],
    ),
    # Twitch that cannot be asked.
    "no answer is no end": ("0:+A 1:? 2:? 60:? 61:A", [Show("A", 0)]),
    "told to be off, and no answer": ("0:+A 10:- 13:? 20:? 24:?", [Show("A", 0)]),
    "told to be off, and no answer for long": ("0:+A 10:- 13:? 25:?", [Show("A", 0, 10)]),
    "no answer, then nothing": ("0:+A 10:- 13:? 14:.", [Show("A", 0, 10)]),
}


@pytest.mark.parametrize("name", TRACES)
def test_a_trace_makes_these_sessions(name: str) -> None:
    trace, shows = TRACES[name]
    follower = Follower()
    for news, now in read(trace):
        follower.hear(news, now)
    assert follower.shows() == shows
    assert follower.starts == len(shows)
    assert follower.ends == sum(show.ended is not None for show in shows)


@pytest.mark.parametrize("name", TRACES)
def test_hearing_everything_twice_changes_nothing(name: str) -> None:
    trace, shows = TRACES[name]
    follower = Follower()
    for news, now in read(trace):
        follower.hear(news, now)
        follower.hear(news, now)
    assert follower.shows() == shows


EVENTS = st.tuples(
    st.integers(6, 90), st.sampled_from(["+A", "+B", "+C", "-"]), st.integers(0, 5)
).map(lambda it: (it[0], f"{it[1]}<{it[0] - it[2]}"))
LOOKS = st.tuples(st.integers(0, 90), st.sampled_from(["A", "B", "C", ".", "?"]))


@given(st.lists(EVENTS | LOOKS, max_size=40))
def test_whatever_comes_in_whatever_order_sessions_follow_each_other(
    words: list[tuple[int, str]],
) -> None:
    in_order = sorted(words, key=lambda word: word[0])
    follower = Follower()
    for news, now in read(" ".join(f"{minute}:{what}" for minute, what in in_order)):
        follower.hear(news, now)
        assert follower.starts - follower.ends == (follower.session is not None)
    times = [(past.started_at, past.ended_at) for past in follower.past]
    assert all(began <= ended for began, ended in times)
    assert all(one[1] <= other[0] for one, other in pairwise(times))
    if follower.session and times:
        assert times[-1][1] <= follower.session.started_at


# --- When Twitch is asked --------------------------------------------------------------------


def due(trace: str, asked: str, now: str) -> bool:
    follower = Follower()
    for news, heard in read(trace):
        follower.hear(news, heard)
    return is_look_due(follower.session, at(asked) if asked else None, at(now), GRACE)


def test_twitch_is_asked_every_minute_while_live_and_every_five_while_not() -> None:
    assert [due("0:+A", "1", now) for now in ("1.5", "1.8", "2")] == [False, False, True]
    assert [due("", "1", now) for now in ("2", "5.5", "6")] == [False, False, True]
    assert due("", "", "0")


def test_twitch_is_asked_as_soon_as_the_grace_time_is_over() -> None:
    assert not due("0:+A 10:-", "12.5", "12.9")
    assert due("0:+A 10:-", "12.5", "13")
    assert not due("0:+A 10:-", "13", "13.1")
