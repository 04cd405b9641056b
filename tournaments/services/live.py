"""What the sockets of a match are told, each message with the next number of that match."""

from __future__ import annotations

from typing import Any

from django.db import connection

from pushes.services import push_on_commit
from tournaments.models import Match


def tell(match: Match, message: dict[str, Any]) -> int:
    """Push a message to everybody who follows the match, once the transaction is committed.

    `message` has a `type` (`SCORE_UPDATE`, `VOTE_STARTED`, `VOTE_ENDED`) and whatever of the
    snapshot it changes; returns the `seq` that it is sent with, which is the match's from now on.
    """
    # The row stays locked until the commit, so numbers are committed in their order.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tournaments_match SET seq = seq + 1 WHERE id = %s RETURNING seq", [match.pk]
        )
        (match.seq,) = cursor.fetchone()
    push_on_commit(match.group, {**message, "seq": match.seq})
    return match.seq
