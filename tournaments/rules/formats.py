"""Formats: what a tournament of a given size looks like, after the Champions League since 2024.

The league phase is drawn from equal pots, each player meeting as many of each pot at home as away.
The best go straight to the bracket, twice as many play for its other half, the rest is out. With 36
players that is UEFA's own format: 8 matches from 4 pots, places 1 to 8 direct, 9 to 24 play-offs.
"""

from __future__ import annotations

from dataclasses import dataclass

LEAST, MOST = 8, 64

PLAYOFF, FINAL = "PLAYOFF", "FINAL"
# The rounds by the players before them: the phase, and what people call it and one tie of it.
ROUNDS = {
    32: ("ROUND_OF_32", "round of 32", "round of 32 tie"),
    16: ("ROUND_OF_16", "round of 16", "round of 16 tie"),
    8: ("QUARTER_FINAL", "quarter-finals", "quarter-final"),
    4: ("SEMI_FINAL", "semi-finals", "semi-final"),
    2: (FINAL, "final", "final"),
}


class NoFormat(ValueError):
    """There is no fair format for this; the message says why, in a sentence."""

    code = "no_format"


@dataclass(frozen=True)
class Round:
    """A round of the knock-outs: its phase, what people call it and one tie of it, how many."""

    phase: str
    name: str
    tie_name: str
    ties: int


@dataclass(frozen=True)
class Format:
    """How a tournament is played: counts of players, pots, matches and places."""

    players: int
    pots: int
    pot_size: int
    matches_per_player: int
    # Places of the table that go straight to the bracket, and those behind them that play for it.
    direct: int
    playoff: int

    @property
    def matchdays(self) -> int:
        """As many as each player has matches: with even players everybody plays on every day."""
        return self.matches_per_player

    @property
    def matches(self) -> int:
        """All matches of the league phase."""
        return self.players * self.matches_per_player // 2

    @property
    def home_per_pot(self) -> int:
        """Home matches of each player against each pot, and as many away."""
        return self.matches_per_player // (2 * self.pots)

    @property
    def bracket(self) -> int:
        """Players of the first round behind the play-offs."""
        return 2 * self.direct

    @property
    def through(self) -> int:
        """The last place that is not out."""
        return self.direct + self.playoff

    @property
    def rounds(self) -> list[Round]:
        """The knock-outs, in the order in which they are played."""
        rounds = [Round(PLAYOFF, "play-offs", "play-off", self.playoff // 2)]
        left = self.bracket
        while left >= 2:
            rounds.append(Round(*ROUNDS[left], left // 2))
            left //= 2
        return rounds

    def pot(self, seed: int) -> int:
        """The pot of a seed, both from 1."""
        return (seed - 1) // self.pot_size + 1

    def zone(self, place: int) -> str:
        """What a place of the table (from 1) leads to: `direct`, `playoff` or `out`."""
        if place <= self.direct:
            return "direct"
        return "playoff" if place <= self.through else "out"

    def explained(self) -> list[str]:
        """Say the format in sentences."""
        first = self.rounds[1]
        drawn = (
            f"{self.pots} pots of {self.pot_size}: everybody meets {2 * self.home_per_pot} of each "
            f"pot, {self.home_per_pot} at home and {self.home_per_pot} away."
            if self.pots > 1
            else f"One pot: everybody meets {self.matches_per_player} others, "
            f"{self.home_per_pot} at home and {self.home_per_pot} away."
        )
        return [
            f"{self.players} players in one table, {self.matches_per_player} matches each on "
            f"{self.matchdays} match days: {self.matches} matches.",
            drawn,
            f"Places 1 to {self.direct} go straight to the {first.name}.",
            f"Places {self.direct + 1} to {self.through} play for the other {self.direct} places "
            "there, over two legs.",
            f"Places {self.through + 1} to {self.players} are out.",
        ]


def format_of(players: int, matches_per_player: int | None = None) -> Format:
    """Return the format for so many players; `matches_per_player` is 8, 6 or what fits.

    Raises NoFormat for odd numbers, fewer than 8 or more than 64 players, and for more matches
    than there are opponents.
    """
    _refuse(players, matches_per_player)
    each = matches_per_player or (8 if players > 8 else 6)
    pots = _pots(players, each)
    bracket = 4
    while bracket * 2 <= players // 2:
        bracket *= 2
    return Format(
        players=players,
        pots=pots,
        pot_size=players // pots,
        matches_per_player=each,
        direct=bracket // 2,
        playoff=bracket,
    )


def _refuse(players: int, matches_per_player: int | None) -> None:
    if players < LEAST:
        raise NoFormat(f"{players} players are too few: a tournament needs at least {LEAST}.")
    if players > MOST:
        raise NoFormat(f"{players} players are too many: a tournament has at most {MOST}.")
    if players % 2:
        raise NoFormat(
            f"{players} players are an odd number, so on every match day one would have to sit "
            f"out: take {players - 1} or {players + 1}."
        )
    if matches_per_player not in (None, 6, 8):
        raise NoFormat(f"{matches_per_player} matches for each player is not offered: 8 or 6 are.")
    if matches_per_player is not None and matches_per_player >= players:
        raise NoFormat(
            f"{players} players have {players - 1} opponents each, so nobody can play "
            f"{matches_per_player} different ones: choose 6 matches."
        )


def _pots(players: int, each: int) -> int:
    """Return the most pots that are equal and leave a player enough opponents in the own one.

    With `q` home matches against each pot, the own pot must hold 2q others.
    """
    for pots in (4, 3, 2):
        if players % pots or each % (2 * pots):
            continue
        size, at_home = players // pots, each // (2 * pots)
        if size > 2 * at_home:
            return pots
    return 1
