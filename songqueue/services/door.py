"""The door: whether songs can be requested now, and the reward on Twitch that says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import QuerySet

from sagas.flow import Unsure, Wait
from songqueue.models import SongRequest
from songqueue.services import rules
from spotify.services import NoActiveDevice, budget
from twitch.client.errors import HelixError, Unreachable
from twitch.models import Reward
from twitch.services import rewards, streams

log = structlog.get_logger(__name__)

ACTION = "song_request"
TASK = "songqueue.follow_door"
# A viewer may as well wait for a breaker that closes so soon.
SHORT = timedelta(seconds=20)


def closed(now: datetime) -> list[tuple[str, str]]:
    """Return why songs cannot be requested now, as codes and sentences; nothing when they can."""
    limits = rules.current()
    why = []
    if limits.is_paused:
        why.append(("paused", "Song requests are paused by hand."))
    if limits.only_while_live and not _is_on_air():
        why.append(("offline", "Songs can be requested while the stream is live."))
    if limits.queue_length and SongRequest.objects.waiting().count() >= limits.queue_length:
        why.append(("queue_full", "The queue is full."))
    if problem := _problem_of_spotify(now):
        why.append(problem)
    return why


def waits_for_device(now: datetime) -> bool:
    """Whether songs could be requested if only the player had a device."""
    codes = [code for code, _sentence in closed(now)]
    return codes == [NoActiveDevice.code] and _rewards().exists()


def _is_on_air() -> bool:
    """Whether viewers see the stream: what waits outlives a short break, nothing new is taken."""
    session = streams.current()
    return session is not None and session.off_since is None


def _problem_of_spotify(now: datetime) -> tuple[str, str] | None:
    problem = budget.closed(now)
    if problem is None:
        return None
    open_until = budget.state(now).open_until
    is_short = open_until is not None and now < open_until <= now + SHORT
    return None if is_short else problem


def look_soon() -> None:
    """Have the rewards follow once the caller's transaction is committed.

    Without a broker nothing is lost: the clock looks every few seconds.
    """
    transaction.on_commit(_poke)


def _poke() -> None:
    try:
        current_app.send_task(TASK, ignore_result=True, retry=False)
    except Exception as error:
        log.warning("songqueue.poke_failed", error=type(error).__name__)


def follow(now: datetime) -> None:
    """Pause or resume the rewards of song requests on Twitch, where they are not as the door is.

    What a person paused stays paused. What does not work now is tried when this is called again.
    """
    ours = list(_rewards())
    if not ours:
        return
    why = closed(now)
    for reward in ours:
        try:
            if why and not reward.is_paused:
                rewards.pause(reward, why[0][0])
            elif not why and reward.paused_why:
                rewards.resume(reward)
        except (Wait, Unsure, HelixError, Unreachable) as error:
            log.warning("songqueue.door_not_followed", reward=reward.pk, why=str(error))


def _rewards() -> QuerySet[Reward]:
    return Reward.objects.ours().filter(action=ACTION)
