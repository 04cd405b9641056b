"""Everything that is known about one person, by section."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount

from accounts import registry
from accounts.models import User


def identities(user: User) -> list[dict[str, str]]:
    """Return what opens the account: the provider, the id there and the newest name."""
    known = SocialAccount.objects.filter(user=user).order_by("provider")
    return [
        {"provider": each.provider, "id": each.uid, "name": each.extra_data["name"]}
        for each in known
    ]


def export(user: User) -> dict[str, Any]:
    """Return all that is stored about this person, as JSON's types."""
    sections = registry.sections() if user.viewer else []
    return {
        "account": {
            "name": user.name,
            "signs_in_with": identities(user),
            "joined_at": user.date_joined.isoformat(),
            "roles": sorted(user.groups.values_list("name", flat=True)),
            "banned": user.is_banned,
            "banned_reason": user.banned_reason,
        },
        **{each.key: each.section.export(user.viewer) for each in sections if user.viewer},
        **{each.key: each.section.export(user) for each in registry.own_sections()},
    }
