"""Predictions: points staked on matches, shared among who was right."""

from tournaments.services.predictions.settling import (
    Effect,
    outcome_of,
    refund_tournament,
    settle,
    would_settle,
)
from tournaments.services.predictions.showing import market, of_viewer, tell_pools
from tournaments.services.predictions.staking import NotStaked, predict, side_of

__all__ = [
    "Effect",
    "NotStaked",
    "market",
    "of_viewer",
    "outcome_of",
    "predict",
    "refund_tournament",
    "settle",
    "side_of",
    "tell_pools",
    "would_settle",
]
