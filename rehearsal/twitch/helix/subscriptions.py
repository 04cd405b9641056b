"""Creating, listing and deleting EventSub subscriptions."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from rehearsal import clock
from rehearsal.twitch.catalogue import CATALOGUE, WITHDRAWN, EventType
from rehearsal.twitch.helix import query
from rehearsal.twitch.helix.errors import HelixError
from rehearsal.twitch.helix.guard import CALLER, Caller
from rehearsal.twitch.messages import describe
from rehearsal.twitch.records import Subscription
from rehearsal.twitch.stage import TWITCH, Twitch

MOST_COST = {"webhook": 10_000, "websocket": 10}
MOST_ALIKE = 3
MOST_SOCKETS = 3
MOST_PER_SOCKET = 300
_FILTERS = ("status", "type", "user_id", "subscription_id")


async def create(request: web.Request) -> web.Response:
    """``POST eventsub/subscriptions``: 202; a webhook is then sent its challenge."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    subscription = _read(twitch, caller, await query.body(request))
    _check_limits(twitch, caller, subscription)
    twitch.eventsub.add(subscription)
    return web.json_response(_listed(twitch, caller, [subscription]), status=202)


async def list_(request: web.Request) -> web.Response:
    """``GET eventsub/subscriptions``: the token's own, by at most one filter."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    filters = {name: request.query[name] for name in _FILTERS if name in request.query}
    if len(filters) > 1:
        raise HelixError(400, "The request may specify only one filter query parameter")
    found = [it for it in _visible(twitch, caller) if _passes(it, filters)]
    shown, pagination = query.page(request, found, lambda it: it.number, size=100)
    return web.json_response({**_listed(twitch, caller, shown), "pagination": pagination})


async def delete(request: web.Request) -> web.Response:
    """``DELETE eventsub/subscriptions``."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    id = query.required(request, "id")
    found = next((it for it in _visible(twitch, caller) if it.id == id), None)
    if found is None:
        raise HelixError(404, "The subscription was not found")
    twitch.eventsub.remove(found)
    return web.Response(status=204)


ROUTES = [
    web.post("/twitch/helix/eventsub/subscriptions", create),
    web.get("/twitch/helix/eventsub/subscriptions", list_),
    web.delete("/twitch/helix/eventsub/subscriptions", delete),
]


def _read(twitch: Twitch, caller: Caller, sent: dict[str, Any]) -> Subscription:
    type, version = query.text(sent, "type"), query.text(sent, "version")
    if (type, version) in WITHDRAWN:
        raise HelixError(410, "This subscription type and version is no longer offered")
    known = CATALOGUE.get((type, version))
    if known is None:
        raise HelixError(400, "The combination of values in version and type is not valid")
    condition = _condition(twitch, known, sent.get("condition"))
    transport = sent.get("transport")
    if not isinstance(transport, dict):
        raise HelixError(400, 'Missing required parameter "transport"')
    subscription = Subscription(
        id=str(uuid.uuid4()),
        number=max((it.number for it in twitch.state.subscriptions), default=0) + 1,
        client_id=caller.client_id,
        type=type,
        version=version,
        condition=condition,
        method=str(transport.get("method", "")),
        status="enabled",
        cost=_cost(twitch, caller, known, condition),
        created_at=clock.nanoseconds(),
        user_id=caller.user_id,
    )
    if subscription.method == "webhook":
        _use_webhook(twitch, caller, subscription, transport)
    elif subscription.method == "websocket":
        _use_socket(twitch, caller, subscription, transport, known)
    else:
        raise HelixError(400, "The transport method must be webhook or websocket")
    _check_consent(twitch, caller, known, condition)
    return subscription


def _condition(twitch: Twitch, known: EventType, sent: Any) -> dict[str, str]:
    if not isinstance(sent, dict):
        raise HelixError(400, 'Missing required parameter "condition"')
    given = {name: value for name, value in sent.items() if isinstance(value, str) and value}
    allowed = {*known.required, *known.optional, *known.one_of}
    missing = [name for name in known.required if name not in given]
    if missing:
        raise HelixError(400, f"The condition must have {missing[0]}")
    if known.one_of and len(allowed.intersection(given)) != 1:
        raise HelixError(400, f"The condition must have exactly one of {', '.join(known.one_of)}")
    for name, value in given.items():
        if name not in allowed:
            raise HelixError(400, f'The condition has no "{name}"')
        if name.endswith("user_id") and not twitch.state.accounts.get(value):
            raise HelixError(400, f"The user in {name} does not exist")
    return given


def _use_webhook(
    twitch: Twitch, caller: Caller, subscription: Subscription, transport: dict[str, Any]
) -> None:
    if not caller.is_app:
        raise HelixError(401, "A webhook subscription needs an app access token")
    callback, secret = transport.get("callback"), transport.get("secret")
    if not isinstance(callback, str) or not _may_call(twitch, callback):
        raise HelixError(
            400, "The callback must use HTTPS on port 443 (or, in rehearsal, a loopback address)"
        )
    if not isinstance(secret, str) or not secret.isascii() or not 10 <= len(secret) <= 100:
        raise HelixError(400, "The secret must be ASCII of 10 to 100 characters")
    subscription.callback, subscription.secret = callback, secret
    subscription.status = "webhook_callback_verification_pending"


def _may_call(twitch: Twitch, callback: str) -> bool:
    try:
        url = urlsplit(callback)
        port = url.port
    except ValueError:
        return False
    if url.scheme == "https":
        return bool(url.hostname) and port in (None, 443)
    return url.scheme == "http" and twitch.settings.is_ours(url.hostname)


def _use_socket(
    twitch: Twitch,
    caller: Caller,
    subscription: Subscription,
    transport: dict[str, Any],
    known: EventType,
) -> None:
    if caller.is_app:
        raise HelixError(401, "A websocket subscription needs a user access token")
    if known.webhook_only:
        raise HelixError(400, "This subscription type is not available over websocket")
    session = twitch.eventsub.sockets.get(str(transport.get("session_id", "")))
    if session is None:
        raise HelixError(400, "The session_id is not of a connected websocket")
    owner = (caller.client_id, caller.user_id)
    if session.owner not in (None, owner):
        raise HelixError(400, "A websocket cannot carry subscriptions of different users")
    if session.owner is None and len(twitch.eventsub.sockets.owned(*owner)) >= MOST_SOCKETS:
        raise HelixError(429, "number of websocket transports limit exceeded")
    session.owner = owner
    subscription.session_id = session.id
    subscription.connected_at = session.connected_at


def _check_consent(
    twitch: Twitch, caller: Caller, known: EventType, condition: dict[str, str]
) -> None:
    if "client_id" in condition and condition["client_id"] != caller.client_id:
        raise HelixError(403, "The client_id must be the one of the app access token")
    if not known.scopes:
        return
    grantor = condition[known.grantor]
    if not caller.is_app and caller.user_id != grantor:
        raise HelixError(403, "subscription missing proper authorization")
    granted = twitch.state.scopes(caller.client_id, grantor) if caller.is_app else caller.scopes
    if not granted.intersection(known.scopes):
        raise HelixError(403, "subscription missing proper authorization")


def _cost(twitch: Twitch, caller: Caller, known: EventType, condition: dict[str, str]) -> int:
    agreed = any(twitch.state.consents.get(f"{caller.client_id}:{id}") for id in condition.values())
    return 0 if known.scopes or "client_id" in condition or agreed else 1


def _check_limits(twitch: Twitch, caller: Caller, new: Subscription) -> None:
    working = [it for it in _visible(twitch, caller) if not it.ended_at]
    alike = [it for it in working if (it.type, it.condition) == (new.type, new.condition)]
    for it in alike:
        if (it.callback, it.session_id) == (new.callback, new.session_id):
            raise HelixError(409, "subscription already exists", id=it.id)
    if len(alike) >= MOST_ALIKE:
        raise HelixError(429, "maximum subscriptions with type and condition exceeded")
    if sum(it.cost for it in working) + new.cost > MOST_COST[new.method]:
        raise HelixError(429, "maximum total cost exceeded")
    shared = [it for it in working if new.session_id and it.session_id == new.session_id]
    if len(shared) >= MOST_PER_SOCKET:
        raise HelixError(429, "maximum subscriptions per websocket exceeded")


def _visible(twitch: Twitch, caller: Caller) -> list[Subscription]:
    return [
        it
        for it in twitch.eventsub.visible()
        if it.client_id == caller.client_id and it.user_id == caller.user_id
    ]


def _passes(it: Subscription, filters: dict[str, str]) -> bool:
    match list(filters.items()):
        case [("status", status)]:
            return it.status == status
        case [("type", type)]:
            return it.type == type
        case [("user_id", user_id)]:
            return user_id in it.condition.values()
        case [("subscription_id", id)]:
            return it.id == id
        case _:
            return True


def _listed(twitch: Twitch, caller: Caller, shown: list[Subscription]) -> dict[str, Any]:
    everything = _visible(twitch, caller)
    return {
        "data": [describe(it) for it in shown],
        "total": len(everything),
        "total_cost": sum(it.cost for it in everything if not it.ended_at),
        "max_total_cost": MOST_COST["webhook" if caller.is_app else "websocket"],
    }
