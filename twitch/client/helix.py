"""Twitch's API (Helix), one function for each thing that we ask of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.conf import settings
from pydantic import BaseModel, ValidationError

from sagas.flow import Unsure
from tokens import services as tokens
from twitch.client import errors, http
from twitch.client.errors import NotFound, Unreachable
from twitch.client.http import Params
from twitch.client.oauth import BROADCASTER
from twitch.client.payloads import (
    PersonPayload,
    RedemptionPayload,
    RewardPayload,
    SentPayload,
    StreamPayload,
    SubscriberPayload,
    UserPayload,
)

P = TypeVar("P", bound=BaseModel)

MOST_IDS = 50
MOST_PEOPLE = 100
MOST_PAGES = 200

REWARDS = "/channel_points/custom_rewards"
REDEMPTIONS = "/channel_points/custom_rewards/redemptions"
MANAGE = "channel:manage:redemptions"


def call(
    method: str,
    path: str,
    *,
    role: str = BROADCASTER,
    scope: str = "",
    params: Params | None = None,
    body: Mapping[str, Any] | None = None,
    has_effect: bool = False,
) -> Mapping[str, Any]:
    """Make one call as `answer_of` does, and return the JSON object of its answer."""
    answer = answer_of(
        method, path, role=role, scope=scope, params=params, body=body, has_effect=has_effect
    )
    return answer.payload


def answer_of(
    method: str,
    path: str,
    *,
    role: str = BROADCASTER,
    scope: str = "",
    params: Params | None = None,
    body: Mapping[str, Any] | None = None,
    has_effect: bool = False,
) -> http.Answer:
    """Make one call as the account in that role, and return its answer, which is a success.

    `path` is below TWITCH_API_URL, or a whole address of the settings. A call that Twitch refuses
    with 401 was not carried out, and is repeated once with a renewed token; nothing else is ever
    repeated here. Raises a HelixError, Unreachable, RateLimited, a TokenProblem, and, for a call
    that `has_effect`, Unsure.
    """
    url = path if "://" in path else f"{settings.TWITCH_API_URL}{path}"
    token = tokens.access_token("twitch", role, scope)

    def send() -> http.Answer:
        headers = {"Authorization": f"Bearer {token}", "Client-Id": settings.TWITCH_CLIENT_ID}
        return http.send(
            method, url, headers=headers, params=params, body=body, has_effect=has_effect
        )

    answer = send()
    if answer.status == 401 and "missing scope" not in answer.message.lower():
        token = tokens.refresh("twitch", role, failed=token)
        answer = send()
    if not 200 <= answer.status < 300:
        raise errors.of(answer.status, answer.message)
    return answer


def rows(payload: Mapping[str, Any], shape: type[P], *, has_effect: bool = False) -> list[P]:
    """Return the answer's data as `shape`; what cannot be understood is treated as no answer."""
    try:
        return [shape.model_validate(row) for row in payload["data"]]
    except (KeyError, TypeError, ValidationError) as error:
        if has_effect:
            raise Unsure("Twitch's answer cannot be understood.") from error
        raise Unreachable("Twitch's answer cannot be understood.") from error


def only_row(payload: Mapping[str, Any], shape: type[P], *, has_effect: bool = False) -> P:
    found = rows(payload, shape, has_effect=has_effect)
    if len(found) != 1:
        raise (Unsure if has_effect else Unreachable)("Twitch's answer cannot be understood.")
    return found[0]


# --- Rewards ---------------------------------------------------------------------------------


def rewards(broadcaster_id: str, *, only_manageable: bool = False) -> list[RewardPayload]:
    """Return the channel's rewards; the manageable ones are those that this application made."""
    params = {
        "broadcaster_id": broadcaster_id,
        "only_manageable_rewards": "true" if only_manageable else "false",
    }
    return rows(call("GET", REWARDS, scope=MANAGE, params=params), RewardPayload)


def create_reward(broadcaster_id: str, settings_of_it: Mapping[str, Any]) -> RewardPayload:
    payload = call(
        "POST",
        REWARDS,
        scope=MANAGE,
        params={"broadcaster_id": broadcaster_id},
        body=settings_of_it,
        has_effect=True,
    )
    return only_row(payload, RewardPayload, has_effect=True)


def update_reward(
    broadcaster_id: str, reward_id: str, settings_of_it: Mapping[str, Any]
) -> RewardPayload:
    payload = call(
        "PATCH",
        REWARDS,
        scope=MANAGE,
        params={"broadcaster_id": broadcaster_id, "id": reward_id},
        body=settings_of_it,
        has_effect=True,
    )
    return only_row(payload, RewardPayload, has_effect=True)


# --- Redemptions -----------------------------------------------------------------------------


def open_redemptions(broadcaster_id: str, reward_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield the raw unfulfilled redemptions of one of our rewards, oldest first, page by page."""
    params: dict[str, str | int | list[str]] = {
        "broadcaster_id": broadcaster_id,
        "reward_id": reward_id,
        "status": "UNFULFILLED",
        "first": MOST_IDS,
    }
    for _page in range(MOST_PAGES):
        payload = call("GET", REDEMPTIONS, scope=MANAGE, params=params)
        yield from payload.get("data") or []
        cursor = (payload.get("pagination") or {}).get("cursor")
        if not cursor:
            return
        params["after"] = cursor


def redemptions(broadcaster_id: str, reward_id: str, ids: Sequence[str]) -> list[RedemptionPayload]:
    """Return those of these redemptions of one reward that Twitch still knows."""
    found: list[RedemptionPayload] = []
    for start in range(0, len(ids), MOST_IDS):
        params: Params = {
            "broadcaster_id": broadcaster_id,
            "reward_id": reward_id,
            "id": list(ids[start : start + MOST_IDS]),
        }
        try:
            payload = call("GET", REDEMPTIONS, scope=MANAGE, params=params)
        except NotFound:
            continue
        found += rows(payload, RedemptionPayload)
    return found


def settle_redemption(
    broadcaster_id: str, reward_id: str, redemption_id: str, status: str
) -> RedemptionPayload:
    """Set an open redemption to FULFILLED or CANCELED; NotFound also says that it is not open."""
    payload = call(
        "PATCH",
        REDEMPTIONS,
        scope=MANAGE,
        params={"broadcaster_id": broadcaster_id, "reward_id": reward_id, "id": redemption_id},
        body={"status": status},
        has_effect=True,
    )
    return only_row(payload, RedemptionPayload, has_effect=True)


# --- The stream ------------------------------------------------------------------------------


def stream(broadcaster_id: str) -> StreamPayload | None:
    """Return the channel's stream as Twitch lists it, None while it does not."""
    listed = rows(call("GET", "/streams", params={"user_id": broadcaster_id}), StreamPayload)
    return next((row for row in listed if row.user_id == broadcaster_id), None)


def shout_out(broadcaster_id: str, target_id: str) -> None:
    """Show another channel to those who watch; Twitch allows that now and then (RateLimited)."""
    params = {
        "from_broadcaster_id": broadcaster_id,
        "to_broadcaster_id": target_id,
        "moderator_id": broadcaster_id,
    }
    call(
        "POST",
        "/chat/shoutouts",
        scope="moderator:manage:shoutouts",
        params=params,
        has_effect=True,
    )


# --- People ----------------------------------------------------------------------------------


def account(role: str) -> UserPayload:
    """Return who the account in that role is."""
    return only_row(call("GET", "/users", role=role), UserPayload)


def is_subscriber(broadcaster_id: str, user_id: str) -> bool:
    return _is_listed("/subscriptions", "channel:read:subscriptions", broadcaster_id, user_id)


def subscribers(broadcaster_id: str, user_ids: Sequence[str]) -> list[SubscriberPayload]:
    """Return those of these people who subscribe to the channel; asks a hundred at a time."""
    found: list[SubscriberPayload] = []
    for start in range(0, len(user_ids), MOST_PEOPLE):
        params: Params = {
            "broadcaster_id": broadcaster_id,
            "user_id": list(user_ids[start : start + MOST_PEOPLE]),
            "first": MOST_PEOPLE,
        }
        payload = call("GET", "/subscriptions", scope="channel:read:subscriptions", params=params)
        found += rows(payload, SubscriberPayload)
    return found


def is_vip(broadcaster_id: str, user_id: str) -> bool:
    return _is_listed("/channels/vips", "channel:read:vips", broadcaster_id, user_id)


def is_moderator(broadcaster_id: str, user_id: str) -> bool:
    return _is_listed("/moderation/moderators", "moderation:read", broadcaster_id, user_id)


def _is_listed(path: str, scope: str, broadcaster_id: str, user_id: str) -> bool:
    """Ask one of the channel's lists of people for one of them."""
    params = {"broadcaster_id": broadcaster_id, "user_id": user_id}
    found = rows(call("GET", path, scope=scope, params=params), PersonPayload)
    return any(person.user_id == user_id for person in found)


# --- Chat ------------------------------------------------------------------------------------


def send_chat_message(
    broadcaster_id: str, sender_role: str, sender_id: str, text: str, reply_to: str | None
) -> SentPayload:
    """Send a line to the channel's chat; an answer with `is_sent` false says it was dropped."""
    body = {"broadcaster_id": broadcaster_id, "sender_id": sender_id, "message": text}
    if reply_to:
        body["reply_parent_message_id"] = reply_to
    payload = call(
        "POST",
        "/chat/messages",
        role=sender_role,
        scope="user:write:chat",
        body=body,
        has_effect=True,
    )
    return only_row(payload, SentPayload, has_effect=True)
