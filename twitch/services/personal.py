"""What Twitch's part knows about one viewer, for them to take along or to have erased."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from twitch.models import Message, MessageConflict, Viewer

EMPTY = "{}"


def export(viewer: Viewer) -> dict[str, Any]:
    """Return the names, redemptions, commands and raids of the viewer, as JSON's types."""
    return {
        "id": viewer.pk,
        "login": viewer.login,
        "display_name": viewer.display_name,
        "first_seen_at": viewer.first_seen_at.isoformat(),
        "redemptions": [
            {
                "id": redemption.pk,
                "reward": redemption.reward_title,
                "cost": redemption.cost,
                "text": redemption.user_input,
                "status": redemption.status,
                "redeemed_at": redemption.redeemed_at.isoformat(),
            }
            for redemption in viewer.redemptions.order_by("redeemed_at")
        ],
        "commands": [
            {"command": use.name, "answer": use.reply, "used_at": use.used_at.isoformat()}
            for use in viewer.command_uses.order_by("used_at")
        ],
        "raids": [
            {"viewers": raid.viewers, "raided_at": raid.raided_at.isoformat()}
            for raid in viewer.raids.order_by("raided_at")
        ],
    }


def forget(viewer: Viewer) -> None:
    """Erase what the viewer typed and what was answered, and the messages that told of them.

    A message keeps its id, so that a late redelivery is still known.
    """
    viewer.redemptions.update(user_input="")
    viewer.command_uses.update(reply="")
    told_of(viewer, Message.objects.filter(handled_at__isnull=False)).update(body=EMPTY)
    told_of(viewer, MessageConflict.objects.all()).update(body=EMPTY)


def told_of(viewer: Viewer, messages: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow messages to those that hold the viewer's id or login as a value."""
    return messages.filter(
        Q(body__contains=f'"{viewer.pk}"') | Q(body__contains=f'"{viewer.login}"')
    )
