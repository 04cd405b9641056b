"""The chat commands about what viewers have achieved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from achievements import texts
from achievements.services import hiding, profile, progress
from points.services import people
from points.texts import NOT_KNOWN
from twitch.models import Viewer
from twitch.registry import Invocation, command
from twitch.services import chat

LATEST = 5
_COOLDOWN = timedelta(seconds=3)


@command(
    "achievements",
    usage="[viewer]",
    cooldown=_COOLDOWN,
    help="What a viewer has achieved.",
)
def achievements(call: Invocation) -> str:
    """Name the caller's latest achievements, or those of the viewer whom they name."""
    return _about(call, _achievements)


@command(
    "stats",
    usage="[viewer]",
    cooldown=_COOLDOWN,
    help="A viewer in numbers: songs, achievements, rolls.",
)
def stats(call: Invocation) -> str:
    """Tell the caller's numbers, or those of the viewer whom they name."""
    return _about(call, _stats)


@command(
    "hideme",
    viewer_cooldown=_COOLDOWN,
    help="Hides you here: no page, no line in a list, no announcement.",
)
def hideme(call: Invocation) -> str:
    """Take the caller out of what the public sees; everything is counted on."""
    hiding.hide(call.viewer)
    return chat.render(texts.HIDDEN, viewer=call.viewer.display_name)


@command("showme", viewer_cooldown=_COOLDOWN, help="Ends !hideme.")
def showme(call: Invocation) -> str:
    """Let the public see the caller again."""
    hiding.show(call.viewer)
    url = f"{settings.PUBLIC_URL}{reverse('viewer', args=[call.viewer.login])}"
    return chat.render(texts.SHOWN, viewer=call.viewer.display_name, url=url)


def _about(call: Invocation, tell: Callable[[Viewer], str]) -> str:
    """Tell of the caller or of the viewer they name; of one who hides only to themselves."""
    viewer = people.asked_for(call)
    return tell(viewer) if viewer else chat.render(NOT_KNOWN, name=call.argument)


def _achievements(viewer: Viewer) -> str:
    unlocked, total = progress.unlocked(viewer), progress.counts(viewer)[1]
    if not unlocked:
        return chat.render(texts.NONE, viewer=viewer.display_name, total=total)
    latest = [f"{item.definition.icon} {item.definition.name}" for item in unlocked[:LATEST]]
    return chat.render(
        texts.SOME,
        viewer=viewer.display_name,
        unlocked=len(unlocked),
        total=total,
        names=", ".join(latest),
    )


def _stats(viewer: Viewer) -> str:
    sums = profile.sums(viewer)
    if sums.is_nothing:
        return chat.render(texts.NO_STATS, viewer=viewer.display_name)
    closest = "" if sums.closest is None else f", closest miss {sums.closest:,}"
    return chat.render(
        texts.STATS,
        viewer=viewer.display_name,
        songs=_number(sums.songs, "song"),
        unlocked=sums.unlocked,
        total=sums.achievements,
        rolls=f"{_number(sums.rolls, 'roll')} with {_number(sums.wins, 'win')}{closest}",
    )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
