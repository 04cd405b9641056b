"""Predictions: points staked on matches, shared among who was right."""

from tournaments.services.predictions.settling import (
    Effect,
    outcome_of,
    refund_tournament,
    settle,
    would_settle,
)
from tournaments.services.predictions.showing import (
    USUAL_STAKE,
    is_open,
    market,
    of_viewer,
    row,
    tell_pools,
)
from tournaments.services.predictions.staking import TELL_POOLS, NotStaked, predict, side_of

__all__ = [
    "TELL_POOLS",
    "USUAL_STAKE",
    "Effect",
    "NotStaked",
    "is_open",
    "market",
    "of_viewer",
    "outcome_of",
    "predict",
    "refund_tournament",
    "row",
    "settle",
    "side_of",
    "tell_pools",
    "would_settle",
]
