"""The sockets that tell what changed in a tournament, or in any of them."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async

from pushes.consumers import PushConsumer
from tournaments.models import Tournament
from tournaments.services import changes


class TournamentConsumer(PushConsumer):
    """Tells everybody of each new revision of a tournament, and of the scores in it.

    `{"type": "changed", "what": […]}` names the documents that changed; `SCORE_UPDATE` brings the
    score of one match. The `seq` of both is the tournament's revision.
    """

    async def authorise(self) -> bool:
        self.tournament_id: str = self.scope["url_route"]["kwargs"]["tournament_id"]
        self.group = Tournament(pk=self.tournament_id).group
        return await self.latest() > 0

    async def snapshot(self) -> dict[str, Any]:
        return {"seq": await self.latest()}

    async def latest(self) -> int:
        seq: int = await database_sync_to_async(changes.revision_of)(self.tournament_id)
        return seq


class TournamentsConsumer(PushConsumer):
    """Tells everybody in which tournament something changed.

    The messages have no numbers; the one of the beat is that of all revisions together, so a
    message that was lost is missed by then.
    """

    group = changes.GROUP

    async def authorise(self) -> bool:
        return True

    async def snapshot(self) -> dict[str, Any]:
        return {"seq": await self.latest()}

    async def latest(self) -> int:
        seq: int = await database_sync_to_async(changes.latest)()
        return seq
