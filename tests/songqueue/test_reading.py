from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from songqueue.rules.reading import (
    AFTER_THE_END,
    Situation,
    idle_pause,
    needs_queue,
    next_read,
)
from songqueue.rules.snapshots import Current, Reading, Seen, Slot
from tests.songqueue.sim import NOON, Item, Ledger, Player, item, seconds

A, B = item("A"), item("B")
PLAYING = Situation(is_wanted=True, left=seconds(100), idle_since=None)


def due(situation: Situation) -> float | None:
    """Return in how many seconds the player is read next."""
    at = next_read(situation, NOON)
    return (at - NOON).total_seconds() if at else None


def playing(left: float, *, thrifty: bool = False, overdue: float = 0) -> Situation:
    return Situation(True, seconds(left), None, seconds(overdue), is_thrifty=thrifty)


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        (playing(100), 102),
        (playing(0), 5),
        (playing(-700), 5),
        (playing(0, overdue=5), 10),
        (playing(-30, overdue=40), 80),
        (playing(0, overdue=7_200), 120),
        (playing(150), 152),
        (playing(200), 120),
        (playing(10_800), 120),
        (playing(200, thrifty=True), 202),
        (playing(10_800, thrifty=True), 10_802),
        (Situation(False, seconds(100), None), None),
        (Situation(True, None, NOON), 60),
        (Situation(True, None, NOON - seconds(60)), 120),
        (Situation(True, None, NOON - seconds(200)), 300),
        (Situation(True, None, NOON - seconds(1000)), 600),
        (Situation(True, None, NOON, is_asleep=True), 7),
        (Situation(True, None, NOON - seconds(299), is_asleep=True), 7),
        (Situation(True, None, NOON - seconds(300), is_asleep=True), 60),
        (Situation(True, None, NOON - seconds(1800), is_asleep=True), 600),
        (Situation(True, seconds(100), None, missing_since=NOON), 62),
        (Situation(True, seconds(100), None, missing_since=NOON - seconds(55)), 20),
        (Situation(True, seconds(15), None, missing_since=NOON), 17),
        (Situation(True, None, NOON, missing_since=NOON - seconds(300)), 20),
    ],
)
def test_the_player_is_read_when_it_is_due(situation: Situation, expected: float | None) -> None:
    assert due(situation) == expected


def test_a_device_is_looked_out_for_at_some_seventy_calls_in_the_first_hour() -> None:
    idle, looks = timedelta(0), 0
    while idle < timedelta(hours=1):
        idle += idle_pause(idle, is_asleep=True)
        looks += 1
    assert 60 <= looks <= 75


def test_what_is_idle_is_left_alone_for_longer_and_longer() -> None:
    idle, looks = timedelta(0), []
    while idle < timedelta(hours=1):
        idle += idle_pause(idle)
        looks.append(idle.total_seconds() / 60)
    assert looks == [1, 3, 8, 18, 28, 38, 48, 58, 68]


def seen(progress: float, queue_at: float = 0) -> Seen:
    on = Current(A.key, A.duration, started_at=NOON, progress=seconds(progress))
    return Seen(NOON, NOON + seconds(queue_at), True, on, (Slot(B.key, B.duration),))


@pytest.mark.parametrize(
    ("before", "reading", "awaited", "needed"),
    [
        (seen(10), Reading(NOON + seconds(20), True, A, seconds(30)), False, False),
        (seen(10), Reading(NOON + seconds(20), True, A, seconds(30)), True, True),
        (seen(10), Reading(NOON + seconds(20), True, B, seconds(1)), False, True),
        (seen(10, -170), Reading(NOON + seconds(20), True, A, seconds(30)), False, True),
        (seen(10, -170), Reading(NOON + seconds(20), False, A, seconds(10)), False, False),
        (seen(10), Reading(NOON + seconds(20), False, None), True, False),
        (None, Reading(NOON, True, A), False, True),
    ],
)
def test_the_queue_is_asked_for_only_when_it_may_tell_something(
    before: Seen | None, reading: Reading, awaited: bool, needed: bool
) -> None:
    assert needs_queue(before, reading, is_awaited=awaited) is needed


@dataclass
class Count:
    """A show in which the rules decide when the player is read, and every call is counted."""

    player: Player
    ledger: Ledger = field(default_factory=Ledger)
    calls: int = 0
    idle_since: float | None = None

    def request(self, number: int) -> None:
        self.calls += 2  # The track is looked up, and added.
        request = self.ledger.request(item(f"request {number}", 205), self.player.at)
        self.player.queued.append(Item(item(f"request {number}", 205), request))

    def read(self) -> float:
        """Read, and return when to do so again."""
        reading = self.player.reading()
        before = self.ledger.seen
        awaited = any(row.seen_at is None for row in self.ledger.waiting.values())
        self.calls += 1
        if needs_queue(before, reading, is_awaited=awaited):
            self.calls += 1
            verdict = self.ledger.read(reading)
        else:
            verdict = self.ledger.read(
                Reading(reading.at, reading.is_playing, reading.current, reading.progress)
            )
        playing = verdict.current if reading.is_playing else None
        if playing:
            self.idle_since = None
        elif self.idle_since is None:
            self.idle_since = self.player.now
        situation = Situation(
            is_wanted=True,
            left=playing.duration - playing.progress if playing else None,
            idle_since=NOON + seconds(self.idle_since) if self.idle_since is not None else None,
            missing_since=min(
                (self.ledger.waiting[lost].queued_at for lost in verdict.missing), default=None
            ),
        )
        at = next_read(situation, reading.at)
        assert at
        return (at - NOON).total_seconds()


def test_four_hours_with_seventy_songs_and_thirty_requests_cost_less_than_400_calls(
    record_property: Callable[[str, object], None],
) -> None:
    """The figure holds for a show in which nobody skips: 14,400 s, 205 s a song."""
    end, songs = 14_400, [item(f"song {number}", 205) for number in range(45)]
    show = Count(Player(songs))
    requests = [120 + number * 470 for number in range(30)]
    due = show.read()
    while show.player.now < end:
        if requests and requests[0] <= due:
            show.player.wait(requests.pop(0) - show.player.now)
            show.request(30 - len(requests))
            due = min(due, show.player.now + 3)
        else:
            show.player.wait(due - show.player.now)
            due = show.read()
    record_property("spotify_calls", show.calls)
    assert len(show.player.ended) >= 70
    assert list(show.ledger.ends.values()).count("played") >= 28
    assert show.calls < 400


def test_a_pause_of_an_hour_costs_next_to_nothing() -> None:
    show = Count(Player([A, B], is_playing=False))
    due = show.read()
    while due < 3600:
        show.player.wait(due - show.player.now)
        due = show.read()
    assert show.calls <= 12


def test_a_skip_by_hand_is_seen_within_two_minutes() -> None:
    show = Count(Player([A, B]))
    due = show.read()
    show.player.wait(5)
    show.player.next()
    assert due - show.player.now <= 120


def test_the_end_of_a_song_is_seen_soon_after_it() -> None:
    assert next_read(PLAYING, NOON) == NOON + seconds(100) + AFTER_THE_END
