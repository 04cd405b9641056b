"""Which item of the queue as it was is which item of the queue as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from songqueue.rules.snapshots import WINDOW, Shown

SAME = 1
# Items are added all the time; taken out of the middle only by the streamer's hand.
ADDED = -1
TAKEN_OUT = -3


@dataclass(frozen=True)
class Alignment:
    """Old items by their number, with the number of the new item that each is; and how well."""

    score: int = 0
    pairs: dict[int, int] = field(default_factory=dict)


def align(old: Sequence[Shown], new: Sequence[Shown], *, has_moved: bool) -> Alignment:
    """Lay two lists beside each other.

    With `has_moved` the first of the old items may have had their turn, which costs nothing. Nor
    does what differs at the end, when the new list is cut off there. Where there is a choice, the
    later of two new items is the old one: what is queued comes before what is played anyway.
    """
    scores = [[ADDED * j for j in range(len(new) + 1)]]
    for i, item in enumerate(old, 1):
        above = scores[-1]
        row = [0 if has_moved else TAKEN_OUT * i]
        for j, other in enumerate(new, 1):
            best = max(above[j] + TAKEN_OUT, row[j - 1] + ADDED)
            row.append(max(best, above[j - 1] + SAME) if item.key == other.key else best)
        scores.append(row)
    i, j = len(old), len(new)
    if len(new) >= WINDOW:
        i, j = max(
            ((i, j) for i in range(len(old) + 1) for j in range(len(new) + 1)),
            key=lambda at: scores[at[0]][at[1]],
        )
    return Alignment(scores[i][j], _trace(scores, old, new, (i, j)))


def _trace(
    scores: list[list[int]], old: Sequence[Shown], new: Sequence[Shown], end: tuple[int, int]
) -> dict[int, int]:
    pairs = {}
    i, j = end
    while i and j:
        is_same = old[i - 1].key == new[j - 1].key
        if is_same and scores[i][j] == scores[i - 1][j - 1] + SAME:
            i, j = i - 1, j - 1
            pairs[i] = j
        elif scores[i][j] == scores[i][j - 1] + ADDED:
            j -= 1
        else:
            i -= 1
    return pairs
