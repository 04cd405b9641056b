"""Sending chat messages and shoutouts, within Twitch's limits."""

from __future__ import annotations

import time
from collections import defaultdict, deque

from aiohttp import web

from rehearsal.twitch.helix import query
from rehearsal.twitch.helix.errors import HelixError
from rehearsal.twitch.helix.guard import CALLER, Caller, person
from rehearsal.twitch.records import Account
from rehearsal.twitch.stage import TWITCH, Twitch

LONGEST_MESSAGE = 500
WINDOW_SECONDS = 30
PER_WINDOW = 20
PER_WINDOW_TRUSTED = 100
SHOUTOUT_SECONDS = 120
SAME_SHOUTOUT_SECONDS = 3600
_TRUSTED = {"broadcaster", "moderator", "vip"}


class Recent:
    """When each sender last did what is limited."""

    def __init__(self) -> None:
        self._sent: defaultdict[str, deque[float]] = defaultdict(deque)
        self._shoutouts: dict[str, float] = {}
        self.trusted_lines = PER_WINDOW_TRUSTED

    def clear(self) -> None:
        """Forget what was sent, and that another limit was set."""
        self.trusted_lines = PER_WINDOW_TRUSTED
        self._sent.clear()
        self._shoutouts.clear()

    def may_send(self, sender: Account) -> bool:
        """Whether this account has a message left in the last 30 seconds; if so, it is used."""
        now, sent = time.monotonic(), self._sent[sender.id]
        while sent and sent[0] < now - WINDOW_SECONDS:
            sent.popleft()
        most = self.trusted_lines if _TRUSTED.intersection(sender.roles) else PER_WINDOW
        if len(sent) >= most:
            return False
        sent.append(now)
        return True

    def check_shoutout(self, target: Account) -> None:
        """Refuse a shoutout that comes too soon; otherwise it counts from now."""
        now = time.monotonic()
        if any(now - at < SHOUTOUT_SECONDS for at in self._shoutouts.values()):
            raise HelixError(429, "The broadcaster may send one Shoutout every 2 minutes")
        if now - self._shoutouts.get(target.id, float("-inf")) < SAME_SHOUTOUT_SECONDS:
            raise HelixError(429, "The broadcaster may send this Shoutout once every 60 minutes")
        self._shoutouts[target.id] = now


RECENT = web.AppKey("recent", Recent)


async def send(request: web.Request) -> web.Response:
    """``POST chat/messages``: 200 does not mean sent; look at ``is_sent``."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    sent = await query.body(request)
    owner = person(twitch, query.text(sent, "broadcaster_id"), "broadcaster_id")
    sender = person(twitch, query.text(sent, "sender_id"), "sender_id")
    message = query.text(sent, "message")
    _check_sender(twitch, caller, owner, sender)
    if sent.get("for_source_only") is not None and not caller.is_app:
        raise HelixError(400, "for_source_only cannot be set with a user access token")
    if len(message) > LONGEST_MESSAGE:
        raise HelixError(422, "The message is too large")
    parent_id = sent.get("reply_parent_message_id") or ""
    if parent_id and not twitch.state.chat.get(str(parent_id)):
        raise HelixError(400, "The ID in reply_parent_message_id is not valid")
    drop = _drop_reason(request, sender, message)
    if drop:
        outcome = {"message_id": "", "is_sent": False, "drop_reason": drop}
        return web.json_response({"data": [outcome]})
    line = twitch.channel.say(sender, message, client_id=caller.client_id, parent_id=str(parent_id))
    return web.json_response({"data": [{"message_id": line.id, "is_sent": True}]})


async def shout_out(request: web.Request) -> web.Response:
    """``POST chat/shoutouts``."""
    twitch, caller = request.app[TWITCH], request[CALLER]
    owner = person(twitch, query.required(request, "from_broadcaster_id"), "from_broadcaster_id")
    target = person(twitch, query.required(request, "to_broadcaster_id"), "to_broadcaster_id")
    moderator_id = query.required(request, "moderator_id")
    caller.needs("moderator:manage:shoutouts")
    caller.is_user(moderator_id, "moderator_id")
    moderator = person(twitch, moderator_id, "moderator_id")
    if not {"broadcaster", "moderator"}.intersection(moderator.roles):
        raise HelixError(403, "The user in moderator_id is not one of the broadcaster's moderators")
    if owner.id == target.id:
        raise HelixError(400, "The broadcaster may not give themselves a Shoutout")
    stream = twitch.state.streams.get(owner.id)
    if stream is None:
        raise HelixError(400, "The broadcaster is not streaming live")
    request.app[RECENT].check_shoutout(target)
    twitch.channel.shout_out(target, moderator, stream)
    return web.Response(status=204)


ROUTES = [
    web.post("/twitch/helix/chat/messages", send),
    web.post("/twitch/helix/chat/shoutouts", shout_out),
]


def _check_sender(twitch: Twitch, caller: Caller, owner: Account, sender: Account) -> None:
    if owner.id != twitch.channel.broadcaster.id:
        raise HelixError(403, "The sender is not permitted to send messages to this chat room")
    if not caller.is_app:
        caller.needs("user:write:chat")
        caller.is_user(sender.id, "sender_id")
        return
    granted = twitch.state.scopes(caller.client_id, sender.id)
    for scope in ("user:write:chat", "user:bot"):
        if scope not in granted:
            raise HelixError(401, f"The sender must have granted {scope}")
    trusted = {"broadcaster", "moderator"}.intersection(sender.roles)
    if not trusted and "channel:bot" not in twitch.state.scopes(caller.client_id, owner.id):
        raise HelixError(401, "The broadcaster must have granted channel:bot")


def _drop_reason(request: web.Request, sender: Account, message: str) -> dict[str, str] | None:
    if request.app[TWITCH].faults.take("chat_dropped", request.path, request.method):
        return {"code": "msg_rejected", "message": "Your message is being checked by mods."}
    if message.lstrip().startswith(("/", ".")):
        return {"code": "invalid_chat_command", "message": "The command is not available."}
    if not request.app[RECENT].may_send(sender):
        return {"code": "msg_ratelimit", "message": "You are sending messages too quickly."}
    return None
