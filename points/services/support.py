"""What support for the channel earns."""

from __future__ import annotations

from points.models import Rates
from points.rules import for_bits, for_gifts, for_subscription
from points.services import ledger
from points.services.ledger import Cause


def rates() -> Rates:
    """Return the rates; as long as nobody has set any, those that Greenroom comes with."""
    return Rates.objects.filter(pk=1).first() or Rates()


def ensure_rates() -> None:
    """Have a row of rates, as Greenroom comes with them unless somebody has set any."""
    Rates.objects.bulk_create([Rates()], ignore_conflicts=True)


def pay_subscription(message_id: str, viewer_id: str, tier: int) -> None:
    """Pay who subscribes, or tells in chat of a further month."""
    now = rates()
    tiers = (now.subscription_tier_1, now.subscription_tier_2, now.subscription_tier_3)
    amount = for_subscription(tier, tiers)
    _pay(viewer_id, amount, Cause("twitch.message", message_id, f"Subscribed at tier {tier}"))


def pay_gifts(message_id: str, viewer_id: str, count: int) -> None:
    """Pay who gives subscriptions to others."""
    amount = for_gifts(count, rates().gifted_subscription)
    noun = "subscription" if count == 1 else "subscriptions"
    _pay(viewer_id, amount, Cause("twitch.message", message_id, f"Gifted {count:,} {noun}"))


def pay_cheer(message_id: str, viewer_id: str, bits: int) -> None:
    """Pay who cheers."""
    amount = for_bits(bits, rates().hundred_bits)
    _pay(viewer_id, amount, Cause("twitch.message", message_id, f"Cheered {bits:,} bits"))


def pay_raid(raid_id: str, viewer_id: str, watching: int) -> None:
    """Pay who raids the channel."""
    amount = rates().raid
    _pay(viewer_id, amount, Cause("twitch.raid", raid_id, f"Raided with {watching:,}"))


def _pay(viewer_id: str, amount: int, cause: Cause) -> None:
    key = f"{cause.type}:{cause.id}"
    # What was paid was paid at the rates of that time.
    if amount and ledger.entry_of(key) is None:
        ledger.credit(viewer_id, min(amount, ledger.MOST), cause, key=key)
