"""EventSub subscriptions: the ones that Greenroom wants, and seeing to it that they exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from sagas.flow import Wait
from tokens import services as tokens
from twitch.client import subscriptions as client
from twitch.client.errors import HelixError, Unreachable
from twitch.client.oauth import BROADCASTER
from twitch.client.subscriptions import SubscriptionPayload
from twitch.models import Subscription

log = structlog.get_logger(__name__)

WEBHOOK = "webhook"
WEBSOCKET = "websocket"
CALLBACK_PATH = "/webhooks/twitch"

Identity = tuple[str, str, frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class Wanted:
    """A subscription that Greenroom wants; each name of `condition` stands for the broadcaster."""

    type: str
    version: str
    scope: str = ""
    condition: tuple[str, ...] = ("broadcaster_user_id",)
    is_required: bool = False


# The required ones first: a new socket is closed when it is not used within ten seconds.
WANTED = (
    Wanted(
        "channel.channel_points_custom_reward_redemption.add",
        "1",
        "channel:manage:redemptions",
        is_required=True,
    ),
    Wanted(
        "channel.channel_points_custom_reward_redemption.update",
        "1",
        "channel:manage:redemptions",
        is_required=True,
    ),
    Wanted("stream.online", "1"),
    Wanted("stream.offline", "1"),
    Wanted("channel.update", "2"),
    Wanted("channel.raid", "1", condition=("to_broadcaster_user_id",)),
    Wanted("channel.chat.message", "1", "user:read:chat", ("broadcaster_user_id", "user_id")),
    Wanted("channel.subscribe", "1", "channel:read:subscriptions"),
    Wanted("channel.subscription.message", "1", "channel:read:subscriptions"),
    Wanted("channel.subscription.gift", "1", "channel:read:subscriptions"),
    Wanted("channel.cheer", "1", "bits:read"),
    Wanted(
        "channel.shoutout.create",
        "1",
        "moderator:manage:shoutouts",
        ("broadcaster_user_id", "moderator_user_id"),
    ),
)


class SetUpFailed(Exception):
    """Twitch refuses a subscription without which redemptions would not be heard of."""


@dataclass
class SetUp:
    """What became of the wanted subscriptions: types, and for the missing ones why."""

    present: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = [f"{len(self.present)} present", f"{len(self.created)} created"]
        parts += [f"{type_} missing: {why}" for type_, why in self.missing.items()]
        return ", ".join(parts)


def callback_url() -> str:
    """Return the address to which Twitch delivers."""
    return f"{settings.PUBLIC_URL}{CALLBACK_PATH}"


def set_up(transport: str, session_id: str = "") -> SetUp:
    """Create the wanted subscriptions that are missing, delete dead ones, and note what there is.

    May be repeated at will; `session_id` is the socket's. Raises SetUpFailed, a TokenProblem, and
    as `helix.call` when Twitch cannot be asked.
    """
    broadcaster = tokens.account_id("twitch", BROADCASTER)
    ungranted = set(tokens.missing_scopes("twitch", BROADCASTER))
    working: dict[Identity, SubscriptionPayload] = {}
    for row in client.listed(transport):
        if not _is_for_us(row, session_id):
            _delete_stale(row)
        elif not Subscription.is_working_status(row.status):
            client.delete(transport, row.id)
        else:
            working[_identity(row.type, row.version, row.condition)] = row
    done = SetUp()
    for wanted in WANTED:
        condition = dict.fromkeys(wanted.condition, broadcaster)
        identity = _identity(wanted.type, wanted.version, condition)
        if identity in working:
            done.present.append(wanted.type)
        elif wanted.scope in ungranted:
            _miss(done, wanted, f"the broadcaster has not granted {wanted.scope}")
        elif new := _create(done, wanted, condition, _transport(transport, session_id)):
            working[identity] = new
    _note(transport, list(working.values()))
    log.info("eventsub.set_up", transport=transport, result=str(done))
    return done


def cleanup(transport: str) -> tuple[int, list[str]]:
    """Delete what does not work, and webhooks to other addresses.

    Returns how many are gone, and a sentence for each that could not be deleted. Do not call it for
    sockets while a listener is connected.
    """
    deleted, failures = 0, []
    for row in list(client.listed(transport)):
        if Subscription.is_working_status(row.status) and _is_for_us(row, session_id=""):
            continue
        try:
            client.delete(transport, row.id)
            deleted += 1
        except (HelixError, Unreachable, Wait) as error:
            failures.append(f"{row.type} {row.id}: {error}")
    return deleted, failures


def end(told: Mapping[str, Any], at: datetime) -> None:
    """Note that Twitch has ended a subscription; the next set-up tries to have it again."""
    row = SubscriptionPayload.model_validate(told)
    log.error("eventsub.revoked", type=row.type, status=row.status)
    Subscription.objects.update_or_create(pk=row.id, defaults={**_columns(row), "revoked_at": at})


def _identity(type_: str, version: str, condition: Mapping[str, Any]) -> Identity:
    """Return what makes two subscriptions the same; Twitch lists unused conditions as empty."""
    return (
        type_,
        version,
        frozenset((name, str(value)) for name, value in condition.items() if value),
    )


def _is_for_us(row: SubscriptionPayload, session_id: str) -> bool:
    if row.transport.method == WEBHOOK:
        return row.transport.callback == callback_url()
    return row.transport.session_id == session_id


def _delete_stale(row: SubscriptionPayload) -> None:
    """Delete what a dead socket left, as it counts for limits; a webhook may be another's."""
    if row.transport.method == WEBSOCKET:
        client.delete(WEBSOCKET, row.id)


def _transport(method: str, session_id: str) -> dict[str, str]:
    if method == WEBSOCKET:
        return {"method": WEBSOCKET, "session_id": session_id}
    return {
        "method": WEBHOOK,
        "callback": callback_url(),
        "secret": settings.TWITCH_WEBHOOK_SECRET,
    }


def _create(
    done: SetUp, wanted: Wanted, condition: Mapping[str, str], transport: Mapping[str, str]
) -> SubscriptionPayload | None:
    try:
        row = client.create(wanted.type, wanted.version, condition, transport)
    except (Unreachable, Wait) as error:
        if wanted.is_required:
            raise
        _miss(done, wanted, str(error))
        return None
    except HelixError as error:
        _miss(done, wanted, str(error))
        return None
    (done.created if row else done.present).append(wanted.type)
    return row


def _miss(done: SetUp, wanted: Wanted, why: str) -> None:
    if wanted.is_required:
        raise SetUpFailed(f"{wanted.type}: {why}")
    done.missing[wanted.type] = why
    log.warning("eventsub.not_subscribed", type=wanted.type, why=why)


def _note(transport: str, rows: list[SubscriptionPayload]) -> None:
    """Make the table equal to what works; a revoked one stays until its type works again."""
    for row in rows:
        Subscription.objects.update_or_create(
            pk=row.id, defaults={**_columns(row), "revoked_at": None}
        )
    Subscription.objects.filter(transport=transport).exclude(pk__in=[r.id for r in rows]).exclude(
        Q(revoked_at__isnull=False) & ~Q(type__in=[row.type for row in rows])
    ).delete()


def _columns(row: SubscriptionPayload) -> dict[str, Any]:
    return {
        "type": row.type,
        "version": row.version,
        "transport": row.transport.method,
        "status": row.status,
        "condition": row.condition,
        "created_at": row.created_at,
        "seen_at": timezone.now(),
    }
