"""Where a redemption enters the ledger."""

from __future__ import annotations

from points.models import Exchange
from points.sagas import exchange
from sagas.services import start
from twitch.models import Redemption
from twitch.registry import on_redemption


@on_redemption("points", "Points: give some of the channel's own")
def give_points(redemption: Redemption) -> None:
    """Start the flow of this redemption, unless it has one."""
    row, _ = Exchange.objects.get_or_create(
        redemption=redemption, defaults={"viewer_id": redemption.viewer_id}
    )
    start(exchange, row)
