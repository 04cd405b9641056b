"""EventSub messages: what webhooks and sockets both carry."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from rehearsal import clock
from rehearsal.twitch.records import Subscription


@dataclass(frozen=True)
class Message:
    """One message for one subscription; a resend is the same message, with the same id."""

    subscription: Subscription
    type: str
    body: dict[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent_at: str = field(default_factory=clock.nanoseconds)


def describe(it: Subscription) -> dict[str, Any]:
    """A subscription as Helix and every message show it (never its secret)."""
    transport = {"method": it.method}
    if it.method == "webhook":
        transport["callback"] = it.callback
    else:
        transport |= {"session_id": it.session_id, "connected_at": it.connected_at}
        if it.disconnected_at:
            transport["disconnected_at"] = it.disconnected_at
    return {
        "id": it.id,
        "status": it.status,
        "type": it.type,
        "version": it.version,
        "condition": it.condition,
        "transport": transport,
        "created_at": it.created_at,
        "cost": it.cost,
    }


def notification(it: Subscription, event: dict[str, Any]) -> Message:
    """News of an event."""
    return Message(it, "notification", {"subscription": describe(it), "event": event})


def revocation(it: Subscription) -> Message:
    """News that the subscription itself has ended; its status says why."""
    return Message(it, "revocation", {"subscription": describe(it)})
