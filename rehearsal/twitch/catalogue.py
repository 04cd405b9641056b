"""The EventSub types this Twitch knows: their condition, and who must have agreed to what."""

from __future__ import annotations

from dataclasses import dataclass

_BROADCASTER = ("broadcaster_user_id",)
_MODERATED = ("broadcaster_user_id", "moderator_user_id")


@dataclass(frozen=True)
class EventType:
    """A type at one version.

    ``grantor`` names the condition field whose user must have granted one of ``scopes``;
    ``one_of`` lists fields of which exactly one is given.
    """

    required: tuple[str, ...] = _BROADCASTER
    optional: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    grantor: str = "broadcaster_user_id"
    webhook_only: bool = False


_SUBS = EventType(scopes=("channel:read:subscriptions",))
_BITS = EventType(scopes=("bits:read",))
_REDEMPTIONS = EventType(
    optional=("reward_id",), scopes=("channel:read:redemptions", "channel:manage:redemptions")
)
_REWARDS = EventType(scopes=("channel:read:redemptions", "channel:manage:redemptions"))
_SHOUTOUTS = EventType(
    _MODERATED,
    scopes=("moderator:read:shoutouts", "moderator:manage:shoutouts"),
    grantor="moderator_user_id",
)
_POLLS = EventType(scopes=("channel:read:polls", "channel:manage:polls"))
_PREDICTIONS = EventType(scopes=("channel:read:predictions", "channel:manage:predictions"))
_POINTS = "channel.channel_points_custom_reward"

CATALOGUE: dict[tuple[str, str], EventType] = {
    ("stream.online", "1"): EventType(),
    ("stream.offline", "1"): EventType(),
    ("channel.update", "2"): EventType(),
    ("channel.raid", "1"): EventType(
        (), one_of=("to_broadcaster_user_id", "from_broadcaster_user_id")
    ),
    ("channel.follow", "2"): EventType(
        _MODERATED, scopes=("moderator:read:followers",), grantor="moderator_user_id"
    ),
    ("channel.subscribe", "1"): _SUBS,
    ("channel.subscription.message", "1"): _SUBS,
    ("channel.subscription.gift", "1"): _SUBS,
    ("channel.subscription.end", "1"): _SUBS,
    ("channel.cheer", "1"): _BITS,
    ("channel.bits.use", "1"): _BITS,
    (f"{_POINTS}_redemption.add", "1"): _REDEMPTIONS,
    (f"{_POINTS}_redemption.update", "1"): _REDEMPTIONS,
    (f"{_POINTS}.add", "1"): _REWARDS,
    (f"{_POINTS}.update", "1"): _REDEMPTIONS,
    (f"{_POINTS}.remove", "1"): _REDEMPTIONS,
    ("channel.chat.message", "1"): EventType(
        ("broadcaster_user_id", "user_id"), scopes=("user:read:chat",), grantor="user_id"
    ),
    ("channel.shoutout.create", "1"): _SHOUTOUTS,
    ("channel.shoutout.receive", "1"): _SHOUTOUTS,
    **{(f"channel.poll.{step}", "1"): _POLLS for step in ("begin", "progress", "end")},
    **{
        (f"channel.prediction.{step}", "1"): _PREDICTIONS
        for step in ("begin", "progress", "lock", "end")
    },
    ("user.authorization.grant", "1"): EventType(("client_id",), webhook_only=True),
    ("user.authorization.revoke", "1"): EventType(("client_id",), webhook_only=True),
}

WITHDRAWN = frozenset({("channel.follow", "1"), ("channel.update", "1")})
