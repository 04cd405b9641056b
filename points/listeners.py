"""The facts that earn points; nobody is paid who is not known, and nobody twice."""

from __future__ import annotations

from points.services import support
from sagas.registry import listen
from twitch.events import Cheered, RaidReceived, Subscribed, SubscriptionsGifted


@listen(Subscribed)
def pay_subscription(fact: Subscribed) -> None:
    """Pay who subscribes; what was a gift is paid to who gave it."""
    if not fact.is_gift:
        support.pay_subscription(fact.message_id, fact.viewer_id, fact.tier)


@listen(SubscriptionsGifted)
def pay_gifts(fact: SubscriptionsGifted) -> None:
    if fact.viewer_id:
        support.pay_gifts(fact.message_id, fact.viewer_id, fact.count)


@listen(Cheered)
def pay_cheer(fact: Cheered) -> None:
    if fact.viewer_id:
        support.pay_cheer(fact.message_id, fact.viewer_id, fact.bits)


@listen(RaidReceived)
def pay_raid(fact: RaidReceived) -> None:
    support.pay_raid(fact.raid_id, fact.raider_id, fact.viewers)
