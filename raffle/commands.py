"""The raffle's chat commands."""

from __future__ import annotations

from datetime import timedelta

from points.services import people
from points.texts import NOT_KNOWN
from raffle import texts
from raffle.models import Roll
from twitch.registry import Invocation, command
from twitch.services import chat

BEST = 5


@command(
    "raffle",
    usage="[viewer]",
    cooldown=timedelta(seconds=3),
    help="How a viewer has done in the keyboard raffle.",
)
def raffle(call: Invocation) -> str:
    """Tell the caller's rolls, or those of the viewer whom they name."""
    viewer = people.asked_for(call)
    if viewer is None:
        return chat.render(NOT_KNOWN, name=call.argument)
    name = viewer.display_name
    sums = next(iter(Roll.objects.by_viewer().filter(viewer_id=viewer.pk)), None)
    if sums is None:
        return chat.render(texts.NOT_ROLLED, viewer=name)
    closest = sums["closest_distance"]
    return chat.render(
        texts.STANDING,
        viewer=name,
        rolls=sums["rolls"],
        wins=sums["wins"],
        closest="none yet" if closest is None else f"{closest:,}",
    )


@command(
    "raffle-leaderboard",
    aliases=("leaderboard",),
    cooldown=timedelta(seconds=5),
    help="Who has won the keyboard raffle most often.",
)
def leaderboard(call: Invocation) -> str:
    """Name the viewers with the most wins; nobody without a win, or who hides, is on it."""
    rolled = people.shown(Roll.objects.by_viewer())
    best = list(rolled.filter(wins__gt=0).order_by("-wins", "last_rolled_at", "viewer_id")[:BEST])
    if best:
        standings = " · ".join(
            f"{place}. {row['display_name']} ({row['wins']})" for place, row in enumerate(best, 1)
        )
        return chat.render(texts.LEADERBOARD, standings=standings)
    rolls = Roll.objects.made().count()
    return chat.render(texts.NOBODY_WON, rolls=rolls) if rolls else chat.render(texts.NOBODY_ROLLED)
