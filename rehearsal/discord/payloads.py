"""People, webhooks and posts as Discord's API shows them."""

from __future__ import annotations

from typing import Any

from rehearsal.discord.records import DiscordMessage, DiscordToken, DiscordWebhook
from rehearsal.discord.world import Person


def person(who: Person) -> dict[str, Any]:
    """The account that a token belongs to."""
    return {
        "id": who.id,
        "username": who.username,
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": who.name,
        "mfa_enabled": True,
        "locale": "en-US",
    }


def webhook(it: DiscordWebhook) -> dict[str, Any]:
    """A webhook as it is shown to whoever has its token: without the person who made it."""
    return {
        "application_id": it.application_id,
        "avatar": None,
        "channel_id": it.channel_id,
        "guild_id": it.guild_id,
        "id": it.id,
        "name": it.name,
        "type": it.type,
        "token": it.token,
        "url": it.url,
    }


def token(it: DiscordToken) -> dict[str, Any]:
    """A token as the token call answers it."""
    return {
        "token_type": "Bearer",
        "access_token": it.access,
        "expires_in": it.seconds_left() + 1,
        "refresh_token": it.refresh,
        "scope": " ".join(it.scopes),
    }


def message(it: DiscordMessage) -> dict[str, Any]:
    """A post."""
    return {
        "type": 0,
        "content": it.content,
        "mentions": [],
        "mention_roles": it.mention_roles,
        "attachments": [],
        "embeds": [_embed(embed) for embed in it.embeds],
        "timestamp": it.at,
        "edited_timestamp": it.edited_at,
        "flags": it.flags,
        "components": [],
        "id": it.id,
        "channel_id": it.channel_id,
        "author": {
            "id": it.webhook_id,
            "username": it.webhook_name,
            "avatar": None,
            "discriminator": "0000",
            "public_flags": 0,
            "flags": 0,
            "bot": True,
            "global_name": None,
            "primary_guild": None,
        },
        "pinned": False,
        "mention_everyone": it.mention_everyone,
        "tts": it.tts,
        "webhook_id": it.webhook_id,
    }


def _embed(embed: dict[str, Any]) -> dict[str, Any]:
    fields = [{"inline": False, **it} for it in embed.get("fields", [])]
    return {"type": "rich", **embed, **({"fields": fields} if fields else {})}
