"""Balances for those who look at them: pushed after the commit that changes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction

from points.models import Account
from pushes.services import push_soon


@dataclass(frozen=True)
class Balance:
    """What a viewer has, as of the change `seq`."""

    viewer_id: str
    balance: int
    held: int
    seq: int

    def message(self) -> dict[str, Any]:
        return {
            "type": "POINTS_UPDATE",
            "balance": self.balance,
            "available": self.balance - self.held,
            "seq": self.seq,
        }


def group(viewer_id: str) -> str:
    """Return the group of the sockets that show this viewer's balance."""
    return f"viewer.{viewer_id}"


def balance_of(viewer_id: str) -> Balance:
    """Return what the viewer has now; who never had points has none, as of no change."""
    row = Account.objects.filter(pk=viewer_id).values_list("balance", "held", "seq").first()
    return Balance(viewer_id, *(row or (0, 0, 0)))


def tell(*balances: Balance) -> None:
    """Push these balances once the caller's transaction is committed, or now if there is none."""
    told = partial(_tell, balances)
    if connection.in_atomic_block:
        transaction.on_commit(told, robust=True)
    else:
        told()


def _tell(balances: tuple[Balance, ...]) -> None:
    push_soon((group(balance.viewer_id), balance.message()) for balance in balances)
