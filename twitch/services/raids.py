"""Raids: noted once, thanked for, and the raider shown to those who watch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db.models import Max
from django.utils import timezone

from sagas.flow import RateLimited, Wait
from sagas.services import publish
from tokens import services as tokens
from tokens.services import TokenProblem
from twitch import texts
from twitch.client import helix
from twitch.client.errors import HelixError
from twitch.client.oauth import BROADCASTER
from twitch.client.payloads import RaidPayload
from twitch.events import RaidReceived
from twitch.models import Raid
from twitch.rules import raids as rules
from twitch.services import chat, streams, viewers

log = structlog.get_logger(__name__)


def receive(event: Mapping[str, Any], message_id: str, at: datetime) -> Raid | None:
    """Note the raid that a message tells of, once; None when it went to another channel."""
    told = RaidPayload.model_validate(event)
    if told.to_broadcaster_user_id != tokens.account_id("twitch", BROADCASTER):
        return None
    raider_id = told.from_broadcaster_user_id
    viewers.remember(
        raider_id, told.from_broadcaster_user_login, told.from_broadcaster_user_name, at
    )
    raid, _ = Raid.objects.get_or_create(
        message_id=message_id,
        defaults={
            "raider_id": raider_id,
            "session": streams.current(),
            "viewers": told.viewers,
            "raided_at": at,
        },
    )
    return raid


def announce(raid: Raid) -> None:
    """Let everyone above know of the raid."""
    publish(
        RaidReceived(
            raid_id=raid.pk,
            raider_id=raid.raider_id,
            raider_login=raid.raider.login,
            raider_name=raid.raider.display_name,
            viewers=raid.viewers,
            raided_at=raid.raided_at,
        ),
        key=raid.pk,
    )


def thank(raid: Raid) -> None:
    """Thank the raider in chat, with the way to their channel; not when it is old news."""
    if not rules.is_news(raid.raided_at, timezone.now()):
        return
    text = chat.render(
        texts.RAID_THANKS,
        raider=viewers.name_in_chat(raid.raider),
        viewers=raid.viewers,
        link=f"https://www.twitch.tv/{raid.raider.login}",
    )
    if chat.say(text):
        raid.thanked_at = timezone.now()


def shout_out(raid: Raid) -> None:
    """Show the raider's channel to those who watch, as soon as Twitch's limits allow.

    When they would allow it only after the raid is old news, or Twitch refuses, there is none, and
    the row says why.
    """
    now = timezone.now()
    if not rules.is_news(raid.raided_at, now):
        _give_up(raid, "old_news")
        return
    allowed_at = _allowed_at(raid, now)
    if allowed_at > now:
        _wait_or_give_up(raid, allowed_at)
        return
    try:
        helix.shout_out(tokens.account_id("twitch", BROADCASTER), raid.raider_id)
    except RateLimited:
        # Somebody gave one by hand, to this channel or to another.
        _wait_or_give_up(raid, now + rules.ANY_EVERY)
    except TokenProblem as problem:
        _give_up(raid, problem.code)
    except HelixError as error:
        _give_up(raid, f"http_{error.status}")
    else:
        raid.shouted_out_at = now
        log.info("raid.shouted_out", raid_id=raid.pk)


def _allowed_at(raid: Raid, now: datetime) -> datetime:
    given = Raid.objects.exclude(pk=raid.pk)
    any_at = given.aggregate(at=Max("shouted_out_at"))["at"]
    same_at = given.filter(raider_id=raid.raider_id).aggregate(at=Max("shouted_out_at"))["at"]
    return rules.shoutout_allowed_at(now, any_at, same_at)


def _wait_or_give_up(raid: Raid, until: datetime) -> None:
    if not rules.is_news(raid.raided_at, until):
        _give_up(raid, "limit")
        return
    raise Wait(until, "Twitch allows a shoutout now and then only.")


def _give_up(raid: Raid, code: str) -> None:
    raid.why_no_shoutout = code
    log.info("raid.not_shouted_out", raid_id=raid.pk, code_of_failure=code)
