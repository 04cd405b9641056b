"""What viewers do in chat during a match."""

from __future__ import annotations

from datetime import timedelta

from tournaments import texts
from tournaments.models import Participant
from tournaments.services import votes
from twitch.registry import Invocation, command
from twitch.services import chat, viewers


@command(
    "vote",
    usage="player",
    viewer_cooldown=timedelta(seconds=1),
    help="Vote for a player while a vote is going on in their match.",
)
def vote(call: Invocation) -> str:
    """Cast a vote for the player named; silent if it counts, as many vote at once."""
    choices = [
        (event, player)
        for event in votes.active()
        for player in (event.match.home, event.match.away)
    ]
    name = viewers.name_in_chat(call.viewer)
    if not choices:
        return chat.render(texts.NO_VOTE, viewer=name)
    meant = [choice for choice in choices if _is_called(choice[1], call.argument)]
    if len(meant) != 1:
        names = " or ".join(str(player) for _, player in choices)
        return chat.render(texts.VOTE_FOR, viewer=name, names=names)
    event, player = meant[0]
    votes.cast_for(event, call.viewer, player, f"chat:{call.message_id}")
    return ""


def _is_called(player: Participant, text: str) -> bool:
    name = text.strip().removeprefix("@").casefold()
    return name in (player.viewer.login.casefold(), player.viewer.display_name.casefold())
