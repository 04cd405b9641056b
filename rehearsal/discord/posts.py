"""What a post may be, and whom it would ping."""

from __future__ import annotations

import re
from typing import Any

from rehearsal.discord import errors
from rehearsal.discord.errors import ApiError
from rehearsal.discord.forms import (
    Fault,
    boolean,
    choice,
    fault,
    many,
    model,
    number,
    read,
    snowflake,
    text,
    timestamp,
    url,
)

LARGEST_EMBEDS = 6000
_LINK, _PICTURE = url("http", "https"), url("http", "https", "attachment")
_IMAGE = model({"url": _PICTURE}, "url")
_EMBED = model(
    {
        "title": text(256),
        "description": text(4096),
        "url": _LINK,
        "timestamp": timestamp,
        "color": number(0, 0xFFFFFF),
        "author": model({"name": text(256, 1), "url": _LINK, "icon_url": _PICTURE}, "name"),
        "footer": model({"text": text(2048, 1), "icon_url": _PICTURE}, "text"),
        "image": _IMAGE,
        "thumbnail": _IMAGE,
        "fields": many(
            model(
                {"name": text(256, 1), "value": text(1024, 1), "inline": boolean}, "name", "value"
            ),
            25,
        ),
    }
)


def _name(value: Any) -> str:
    given: str = text(80, 1)(value)
    for word in ("discord", "clyde"):
        if word in given.lower():
            message = f'Username cannot contain "{word}"'
            raise fault("USERNAME_INVALID_CONTAINS", message)
    return given


def _mentions(value: Any) -> dict[str, Any]:
    """Whom a post may ping; to allow all of a kind and some of it by id makes no sense."""
    allowed: dict[str, Any] = model(
        {
            "parse": many(choice("users", "roles", "everyone"), 3),
            "users": many(snowflake, 100),
            "roles": many(snowflake, 100),
            "replied_user": boolean,
        }
    )(value)
    for kind in ("users", "roles"):
        if kind in allowed.get("parse", []) and allowed.get(kind):
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
            raise Fault({"_errors": [{"code": code, "message": message}]})
    return allowed


def _embeds(value: Any) -> list[dict[str, Any]]:
    embeds: list[dict[str, Any]] = many(_EMBED, 10)(value)
    if sum(map(_size, embeds)) > LARGEST_EMBEDS:
        message = f"Embed size exceeds maximum size of {LARGEST_EMBEDS}"
        raise fault("MAX_EMBED_SIZE_EXCEEDED", message)
    return [embed for embed in embeds if any(name != "color" for name in embed)]


_CHANGE = {
    "content": text(2000),
    "embeds": _embeds,
    "allowed_mentions": _mentions,
    "flags": number(0, 2**31 - 1),
}
_POST = {
    **_CHANGE,
    "username": _name,
    "avatar_url": _LINK,
    "tts": boolean,
    "thread_name": text(100),
}


def post(body: Any) -> dict[str, Any]:
    """Read what is to be posted; raises ApiError."""
    wish: dict[str, Any] = read(model(_POST), body)
    if not wish.get("content") and not wish.get("embeds"):
        raise ApiError(errors.EMPTY_MESSAGE)
    return wish


def change(body: Any) -> dict[str, Any]:
    """Read what is to be changed of a post: a null takes away; raises ApiError."""
    wish: dict[str, Any] = read(model(_CHANGE), body)
    taken = {"content": "", "embeds": []}
    for name, nothing in taken.items():
        if isinstance(body, dict) and name in body and body[name] is None:
            wish[name] = nothing
    return wish


def pings(content: str, allowed: dict[str, Any] | None) -> list[str]:
    """Whom a content pings: ``everyone``, ``here``, and the ids of users and roles.

    Without ``allowed_mentions`` a webhook pings users only.
    """
    rule = {"parse": ["users"]} if allowed is None else allowed
    kinds, found = rule.get("parse", []), []
    if "everyone" in kinds:
        found += [name for name in ("everyone", "here") if f"@{name}" in content]
    for kind, pattern in (("users", r"<@!?([0-9]{1,20})>"), ("roles", r"<@&([0-9]{1,20})>")):
        ids = re.findall(pattern, content)
        found += [id for id in dict.fromkeys(ids) if kind in kinds or id in rule.get(kind, [])]
    return found


def _size(embed: dict[str, Any]) -> int:
    texts = [embed.get("title", ""), embed.get("description", "")]
    texts += [embed.get("author", {}).get("name", ""), embed.get("footer", {}).get("text", "")]
    texts += [it[part] for it in embed.get("fields", []) for part in ("name", "value")]
    return sum(map(len, texts))
