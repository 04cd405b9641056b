"""The tables of the ledger, of what earns points, and of what people decide about them."""

from points.models.decision import Decision
from points.models.earning import Exchange, Rates, RewardPoints
from points.models.ledger import Account, Entry, Hold

__all__ = ["Account", "Decision", "Entry", "Exchange", "Hold", "Rates", "RewardPoints"]
