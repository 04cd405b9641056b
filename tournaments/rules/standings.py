"""The table of the league phase: the order of article 18 of UEFA's regulations, and why.

Points, then goal difference, goals, away goals, wins, away wins; then the points, goal difference
and goals of all opponents together, as soon as nobody has a match to play; then fewer strikes, the
better seed and the better lot. There is no head-to-head. Points that votes awarded are a component
of their own: they never count as wins or goals, nor in what opponents have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tournaments.rules.formats import Format

WIN, DRAW = 3, 1

OFF, TIE_BREAK, COUNTS = "off", "tie_break", "counts"


@dataclass(frozen=True)
class Entrant:
    """A player as the table needs them: 1 is the best `seed` and the best `lot`; lots are unique.

    `bonus` are the points that votes awarded.
    """

    id: str
    seed: int
    lot: int
    bonus: int = 0
    strikes: int = 0


@dataclass(frozen=True)
class Played:
    """A league match that is settled: a forfeit with the score it was given, a void one without.

    A void match is done with, and counts as none: no match, point or goal for either. What both
    forfeited `is_lost_by_both`, without goals.
    """

    home: str
    away: str
    home_goals: int = 0
    away_goals: int = 0
    is_void: bool = False
    is_lost_by_both: bool = False


class Criterion(NamedTuple):
    """A column that decides the order: its key, what people call it, and if more is better."""

    key: str
    name: str
    more_is_better: bool = True


TOTAL = Criterion("total", "points")
BONUS = Criterion("bonus", "vote points")
SPORTING = (
    Criterion("goal_difference", "goal difference"),
    Criterion("goals_for", "goals scored"),
    Criterion("away_goals", "away goals"),
    Criterion("wins", "wins"),
    Criterion("away_wins", "away wins"),
)
OPPONENTS = (
    Criterion("opponents_points", "opponents' points"),
    Criterion("opponents_goal_difference", "opponents' goal difference"),
    Criterion("opponents_goals", "opponents' goals"),
)
LAST = (
    Criterion("strikes", "strikes", more_is_better=False),
    Criterion("seed", "seed", more_is_better=False),
    Criterion("lot", "lot", more_is_better=False),
)


@dataclass(frozen=True)
class Decision:
    """What puts a player above the next one: the criterion, and both values."""

    criterion: Criterion
    value: int
    next_value: int

    @property
    def words(self) -> tuple[str, str]:
        """Both values as people write them: differences with their sign."""
        has_sign = self.criterion.key.endswith("difference")
        value, next_value = (
            f"{each:+d}" if has_sign and each else str(each)
            for each in (self.value, self.next_value)
        )
        return value, next_value


@dataclass(frozen=True)
class Row:
    """A line of the table.

    `points` are sporting, `total` is what the order begins with. The opponents' sums are None until
    all matches are settled. `decided_by` is None only for the last one.
    """

    id: str
    seed: int
    lot: int
    strikes: int = 0
    bonus: int = 0
    points: int = 0
    total: int = 0
    played: int = 0
    wins: int = 0
    draws: int = 0
    losses: int = 0
    goals_for: int = 0
    goals_against: int = 0
    away_goals: int = 0
    away_wins: int = 0
    opponents_points: int | None = None
    opponents_goal_difference: int | None = None
    opponents_goals: int | None = None
    rank: int = 0
    zone: str = ""
    decided_by: Decision | None = None

    @property
    def goal_difference(self) -> int:
        return self.goals_for - self.goals_against

    def value(self, criterion: Criterion) -> int:
        """What the row has in the criterion's column."""
        value = getattr(self, criterion.key)
        return 0 if value is None else int(value)


def table(
    players: Iterable[Entrant],
    games: Iterable[Played],
    format: Format,
    *,
    bonus_mode: str = COUNTS,
) -> list[Row]:
    """Return the table, best first; the order of what goes in makes no difference.

    `games` are the settled ones. `bonus_mode` says what vote points do: `off`, `tie_break` (they
    decide between those who are level on points, before goals), or `counts`.
    """
    entrants, settled = list(players), list(games)
    rows = _counted(entrants, settled, bonus_mode)
    is_complete = len(settled) == format.matches and len(entrants) == format.players
    if is_complete:
        rows = _with_opponents(rows, settled)
    order = criteria(bonus_mode, is_complete=is_complete)
    ranked = sorted(
        rows.values(),
        key=lambda row: [
            -row.value(each) if each.more_is_better else row.value(each) for each in order
        ],
    )
    return [
        replace(row, rank=place, zone=format.zone(place), decided_by=_decision(row, below, order))
        for place, (row, below) in enumerate(zip(ranked, [*ranked[1:], None], strict=True), start=1)
    ]


def criteria(bonus_mode: str, *, is_complete: bool) -> list[Criterion]:
    """Return what decides the order, first things first."""
    votes = [BONUS] if bonus_mode == TIE_BREAK else []
    opponents = OPPONENTS if is_complete else ()
    return [TOTAL, *votes, *SPORTING, *opponents, *LAST]


def _counted(
    players: Sequence[Entrant], games: Sequence[Played], bonus_mode: str
) -> dict[str, Row]:
    sides = defaultdict[str, list[tuple[Played, bool]]](list)
    for game in games:
        if not game.is_void:
            sides[game.home].append((game, True))
            sides[game.away].append((game, False))
    return {player.id: _line(player, sides[player.id], bonus_mode) for player in players}


def _line(player: Entrant, sides: list[tuple[Played, bool]], bonus_mode: str) -> Row:
    wins = draws = away_wins = scored = against = away_goals = 0
    for game, is_home in sides:
        own, others = game.home_goals, game.away_goals
        if not is_home:
            own, others = others, own
        wins += own > others
        draws += own == others and not game.is_lost_by_both
        scored += own
        against += others
        if not is_home:
            away_wins += own > others
            away_goals += own
    points = WIN * wins + DRAW * draws
    bonus = 0 if bonus_mode == OFF else player.bonus
    return Row(
        id=player.id,
        seed=player.seed,
        lot=player.lot,
        strikes=player.strikes,
        bonus=bonus,
        points=points,
        total=points + bonus if bonus_mode == COUNTS else points,
        played=len(sides),
        wins=wins,
        draws=draws,
        losses=len(sides) - wins - draws,
        goals_for=scored,
        goals_against=against,
        away_goals=away_goals,
        away_wins=away_wins,
    )


def _with_opponents(rows: dict[str, Row], games: Sequence[Played]) -> dict[str, Row]:
    """Add up what each one's opponents have; of a void match too, as it was drawn for all alike."""
    opponents = defaultdict[str, list[Row]](list)
    for game in games:
        opponents[game.home].append(rows[game.away])
        opponents[game.away].append(rows[game.home])
    return {
        id: replace(
            row,
            opponents_points=sum(each.points for each in opponents[id]),
            opponents_goal_difference=sum(each.goal_difference for each in opponents[id]),
            opponents_goals=sum(each.goals_for for each in opponents[id]),
        )
        for id, row in rows.items()
    }


def _decision(row: Row, below: Row | None, order: Sequence[Criterion]) -> Decision | None:
    if below is None:
        return None
    for criterion in order:
        value, next_value = row.value(criterion), below.value(criterion)
        if value != next_value:
            return Decision(criterion, value, next_value)
    return None
