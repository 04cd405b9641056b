"""What happens to a redemption that gives points, step by step."""

from __future__ import annotations

from points import texts
from points.models import Exchange, RewardPoints
from points.services import ledger
from points.services.ledger import Cause
from sagas.flow import Refused
from twitch.services import chat, redemptions, viewers


def accept(exchange: Exchange) -> None:
    """Take the redemption on: from here on it ends fulfilled or refunded."""
    gives = RewardPoints.objects.filter(reward=exchange.redemption.reward_id).first()
    if gives is None:
        raise Refused("no_amount", "The reward is not set up yet.")
    exchange.amount = gives.amount


def refund(exchange: Exchange) -> None:
    """Give the viewer's channel points back."""
    redemptions.refund(exchange.redemption)


def pay(exchange: Exchange) -> None:
    """Credit what the reward gives."""
    ledger.credit(exchange.viewer_id, exchange.amount or 0, _cause(exchange), key=_key(exchange))


def take_back(exchange: Exchange) -> None:
    """Reverse the credit; what is spent of it already is owed."""
    paid = ledger.entry_of(_key(exchange))
    if paid is not None:
        cause = Cause("points.exchange", exchange.pk, "Refunded on Twitch")
        ledger.reverse(paid.pk, cause, owing=True)


def fulfil(exchange: Exchange) -> None:
    """Tell Twitch that the channel points are spent."""
    redemptions.fulfil(exchange.redemption)


def tell_chat(exchange: Exchange) -> None:
    """Say what the viewer got, and what that makes."""
    paid = ledger.entry_of(_key(exchange))
    if paid is not None:
        name = viewers.name_in_chat(exchange.viewer)
        chat.say(
            chat.render(
                texts.PAID,
                viewer=name,
                points=f"{paid.amount:,}",
                balance=f"{paid.balance_after:,}",
            )
        )


def tell_refunded(exchange: Exchange, why: Refused) -> None:
    """Say in chat that the channel points are back, and why."""
    name = viewers.name_in_chat(exchange.viewer)
    chat.say(chat.render(texts.REFUNDED, viewer=name, reason=why.sentence))


def _cause(exchange: Exchange) -> Cause:
    redemption = exchange.redemption
    return Cause("twitch.redemption", redemption.pk, f"Reward “{redemption.reward_title}”")


def _key(exchange: Exchange) -> str:
    return f"exchange:{exchange.pk}"
