"""Telling what was earned: once, and all that comes at one time in one line and one card."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby

from django.db.models import Max
from django.utils import timezone

from achievements import texts
from achievements.events import AchievementsUnlocked, Unlock
from achievements.models import Announcement, Standing
from achievements.services import standings
from sagas.flow import Wait
from sagas.services import publish
from twitch.services import chat, viewers

# Longer than the overlay's card stands: so its queue cannot grow, whatever is earned.
PAUSE = timedelta(seconds=8)
# As many as the card and the fact list by name; the record has them all.
SHOWN = 12
_LONGEST_LIST = 380


def gather(announcement: Announcement) -> None:
    """Take all that waits to be told, and let everyone above know of it.

    What was earned soon after another announcement waits for a moment, and more may join it.
    Raises Wait.
    """
    standings.hold()
    now = timezone.now()
    waiting = Standing.objects.waiting_to_be_told()
    waiting.exclude(viewer__hidden_from_achievements=None).update(is_due=False)
    unlocked = list(waiting.select_related("definition", "viewer"))
    if not unlocked:
        return
    last = Announcement.objects.aggregate(at=Max("gathered_at"))["at"]
    if last is not None and last + PAUSE > now:
        raise Wait(last + PAUSE, "Something was announced just now.")
    waiting.update(is_due=False, announcement=announcement)
    announcement.gathered_at = now
    publish(
        AchievementsUnlocked(
            announcement_id=announcement.pk,
            unlocks=tuple(_unlock(standing) for standing in unlocked[:SHOWN]),
            total=len(unlocked),
            at=now,
        ),
        key=announcement.pk,
    )


def _unlock(standing: Standing) -> Unlock:
    definition, viewer = standing.definition, standing.viewer
    return Unlock(
        viewer_id=viewer.pk,
        viewer_name=viewer.display_name,
        achievement=definition.key,
        name=definition.name,
        description=definition.description,
        icon=definition.icon,
    )


def tell_chat(announcement: Announcement) -> None:
    """Say in chat what was gathered, and not taken back since."""
    unlocked = announcement.standings.held().select_related("definition", "viewer")
    chat.say(line(list(unlocked.order_by("earned_at", "id"))))


def line(unlocked: list[Standing]) -> str:
    """Return one line about all of these; "" when there are none."""
    if not unlocked:
        return ""
    if len(unlocked) == 1:
        definition = unlocked[0].definition
        return chat.render(
            texts.UNLOCKED,
            viewer=viewers.name_in_chat(unlocked[0].viewer),
            icon=definition.icon,
            name=definition.name,
            description=definition.description,
        )
    return chat.render(texts.UNLOCKED_MANY, unlocks=_listed(unlocked))


def _listed(unlocked: Iterable[Standing]) -> str:
    """Return viewers with what they earned, and how many more there are when it gets long."""
    by_viewer = sorted(unlocked, key=lambda standing: standing.viewer_id)
    parts: list[str] = []
    room, left_out = _LONGEST_LIST, 0
    for _, group in groupby(by_viewer, key=lambda standing: standing.viewer_id):
        theirs = list(group)
        names = ", ".join(f"{s.definition.icon} {s.definition.name}" for s in theirs)
        part = f"@{viewers.name_in_chat(theirs[0].viewer)} {names}"
        room -= len(part) + 3
        if room < 0 and parts:
            left_out += len(theirs)
        else:
            parts.append(part)
    if left_out:
        parts.append(f"and {left_out} more")
    return " · ".join(parts)
