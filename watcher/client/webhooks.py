"""Discord's webhooks: post, edit, delete, and look whether one still works.

Every function raises what `watcher.client.errors` has: Gone, TokenRefused, MessageGone, Invalid,
RateLimited, Unreachable (nothing was done) or Unsure (it may have been done).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from watcher.client import answers
from watcher.client.answers import Done, Message, Webhook
from watcher.client.http import Request, send, unreadable

_ID = re.compile(r"[0-9]{1,20}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}")


def execute(
    webhook_id: str, token: SecretStr, payload: Mapping[str, Any], *, thread_id: str = ""
) -> Message:
    """Post, and wait until Discord has the message: what comes back is its id."""
    request = Request(
        "POST",
        _path(webhook_id, token),
        f"post {webhook_id}",
        in_thread=bool(thread_id),
        params={"wait": "true", **_thread(thread_id)},
        body=payload,
    )
    reply = send(request)
    message_id = answers.snowflake(reply.payload.get("id"))
    if not message_id:
        raise unreadable(request, reply.answer)
    return Message(message_id, reply.answer)


def edit(
    webhook_id: str,
    token: SecretStr,
    message_id: str,
    payload: Mapping[str, Any],
    *,
    thread_id: str = "",
) -> Message:
    """Change a post; a post in a thread is found only with that thread's id."""
    path = f"{_path(webhook_id, token)}/messages/{_id(message_id)}"
    name = f"edit {webhook_id}"
    in_thread, params = bool(thread_id), _thread(thread_id)
    reply = send(Request("PATCH", path, name, in_thread=in_thread, params=params, body=payload))
    return Message(message_id, reply.answer)


def delete(webhook_id: str, token: SecretStr, message_id: str, *, thread_id: str = "") -> Done:
    """Delete a post."""
    path = f"{_path(webhook_id, token)}/messages/{_id(message_id)}"
    name = f"delete {webhook_id}"
    in_thread, params = bool(thread_id), _thread(thread_id)
    return Done(send(Request("DELETE", path, name, in_thread=in_thread, params=params)).answer)


def get(webhook_id: str, token: SecretStr) -> Webhook:
    """Return what Discord says of the webhook, which changes nothing."""
    request = Request("GET", _path(webhook_id, token), f"look {webhook_id}", has_effect=False)
    reply = send(request)
    webhook = answers.webhook(reply.payload, reply.answer)
    if webhook is None:
        raise unreadable(request, reply.answer)
    return webhook


def remove(webhook_id: str, token: SecretStr) -> Done:
    """Delete the webhook itself."""
    return Done(send(Request("DELETE", _path(webhook_id, token), f"remove {webhook_id}")).answer)


def _path(webhook_id: str, token: SecretStr) -> str:
    secret = token.get_secret_value()
    if not _TOKEN.fullmatch(secret):
        raise ValueError("This is no token of a webhook.")
    return f"webhooks/{_id(webhook_id)}/{secret}"


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError("This is no id of Discord's.")
    return value


def _thread(thread_id: str) -> Mapping[str, str]:
    return {"thread_id": _id(thread_id)} if thread_id else {}
