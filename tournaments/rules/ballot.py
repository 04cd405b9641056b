"""Who wins a vote: the first by votes, if enough people voted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Why nobody gets the award.
NO_VOTES = "no_votes"
QUORUM = "quorum"
TIE = "tie"


@dataclass(frozen=True)
class Verdict:
    """The winners with what each gets, in the order of the tally; or `because` there are none."""

    awards: Mapping[str, int]
    because: str = ""


def verdict(
    tally: Mapping[str, int], *, voters: int, award: int, quorum: int, splits_ties: bool
) -> Verdict:
    """Decide a vote from the votes of each choice and the number of different voters.

    Choices that are level share the award, rounded down, if `splits_ties`; a share of nothing is
    no award.
    """
    most = max(tally.values(), default=0)
    if not most:
        return Verdict({}, NO_VOTES)
    if voters < quorum:
        return Verdict({}, QUORUM)
    first = [choice for choice, votes in tally.items() if votes == most]
    if len(first) > 1 and not (splits_ties and award >= len(first)):
        return Verdict({}, TIE)
    return Verdict(dict.fromkeys(first, award // len(first)))
