"""Check published draws, from their description in docs/draw.md and with none of the draw's code.

`python -I replay.py proof.json` needs the standard library only.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, combinations
from pathlib import Path
from typing import Any

Games = list[tuple[int, int]]
Facts = dict[str, Any]


class Wrong(Exception):
    """A proof does not hold; the message says where."""


def check(drawing: dict[str, Any]) -> str:
    """Check one drawing as it is published; returns what was found, raises Wrong."""
    purpose = drawing["purpose"]
    if drawing["secret"] is None:
        return f"{purpose}: not drawn, or not revealed yet."
    secret = bytes.fromhex(drawing["secret"])
    if hashlib.sha256(secret).hexdigest() != drawing["commitment"]:
        raise Wrong(f"{purpose}: this secret is not the one that was promised.")
    facts, result = drawing["facts"], drawing["result"]
    if purpose in ("selection", "pots"):
        return check_lots(purpose, secret, result["lots"])
    replayed = REPLAYS.get(purpose)
    if replayed is None:
        raise Wrong(f"{purpose}: what this decided is not known here.")
    if drawing["version"] != 1:
        raise Wrong(f"{purpose}: version {drawing['version']} is not known here.")
    if purpose == "league":
        check_rules(facts, result["games"])
    if replayed(Numbers(seed_of(secret, purpose, facts)), facts) != result:
        raise Wrong(f"{purpose}: the secret leads to another result than the published one.")
    return f"{purpose}: as promised, as drawn, and by the rules."


def check_lots(purpose: str, secret: bytes, order: list[str]) -> str:
    """Check an order by lot, where everybody's lot is a number of their own; raises Wrong."""
    if order != sorted(order, key=lambda player: seed_of(secret, purpose, player)):
        raise Wrong(f"{purpose}: the secret leads to another order of lots than the published one.")
    return f"{purpose}: as promised, and in the order of lots."


def seed_of(secret: bytes, purpose: str, facts: Any) -> bytes:
    """Return what the numbers of a draw are made from."""
    message = json.dumps(
        [purpose, facts], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hmac.new(secret, message.encode(), hashlib.sha256).digest()


# --- The rules ---------------------------------------------------------------------------------


def check_rules(facts: Facts, games: list[list[Any]]) -> None:
    """Hold a league phase against its rules, however it came about; raises Wrong."""
    pot_of = {player: number for number, pot in enumerate(facts["pots"]) for player in pot}
    each = facts["matches_per_player"]
    per_pot = each // (2 * len(facts["pots"]))
    _expect(len(games) == len(pot_of) * each // 2, "there are too many or too few games")
    meetings = Counter(frozenset((home, away)) for _, home, away in games)
    _expect(max(meetings.values()) == 1, "two players meet twice")
    _expect(all(len(pair) == 2 for pair in meetings), "somebody meets themselves")
    places = Counter(
        place
        for _, home, away in games
        for place in (("home", home, pot_of.get(away)), ("away", away, pot_of.get(home)))
    )
    expected = {
        (venue, player, pot): per_pot
        for venue in ("home", "away")
        for player in pot_of
        for pot in range(len(facts["pots"]))
    }
    _expect(places == expected, "somebody has too many or too few games against a pot")
    _check_days(games, set(pot_of), each)
    _check_avoided(meetings, pot_of, facts["avoid"])


def _check_days(games: list[list[Any]], players: set[str], each: int) -> None:
    venues = {(player, day): venue for day, *both in games for venue, player in enumerate(both)}
    days = range(1, each + 1)
    everywhere = {(player, day) for player in players for day in days}
    _expect(set(venues) == everywhere, "somebody does not play once on every match day")
    _expect(
        all(venues[p, day] != venues[p, day + 1] for p in players for day in days[::2]),
        "somebody plays at home twice, or away twice, on two match days that belong together",
    )


def _check_avoided(meetings: Counter[frozenset[str]], pot_of: dict[str, int], avoid: Facts) -> None:
    apart = [frozenset(pair) for pair in avoid["pairs"]]
    groups = avoid["groups"].values()
    apart += [frozenset(pair) for group in groups for pair in combinations(group, 2)]
    _expect(not any(meetings[pair] for pair in apart), "two meet who should not")
    most = avoid["most_per_group"]
    if most is not None:
        for player in pot_of:
            for group in groups:
                met = sum(meetings[frozenset((player, other))] for other in group)
                _expect(player in group or met <= most, "somebody meets too many of one group")


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Wrong(f"league: {otherwise}.")


# --- The numbers -------------------------------------------------------------------------------


class Numbers:
    """The numbers of a seed."""

    def __init__(self, seed: bytes) -> None:
        self.words = self._stream(seed)

    @staticmethod
    def _stream(seed: bytes) -> Iterator[int]:
        block = 0
        while True:
            digest = hashlib.sha256(seed + struct.pack(">Q", block)).digest()
            yield from struct.unpack(">8I", digest)
            block += 1

    def below(self, n: int) -> int:
        limit = 2**32 // n * n
        return next(word for word in self.words if word < limit) % n

    def shuffle(self, items: list[Any]) -> list[Any]:
        for i in reversed(range(1, len(items))):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]
        return items


# --- The league --------------------------------------------------------------------------------


def joined(blocks: list[Games]) -> Games:
    return list(chain.from_iterable(blocks))


class League:
    """The league draw again; players are numbers, in the order of the pots."""

    def __init__(self, numbers: Numbers, facts: Facts) -> None:
        self.numbers = numbers
        self.names = [player for pot in facts["pots"] for player in pot]
        self.size = len(facts["pots"][0])
        self.pots = len(facts["pots"])
        self.games_each = facts["matches_per_player"] // (2 * self.pots)
        index = {name: number for number, name in enumerate(self.names)}
        groups = facts["avoid"]["groups"].values()
        self.groups = [{index[name] for name in group if name in index} for group in groups]
        mates = chain.from_iterable(combinations(group, 2) for group in groups)
        pairs = [*facts["avoid"]["pairs"], *mates]
        self.apart = {
            (index[one], index[two])
            for pair in pairs
            for one, two in (pair, pair[::-1])
            if one in index and two in index
        }
        self.most = facts["avoid"]["most_per_group"]

    def result(self) -> dict[str, Any]:
        for redraws in range(20):
            games = self.one_pot() if self.games_each > 2 else self.many_pots()
            days = Days(self.numbers, games, len(self.names)).found()
            if days is not None:
                named = [
                    [days[home, away], self.names[home], self.names[away]]
                    for home, away in sorted(games, key=days.__getitem__)
                ]
                return {"games": named, "redraws": redraws}
        raise Wrong("league: no draw could be played in its days.")

    # Pots, block by block.

    def many_pots(self) -> Games:
        blocks = self.whole()
        if self.most is not None:
            for _ in range(9):
                if not self.too_many(joined(blocks)):
                    return joined(blocks)
                blocks = self.whole()
            if self.too_many(joined(blocks)):
                blocks = self.walked(
                    blocks, self.redrawn, lambda some: self.too_many(joined(some)), len(blocks)
                )
        return joined(blocks)

    def whole(self) -> list[Games]:
        return [self.block(*place) for place in self.places()]

    def places(self) -> list[tuple[int, int]]:
        return [(p, r) for p in range(self.pots) for r in range(p, self.pots)]

    def redrawn(self, blocks: list[Games]) -> list[Games]:
        number = self.numbers.below(len(blocks))
        changed = list(blocks)
        changed[number] = self.block(*self.places()[number])
        return changed

    def block(self, p: int, r: int) -> Games:
        while True:
            games: Games = []
            if self.side(p, r, games, 0) and (p == r or self.side(r, p, games, self.games_each)):
                return games

    def side(self, p: int, r: int, games: Games, visited: int) -> bool:
        hosts = range(p * self.size, (p + 1) * self.size)
        guests = range(r * self.size, (r + 1) * self.size)
        may = {
            host: [guest for guest in guests if guest != host and (host, guest) not in self.apart]
            for host in hosts
        }
        left = Counter(dict.fromkeys(guests, self.games_each))
        for host in sorted(hosts, key=lambda host: len(may[host])):
            for taken in range(self.games_each):
                beyond = self.games_each * (len(may[host]) - visited - taken)
                n = min(left.total(), beyond)
                k = self.numbers.below(n) if n > 0 else 0
                for guest in may[host]:
                    if (host, guest) in games or (guest, host) in games:
                        continue
                    if k < left[guest]:
                        games.append((host, guest))
                        left[guest] -= 1
                        break
                    k -= left[guest]
                else:
                    return False
        return True

    # One pot, by small changes.

    def one_pot(self) -> Games:
        circle = self.numbers.shuffle(list(range(len(self.names))))
        start = [
            [circle[(seat + ahead) % len(circle)] for ahead in range(1, self.games_each + 1)]
            for seat in range(len(circle))
        ]
        seat_of = {player: seat for seat, player in enumerate(circle)}

        def games(guests: list[list[int]]) -> Games:
            return [
                (host, guest) for host in range(len(self.names)) for guest in guests[seat_of[host]]
            ]

        end = self.walked(
            start,
            lambda guests: self.changed(guests, circle, seat_of),
            lambda guests: self.faults(games(guests)),
            len(circle) * self.games_each,
        )
        return games(end)

    def changed(
        self, guests: list[list[int]], circle: list[int], seat_of: dict[int, int]
    ) -> list[list[int]]:
        below, q = self.numbers.below, self.games_each
        a, i = below(len(circle)), below(q)
        turns = below(2) == 1
        new = [list(own) for own in guests]
        if turns:
            b = seat_of[guests[a][i]]
            j = below(q)
            c = seat_of[guests[b][j]]
            if circle[a] not in guests[c]:
                return guests
            new[a][i], new[b][j] = circle[c], circle[a]
            new[c][guests[c].index(circle[a])] = circle[b]
            return new
        d, j = below(len(circle)), below(q)
        if a == d:
            return guests
        new[a][i], new[d][j] = guests[d][j], guests[a][i]
        met = {frozenset((circle[seat], guest)) for seat, own in enumerate(new) for guest in own}
        is_sound = all(len(pair) == 2 for pair in met) and len(met) == len(circle) * q
        return new if is_sound else guests

    def faults(self, games: Games) -> int:
        return sum(game in self.apart for game in games) + self.too_many(games)

    # What both need.

    def walked(
        self, state: Any, step: Callable[[Any], Any], faults: Callable[[Any], int], unit: int
    ) -> Any:
        now = faults(state)
        while now:
            other = step(state)
            then = faults(other)
            if then <= now:
                state, now = other, then
        for _ in range(40 * unit):
            other = step(state)
            if faults(other) == 0:
                state = other
        return state

    def too_many(self, games: Games) -> int:
        if self.most is None:
            return 0
        excess = 0
        opponents: dict[int, list[int]] = {}
        for home, away in games:
            opponents.setdefault(home, []).append(away)
            opponents.setdefault(away, []).append(home)
        for others in opponents.values():
            for group in self.groups:
                excess += max(0, sum(other in group for other in others) - self.most)
        return excess


class Days:
    """The match days of given games again."""

    def __init__(self, numbers: Numbers, games: Games, players: int) -> None:
        self.numbers = numbers
        self.players = players
        shuffled = numbers.shuffle(list(games))
        self.hosts = list(dict.fromkeys(home for home, _ in shuffled))
        self.left: dict[int, list[int]] = {host: [] for host in self.hosts}
        for home, away in shuffled:
            self.left[home].append(away)
        self.factors = [self.factor() for _ in range(len(games) // players)]

    def factor(self) -> dict[int, int]:
        """Take a factor away from what is left: who is host to whom."""
        guest_of: dict[int, int] = {}
        for host in self.hosts:
            self.invite(host, guest_of, set())
        for host, guest in guest_of.items():
            self.left[host].remove(guest)
        return guest_of

    def invite(self, host: int, guest_of: dict[int, int], asked: set[int]) -> bool:
        host_of = {guest: other for other, guest in guest_of.items()}
        for guest in self.left[host]:
            if guest in asked:
                continue
            asked.add(guest)
            if guest not in host_of or self.invite(host_of[guest], guest_of, asked):
                guest_of[host] = guest
                return True
        return False

    def found(self) -> dict[tuple[int, int], int] | None:
        """Return the day of each game, or None if 2,000 swaps do not lead to days."""
        for _ in range(2000):
            if all(self.odd(factor) == 0 for factor in self.factors):
                return self.days()
            x, y, *_ = self.numbers.shuffle(list(range(len(self.factors))))
            first = self.hosts[self.numbers.below(self.players)]
            mine, other = dict(self.factors[x]), dict(self.factors[y])
            before = self.odd(mine) + self.odd(other)
            self.swap(mine, other, first)
            if self.odd(mine) + self.odd(other) <= before or self.numbers.below(16) == 0:
                self.factors[x], self.factors[y] = mine, other
        return None

    @staticmethod
    def swap(mine: dict[int, int], other: dict[int, int], first: int) -> None:
        has = {guest: host for host, guest in other.items()}
        chain = [first]
        while has[mine[chain[-1]]] != first:
            chain.append(has[mine[chain[-1]]])
        for host in chain:
            mine[host], other[host] = other[host], mine[host]

    def circles(self, factor: dict[int, int]) -> list[list[int]]:
        left = list(self.hosts)
        circles = []
        while left:
            circle = [left[0]]
            while factor[circle[-1]] != circle[0]:
                circle.append(factor[circle[-1]])
            circles.append(circle)
            members = set(circle)
            left = [host for host in left if host not in members]
        return circles

    def odd(self, factor: dict[int, int]) -> int:
        return sum(len(circle) % 2 for circle in self.circles(factor))

    def days(self) -> dict[tuple[int, int], int]:
        days = {}
        for number, factor in enumerate(self.numbers.shuffle(self.factors)):
            for circle in self.circles(factor):
                late = self.numbers.below(2)
                for place, host in enumerate(circle):
                    days[host, factor[host]] = 2 * number + 1 + (late + place) % 2
        return days


# --- Coins and lots ----------------------------------------------------------------------------


def coins(numbers: Numbers, facts: Facts) -> dict[str, Any]:
    return {"coins": {pair: numbers.below(2) == 1 for pair in facts["pairs"]}}


def lots(numbers: Numbers, facts: Facts) -> dict[str, Any]:
    return {"order": numbers.shuffle(list(facts["players"]))}


REPLAYS: dict[str, Callable[[Numbers, Facts], dict[str, Any]]] = {
    "league": lambda numbers, facts: League(numbers, facts).result(),
    "bracket": coins,
    "lots": lots,
}


def main(path: str) -> int:
    """Check every drawing of a file; returns the exit status."""
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    drawings = document.get("drawings", [document])
    try:
        for drawing in drawings:
            sys.stdout.write(check(drawing) + "\n")
    except Wrong as error:
        sys.stdout.write(f"WRONG: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
