"""Match days: everybody plays once on each, and on days 1-2, 3-4, … once at home and once away.

All games of two days are a *factor*: everybody is host once and guest once in it, so that following
the guests one comes around in circles. A factor makes two such days if no circle is odd: its games
take turns. The games are split into factors somehow; then, again and again, two factors swap some
games so that both stay factors, and the swap is kept unless it makes more circles odd.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from tournaments.rules.blocks import Meeting
from tournaments.rules.chance import Chance

# Swaps before it is taken for unplayable; 36 players need about 30, and hardly ever 200.
SWAPS = 2_000
# One in so many swaps is kept although it is no improvement: a way out of a dead end.
DARING = 16

Factor = dict[str, str]


class Game(NamedTuple):
    """One game of the league phase; days count from 1."""

    matchday: int
    home: str
    away: str


class Unplayable(ValueError):
    """These games cannot be played in as few match days as there are games for each player."""

    code = "draw_unplayable"


def schedule(games: Sequence[Meeting], chance: Chance) -> list[Game]:
    """Give each game a match day, from 1; in the order of days, then as the games came.

    Everybody has the same number of games at home as away. Raises Unplayable after a bounded
    search, with the reason if there is a simple one.
    """
    factors = _mended(_factors(games, chance), chance)
    if factors is None:
        raise Unplayable(_stranded(games) or "No way was found for all to play on every day.")
    days: dict[Meeting, int] = {}
    for number, factor in enumerate(chance.shuffled(factors)):
        for circle in _circles(factor):
            first = chance.below(2)
            for turn, host in enumerate(circle):
                days[host, factor[host]] = 2 * number + 1 + (turn + first) % 2
    return sorted((Game(days[game], *game) for game in games), key=lambda game: game.matchday)


def _factors(games: Sequence[Meeting], chance: Chance) -> list[Factor]:
    """Split the games into factors, by one perfect matching of hosts and guests after another."""
    guests: dict[str, list[str]] = defaultdict(list)
    for home, away in chance.shuffled(games):
        guests[home].append(away)
    factors = []
    for _ in range(len(games) // len(guests)):
        factor = _matching(guests)
        for host, guest in factor.items():
            guests[host].remove(guest)
        factors.append(factor)
    return factors


def _matching(guests: dict[str, list[str]]) -> Factor:
    """Give each host another guest (by augmenting paths): who is host as often as guest can."""
    host_of: dict[str, str] = {}

    def invite(host: str, asked: set[str]) -> bool:
        for guest in guests[host]:
            if guest not in asked:
                asked.add(guest)
                if guest not in host_of or invite(host_of[guest], asked):
                    host_of[guest] = host
                    return True
        return False

    for host in guests:
        if not invite(host, set()):
            raise ValueError("Everybody needs as many games at home as away.")
    found = {host: guest for guest, host in host_of.items()}
    return {host: found[host] for host in guests}


def _mended(factors: list[Factor], chance: Chance) -> list[Factor] | None:
    """Swap games between factors until no circle is odd; None if that does not come about."""
    odd = [_odd(factor) for factor in factors]
    hosts = list(factors[0])
    for _ in range(SWAPS):
        if not any(odd):
            return factors
        one, two = chance.sample(range(len(factors)), 2)
        swapped = _swapped(factors[one], factors[two], hosts[chance.below(len(hosts))])
        now = [_odd(factor) for factor in swapped]
        if sum(now) <= odd[one] + odd[two] or not chance.below(DARING):
            factors[one], factors[two] = swapped
            odd[one], odd[two] = now
    return None


def _swapped(one: Factor, two: Factor, host: str) -> tuple[Factor, Factor]:
    """Let the host change its guests, and whoever has to because of it."""
    one, two = dict(one), dict(two)
    host_in_two = {guest: other for other, guest in two.items()}
    start = host
    while True:
        guest = one[host]
        one[host], two[host] = two[host], guest
        host = host_in_two[guest]
        if host == start:
            return one, two


def _circles(factor: Factor) -> list[list[str]]:
    """Return the circles of host, guest, guest's guest …, each from its first host."""
    circles, seen = [], set()
    for start in factor:
        circle = []
        while start not in seen:
            seen.add(start)
            circle.append(start)
            start = factor[start]
        if circle:
            circles.append(circle)
    return circles


def _odd(factor: Factor) -> int:
    return sum(len(circle) % 2 for circle in _circles(factor))


def _stranded(games: Sequence[Meeting]) -> str | None:
    """Say which player has games that fit on no match day at all, if one is seen to.

    Without one player the others may fall apart into parts that do not meet. The player meets one
    of them on a day, so on every day it must be out of the part with an odd number, or the others
    do not all find an opponent.
    """
    meets: dict[str, list[str]] = defaultdict(list)
    for home, away in games:
        meets[home].append(away)
        meets[away].append(home)
    for player, opponents in meets.items():
        for part in _parts(meets, player):
            if len(part) % 2 == 0 and not part.isdisjoint(opponents):
                return (
                    f"{player} alone joins {len(part)} players to the others: on a day on which "
                    "they meet, one of these would have no opponent."
                )
    return None


def _parts(meets: dict[str, list[str]], without: str) -> list[set[str]]:
    """Return the sets of players that are joined by games, not counting one player."""
    parts, seen = [], {without}
    for start in meets:
        if start in seen:
            continue
        part, waiting = {start}, [start]
        while waiting:
            for other in meets[waiting.pop()]:
                if other not in part and other != without:
                    part.add(other)
                    waiting.append(other)
        seen |= part
        parts.append(part)
    return parts
