"""What stands before every Helix endpoint: client, token, scopes and the rate limit."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from rehearsal.twitch.helix.errors import HelixError
from rehearsal.twitch.records import Account
from rehearsal.twitch.stage import TWITCH, Twitch

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Caller:
    """Who calls: a client, on behalf of a user or (``user_id`` empty) of itself."""

    client_id: str
    user_id: str
    scopes: frozenset[str]

    @property
    def is_app(self) -> bool:
        """Whether this is an app access token."""
        return not self.user_id

    def needs(self, *scopes: str) -> None:
        """Refuse unless this is a user's token with one of the scopes."""
        if self.is_app:
            raise HelixError(401, "The request must specify a user access token")
        if not self.scopes.intersection(scopes):
            raise HelixError(401, f"Missing scope: {' or '.join(scopes)}")

    def is_user(self, user_id: str, field: str = "broadcaster_id") -> None:
        """Refuse unless an id in the request is the token's own user."""
        if user_id != self.user_id:
            raise HelixError(
                401,
                f"The ID in {field} must match the user ID found in the request's OAuth token.",
            )


CALLER = web.RequestKey("caller", Caller)


class Buckets:
    """Token buckets that fill evenly: one per client, and one per client and user."""

    def __init__(self, points_per_minute: int) -> None:
        self._usual = self.size = points_per_minute
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}

    def clear(self) -> None:
        """Fill every bucket, to its usual size."""
        self.size = self._usual
        self._levels.clear()

    def charge(self, caller: Caller) -> tuple[bool, dict[str, str]]:
        """Take one point; whether there was one, and the headers that tell what is left."""
        who = (caller.client_id, caller.user_id)
        now = time.time()
        level, since = self._levels.get(who, (float(self.size), now))
        level = min(self.size, level + (now - since) * self.size / 60)
        allowed = level >= 1
        level -= allowed
        self._levels[who] = (level, now)
        full_at = now + (self.size - level) * 60 / self.size
        return allowed, {
            "Ratelimit-Limit": str(self.size),
            "Ratelimit-Remaining": str(int(level)),
            "Ratelimit-Reset": str(math.ceil(full_at)),
        }


BUCKETS = web.AppKey("buckets", Buckets)


async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a Helix call, or refuse it in Helix's words."""
    headers: dict[str, str] = {}
    try:
        caller = _identify(request)
        allowed, headers = request.app[BUCKETS].charge(caller)
        if not allowed:
            raise HelixError(429, "request rate limit reached")
        request[CALLER] = caller
        answer = await handler(request)
    except HelixError as error:
        answer = error.answer()
    except web.HTTPNotFound:
        answer = HelixError(404, "not found").answer()
    except web.HTTPMethodNotAllowed:
        answer = HelixError(405, "method not allowed").answer()
    answer.headers.update(headers)
    return answer


def person(twitch: Twitch, id: str, field: str) -> Account:
    """The account with this id; a 400 that names the field when there is none."""
    account = twitch.state.accounts.get(id)
    if account is None:
        raise HelixError(400, f'The ID in {field} is not valid: "{id[:40]}"')
    return account


def _identify(request: web.Request) -> Caller:
    client_id = request.headers.get("Client-Id", "")
    kind, _, access = request.headers.get("Authorization", "").partition(" ")
    if not access:
        raise HelixError(401, "OAuth token is missing")
    if not client_id:
        raise HelixError(401, "Client ID is missing")
    token = request.app[TWITCH].signins.use(access) if kind.lower() == "bearer" else None
    if token is None:
        raise HelixError(401, "Invalid OAuth token")
    if token.client_id != client_id:
        raise HelixError(401, "Client ID and OAuth token do not match")
    return Caller(client_id, token.user_id, frozenset(token.scopes))
