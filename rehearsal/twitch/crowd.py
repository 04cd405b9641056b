"""A crowd of streamers who fill Twitch: made up by number, and live as many as one likes."""

from __future__ import annotations

import math
import random
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from rehearsal import clock
from rehearsal.twitch.cast import CATEGORIES
from rehearsal.twitch.records import Account, Airing, Channel, Gathering, Stream
from rehearsal.twitch.state import State

MOST = 20_000
FIRST_ID = 70_000_001
_LOGIN = "streamer{:05}"
_GAMES = list(CATEGORIES.items())
_COLOURS = ("#3DDC97", "#5CB8FF", "#FF7AC6", "#FFB454")


class Crowd:
    """So many streamers; with a turnover, so many a minute go live while as many others end."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._dice = random.Random()  # noqa: S311 (nobody plays for anything)

    @property
    def gathering(self) -> Gathering:
        """Who is there and who is live, by now."""
        gathering = self._state.gatherings.get(Gathering.KEY) or Gathering()
        turns = math.floor((time.time() - gathering.turned_at) * gathering.turnover / 60)
        if turns > 0 and gathering.live:
            self._turn(gathering, min(turns, len(gathering.live)))
        return gathering

    def gather(self, size: int, live: int) -> None:
        """Make it a crowd of so many, of whom so many are live: the longest live end first."""
        gathering = self.gathering
        gathering.size = size
        for login in [it for it in gathering.live if self._number(it) >= size]:
            del gathering.live[login]
        self._begin(gathering, max(0, min(live, size) - len(gathering.live)))
        self._end(gathering, max(0, len(gathering.live) - live))
        self._state.gatherings.save(gathering)

    def behave(self, *, turnover: int, flicker: int) -> None:
        """Set how many go live a minute, and how often (percent) a stream is not listed."""
        gathering = self.gathering
        gathering.turnover, gathering.flicker = turnover, flicker
        gathering.turned_at = time.time()
        self._state.gatherings.save(gathering)

    def switch(self, login: str, *, on: bool) -> None:
        """Let one of them go live, or end; nothing happens to who is so already."""
        gathering = self.gathering
        if on and login not in gathering.live:
            gathering.live[login] = self._airing(gathering)
        elif not on:
            gathering.live.pop(login, None)
        self._state.gatherings.save(gathering)

    def retitle(self) -> None:
        """Give every stream that is on another title."""
        gathering = self.gathering
        for airing in gathering.live.values():
            airing["title"] += 1
        self._state.gatherings.save(gathering)

    def person(self, name: str) -> Account | None:
        """The streamer of that id or login."""
        number = self._number(name)
        if not 0 <= number < self.gathering.size:
            return None
        login = _LOGIN.format(number)
        return Account(
            str(FIRST_ID + number), login, login.title(), _COLOURS[number % len(_COLOURS)]
        )

    def streams(self, people: set[str] | None = None) -> Iterator[tuple[Stream, Account, Channel]]:
        """Every stream that is listed now, or those of the people with these ids or logins."""
        gathering = self.gathering
        if people is None:
            logins = list(gathering.live)
        else:
            logins = [_LOGIN.format(self._number(name)) for name in people]
        for login in logins:
            airing = gathering.live.get(login)
            owner = self.person(login)
            if airing and owner and self._dice.randrange(100) >= gathering.flicker:
                yield self._stream(owner, airing), owner, self._channel(owner, airing)

    def _turn(self, gathering: Gathering, turns: int) -> None:
        self._end(gathering, turns)
        self._begin(gathering, turns)
        gathering.turned_at = time.time()
        self._state.gatherings.save(gathering)

    def _begin(self, gathering: Gathering, count: int) -> None:
        """Let so many more go live: whoever comes next by number, after the last the first."""
        numbers = (gathering.next + step for step in range(gathering.size))
        logins = (_LOGIN.format(number % gathering.size) for number in numbers)
        for login in list(islice((it for it in logins if it not in gathering.live), count)):
            gathering.live[login] = self._airing(gathering)
            gathering.next = (self._number(login) + 1) % gathering.size

    def _end(self, gathering: Gathering, count: int) -> None:
        for login in list(islice(gathering.live, count)):
            del gathering.live[login]

    def _airing(self, gathering: Gathering) -> Airing:
        gathering.streams += 1
        return {"id": str(10**10 + gathering.streams), "since": time.time(), "title": 1}

    def _number(self, name: str) -> int:
        """The number in an id or a login; -1 for anybody else."""
        digits = name.lower().removeprefix(_LOGIN.partition("{")[0])
        if not digits.isascii() or not digits.isdecimal() or len(digits) > 9:
            return -1
        return int(digits) - (FIRST_ID if digits == name else 0)

    def _stream(self, owner: Account, airing: Airing) -> Stream:
        since = airing["since"]
        started_at = clock.seconds(datetime.fromtimestamp(since, UTC))
        minutes = int((time.time() - since) / 60)
        # A few are watched by many, and most by few; it changes a little every minute.
        rank = zlib.crc32(owner.id.encode()) % 10_000 + 1
        viewers = 40_000 // rank + 3 + (rank + 7 * minutes) % 5
        return Stream(owner.id, airing["id"], started_at, viewers)

    def _channel(self, owner: Account, airing: Airing) -> Channel:
        game_id, game_name = _GAMES[int(owner.id) % len(_GAMES)]
        return Channel(owner.id, f"{game_name}, part {airing['title']}", game_id, game_name)
