"""EventSub subscriptions in Twitch's API: list, create, delete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from pydantic import AwareDatetime, BaseModel, Field

from tokens.registry import APP
from twitch.client import helix
from twitch.client.errors import Conflict, NotFound
from twitch.client.oauth import BROADCASTER

MOST_PAGES = 200


class Transport(BaseModel):
    method: str
    callback: str = ""
    session_id: str = ""


class SubscriptionPayload(BaseModel):
    """A subscription as Twitch tells of it; `status` may be a word that we do not know."""

    id: str = Field(min_length=1, max_length=64)
    type: str = Field(max_length=100)
    version: str = Field(max_length=20)
    status: str = Field(max_length=60)
    condition: dict[str, Any] = {}
    transport: Transport
    created_at: AwareDatetime


def role_for(method: str) -> str:
    """Return whose token manages subscriptions of a transport: the app's, or the broadcaster's."""
    return APP if method == "webhook" else BROADCASTER


def listed(method: str) -> Iterator[SubscriptionPayload]:
    """Yield every subscription of a transport that Twitch still lists, ended ones too."""
    params: dict[str, str | int | list[str]] = {}
    for _page in range(MOST_PAGES):
        payload = _call("GET", role_for(method), params=params)
        for row in helix.rows(payload, SubscriptionPayload):
            if row.transport.method == method:
                yield row
        cursor = (payload.get("pagination") or {}).get("cursor")
        if not cursor:
            return
        params = {"after": cursor}


def create(
    type_: str, version: str, condition: Mapping[str, str], transport: Mapping[str, str]
) -> SubscriptionPayload | None:
    """Subscribe; returns None when there is such a subscription already.

    `transport` has the method, and the callback and secret of a webhook or a socket's session_id.
    Raises as `helix.call`; repeating what may have been done is harmless.
    """
    body = {"type": type_, "version": version, "condition": condition, "transport": transport}
    try:
        payload = _call("POST", role_for(transport["method"]), body=body)
    except Conflict:
        return None
    return helix.only_row(payload, SubscriptionPayload)


def delete(method: str, subscription_id: str) -> None:
    """Unsubscribe; a subscription that is gone already is no error."""
    try:
        _call("DELETE", role_for(method), params={"id": subscription_id})
    except NotFound:
        return


def _call(
    method: str,
    role: str,
    params: Mapping[str, str | int | list[str]] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    url = settings.TWITCH_EVENTSUB_SUBSCRIPTIONS_URL
    return helix.call(method, url, role=role, params=params, body=body)
