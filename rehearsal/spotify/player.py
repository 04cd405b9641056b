"""The player: what sounds now, what comes next, and a clock of its own to play by.

Nothing ticks: where the player is follows from its last change and its clock, whoever asks and
whenever; only what is over is written down.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rehearsal.spotify import catalogue
from rehearsal.spotify.records import Entry, Playhead
from rehearsal.spotify.state import State

SHOWN_AT_MOST = 20
_REMEMBERED = 50


class NoDevice(Exception):
    """No device is on that could play anything."""


class Player:
    """The verbs of the player; each tells ``changed`` when it has changed something."""

    def __init__(self, state: State, changed: Callable[[], None]) -> None:
        self._state = state
        self._changed = changed
        # A newer catalogue may lack what an older one had: then the music starts over.
        kept = state.players.get("player")
        if kept is not None and all(catalogue.knows(it.item) for it in kept.every()):
            self.head = kept
        else:
            self.begin()

    def begin(self) -> None:
        """Start over, with the playlist's first song."""
        now = time.time()
        self.head = Playhead(clock_set_at=now, changed_at=now)
        with self._state.store.transaction():
            self._start(self.head, self._next_of_playlist(self.head))
            self._state.players.save(self.head)

    # Reading

    def progress_ms(self) -> int:
        """How far the current item has been played."""
        self.settle()
        head = self.head
        return head.progress_ms + self._since(head) if head.current else 0

    def current(self) -> Entry | None:
        """What is on now, playing or paused."""
        self.settle()
        return self.head.current

    def upcoming(self) -> list[Entry]:
        """What comes next: what was queued, then the playlist, for ever; so many are shown."""
        self.settle()
        head = replace(self.head)
        coming = head.queue[:SHOWN_AT_MOST]
        while len(coming) < SHOWN_AT_MOST:
            coming.append(self._next_of_playlist(head))
        return coming

    def seconds_to_end(self) -> float | None:
        """Seconds on the wall until the current item is over; nothing while none plays."""
        head = self.head
        if head.current is None or not head.is_playing:
            return None
        left = catalogue.duration_ms(head.current.item) - head.progress_ms - self._since(head)
        return max(0.0, left / 1000 / head.speed)

    def settle(self) -> None:
        """Write down what has ended since anyone last looked."""
        head = self.head
        if not self._ended():
            return
        with self._state.store.transaction():
            while head.current is not None and self._ended():
                left = catalogue.duration_ms(head.current.item) - head.progress_ms
                head.as_of_ms += left
                head.heard_ms += left
                self._end(head, "finished")
                self._start_next(head)
            self._state.players.save(head)
        self._changed()

    # The streamer's own hand, or an app's

    def play(self) -> None:
        """Play on; ``NoDevice`` without a device."""
        self._change(lambda head: setattr(head, "is_playing", True))

    def pause(self) -> None:
        """Stop where it is."""
        self._change(lambda head: setattr(head, "is_playing", False))

    def next(self) -> None:
        """Skip what is on."""
        self._change(self._skip)

    def previous(self) -> None:
        """Back to what was on before, or to the beginning when nothing was."""
        self._change(self._back)

    def seek(self, ms: int) -> None:
        """Go on from another place; beyond the end is a skip."""

        def move(head: Playhead) -> None:
            if head.current and ms >= catalogue.duration_ms(head.current.item):
                self._skip(head)
            else:
                head.progress_ms = ms

        self._change(move)

    def add(self, item: str, source: str) -> None:
        """Put an item at the end of what was queued."""

        def queue(head: Playhead) -> None:
            head.queue.append(self._entry(head, item, source))
            self._state.effect("song_queued", item, by=source)

        self._change(queue)

    # The clock and the device

    def run(self, speed: int) -> None:
        """Let the clock run so many times as fast."""
        self._wind(0, speed)

    def advance(self, ms: int) -> None:
        """Jump the clock ahead."""
        self._wind(ms, self.head.speed)

    def switch(self, **device: bool) -> None:
        """Change ``device_active``, ``device_restricted`` or ``premium``; off is also paused."""

        def turn(head: Playhead) -> None:
            for name, value in device.items():
                setattr(head, name, value)
            head.is_playing = head.is_playing and head.device_active

        self._change(turn, needs_device=False)

    def _wind(self, ms: int, speed: int) -> None:
        head, now = self.head, time.time()
        head.clock_ms = self._clock(head, now) + ms
        head.clock_set_at, head.speed = now, speed
        self._state.players.save(head)
        self.settle()
        self._changed()

    def _change(self, verb: Callable[[Playhead], None], *, needs_device: bool = True) -> None:
        self.settle()
        head = self.head
        if needs_device and not head.device_active:
            raise NoDevice
        with self._state.store.transaction():
            passed = self._since(head)
            head.progress_ms += passed
            head.heard_ms += passed
            head.as_of_ms = self._clock(head, time.time())
            verb(head)
            head.changed_at = time.time()
            self._state.players.save(head)
        self._changed()

    def _skip(self, head: Playhead) -> None:
        self._tell(head, "song_skipped")
        self._end(head, "skipped")
        self._start_next(head)
        head.is_playing = True

    def _back(self, head: Playhead) -> None:
        before = head.history[-1] if head.history else head.current
        if head.current and head.current.source == "playlist":
            head.position -= 1
        self._end(head, "previous")
        head.history = head.history[:-2]
        self._start(head, before or self._next_of_playlist(head))

    def _end(self, head: Playhead, reason: str) -> None:
        if head.current is None:
            return
        self._tell(head, "song_ended", reason=reason)
        head.history = [*head.history, head.current][-_REMEMBERED:]
        head.current = None

    def _start_next(self, head: Playhead) -> None:
        self._start(head, head.queue.pop(0) if head.queue else self._next_of_playlist(head))

    def _start(self, head: Playhead, entry: Entry) -> None:
        head.current, head.progress_ms, head.heard_ms = entry, 0, 0
        head.changed_at = time.time()
        self._tell(head, "song_started")

    def _next_of_playlist(self, head: Playhead) -> Entry:
        while True:
            item = catalogue.PLAYLIST[head.position % len(catalogue.PLAYLIST)]
            head.position += 1
            if self._state.track(item) is not None:
                return self._entry(head, item, "playlist")

    @staticmethod
    def _entry(head: Playhead, item: str, source: str) -> Entry:
        head.entries += 1
        return Entry(head.entries, item, source)

    def _tell(self, head: Playhead, kind: str, **more: Any) -> None:
        """Write down what happened to the current item, and how much of it was heard."""
        entry = head.current
        if entry is None:
            return
        at = {"by": entry.source, "entry": entry.number, "at_ms": head.as_of_ms}
        self._state.effect(kind, entry.item, ms=head.heard_ms, **at, **more)

    def _ended(self) -> bool:
        return self.seconds_to_end() == 0.0

    def _since(self, head: Playhead) -> int:
        """Milliseconds played since the last change."""
        if not head.is_playing:
            return 0
        return max(0, self._clock(head, time.time()) - head.as_of_ms)

    @staticmethod
    def _clock(head: Playhead, now: float) -> int:
        return head.clock_ms + int((now - head.clock_set_at) * 1000 * head.speed)
