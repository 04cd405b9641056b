"""What viewers do in chat during a match."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from tournaments import texts
from tournaments.models import Participant
from tournaments.services import votes
from twitch.registry import Invocation, command
from twitch.services import chat, viewers


@command(
    "vote",
    usage="<player>",
    viewer_cooldown=timedelta(seconds=1),
    help="Vote for a player while a vote is going on in their match.",
)
def vote(call: Invocation) -> str:
    """Cast a vote for the player named; silent whether it counts or comes too late.

    Hundreds vote at once, and the chat hears how it ended.
    """
    choices = [
        (event, player)
        for event in votes.active()
        for player in (event.match.home, event.match.away)
    ]
    if not choices:
        return ""
    meant = [choice for choice in choices if _is_called(choice[1], call.argument)]
    if len(meant) != 1:
        names = " or ".join(str(player) for _, player in choices)
        viewer = viewers.name_in_chat(call.viewer)
        return chat.render(texts.VOTE_FOR, viewer=viewer, names=names)
    event, player = meant[0]
    with suppress(votes.NotCast):
        votes.cast_for(event, call.viewer, player, f"chat:{call.message_id}")
    return ""


def _is_called(player: Participant, text: str) -> bool:
    name = text.strip().removeprefix("@").casefold()
    return name in (player.viewer.login.casefold(), player.viewer.display_name.casefold())
