"""Rewards, redemptions and events, spelled exactly as Twitch spells them."""

from __future__ import annotations

from typing import Any

from rehearsal.twitch.records import Account, Channel, ChatMessage, Redemption, Reward, Stream

JSON = dict[str, Any]

_ART = "https://static-cdn.jtvnw.net/custom-reward-images/default-{}.png"


def who(account: Account, prefix: str = "user") -> JSON:
    """The three fields that name a person: ``<prefix>_id``, ``_login`` and ``_name``."""
    return {
        f"{prefix}_id": account.id,
        f"{prefix}_login": account.login,
        f"{prefix}_name": account.display_name,
    }


def channel_of(account: Account) -> JSON:
    """The three fields that name a channel in an event."""
    return who(account, "broadcaster_user")


def reward(it: Reward, owner: Account, redeemed: int | None) -> JSON:
    """A reward as Helix lists it; ``redeemed`` counts this stream's (``None`` when offline)."""
    return {
        **who(owner, "broadcaster"),
        "id": it.id,
        "title": it.title,
        "prompt": it.prompt,
        "cost": it.cost,
        "image": None,
        "default_image": {f"url_{size}x": _ART.format(size) for size in (1, 2, 4)},
        "background_color": it.background_color,
        "is_enabled": it.is_enabled,
        "is_user_input_required": it.is_user_input_required,
        "max_per_stream_setting": {
            "is_enabled": it.is_max_per_stream_enabled,
            "max_per_stream": it.max_per_stream,
        },
        "max_per_user_per_stream_setting": {
            "is_enabled": it.is_max_per_user_per_stream_enabled,
            "max_per_user_per_stream": it.max_per_user_per_stream,
        },
        "global_cooldown_setting": {
            "is_enabled": it.is_global_cooldown_enabled,
            "global_cooldown_seconds": it.global_cooldown_seconds,
        },
        "is_paused": it.is_paused,
        "is_in_stock": not it.is_max_per_stream_enabled or (redeemed or 0) < it.max_per_stream,
        "should_redemptions_skip_request_queue": it.should_redemptions_skip_request_queue,
        "redemptions_redeemed_current_stream": redeemed,
        "cooldown_expires_at": None,
    }


def redemption(it: Redemption, owner: Account, viewer: Account) -> JSON:
    """A redemption as Helix lists it: the status in capitals."""
    return {
        **who(owner, "broadcaster"),
        "id": it.id,
        **who(viewer),
        "user_input": it.user_input,
        "status": it.status,
        "redeemed_at": it.redeemed_at,
        "reward": it.reward,
    }


def redemption_event(it: Redemption, owner: Account, viewer: Account) -> JSON:
    """A redemption as EventSub tells it: the status in small letters."""
    return {
        **channel_of(owner),
        "id": it.id,
        **who(viewer),
        "user_input": it.user_input,
        "status": it.status.lower(),
        "redeemed_at": it.redeemed_at,
        "reward": it.reward,
    }


def badges(account: Account) -> list[JSON]:
    """The chat badges an account wears in the broadcaster's channel."""
    worn = [{"set_id": role, "id": "1", "info": ""} for role in account.roles]
    if account.tier:
        worn.append({"set_id": "subscriber", "id": "0", "info": "3"})
    return worn


def chat_event(
    it: ChatMessage, owner: Account, chatter: Account, parent: tuple[ChatMessage, Account] | None
) -> JSON:
    """A chat line; ``parent`` is the message it replies to and that one's author."""
    return {
        **channel_of(owner),
        "source_broadcaster_user_id": None,
        "source_broadcaster_user_login": None,
        "source_broadcaster_user_name": None,
        **who(chatter, "chatter_user"),
        "message_id": it.id,
        "source_message_id": None,
        "is_source_only": None,
        "message": {
            "text": it.text,
            "fragments": [
                {
                    "type": "text",
                    "text": it.text,
                    "cheermote": None,
                    "emote": None,
                    "mention": None,
                }
            ],
        },
        "color": chatter.color,
        "badges": badges(chatter),
        "source_badges": None,
        "message_type": "text",
        "cheer": {"bits": it.bits} if it.bits else None,
        "reply": _reply(*parent) if parent else None,
        "channel_points_custom_reward_id": it.reward_id or None,
        "channel_points_animation_id": None,
    }


def _reply(parent: ChatMessage, author: Account) -> JSON:
    return {
        "parent_message_id": parent.id,
        "parent_message_body": parent.text,
        **who(author, "parent_user"),
        "thread_message_id": parent.id,
        **who(author, "thread_user"),
    }


def stream(it: Stream, owner: Account, channel: Channel) -> JSON:
    """A live stream as Helix lists it."""
    return {
        "id": it.id,
        **who(owner),
        "game_id": channel.game_id,
        "game_name": channel.game_name,
        "type": "live",
        "title": channel.title,
        "viewer_count": it.viewers,
        "started_at": it.started_at,
        "language": "en",
        "thumbnail_url": (
            "https://static-cdn.jtvnw.net/previews-ttv/"
            f"live_user_{owner.login}-{{width}}x{{height}}.jpg"
        ),
        "tag_ids": [],
        "tags": [],
        "is_mature": False,
    }


def channel(it: Channel, owner: Account) -> JSON:
    """A channel's information as Helix lists it."""
    return {
        **who(owner, "broadcaster"),
        "broadcaster_language": "en",
        "game_id": it.game_id,
        "game_name": it.game_name,
        "title": it.title,
        "delay": 0,
        "tags": [],
        "content_classification_labels": [],
        "is_branded_content": False,
    }


def channel_event(it: Channel, owner: Account) -> JSON:
    """A changed title or category as EventSub tells it."""
    return {
        **channel_of(owner),
        "title": it.title,
        "language": "en",
        "category_id": it.game_id,
        "category_name": it.game_name,
        "content_classification_labels": [],
    }


def user(it: Account, *, email: bool) -> JSON:
    """An account as Helix lists it; ``email`` only with the scope to read it."""
    shown = {
        "id": it.id,
        "login": it.login,
        "display_name": it.display_name,
        "type": "",
        "broadcaster_type": it.broadcaster_type,
        "description": "",
        "profile_image_url": "https://static-cdn.jtvnw.net/user-default-pictures-uv/default.png",
        "offline_image_url": "",
        "view_count": 0,
        "created_at": it.created_at,
    }
    return {**shown, "email": f"{it.login}@example.com"} if email else shown


def subscriber(it: Account, owner: Account) -> JSON:
    """A subscriber as Helix lists them."""
    gifter = owner if it.is_gift else None
    return {
        **who(owner, "broadcaster"),
        "gifter_id": gifter.id if gifter else "",
        "gifter_login": gifter.login if gifter else "",
        "gifter_name": gifter.display_name if gifter else "",
        "is_gift": it.is_gift,
        "plan_name": f"Channel Subscription ({owner.login})",
        "tier": it.tier,
        **who(it),
    }
