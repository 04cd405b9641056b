"""The OAuth scopes that Twitch knows."""

from __future__ import annotations

_VERBS = {
    "analytics:read": "extensions games",
    "bits": "read",
    "channel": "bot moderate",
    "channel:edit": "commercial",
    "channel:manage": (
        "ads broadcast clips extensions guest_star moderators polls predictions raids redemptions"
        " schedule videos vips"
    ),
    "channel:read": (
        "ads charity editors goals guest_star hype_train polls predictions redemptions stream_key"
        " subscriptions vips"
    ),
    "chat": "edit read",
    "clips": "edit",
    "editor:manage": "clips",
    "moderation": "read",
    "moderator:manage": (
        "announcements automod automod_settings banned_users blocked_terms chat_messages"
        " chat_settings guest_star shield_mode shoutouts suspicious_users unban_requests warnings"
    ),
    "moderator:read": (
        "automod_settings banned_users blocked_terms chat_messages chat_settings chatters followers"
        " guest_star moderators shield_mode shoutouts suspicious_users unban_requests vips warnings"
    ),
    "user": "bot edit",
    "user:edit": "broadcast",
    "user:manage": "blocked_users chat_color whispers",
    "user:read": (
        "blocked_users broadcast chat email emotes follows moderated_channels"
        " subscriptions whispers"
    ),
    "user:write": "chat",
    "whispers": "read",
}

KNOWN = frozenset(f"{verb}:{noun}" for verb, nouns in _VERBS.items() for noun in nouns.split())
