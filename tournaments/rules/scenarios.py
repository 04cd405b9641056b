"""Who can still end where, by points alone, and how hard each one's opponents are.

The bounds are sufficient, not exact: they let everybody win whatever they have left, also those who
meet each other. So what is called sure is sure, and some things that are sure are called open.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tournaments.rules.formats import Format
from tournaments.rules.standings import WIN, Row

OPEN, SURE_DIRECT, SURE_PLAYOFF, SURE_OUT = "open", "sure_direct", "sure_playoff", "sure_out"


@dataclass(frozen=True)
class Outlook:
    """What a player can still reach: the best and worst place, and what is sure already.

    `verdict` is `sure_direct`, `sure_playoff` (or better), `sure_out` or `open`.
    """

    best: int
    worst: int
    verdict: str


def outlooks(
    rows: Sequence[Row],
    to_play: Iterable[tuple[str, str]],
    format: Format,
    *,
    bonus_left: Mapping[str, int] | None = None,
) -> dict[str, Outlook]:
    """Return each player's outlook; `to_play` are the pairings that are not settled.

    `bonus_left` is what votes may still add to a player's points. With nothing left to play or to
    award, the places are those of the table.
    """
    left = Counter(player for pairing in to_play for player in pairing)
    extra = bonus_left or {}
    if not left and not any(extra.values()):
        return {row.id: _outlook(row.rank, row.rank, format) for row in rows}
    most = {row.id: row.total + WIN * left[row.id] + extra.get(row.id, 0) for row in rows}
    found = {}
    for row in rows:
        others = [other for other in rows if other.id != row.id]
        best = 1 + sum(other.total > most[row.id] for other in others)
        worst = 1 + sum(most[other.id] >= row.total for other in others)
        found[row.id] = _outlook(best, worst, format)
    return found


def _outlook(best: int, worst: int, format: Format) -> Outlook:
    if worst <= format.direct:
        verdict = SURE_DIRECT
    elif worst <= format.through:
        verdict = SURE_PLAYOFF
    else:
        verdict = SURE_OUT if best > format.through else OPEN
    return Outlook(best, worst, verdict)


def strengths(rows: Sequence[Row], pairings: Iterable[tuple[str, str]]) -> dict[str, float | None]:
    """Return how hard each one's opponents are: their sporting points for each match, 0.0 to 3.0.

    `pairings` are all of the league phase, played or not. None while none of them has played.
    """
    opponents = defaultdict[str, list[str]](list)
    for home, away in pairings:
        opponents[home].append(away)
        opponents[away].append(home)
    of = {row.id: row for row in rows}
    return {row.id: _strength([of[each] for each in opponents[row.id]]) for row in rows}


def _strength(opponents: Sequence[Row]) -> float | None:
    played = sum(each.played for each in opponents)
    return round(sum(each.points for each in opponents) / played, 2) if played else None
