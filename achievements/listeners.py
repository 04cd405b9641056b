"""The facts that achievements hear: each is counted once, in the transaction of its run."""

from __future__ import annotations

from typing import Any

from achievements.models import Announcement
from achievements.sagas import announcement
from achievements.services import counting
from raffle.events import RollMade
from sagas.registry import listen
from sagas.services import start
from songqueue.events import SongPlayed, SongRefunded, SongRequested
from twitch.events import StreamEnded, StreamStarted


@listen(SongRequested)
def count_song_requested(fact: SongRequested) -> None:
    _count(fact)


@listen(SongPlayed)
def count_song_played(fact: SongPlayed) -> None:
    _count(fact)


@listen(SongRefunded)
def count_song_refunded(fact: SongRefunded) -> None:
    _count(fact)


@listen(RollMade)
def count_roll_made(fact: RollMade) -> None:
    _count(fact)


@listen(StreamStarted)
def count_stream_started(fact: StreamStarted) -> None:
    _count(fact)


@listen(StreamEnded)
def count_stream_ended(fact: StreamEnded) -> None:
    _count(fact)


def _count(fact: Any) -> None:
    if counting.hear(fact):
        start(announcement, Announcement.objects.create())
