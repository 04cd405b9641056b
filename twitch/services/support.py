"""Subscriptions, gifts and bits: who gives what, told to everyone above once for each message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sagas.services import publish
from twitch.client.payloads import (
    CheeredPayload,
    GiftedPayload,
    SubscribedPayload,
    SupporterPayload,
)
from twitch.events import Cheered, Subscribed, SubscriptionsGifted
from twitch.services import viewers


def subscribed(event: Mapping[str, Any], message_id: str, at: datetime) -> None:
    """Announce a subscription; one without a subscriber is nobody's."""
    told = SubscribedPayload.model_validate(event)
    if viewer_id := _remember(told, at):
        publish(Subscribed(message_id, viewer_id, told.tier, told.is_gift, at), key=message_id)


def gifted(event: Mapping[str, Any], message_id: str, at: datetime) -> None:
    """Announce subscriptions for others."""
    told = GiftedPayload.model_validate(event)
    publish(
        SubscriptionsGifted(message_id, _remember(told, at), told.tier, told.total, at),
        key=message_id,
    )


def cheered(event: Mapping[str, Any], message_id: str, at: datetime) -> None:
    """Announce bits."""
    told = CheeredPayload.model_validate(event)
    publish(Cheered(message_id, _remember(told, at), told.bits, at), key=message_id)


def _remember(told: SupporterPayload, at: datetime) -> str:
    """Note how the supporter is called; returns their id, "" for somebody unnamed."""
    if told.user_id is None:
        return ""
    login = told.user_login or told.user_id
    viewers.remember(told.user_id, login, told.user_name or "", at)
    return told.user_id
