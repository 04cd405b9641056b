"""Public ids in addresses, as `<tour:tournament_id>` and `<match:match_id>`.

What cannot be an id is no address of ours, so nothing odd ever reaches the database.
"""

from __future__ import annotations

from django.urls import register_converter

ULID = "[0-9A-Z]{26}"


class PublicId:
    """A prefix and a ULID, handed over as it is written."""

    regex: str

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TournamentId(PublicId):
    regex = f"tour_{ULID}"


class MatchId(PublicId):
    regex = f"match_{ULID}"


class PlayerId(PublicId):
    regex = f"player_{ULID}"


class VoteId(PublicId):
    regex = f"vote_{ULID}"


register_converter(TournamentId, "tour")
register_converter(MatchId, "match")
register_converter(PlayerId, "player")
register_converter(VoteId, "vote")
