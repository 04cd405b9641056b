"""The socket of one match: its score, its vote, and what is staked on it."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async

from accounts import sockets
from accounts.models import User
from pushes.consumers import PushConsumer
from tournaments.models import Match
from tournaments.services import following


class MatchConsumer(PushConsumer):
    """Shows a match to everybody and, in the snapshot, to who is signed in their own votes.

    Numbered by the match's `seq`: `SCORE_UPDATE`, `VOTE_STARTED` and `VOTE_ENDED`, each with all of
    what it is about. Without a number, a few times a second at most: `VOTE_TALLY` (counts, which
    only grow while the vote goes on) and `POOLS`. Times that are left are in seconds, so nobody's
    clock has to be right.
    """

    person: User | None = None

    async def authorise(self) -> bool:
        self.match_id: str = self.scope["url_route"]["kwargs"]["match_id"]
        self.group = Match(pk=self.match_id).group
        self.person = await sockets.person(self.scope)
        is_shown: bool = await database_sync_to_async(following.is_shown)(self.match_id)
        return is_shown

    async def snapshot(self) -> dict[str, Any]:
        viewer_id = self.person.viewer_id if self.person else None
        seen: dict[str, Any] = await database_sync_to_async(following.snapshot)(
            self.match_id, viewer_id
        )
        return seen

    async def latest(self) -> int:
        seq: int = await database_sync_to_async(following.latest)(self.match_id)
        return seq
