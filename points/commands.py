"""What viewers ask about their points in chat."""

from __future__ import annotations

from datetime import timedelta

from points import texts
from points.services import people
from twitch.models import Viewer
from twitch.registry import Invocation, command
from twitch.services import chat

LATEST = 3


@command(
    "points",
    usage="[viewer | why]",
    cooldown=timedelta(seconds=1),
    viewer_cooldown=timedelta(seconds=3),
    help="How many points a viewer has; “why” tells your last changes.",
)
def points(call: Invocation) -> str:
    """Tell the caller's points, those of the viewer whom they name, or the last changes."""
    if call.argument.lower() == "why":
        return _why(call.viewer)
    viewer = people.asked_for(call)
    if viewer is None:
        return chat.render(texts.NOT_KNOWN, name=call.argument)
    return _balance(viewer)


def _balance(viewer: Viewer) -> str:
    account = people.account_of(viewer)
    return chat.render(
        texts.BALANCE_HELD if account.held else texts.BALANCE,
        viewer=viewer.display_name,
        points=f"{account.available:,}",
        held=f"{account.held:,}",
    )


def _why(viewer: Viewer) -> str:
    told = " · ".join(str(entry) for entry in people.entries(viewer)[:LATEST])
    if not told:
        return chat.render(texts.NOTHING_YET, viewer=viewer.display_name)
    return chat.render(texts.WHY, viewer=viewer.display_name, entries=told)
